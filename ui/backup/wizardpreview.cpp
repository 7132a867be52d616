// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/backup/wizardpreview.h"

#include "backup/moment.h"
#include "base/units.h"
#include "ui/backup/wizardtarget.h"
#include "ui/widgets/theme.h"

#include <QClipboard>
#include <QGuiApplication>
#include <QHBoxLayout>
#include <QPlainTextEdit>
#include <QPushButton>
#include <QVBoxLayout>

namespace howdah::ui
{

using namespace Qt::StringLiterals;
using namespace howdah::backup;

namespace
{

constexpr qsizetype mostTables = 6;

QString lostText(const Judged &judged, RecoveryIntent intent)
{
    const Verdict &verdict = judged.verdict;
    const QString open = u" What the server has not archived yet is not in it, and not counted."_s;
    if (verdict.lost == 0)
        return u"No transaction in the archive is left out."_s + open;
    QString text = u"In the copy %1 committed behind the moment %2 left out"_s.arg(verdict.lost == 1 ? u"1 transaction"_s : units::exact(double(verdict.lost)) + u" transactions"_s, verdict.lost == 1 ? u"is"_s : u"are"_s);
    QStringList tables;
    for (const FoundTable &table : judged.lost) {
        QStringList counts;
        for (const auto &[rows, what] : {std::pair(table.rows.deleted, u"deleted"_s), std::pair(table.rows.updated, u"updated"_s), std::pair(table.rows.inserted, u"inserted"_s)}) {
            if (rows)
                counts << u"%1 %2"_s.arg(units::exact(double(rows)), what);
        }
        tables << table.name + u" ("_s + counts.join(u", "_s) + u')';
    }
    const qsizetype more = tables.size() - mostTables;
    if (more > 0)
        tables = tables.mid(0, mostTables) << u"%1 more"_s.arg(more);
    if (!tables.isEmpty())
        text += u", of: "_s + tables.join(u", "_s);
    if (!judged.lostFiles.isEmpty())
        text += u"; truncated, dropped or rewritten: %1"_s.arg(judged.lostFiles.join(u", "_s));
    text += u'.';
    if (!judged.lostKnown)
        text += u" Which tables they were of is not known in full."_s;
    return text + (intent == RecoveryIntent::Rescue || intent == RecoveryIntent::JustLook ? u" Live keeps them."_s : open);
}

} // namespace

WizardPreview::WizardPreview(WizardModel *model, WizardFlow *flow) : WizardPage(model, flow), m_lost(prose()), m_places(prose({}, "muted")), m_text(new QPlainTextEdit)
{
    m_text->setReadOnly(true);
    m_text->setFont(fixedFont());
    m_text->setTabChangesFocus(true);
    m_text->setAccessibleName(u"Commands and configuration"_s);
    auto *copyText = new QPushButton(u"Copy as text"_s);
    auto *copyCommand = new QPushButton(u"Copy as howdahctl"_s);
    setLook(copyText, "flat");
    setLook(copyCommand, "flat");
    auto *bar = new QHBoxLayout;
    bar->setSpacing(space::part);
    bar->addStretch(1);
    bar->addWidget(copyText);
    bar->addWidget(copyCommand);
    auto *column = pageColumn(this);
    column->addWidget(m_lost);
    column->addWidget(m_places);
    column->addWidget(m_text, 1);
    column->addLayout(bar);
    connect(copyText, &QPushButton::clicked, this, [this] { QGuiApplication::clipboard()->setText(m_text->toPlainText()); });
    connect(copyCommand, &QPushButton::clicked, this, [this] { QGuiApplication::clipboard()->setText(m_command); });
}

void WizardPreview::entered()
{
    m_model->setSeen(WizardStep::Preview);
    emit modelChanged();
}

void WizardPreview::showJudged(const Judged &judged)
{
    if (!judged.plan)
        return m_text->clear();
    const RehearsalChoice &choice = judged.plan->choice;
    m_lost->setText(lostText(judged, m_model->intent));
    qint64 bytes = 0;
    if (m_flow->facts()) {
        const auto chain = m_flow->facts()->catalogue.chain(judged.verdict.backup);
        for (const Backup *link : chain.value_or(QVector<const Backup *>()))
            bytes = link->bytes < 0 || bytes < 0 ? -1 : bytes + link->bytes;
    }
    m_places->setText(u"From %1, %2 of backups and %3 segments of WAL of %4 MB, into a container of %5 without a network"_s
                          .arg(choice.repository, bytes > 0 ? units::bytes(double(bytes)) : u"an unknown size"_s)
                          .arg(choice.segments)
                          .arg(choice.segmentSize >> 20)
                          .arg(choice.image));
    m_text->setPlainText(judged.plan->text().replace(u" -c "_s, u" \\\n    -c "_s)); // the same to a shell, and a setting a line
    tool::Command command;
    command.program = u"howdahctl"_s;
    if (!m_flow->context().profile.name.isEmpty())
        command.arguments << u"--profile"_s << m_flow->context().profile.name;
    command.arguments << u"pitr"_s << u"rehearse"_s << targetWords(judged.target);
    if (!m_flow->choice().folder.isEmpty())
        command.arguments << u"--in"_s << m_flow->choice().folder;
    if (!m_flow->choice().archive.isEmpty())
        command.arguments << u"--archive"_s << m_flow->choice().archive;
    m_command = tool::commandLine(command);
}

} // namespace howdah::ui
