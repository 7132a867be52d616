// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/metrics/healthstrip.h"

#include "base/units.h"
#include "ui/widgets/label.h"
#include "ui/widgets/theme.h"

#include <QClipboard>
#include <QGridLayout>
#include <QGuiApplication>
#include <QHBoxLayout>
#include <QJsonArray>
#include <QJsonDocument>
#include <QPushButton>
#include <QScrollArea>
#include <QScrollBar>
#include <QVBoxLayout>

namespace howdah::ui
{

namespace
{

PlainLabel *wrapped(const QString &text, const char *role = nullptr)
{
    auto *label = new PlainLabel(units::oneLine(text), nullptr, role);
    label->setWordWrap(true);
    label->setTextInteractionFlags(Qt::TextSelectableByMouse);
    return label;
}

QString valueText(const QJsonValue &value)
{
    switch (value.type()) {
    case QJsonValue::Null:
    case QJsonValue::Undefined: return QStringLiteral("not known");
    case QJsonValue::Bool: return value.toBool() ? QStringLiteral("yes") : QStringLiteral("no");
    case QJsonValue::Double: return QString::number(value.toDouble(), 'g', 12);
    case QJsonValue::String: return value.toString();
    case QJsonValue::Array: return QString::fromUtf8(QJsonDocument(value.toArray()).toJson(QJsonDocument::Compact));
    case QJsonValue::Object: break;
    }
    return QString::fromUtf8(QJsonDocument(value.toObject()).toJson(QJsonDocument::Compact));
}

void addList(QVBoxLayout *layout, const QString &title, const QStringList &lines, StateLook look, const char *role)
{
    if (lines.isEmpty())
        return;
    auto *head = new StateWord;
    head->setState(look, title + QStringLiteral(" (") + QString::number(lines.size()) + QLatin1Char(')'));
    layout->addWidget(head);
    for (const QString &line : lines) {
        layout->addWidget(wrapped(line, role));
        const qsizetype grant = line.indexOf(QLatin1StringView("GRANT "));
        if (grant < 0)
            continue;
        auto *copy = new QPushButton(QStringLiteral("Copy GRANT"));
        QObject::connect(copy, &QPushButton::clicked, copy, [text = line.mid(grant)] { QGuiApplication::clipboard()->setText(text); });
        layout->addWidget(copy, 0, Qt::AlignLeft);
    }
    layout->addSpacing(space::part);
}

// A figure's path is its names from the outermost, so that a value finds its label again.
QString joined(const QString &path, const QString &name)
{
    return path.isEmpty() ? name : path + QLatin1Char('\n') + name;
}

void collectFigures(const QJsonObject &object, const QString &path, QMap<QString, QString> &figures)
{
    for (auto it = object.begin(); it != object.end(); ++it) {
        if (it->isObject())
            collectFigures(it->toObject(), joined(path, it.key()), figures);
        else
            figures.insert(joined(path, it.key()), units::oneLine(valueText(*it)));
    }
}

// Names and values two in a row; one level of objects is a group with its own heading.
void addFigures(QVBoxLayout *layout, const QJsonObject &object, const QString &path, const char *role, QHash<QString, PlainLabel *> &values)
{
    auto *grid = new QGridLayout;
    grid->setHorizontalSpacing(space::group);
    grid->setVerticalSpacing(space::inside);
    grid->setColumnStretch(1, 1);
    int row = 0;
    for (auto it = object.begin(); it != object.end(); ++it) {
        if (it->isObject())
            continue;
        auto *name = new PlainLabel(units::oneLine(it.key()).replace(QLatin1Char('_'), QLatin1Char(' ')), nullptr, "muted");
        auto *value = wrapped(valueText(*it), role);
        grid->addWidget(name, row, 0, Qt::AlignTop);
        grid->addWidget(value, row++, 1);
        values.insert(joined(path, it.key()), value);
    }
    layout->addLayout(grid);
    for (auto it = object.begin(); it != object.end(); ++it) {
        if (!it->isObject())
            continue;
        layout->addSpacing(space::part);
        auto *name = new PlainLabel(units::oneLine(it.key()).replace(QLatin1Char('_'), QLatin1Char(' ')), nullptr, role);
        QFont font = textFont();
        font.setWeight(QFont::DemiBold);
        name->setFont(font);
        layout->addWidget(name);
        addFigures(layout, it->toObject(), joined(path, it.key()), role, values);
    }
}

} // namespace

HealthDetails::HealthDetails(QWidget *parent)
    : QFrame(parent), m_scroll(new QScrollArea), m_unknown(new StateWord), m_why(wrapped({})), m_source(new PlainLabel({}, nullptr, "small"))
{
    setProperty("card", true);
    setFixedWidth(320);
    auto *title = new PlainLabel(QStringLiteral("Health"), nullptr, "title");
    auto *close = new QPushButton(QStringLiteral("Close"));
    setLook(close, "flat");
    connect(close, &QPushButton::clicked, this, &HealthDetails::closed);
    auto *head = new QHBoxLayout;
    head->addWidget(title, 1);
    head->addWidget(close);
    m_unknown->setState(StateLook::Unknown, QStringLiteral("Not known"));
    m_source->setWordWrap(true);
    m_scroll->setWidgetResizable(true);
    m_scroll->setFrameShape(QFrame::NoFrame);
    m_scroll->viewport()->setAutoFillBackground(false);
    m_scroll->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    auto *layout = new QVBoxLayout(this);
    layout->setContentsMargins(12, space::part, space::part, space::part);
    layout->setSpacing(space::part);
    layout->addLayout(head);
    layout->addWidget(m_unknown);
    layout->addWidget(m_why);
    layout->addWidget(m_source);
    layout->addWidget(m_scroll, 1);
}

void HealthDetails::setReport(const health::Report &report)
{
    m_report = report;
    m_whyText.clear();
    showAll();
}

void HealthDetails::setUnknown(const QString &why)
{
    m_whyText = why.isEmpty() ? QStringLiteral("no reason given") : why;
    showAll();
}

void HealthDetails::setAge(const QString &text)
{
    m_age = text;
    showAll();
}

void HealthDetails::showEvent(QShowEvent *event)
{
    QFrame::showEvent(event);
    showAll();
}

void HealthDetails::showAll()
{
    if (!isVisible())
        return; // built when it is seen
    const bool stale = !m_whyText.isEmpty();
    m_unknown->setVisible(stale);
    m_why->setVisible(stale);
    m_why->setText(units::oneLine(m_whyText));
    if (!m_report) {
        m_source->setText(QStringLiteral("no report yet"));
        return;
    }
    const QString source = m_report->source.isEmpty() ? QStringLiteral("source not known") : QStringLiteral("from ") + units::oneLine(m_report->source);
    m_source->setText((stale ? QStringLiteral("last report, ") : QString()) + source + (m_age.isEmpty() ? QString() : QStringLiteral(", ") + m_age));

    QMap<QString, QString> figures;
    collectFigures(m_report->details, {}, figures);
    const Shape shape{m_report->errors, m_report->warnings, m_report->notPermitted, figures.keys(), stale};
    if (m_shown != shape)
        return build(shape);
    for (auto it = figures.cbegin(); it != figures.cend(); ++it) {
        PlainLabel *label = m_values.value(it.key());
        if (label && label->text() != *it)
            label->setText(*it);
    }
}

void HealthDetails::build(const Shape &shape)
{
    m_shown = shape;
    m_values.clear();
    const auto look = [&](StateLook known) { return shape.stale ? StateLook::Unknown : known; };
    const char *role = shape.stale ? "muted" : nullptr;
    auto *lists = new QWidget;
    auto *layout = new QVBoxLayout(lists);
    layout->setContentsMargins(0, 0, space::inside, 0);
    layout->setSpacing(space::inside);
    addList(layout, QStringLiteral("Errors"), shape.errors, look(StateLook::Critical), role);
    addList(layout, QStringLiteral("Warnings"), shape.warnings, look(StateLook::Warning), role);
    addList(layout, QStringLiteral("Not permitted"), shape.notPermitted, StateLook::Unknown, role);
    if (shape.errors.isEmpty() && shape.warnings.isEmpty())
        layout->addWidget(wrapped(shape.stale ? QStringLiteral("The last report had no findings.") : QStringLiteral("No findings."), "muted"));
    addFigures(layout, m_report->details, {}, role, m_values);
    layout->addStretch();
    const int at = m_scroll->verticalScrollBar()->value();
    m_scroll->setWidget(lists); // deletes the old one
    lists->setAutoFillBackground(false); // the scroll area turned it on
    m_scroll->verticalScrollBar()->setValue(at);
}

} // namespace howdah::ui
