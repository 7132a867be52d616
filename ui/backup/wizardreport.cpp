// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/backup/wizardreport.h"

#include "ui/query/choosefile.h"
#include "ui/widgets/theme.h"

#include <QClipboard>
#include <QDir>
#include <QGuiApplication>
#include <QHBoxLayout>
#include <QPlainTextEdit>
#include <QPushButton>
#include <QVBoxLayout>

namespace howdah::ui
{

using namespace Qt::StringLiterals;
using namespace howdah::backup;

WizardReport::WizardReport(WizardModel *model, WizardFlow *flow) : WizardPage(model, flow), m_words(prose()), m_text(new QPlainTextEdit), m_save(new QPushButton(u"Save the report…"_s))
{
    m_text->setReadOnly(true);
    m_text->setFont(fixedFont());
    m_text->setTabChangesFocus(true);
    m_text->setAccessibleName(u"The report"_s);
    auto *copy = new QPushButton(u"Copy the report"_s);
    setLook(copy, "flat");
    auto *bar = new QHBoxLayout;
    bar->setSpacing(space::part);
    bar->addWidget(m_words, 1);
    bar->addWidget(copy);
    bar->addWidget(m_save);
    auto *column = pageColumn(this);
    column->addLayout(bar);
    column->addWidget(m_text, 1);
    connect(copy, &QPushButton::clicked, this, [this] { QGuiApplication::clipboard()->setText(m_text->toPlainText()); });
    connect(m_save, &QPushButton::clicked, this, &WizardReport::save);
    connect(flow, &WizardFlow::evidenceRead, this, [this](const Evidence &evidence) { m_text->setPlainText(evidence.toMarkdown()); });
    connect(flow, &WizardFlow::reportWritten, this, [this](const QString &file) {
        m_model->setReported(file);
        emit modelChanged();
    });
}

void WizardReport::entered()
{
    if (const QString id = m_model->reported(); !id.isEmpty())
        m_flow->readEvidence(id);
}

void WizardReport::refresh()
{
    m_words->setText(m_model->report().isEmpty() ? u"Kept among Howdah's own files; saved, it can be given to others."_s : u"Saved: %1"_s.arg(m_model->report()));
    m_save->setEnabled(!m_model->reported().isEmpty());
}

void WizardReport::save()
{
    const QString id = m_model->reported();
    const QString proposal = QDir::home().filePath(u"recovery-%1.md"_s.arg(id));
    chooseFile(this, {u"Save the report"_s, u"Save"_s, proposal, u"Markdown (*.md);;JSON (*.json);;All files (*)"_s, true}, this, [this, id](const QString &file) { m_flow->writeReport(id, file); });
}

} // namespace howdah::ui
