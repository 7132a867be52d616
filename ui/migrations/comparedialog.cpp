// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/migrations/comparedialog.h"

#include "pg/quote.h"
#include "ui/query/editor.h"
#include "ui/widgets/errorbar.h"
#include "ui/widgets/label.h"
#include "ui/widgets/theme.h"

#include <QCheckBox>
#include <QComboBox>
#include <QHBoxLayout>
#include <QPushButton>
#include <QVBoxLayout>

#include <algorithm>

namespace howdah::ui
{

using namespace Qt::StringLiterals;
using namespace howdah::migrations;

static constexpr auto whatItDoes = "Its catalog is compared with what the migrations of the folder make in a scratch database, and what differs is written as migrations, in the safe form, and run forth and back there before it is shown. Every migration has to be applied in it.";

CompareDialog::CompareDialog(CompareFlow *flow, const Project &project, const MigrationOptions &options, const QString &name, const QString &purpose, QWidget *parent)
    : QDialog(parent), m_project(project), m_options(options), m_name(name), m_purpose(purpose), m_flow(flow), m_source(new QComboBox),
      m_compare(new QPushButton(u"Compare"_s)), m_said(new PlainLabel), m_error(new ErrorBar), m_questions(new QVBoxLayout), m_text(new SqlEditor), m_write(new QPushButton(u"Write the files"_s))
{
    setWindowTitle(u"From changes made by hand: %1"_s.arg(name));
    setAttribute(Qt::WA_DeleteOnClose);
    resize(860, 620);
    m_source->setAccessibleName(u"Database in which it was changed"_s);
    m_source->setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Fixed);
    m_said->setWordWrap(true);
    m_said->setText(QString::fromUtf8(whatItDoes));
    m_text->setReadOnly(true);
    m_text->setAccessibleName(u"The files as they would be written"_s);
    m_text->setPlaceholder(u"The files, as they would be written"_s);
    m_error->clear();
    m_error->setRetryVisible(false);
    setLook(m_compare, "primary");
    m_compare->setEnabled(false);
    m_write->setEnabled(false);
    auto *cancel = new QPushButton(u"Cancel"_s);
    auto *from = new QHBoxLayout;
    from->setSpacing(space::part);
    from->addWidget(new PlainLabel(u"Changed in"_s, nullptr, "muted"));
    from->addWidget(m_source, 1);
    from->addWidget(m_compare);
    auto *buttons = new QHBoxLayout;
    buttons->setSpacing(space::part);
    buttons->addStretch(1);
    buttons->addWidget(cancel);
    buttons->addWidget(m_write);
    m_questions->setSpacing(space::inside);
    auto *column = new QVBoxLayout(this);
    column->setContentsMargins(space::edge, space::group, space::edge, space::group);
    column->setSpacing(space::part);
    column->addLayout(from);
    column->addWidget(m_said);
    column->addWidget(m_error);
    column->addLayout(m_questions);
    column->addWidget(m_text, 1);
    column->addLayout(buttons);
    connect(cancel, &QPushButton::clicked, this, &QDialog::reject);
    connect(this, &QDialog::rejected, m_flow, [this] { m_flow->cancel(m_number); });
    connect(m_source, &QComboBox::currentIndexChanged, this, [this] { forget(); });
    connect(m_compare, &QPushButton::clicked, this, [this] { begin(); });
    connect(m_write, &QPushButton::clicked, this, [this] {
        emit writeWanted(m_compared.generated, m_purpose);
        accept();
    });
    connect(m_flow, &CompareFlow::sourcesRead, this, [this](const QVector<CompareSource> &sources) {
        m_sources = sources;
        m_source->clear();
        for (const CompareSource &one : sources)
            m_source->addItem(one.title);
        m_compare->setEnabled(!sources.isEmpty());
    });
    connect(m_flow, &CompareFlow::compared, this, [this](quint64 number, const Compared &compared) {
        if (number == m_number)
            show(compared);
    });
    connect(m_flow, &CompareFlow::failed, this, [this](quint64 number, const Error &error) {
        if (number != m_number)
            return;
        m_compare->setEnabled(true);
        m_said->setText(u"Nothing was written."_s);
        if (error.kind != ErrorKind::Cancelled)
            m_error->showError(u"It could not be compared"_s, error);
    });
    m_flow->readSources();
}

