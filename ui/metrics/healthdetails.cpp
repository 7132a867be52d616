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

void addList(QVBoxLayout *layout, const QString &title, const QStringList &lines, StateLook look)
{
    if (lines.isEmpty())
        return;
    auto *head = new StateWord;
    head->setState(look, title + QStringLiteral(" (") + QString::number(lines.size()) + QLatin1Char(')'));
    layout->addWidget(head);
    for (const QString &line : lines) {
        layout->addWidget(wrapped(line));
        const qsizetype grant = line.indexOf(QLatin1StringView("GRANT "));
        if (grant < 0)
            continue;
        auto *copy = new QPushButton(QStringLiteral("Copy GRANT"));
        QObject::connect(copy, &QPushButton::clicked, copy, [text = line.mid(grant)] { QGuiApplication::clipboard()->setText(text); });
        layout->addWidget(copy, 0, Qt::AlignLeft);
    }
    layout->addSpacing(space::part);
}

// Names and values two in a row; one level of objects is a group with its own heading.
void addFigures(QVBoxLayout *layout, const QJsonObject &object)
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
        grid->addWidget(name, row, 0, Qt::AlignTop);
        grid->addWidget(wrapped(valueText(*it)), row++, 1);
    }
    layout->addLayout(grid);
    for (auto it = object.begin(); it != object.end(); ++it) {
        if (!it->isObject())
            continue;
        layout->addSpacing(space::part);
        auto *name = new PlainLabel(units::oneLine(it.key()).replace(QLatin1Char('_'), QLatin1Char(' ')));
        QFont font = textFont();
        font.setWeight(QFont::DemiBold);
        name->setFont(font);
        layout->addWidget(name);
        addFigures(layout, it->toObject());
    }
}

} // namespace

HealthDetails::HealthDetails(QWidget *parent)
    : QFrame(parent), m_scroll(new QScrollArea), m_source(new PlainLabel({}, nullptr, "small"))
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
    m_scroll->setWidgetResizable(true);
    m_scroll->setFrameShape(QFrame::NoFrame);
    m_scroll->viewport()->setAutoFillBackground(false);
    m_scroll->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    auto *layout = new QVBoxLayout(this);
    layout->setContentsMargins(12, space::part, space::part, space::part);
    layout->setSpacing(space::part);
    layout->addLayout(head);
    layout->addWidget(m_source);
    layout->addWidget(m_scroll, 1);
}

void HealthDetails::setReport(const health::Report &report)
{
    const QJsonObject all = report.toJson();
    if (m_shown == all)
        return; // keeps scroll and selection
    m_shown = all;
    m_source->setText(report.source.isEmpty() ? QStringLiteral("source not known") : QStringLiteral("from ") + units::oneLine(report.source));
    auto *lists = new QWidget;
    auto *layout = new QVBoxLayout(lists);
    layout->setContentsMargins(0, 0, space::inside, 0);
    layout->setSpacing(space::inside);
    addList(layout, QStringLiteral("Errors"), report.errors, StateLook::Critical);
    addList(layout, QStringLiteral("Warnings"), report.warnings, StateLook::Warning);
    addList(layout, QStringLiteral("Not permitted"), report.notPermitted, StateLook::Unknown);
    if (report.errors.isEmpty() && report.warnings.isEmpty())
        layout->addWidget(wrapped(QStringLiteral("No findings."), "muted"));
    addFigures(layout, report.details);
    layout->addStretch();
    m_scroll->setWidget(lists); // deletes the old one
    lists->setAutoFillBackground(false); // the scroll area turned it on
}

} // namespace howdah::ui
