// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/widgets/errorbar.h"

#include "ui/widgets/label.h"
#include "ui/widgets/theme.h"

#include <QClipboard>
#include <QGuiApplication>
#include <QHBoxLayout>
#include <QPainter>
#include <QPushButton>
#include <QVBoxLayout>

namespace howdah::ui
{

namespace
{

PlainLabel *line(QWidget *parent, const char *role)
{
    auto *label = new PlainLabel({}, parent, role);
    label->setWordWrap(true);
    label->setTextInteractionFlags(Qt::TextSelectableByMouse);
    return label;
}

// The last lines of a long detail (a container's log): the bar stays a bar, and the copy has all of it.
QString ending(const QString &text)
{
    constexpr int shownLines = 6;
    const QStringList lines = text.split(QLatin1Char('\n'));
    if (lines.size() <= shownLines)
        return text;
    return lines.mid(lines.size() - shownLines).join(QLatin1Char('\n'));
}

// The GRANT a hint names, without the words around it.
QString grantIn(const QString &hint)
{
    const qsizetype at = hint.indexOf(QLatin1StringView("GRANT "));
    if (at < 0)
        return {};
    qsizetype end = hint.indexOf(QLatin1Char(';'), at);
    if (end < 0)
        end = hint.indexOf(QLatin1Char('\n'), at);
    return hint.mid(at, end < 0 ? -1 : end - at).trimmed() + QLatin1Char(';');
}

} // namespace

ErrorBar::ErrorBar(QWidget *parent)
    : QFrame(parent), m_what(line(this, "")), m_why(line(this, "muted")), m_hint(line(this, "")), m_sqlstate(line(this, "fixed")),
      m_copyGrant(new QPushButton(QStringLiteral("Copy GRANT"), this)), m_action(new QPushButton(this)),
      m_retry(new QPushButton(QStringLiteral("Retry"), this)), m_copy(new QPushButton(QStringLiteral("Copy details"), this))
{
    QFont strong = textFont();
    strong.setWeight(QFont::DemiBold);
    m_what->setFont(strong);
    m_sqlstate->setWordWrap(false);
    setAccessibleName(QStringLiteral("Error"));

    auto *texts = new QVBoxLayout;
    texts->setSpacing(space::inside / 2);
    for (PlainLabel *label : {m_what, m_why, m_hint})
        texts->addWidget(label);
    auto *row = new QHBoxLayout(this);
    row->setContentsMargins(space::group, space::part, space::part, space::part);
    row->setSpacing(space::part);
    row->addLayout(texts, 1);
    row->addWidget(m_sqlstate);
    for (QPushButton *button : {m_copyGrant, m_copy, m_retry, m_action})
        row->addWidget(button, 0, Qt::AlignVCenter);

    connect(m_copy, &QPushButton::clicked, this, [this] {
        QGuiApplication::clipboard()->setText(m_whatText + QLatin1Char('\n') + m_error.text());
    });
    connect(m_copyGrant, &QPushButton::clicked, this, [this] { QGuiApplication::clipboard()->setText(grantIn(m_error.hint)); });
    connect(m_retry, &QPushButton::clicked, this, &ErrorBar::retry);
    connect(m_action, &QPushButton::clicked, this, &ErrorBar::action);
    setAction({});
    hide();
}

void ErrorBar::showError(const QString &what, const Error &error)
{
    m_error = error;
    m_whatText = what;
    const QString why = error.detail.isEmpty() ? error.message : error.message + QLatin1Char('\n') + ending(error.detail);
    m_what->setText(what);
    m_why->setText(why);
    m_hint->setText(error.hint);
    m_hint->setVisible(!error.hint.isEmpty());
    m_sqlstate->setText(error.sqlstate);
    m_sqlstate->setVisible(!error.sqlstate.isEmpty());
    m_sqlstate->setToolTip(QStringLiteral("SQLSTATE"));
    m_copyGrant->setVisible(error.kind == ErrorKind::Permission && !grantIn(error.hint).isEmpty());
    setAccessibleDescription(what + QStringLiteral(". ") + error.text());
    show();
    update();
}

void ErrorBar::clear()
{
    hide();
}

void ErrorBar::setAction(const QString &text)
{
    m_action->setText(text);
    m_action->setVisible(!text.isEmpty());
}

void ErrorBar::setRetryVisible(bool visible)
{
    m_retry->setVisible(visible);
}

void ErrorBar::paintEvent(QPaintEvent *)
{
    const Colors &c = colors();
    const bool grey = m_error.kind == ErrorKind::Permission || m_error.kind == ErrorKind::Cancelled;
    QPainter painter(this);
    painter.setRenderHint(QPainter::Antialiasing);
    painter.setPen(c.border);
    painter.setBrush(grey ? c.greyFill : c.criticalFill);
    painter.drawRoundedRect(QRectF(rect()).adjusted(0.5, 0.5, -0.5, -0.5), space::radius, space::radius);
    painter.setPen(Qt::NoPen);
    painter.setBrush(grey ? c.unknown : c.critical);
    painter.drawRoundedRect(QRectF(space::inside, space::inside, 4, height() - 2 * space::inside), 2, 2);
}

} // namespace howdah::ui
