// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/shell/checkview.h"

#include "ui/widgets/label.h"
#include "ui/widgets/stateword.h"
#include "ui/widgets/theme.h"

#include <QClipboard>
#include <QGuiApplication>
#include <QHBoxLayout>
#include <QPushButton>
#include <QVBoxLayout>

namespace howdah::ui
{

using namespace Qt::StringLiterals;
using State = session::CheckStep::State;

namespace
{

QString titleOf(const QString &name)
{
    if (name == "tcp"_L1 || name == "tls"_L1)
        return name.toUpper();
    return name.left(1).toUpper() + name.mid(1);
}

StateLook lookOf(const session::CheckStep &step)
{
    if (step.state == State::Ok)
        return StateLook::Ok;
    if (step.state == State::Failed) // one is in without them
        return step.name == "privileges"_L1 ? StateLook::Warning : StateLook::Critical;
    return StateLook::Unknown;
}

} // namespace

CheckView::CheckView(QWidget *parent) : QScrollArea(parent)
{
    auto *inner = new QWidget(this);
    m_column = new QVBoxLayout(inner);
    m_column->setContentsMargins(space::group, space::part, space::group, space::part);
    m_column->setSpacing(space::part + space::inside); // more between the steps than within one
    setWidget(inner);
    setWidgetResizable(true);
    setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    setProperty("card", true);
    inner->setAutoFillBackground(false); // the card's colour shows
    viewport()->setAutoFillBackground(false);
    setAccessibleName(u"Steps of the connection test"_s);
}

void CheckView::empty()
{
    while (QLayoutItem *item = m_column->takeAt(0)) {
        delete item->widget();
        delete item;
    }
    m_tls = nullptr;
    m_count = 0;
}

void CheckView::clear(const QString &text)
{
    empty();
    auto *label = new PlainLabel(text, widget(), "muted");
    label->setWordWrap(true);
    m_column->addWidget(label);
    m_column->addStretch();
}

void CheckView::setReport(const session::CheckReport &report)
{
    empty();
    for (const session::CheckStep &step : report.steps)
        add(step);
    const bool untrusted = report.error && (report.error->reason == "unknown_ca"_L1 || report.error->reason == "self_signed"_L1);
    if (untrusted && report.authority() && m_tls)
        connect(addButton(m_tls, u"Pin this CA"_s), &QPushButton::clicked, this, &CheckView::pinWanted);
}

QPushButton *CheckView::addButton(QVBoxLayout *column, const QString &text)
{
    auto *button = new QPushButton(text, column->parentWidget());
    button->setAutoDefault(false); // Return is for Connect
    column->addWidget(button, 0, Qt::AlignLeft);
    return button;
}

void CheckView::add(const session::CheckStep &step)
{
    if (m_count++ == 0)
        while (QLayoutItem *item = m_column->takeAt(0)) {
            delete item->widget();
            delete item;
        }
    else
        delete m_column->takeAt(m_column->count() - 1); // the stretch
    const bool privileges = step.name == "privileges"_L1;
    const bool notReached = step.state == State::Skipped && step.text == "Not reached"_L1;
    auto *row = new QWidget(widget());
    auto *column = new QVBoxLayout(row);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(space::inside);
    auto *head = new QHBoxLayout;
    auto *state = new StateWord(row);
    state->setState(lookOf(step), notReached ? u"not reached"_s : step.state == State::Failed && privileges ? u"lacking"_s : session::stateName(step.state));
    head->addWidget(new PlainLabel(titleOf(step.name), row));
    head->addStretch();
    head->addWidget(state);
    column->addLayout(head);
    const auto text = [&](const QString &words, const char *role) {
        if (words.isEmpty())
            return;
        // A fingerprint has no blanks to break at.
        auto *label = new PlainLabel(QString(words).replace(u':', u":\u200b"_s), row, role);
        label->setWordWrap(true);
        column->addWidget(label);
    };
    if (!notReached)
        text(step.text, "muted");
    text(step.detail, "small");
    text(step.fix, privileges ? "fixed" : "small");
    if (privileges && !step.fix.isEmpty())
        connect(addButton(column, u"Copy the statements"_s), &QPushButton::clicked, this, [fix = step.fix] { QGuiApplication::clipboard()->setText(fix); });
    if (step.name == "tls"_L1)
        m_tls = column;
    m_column->addWidget(row);
    m_column->addStretch();
}

} // namespace howdah::ui
