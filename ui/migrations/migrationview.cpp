// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/migrations/migrationview.h"

#include "ui/migrations/findingsview.h"
#include "ui/migrations/questions.h"
#include "ui/migrations/timeline.h"
#include "ui/query/editor.h"
#include "ui/widgets/label.h"
#include "ui/widgets/stateword.h"
#include "ui/widgets/theme.h"

#include <QCryptographicHash>
#include <QHBoxLayout>
#include <QPushButton>
#include <QScopeGuard>
#include <QShortcut>
#include <QSplitter>
#include <QTabWidget>
#include <QVBoxLayout>

#include <algorithm>

namespace howdah::ui
{

using namespace Qt::StringLiterals;
using namespace howdah::migrations;

static constexpr qsizetype mostLinted = 512 * 1024; // on the window's thread: a few milliseconds

MigrationView::MigrationView(QWidget *parent)
    : QWidget(parent), m_title(new PlainLabel({}, nullptr, "title")), m_state(new StateWord), m_purpose(new PlainLabel({}, nullptr, "muted")), m_note(new PlainLabel({}, nullptr, "warning")),
      m_save(new QPushButton(u"Save"_s)), m_editor(new SqlEditor), m_split(new QSplitter(Qt::Vertical)), m_tabs(new QTabWidget), m_findings(new FindingsView)
{
    m_purpose->setWordWrap(true);
    m_note->setWordWrap(true);
    m_note->hide();
    m_editor->setAccessibleName(u"Text of the migration"_s);
    m_tabs->setDocumentMode(true);
    m_tabs->addTab(m_findings, u"Findings"_s);
    auto *head = new QHBoxLayout;
    head->setSpacing(space::part);
    head->addWidget(m_title);
    head->addWidget(m_state);
    head->addStretch(1);
    head->addWidget(m_save);
    m_split->setChildrenCollapsible(false);
    m_split->setHandleWidth(space::part);
    m_split->setStyleSheet(u"QSplitter::handle { background: transparent; }"_s);
    m_split->addWidget(m_editor);
    m_split->addWidget(m_tabs);
    m_split->setStretchFactor(0, 3);
    m_split->setStretchFactor(1, 2);
    auto *column = new QVBoxLayout(this);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(space::inside);
    column->addLayout(head);
    column->addWidget(m_purpose);
    column->addWidget(m_note);
    column->addWidget(m_split, 1);
    m_lint.setSingleShot(true);
    m_lint.setInterval(250);
    connect(&m_lint, &QTimer::timeout, this, [this] {
        if (m_dirty || !m_behind)
            return lintNow();
        update(m_project); // taken back by hand: what has become of the file meanwhile may be shown
    });
    connect(m_editor, &SqlEditor::edited, this, [this] {
        if (m_loading)
            return;
        const bool dirty = text() != m_onDisk;
        m_lint.start();
        if (std::exchange(m_dirty, dirty) != dirty) {
            showSave();
            emit dirtyChanged(dirty);
        }
    });
    connect(m_save, &QPushButton::clicked, this, &MigrationView::saveWanted);
    connect(m_findings, &FindingsView::lineWanted, this, [this](int line) { showLine(line); });
    connect(m_findings, &FindingsView::fixWanted, this, [this](const Finding &finding) { applyFix(finding); });
    connect(m_findings, &FindingsView::waiverWanted, this, [this](const Finding &finding) { waive(finding); });
    auto *first = new QShortcut(QKeySequence(Qt::CTRL | Qt::Key_Period), this);
    first->setContext(Qt::WidgetWithChildrenShortcut);
    connect(first, &QShortcut::activated, this, [this] {
        const auto found = std::find_if(m_found.cbegin(), m_found.cend(), [](const Finding &one) { return !one.fixes.isEmpty() && one.waived.isEmpty(); });
        if (found != m_found.cend() && mayEdit())
            applyFix(*found);
    });
}

bool MigrationView::mayEdit() const
{
    const Entry *entry = m_project.entry(m_version);
    return entry && m_project.folder.find(m_version) && isPending(entry->standing);
}

bool MigrationView::isAdrift() const
{
    if (!m_dirty || (m_known && m_known->isRepeatable())) // of a repeatable one its own file is always the place
        return false;
    const Entry *entry = m_project.entry(m_version);
    return !entry || !m_project.folder.find(m_version) || !(isPending(entry->standing) || entry->standing == Standing::Edited);
}

QByteArray MigrationView::text() const
{
    return m_editor->bytes();
}

QByteArray MigrationView::textHash() const
{
    return QCryptographicHash::hash(text(), QCryptographicHash::Sha256);
}

void MigrationView::show(const Project &project, const QString &version)
{
    m_project = project;
    m_version = version;
    const auto file = project.fileOf(version);
    m_known = file;
    const Event *by = project.ledger.appliedBy(version);
    // Of one that was edited since it was applied: the file, in which the edit is to be taken back; the note says so.
    m_onDisk = file ? file->text : by ? by->file : QByteArray();
    m_loading = true;
    m_editor->setReadOnly(false);
    m_editor->setBytes(m_onDisk);
    m_editor->setReadOnly(!mayEdit() && !(project.entry(version) && project.entry(version)->standing == Standing::Edited));
    m_loading = false;
    m_dirty = false;
    emit dirtyChanged(false);
    showHead();
    lintNow();
}

void MigrationView::update(const Project &project)
{
    const bool editable = !m_editor->isReadOnly();
    m_project = project;
    const Entry *entry = project.entry(m_version);
    m_behind = false;
    if (!entry && !m_dirty)
        return;
    if (const auto file = project.fileOf(m_version))
        m_known = file;
    const File *there = project.folder.find(m_version);
    const bool changed = (m_dirty ? there != nullptr : m_known.has_value()) && m_known->text != m_onDisk;
    const bool may = mayEdit() || (entry && entry->standing == Standing::Edited);
    if (!m_dirty && (changed || may != editable)) {
        const qsizetype at = m_editor->cursor();
        show(project, m_version);
        m_editor->setCursor(std::min(at, m_editor->size()));
        return;
    }
    m_behind = changed || may != editable; // held off by what is being written here
    showHead();
    if (changed && !isAdrift()) {
        m_note->setText(u"The file has changed on disk since it was opened here: saving writes over that."_s);
        m_note->show();
    }
    lintNow();
}

void MigrationView::saved(const QByteArray &text)
{
    m_onDisk = text;
    m_behind = false;
    m_dirty = this->text() != text;
    showSave();
    emit dirtyChanged(m_dirty);
}

void MigrationView::showSave()
{
    const bool adrift = isAdrift();
    m_save->setText(adrift ? u"Save as a new file"_s : u"Save"_s);
    m_save->setToolTip(tooltipText(adrift ? u"A new migration with this text (Ctrl+S)"_s : u"Write the file (Ctrl+S)"_s));
    m_save->setEnabled(m_dirty);
    m_save->setVisible(!m_editor->isReadOnly());
}

void MigrationView::showHead()
{
    const Entry *entry = m_project.entry(m_version);
    const auto &file = m_known;
    showSave();
    m_title->setText(file ? file->title() : entry && !entry->name.isEmpty() ? entry->name : m_version);
    m_title->setToolTip(tooltipText(file ? file->name : m_version));
    if (entry)
        m_state->setState(lookOf(entry->standing), standingText(entry->standing));
    else
        m_state->setState(StateLook::Warning, u"file gone"_s);
    const QString purpose = file ? file->purpose : entry ? entry->purpose : QString();
    m_purpose->setText(purpose.isEmpty() ? u"It does not say what it is for: begin it with `-- Purpose: …`"_s : purpose);
    QString note;
    if (isAdrift() && entry && !isPending(entry->standing))
        note = u"It was applied while it was being written here, as it lay in the file. What you wrote is not in that, and is kept in this window only: save it as a new file."_s;
    else if (isAdrift())
        note = u"Its file is not in the folder any more. What you wrote is kept in this window only: save it as a new file."_s;
    else if (entry && entry->standing == Standing::Edited)
        note = u"It was edited since it was applied: what stands here is not what was run. Take the edit back and make it a migration of its own, or adopt it."_s;
    else if (entry && entry->standing == Standing::Interrupted)
        note = u"Stopped after %1 of %2 statements, which stand. The next run goes on behind them."_s.arg(entry->statementsDone).arg(entry->statements);
    else if (entry && entry->standing == Standing::OutOfOrder)
        note = u"Older than what is applied, as after a merge: give it a newer time in its name, or run it out of order."_s;
    else if (entry && entry->standing == Standing::Missing)
        note = file ? u"Its file is not in the folder; this is the text with which it was run."_s : u"Its file is not in the folder, and another tool has run it: its text is not known."_s;
    m_note->setText(note);
    m_note->setVisible(!note.isEmpty());
}

void MigrationView::lintNow()
{
    const auto tell = qScopeGuard([this] { emit looked(); });
    const auto &known = m_known;
    if (!known) {
        m_found.clear();
        m_findings->showError(u"Its text is not known"_s);
        return;
    }
    if (m_editor->size() > mostLinted) {
        m_found.clear();
        m_file.reset();
        m_findings->showError(u"It is too large to be looked at while it is written; `howdahctl migrate lint` does"_s);
        return;
    }
    auto parsed = known->isRepeatable() ? parsePlain(known->name, known->version, text()) : parseFile(known->name, text());
    m_file.reset();
    m_found.clear();
    m_editor->clearErrorMarks();
    if (!parsed) {
        m_findings->showError(u"It can't be read as a migration: "_s + parsed.error().message);
        m_tabs->setTabText(0, u"Findings"_s);
        return;
    }
    m_file = *std::move(parsed);
    if (!m_file->isRepeatable())
        m_found = lint(lintFileOf(*m_file), m_project.facts);
    m_findings->show(*m_file, m_found, mayEdit() || isAdrift());
    m_tabs->setTabText(0, m_found.isEmpty() ? u"Findings"_s : u"Findings (%1)"_s.arg(m_found.size()));
}

void MigrationView::applyFix(const Finding &finding)
{
    if (!m_file)
        return;
    rewrite(withFixes(*m_file, {finding}));
}

void MigrationView::waive(const Finding &finding)
{
    const QString version = m_version;
    askWaiver(this, finding.rule, finding.reason, this, [this, finding, version](const QString &reason) {
        if (version != m_version)
            return;
        lintNow(); // the text may have moved since; the same finding is looked for in what stands now
        const auto found = std::find_if(m_found.cbegin(), m_found.cend(), [&](const Finding &one) {
            return one.rule == finding.rule && one.down == finding.down && one.offset == finding.offset && one.waived.isEmpty();
        });
        if (m_file && found != m_found.cend())
            rewrite(withWaiver(*m_file, *found, reason));
    });
}

void MigrationView::rewrite(const QByteArray &better)
{
    if (better == m_file->text)
        return;
    const qsizetype at = m_editor->cursor();
    m_editor->select({0, m_editor->size()});
    m_editor->replaceSelection(better);
    m_editor->setCursor(std::min(at, m_editor->size()));
    m_editor->setFocus(Qt::OtherFocusReason); // the button that was pressed goes with its card
    m_lint.stop();
    lintNow();
}

void MigrationView::showLine(int line)
{
    const QByteArray all = text();
    qsizetype at = 0;
    for (int i = 1; i < line && at >= 0; ++i)
        at = all.indexOf('\n', at) + 1;
    m_editor->setCursor(std::clamp<qsizetype>(at, 0, all.size()));
    m_editor->setFocus(Qt::OtherFocusReason);
}

void MigrationView::setOtherTab(QWidget *widget, const QString &title)
{
    const int index = m_tabs->indexOf(widget);
    if (index < 0)
        m_tabs->addTab(widget, title);
    else
        m_tabs->setTabText(index, title);
}

void MigrationView::showTab(QWidget *widget)
{
    m_tabs->setCurrentWidget(widget);
}

} // namespace howdah::ui