QByteArray CompareDialog::shownText() const
{
    return m_text->bytes();
}

void CompareDialog::begin()
{
    if (m_source->currentIndex() < 0 || m_source->currentIndex() >= m_sources.size())
        return;
    QStringList renames;
    for (const QCheckBox *one : std::as_const(m_renamed)) {
        if (one->isChecked())
            renames << one->property("rename").toString();
    }
    m_error->clear();
    m_write->setEnabled(false);
    m_compare->setEnabled(false);
    m_said->setText(u"Compares; how far it is stands in the strip of the window."_s);
    m_number = m_flow->begin(m_project, m_options, m_sources.at(m_source->currentIndex()), m_name, renames);
    if (m_number == 0)
        forget();
}

void CompareDialog::forget()
{
    m_flow->cancel(m_number);
    m_number = 0;
    m_compared = {};
    qDeleteAll(m_renamed);
    m_renamed.clear();
    m_error->clear();
    m_text->setReadOnly(false);
    m_text->setBytes({});
    m_text->setReadOnly(true);
    m_write->setEnabled(false);
    m_compare->setText(u"Compare"_s);
    setLook(m_compare, "primary");
    m_compare->setEnabled(!m_sources.isEmpty());
    m_said->setText(QString::fromUtf8(whatItDoes));
}

void CompareDialog::show(const Compared &compared)
{
    m_compared = compared;
    m_compare->setEnabled(true);
    m_compare->setText(u"Compare again"_s);
    setLook(m_compare, "");
    const Generated &made = compared.generated;
    // Those that were answered stay; what may be one is asked.
    for (const RenameQuestion &question : made.questions) {
        const QString rename = question.from + u'=' + question.to;
        if (std::any_of(m_renamed.cbegin(), m_renamed.cend(), [&](const QCheckBox *one) { return one->property("rename") == rename; }))
            continue; // asked already, and not ticked
        auto *box = new QCheckBox(u"%1 was renamed to %2 (else it is dropped, with what is in it, and another one is made)"_s.arg(question.from, question.to));
        box->setProperty("rename", rename);
        m_renamed.append(box);
        m_questions->addWidget(box);
        connect(box, &QCheckBox::toggled, this, [this] { m_write->setEnabled(false); }); // compared again first
    }
    QByteArray text;
    for (const GeneratedFile &file : made.files)
        text += pg::commentLine(file.title).toUtf8() + '\n' + pg::commentLine(u"Purpose: "_s + m_purpose).toUtf8() + "\n-- migrate:up" + (file.transaction ? "" : " transaction:false") + '\n' + file.section(false) + "\n-- migrate:down"
            + (file.transaction ? "" : " transaction:false") + '\n' + file.section(true) + "\n\n";
    m_text->setReadOnly(false);
    m_text->setBytes(text);
    m_text->setReadOnly(true);
    QStringList said;
    said << (made.isEmpty() ? u"There is no difference: nothing is to be written."_s : u"%1, run forth and back in %2: %3."_s.arg(made.files.size() == 1 ? u"1 file"_s : u"%1 files"_s.arg(made.files.size()), compared.where,
                                   made.unsupported.isEmpty() ? u"it leads where it should"_s : u"it leads where it should, but for what is not written"_s));
    for (const QString &one : made.unsupported)
        said << u"Not written: "_s + one;
    for (const QString &one : made.oneWay)
        said << u"No way back: "_s + one;
    for (const QString &one : compared.notSeen)
        said << u"Not looked at: "_s + one;
    if (!made.questions.isEmpty())
        said << u"Say what was renamed and compare again; what is not ticked is dropped."_s;
    m_said->setText(said.join(u'\n'));
    m_write->setText(made.files.size() == 1 ? u"Write the file"_s : u"Write %1 files"_s.arg(made.files.size()));
    m_write->setEnabled(!made.isEmpty());
    setLook(m_write, made.isEmpty() ? "" : "primary");
}

} // namespace howdah::ui
