// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/advise/draftdialog.h"

#include "base/async.h"
#include "ui/catalog/sqlhighlighter.h"
#include "ui/migrations/keptoptions.h"
#include "ui/statements/statementrows.h"
#include "ui/widgets/errorbar.h"
#include "ui/widgets/label.h"
#include "ui/widgets/theme.h"

#include <QClipboard>
#include <QFileInfo>
#include <QGuiApplication>
#include <QHBoxLayout>
#include <QLineEdit>
#include <QPlainTextEdit>
#include <QPushButton>
#include <QVBoxLayout>

namespace howdah::ui
{

using namespace Qt::StringLiterals;

namespace
{

const QString migrationsPane = u"migrations"_s;
constexpr qsizetype mostPurpose = 400; // characters: it becomes one line of a file

QString leftText(const trial::Draft &draft)
{
    QStringList lines;
    for (const QString &one : draft.left)
        lines << u"No migration: "_s + one;
    return lines.join(u'\n');
}

} // namespace

Result<trial::Draft> untriedDraft(const QStringList &remedies, const QString &purpose)
{
    auto known = trial::remediesOf(remedies);
    if (!known)
        return fail(std::move(known.error()));
    trial::Trial none;
    none.on = trial::Trial::On::HypoPg; // nothing was made, so that no name of it counts
    for (const trial::Remedy &one : std::as_const(*known)) {
        trial::RemedyRun run;
        run.remedy = one;
        none.remedies.append(run);
    }
    auto draft = trial::draftOf(none);
    if (draft)
        draft->purpose = purpose.left(mostPurpose);
    return draft;
}

DraftDialog::DraftDialog(const PaneContext &context, const trial::Draft &draft, QWidget *parent)
    : QDialog(parent), m_context(context), m_draft(draft), m_worker(u"draft"_s), m_purpose(new QLineEdit), m_text(new QPlainTextEdit),
      m_where(new PlainLabel({}, nullptr, "muted")), m_error(new ErrorBar), m_choose(new QPushButton(u"Choose a folder in Migrations"_s)),
      m_cancel(new QPushButton(u"Cancel"_s)), m_write(new QPushButton)
{
    setWindowTitle(u"Draft a migration"_s);
    setAttribute(Qt::WA_DeleteOnClose);
    resize(820, 560);
    m_purpose->setText(m_draft.purpose);
    m_purpose->setMaxLength(int(mostPurpose));
    m_purpose->setCursorPosition(0);
    m_purpose->setAccessibleName(u"What it is for"_s);
    m_text->setReadOnly(true);
    m_text->setFont(fixedFont());
    m_text->setTabChangesFocus(true);
    m_text->setAccessibleName(u"The files as they would be written"_s);
    m_text->setPlaceholderText(u"No part of it is a migration"_s);
    new SqlHighlighter(m_text->document());
    m_where->setWordWrap(true);
    m_error->clear();
    m_error->setRetryVisible(false);
    m_choose->hide();
    auto *left = new PlainLabel(leftText(draft));
    left->setWordWrap(true);
    left->setTextInteractionFlags(Qt::TextSelectableByMouse);
    left->setVisible(!draft.left.isEmpty());
    auto *copy = new QPushButton(u"Copy"_s);
    copy->setAccessibleName(u"Copy the files' text"_s);
    copy->setEnabled(!draft.isEmpty());
    m_write->setText(draft.files.size() > 1 ? u"Write %1 files"_s.arg(draft.files.size()) : u"Write the file"_s);
    m_write->setEnabled(false);
    m_write->setDefault(true);
    auto *caption = new PlainLabel(u"What it is for"_s, nullptr, "muted");
    caption->setBuddy(m_purpose);
    auto *head = new QHBoxLayout;
    head->setSpacing(space::part);
    head->addWidget(caption);
    head->addWidget(m_purpose, 1);
    auto *buttons = new QHBoxLayout;
    buttons->setSpacing(space::part);
    buttons->addWidget(copy);
    buttons->addWidget(m_choose);
    buttons->addStretch(1);
    buttons->addWidget(m_cancel);
    buttons->addWidget(m_write);
    auto *column = new QVBoxLayout(this);
    column->setContentsMargins(space::edge, space::group, space::edge, space::group);
    column->setSpacing(space::part);
    column->addLayout(head);
    column->addWidget(m_text, 1);
    column->addWidget(left);
    column->addWidget(m_where);
    column->addWidget(m_error);
    column->addSpacing(space::part);
    column->addLayout(buttons);

    connect(m_purpose, &QLineEdit::textChanged, this, &DraftDialog::showText);
    connect(m_cancel, &QPushButton::clicked, this, &QDialog::reject);
    connect(copy, &QPushButton::clicked, this, [this] { QGuiApplication::clipboard()->setText(m_text->toPlainText()); });
    connect(m_write, &QPushButton::clicked, this, &DraftDialog::write);
    connect(m_choose, &QPushButton::clicked, this, [this] {
        if (m_context.showPlace)
            m_context.showPlace(migrationsPane, {});
        reject();
    });
    for (QPushButton *one : {copy, m_choose, m_cancel})
        one->setAutoDefault(false);
    showText();
    m_text->setFocus(); // the line would show its end
    if (draft.isEmpty())
        return;
    m_where->setText(u"Looks up the folder of this server's migrations …"_s);
    auto *kept = new KeptOptions(m_context, [] { return QJsonObject(); }, this);
    connect(kept, &KeptOptions::read, this, [this](const MigrationOptions &options) { setFolder(options.folder); });
    kept->readAll();
}

void DraftDialog::setFolder(const QString &folder)
{
    m_folder = folder;
    static const QString none = u"No folder of migrations is chosen for this server: the pane Migrations asks for it. Then draft it again, or copy it now."_s;
    m_where->setText(folder.isEmpty() ? none
                                      : u"Written into %1; nothing is run. The pane Migrations then shows it, with what it locks."_s.arg(folder));
    m_choose->setVisible(folder.isEmpty());
    m_write->setEnabled(!folder.isEmpty());
    setLook(m_write, folder.isEmpty() ? "" : "primary");
}

void DraftDialog::showText()
{
    m_draft.purpose = m_purpose->text().trimmed();
    QString text;
    for (const migrations::GeneratedFile &file : std::as_const(m_draft.files)) {
        if (m_draft.files.size() > 1) // each is a file of its own: which one is which is told, and is no part of it
            text += u"%1-- ===== %2.sql =====\n"_s.arg(text.isEmpty() ? QString() : u"\n"_s, trial::slugOf(file));
        text += QString::fromUtf8(trial::textOf(m_draft, file));
    }
    m_text->setPlainText(shownText(text));
}

void DraftDialog::write()
{
    m_error->clear();
    m_write->setEnabled(false);
    m_where->setText(u"Writes into %1 …"_s.arg(m_folder));
    const auto write = [draft = m_draft, folder = m_folder, at = m_context.clock->wallMs()] { return trial::writeDraft(draft, folder, at); };
    async::onFinished(m_worker.run(write), this, [this](const Result<QStringList> &paths) {
        setFolder(m_folder);
        if (!paths)
            return m_error->showError(u"It could not be written"_s, paths.error());
        const QString version = QFileInfo(paths->value(0)).fileName().section(u'_', 0, 0);
        accept();
        if (m_context.showPlace)
            m_context.showPlace(migrationsPane, version);
    });
}

} // namespace howdah::ui
