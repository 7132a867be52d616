// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/health/exportform.h"

#include "health/otlpprofile.h"
#include "ui/health/healthcard.h"
#include "ui/query/choosefile.h"
#include "ui/widgets/label.h"
#include "ui/widgets/stateword.h"
#include "ui/widgets/theme.h"

#include <QCheckBox>
#include <QComboBox>
#include <QFormLayout>
#include <QHBoxLayout>
#include <QLineEdit>
#include <QPushButton>
#include <QSpinBox>
#include <QVBoxLayout>

namespace howdah::ui
{

using namespace Qt::StringLiterals;
using Choice = session::OtlpExport::Choice;
using Encoding = session::OtlpExport::Encoding;

ExportForm::ExportForm(const session::Profile &profile, QWidget *parent)
    : QWidget(parent), m_profile(profile), m_form(new QFormLayout), m_choice(new QComboBox(this)), m_state(new StateWord(this)), m_endpoint(new QLineEdit(this)),
      m_encoding(new QComboBox(this)), m_interval(new QSpinBox(this)), m_caFile(new QLineEdit(this)), m_header(new QLineEdit(this)),
      m_forget(new QPushButton(u"Remove it"_s, this)), m_names(new QCheckBox(u"Names of databases, schemas, tables and indexes go too"_s, this)),
      m_note(new PlainLabel({}, this, "small"))
{
    const session::OtlpExport &otlp = profile.otlp;
    m_choice->addItem(u"As the OTEL_* variables say"_s, int(Choice::Unsaid));
    m_choice->addItem(u"On"_s, int(Choice::On));
    m_choice->addItem(u"Off"_s, int(Choice::Off));
    m_choice->setCurrentIndex(m_choice->findData(int(otlp.choice)));
    m_choice->setAccessibleName(u"Export of metrics by OTLP"_s);
    m_endpoint->setText(otlp.endpoint);
    m_endpoint->setPlaceholderText(u"https://collector:4318"_s);
    m_endpoint->setToolTip(u"/v1/metrics is added where it does not end so"_s);
    m_endpoint->setAccessibleName(u"Endpoint"_s);
    m_encoding->addItem(u"protobuf"_s, int(Encoding::Protobuf));
    m_encoding->addItem(u"JSON"_s, int(Encoding::Json));
    m_encoding->setCurrentIndex(m_encoding->findData(int(otlp.encoding)));
    m_encoding->setAccessibleName(u"Encoding"_s);
    m_interval->setRange(1, 86'400);
    m_interval->setPrefix(u"every "_s);
    m_interval->setSuffix(u" s"_s);
    m_interval->setValue(otlp.intervalS);
    m_interval->setAccessibleName(u"Interval"_s);
    m_caFile->setText(otlp.caFile);
    m_caFile->setPlaceholderText(u"the system's certificates"_s);
    m_caFile->setAccessibleName(u"CA file of the endpoint"_s);
    m_header->setEchoMode(QLineEdit::Password);
    m_header->setAccessibleName(u"Header"_s);
    m_header->setToolTip(u"Name: value, as HTTP has it; kept in the keychain and nowhere else"_s);
    m_forget->setAutoDefault(false);
    m_forget->setAccessibleName(u"Remove the kept header"_s);
    m_names->setChecked(otlp.names);
    m_names->setToolTip(u"Otherwise their oids; never the text or the id of a query, a user or a host"_s);
    m_note->setWordWrap(true);
    layOut();
    connect(m_choice, &QComboBox::currentIndexChanged, this, &ExportForm::follow);
    connect(m_endpoint, &QLineEdit::textChanged, this, &ExportForm::follow);
    connect(m_forget, &QPushButton::clicked, this, [this] {
        m_forgotten = true;
        m_header->setFocus();
        follow();
    });
    follow();
}

void ExportForm::add(const char *label, QWidget *field, QLayout *row)
{
    auto *cell = new QWidget(this);
    auto *column = new QVBoxLayout(cell);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(space::inside);
    if (row)
        column->addLayout(row);
    else
        column->addWidget(field);
    auto *error = new PlainLabel({}, cell, "critical");
    error->setWordWrap(true);
    error->hide();
    column->addWidget(error);
    m_errors.insert(field, error);
    m_rows.insert(field, cell);
    auto *title = new PlainLabel(QString::fromLatin1(label), this, "muted");
    title->setFixedHeight(m_endpoint->sizeHint().height()); // beside the first line of a tall row
    title->setBuddy(field);
    m_form->addRow(title, cell);
}

void ExportForm::layOut()
{
    m_form->setHorizontalSpacing(space::group);
    m_form->setVerticalSpacing(space::part);
    m_form->setLabelAlignment(Qt::AlignRight | Qt::AlignTop);
    m_form->setFieldGrowthPolicy(QFormLayout::AllNonFixedFieldsGrow);
    const auto row = [](std::initializer_list<std::pair<QWidget *, int>> widgets) {
        auto *line = new QHBoxLayout;
        line->setSpacing(space::part);
        for (const auto &[widget, stretch] : widgets)
            line->addWidget(widget, stretch);
        return line;
    };
    auto *choice = row({{m_choice, 0}});
    choice->addStretch();
    choice->addWidget(m_state);
    add("Export", m_choice, choice);
    add("Endpoint", m_endpoint);
    auto *way = row({{m_encoding, 0}, {m_interval, 0}});
    way->addStretch();
    add("Encoding, interval", m_encoding, way);
    auto *browse = new QPushButton(u"Choose…"_s, this);
    browse->setAutoDefault(false);
    browse->setAccessibleName(u"Choose the CA file of the endpoint"_s);
    connect(browse, &QPushButton::clicked, this, [this] {
        FileQuestion question;
        question.title = u"CA file of the endpoint"_s;
        question.verb = u"Choose"_s;
        question.filter = u"Certificates (*.pem *.crt *.cer);;All files (*)"_s;
        chooseFile(this, question, this, [this](const QString &path) { m_caFile->setText(path); });
    });
    add("CA file", m_caFile, row({{m_caFile, 1}, {browse, 0}}));
    add("Header", m_header, row({{m_header, 1}, {m_forget, 0}}));
    add("Names", m_names);
    auto *column = new QVBoxLayout(this);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(space::part);
    column->addLayout(m_form);
    column->addWidget(m_note);
}

bool ExportForm::headerStays() const
{
    session::Profile typed = m_profile;
    typed.otlp.endpoint = m_endpoint->text().trimmed();
    return m_profile.otlp.hasHeaders && !m_forgotten && typed.otlpSecretKey().text() == m_profile.otlpSecretKey().text();
}

void ExportForm::follow()
{
    const auto choice = Choice(m_choice->currentData().toInt());
    for (QWidget *field : std::initializer_list<QWidget *>{m_endpoint, m_encoding, m_caFile, m_header, m_names})
        m_form->setRowVisible(m_rows.value(field), choice == Choice::On);
    m_header->setPlaceholderText(headerStays() ? u"kept in the keychain; type to replace it"_s : u"Authorization: Bearer …, where the endpoint asks for it"_s);
    m_forget->setVisible(headerStays());
    const bool inClear = QUrl(m_endpoint->text().trimmed()).scheme() == "http"_L1;
    QString note;
    if (choice == Choice::Unsaid)
        note = u"The standard variables hold: OTEL_EXPORTER_OTLP_ENDPOINT, …_HEADERS, …_PROTOCOL, …_CERTIFICATE, OTEL_METRIC_EXPORT_INTERVAL and the others, as this window was started with."_s;
    else if (choice == Choice::Off)
        note = u"Nothing is exported, whatever the OTEL_* variables say."_s;
    else if (inClear)
        note = u"http:// sends in clear, a header too. The certificate of an https:// endpoint is verified."_s;
    else
        note = u"The certificate of the endpoint is verified. What can't be delivered waits, at most 60 exports of it; then the oldest is dropped and counted."_s;
    m_note->setText(note);
}

std::optional<ExportForm::Entered> ExportForm::entered()
{
    for (PlainLabel *label : std::as_const(m_errors)) {
        label->clear();
        label->hide();
    }
    Entered entered;
    session::OtlpExport &otlp = entered.otlp;
    otlp.choice = Choice(m_choice->currentData().toInt());
    otlp.endpoint = m_endpoint->text().trimmed();
    otlp.encoding = Encoding(m_encoding->currentData().toInt());
    otlp.intervalS = m_interval->value();
    otlp.caFile = m_caFile->text().trimmed();
    otlp.names = m_names->isChecked();
    entered.header = Secret(m_header->text().trimmed().toUtf8());
    otlp.hasHeaders = !entered.header.isEmpty() || headerStays();
    if (otlp.choice != Choice::On)
        return entered; // what stands in the fields is kept for later, right or wrong
    if (const auto endpoint = health::profileEndpoint(otlp.endpoint); !endpoint) {
        complain(m_endpoint, otlp.endpoint.isEmpty() ? u"An endpoint is needed: the collector's address, as https://collector:4318"_s : endpoint.error().text());
        return std::nullopt;
    }
    if (const auto headers = health::profileHeaders(entered.header); !headers) {
        complain(m_header, headers.error().text());
        return std::nullopt;
    }
    return entered;
}

void ExportForm::setStanding(const ExportStanding &standing, qint64 nowMs)
{
    const HealthLine line = exportLine(standing, nowMs);
    m_state->setState(line.look, line.word);
    m_state->setToolTip(tooltipText(line.exact.isEmpty() ? line.figures : line.exact));
    m_state->setAccessibleName(line.word + u", "_s + line.figures);
}

bool ExportForm::showError(const Error &error)
{
    if (error.reason == "bad_endpoint"_L1)
        return !complain(m_endpoint, error.text());
    if (error.reason == "bad_headers"_L1 || error.kind == ErrorKind::Keychain)
        return !complain(m_header, error.text());
    return false;
}

bool ExportForm::complain(QWidget *field, const QString &text)
{
    PlainLabel *label = m_errors.value(field);
    label->setText(text);
    label->show();
    field->setFocus();
    return false;
}

} // namespace howdah::ui
