// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/metrics/healthstrip.h"

#include "base/units.h"
#include "ui/widgets/label.h"
#include "ui/widgets/theme.h"

#include <QHBoxLayout>
#include <QPainter>
#include <QPushButton>

namespace howdah::ui
{

static QString counted(qsizetype count, const QString &one, const QString &many)
{
    return QString::number(count) + QLatin1Char(' ') + (count == 1 ? one : many);
}

HealthWords healthWords(const health::Report &report)
{
    HealthWords words;
    words.attention = int(report.errors.size() + report.warnings.size());
    switch (report.verdict) {
    case health::Verdict::Ok:
        words.look = StateLook::Ok;
        words.verdict = QStringLiteral("Healthy");
        words.finding = report.notPermitted.isEmpty()
            ? QStringLiteral("no findings")
            : counted(report.notPermitted.size(), QStringLiteral("question"), QStringLiteral("questions")) + QStringLiteral(" not permitted to this role");
        return words;
    case health::Verdict::Warning:
        words.look = StateLook::Warning;
        words.verdict = counted(std::max<qsizetype>(report.warnings.size(), 1), QStringLiteral("warning"), QStringLiteral("warnings"));
        words.finding = report.warnings.value(0, QStringLiteral("the server names none"));
        return words;
    case health::Verdict::Critical:
        words.look = StateLook::Critical;
        words.verdict = counted(std::max<qsizetype>(report.errors.size(), 1), QStringLiteral("error"), QStringLiteral("errors"));
        if (!report.warnings.isEmpty())
            words.verdict += QStringLiteral(", ") + counted(report.warnings.size(), QStringLiteral("warning"), QStringLiteral("warnings"));
        words.finding = report.errors.value(0, report.warnings.value(0, QStringLiteral("the server names none")));
        return words;
    case health::Verdict::Unknown: break;
    }
    words.verdict = QStringLiteral("Not known");
    words.finding = report.notPermitted.value(0, QStringLiteral("the server gave no verdict"));
    return words;
}

HealthStrip::HealthStrip(QWidget *parent)
    : QFrame(parent), m_verdict(new StateWord), m_restores(new StateWord), m_finding(new ElidedLabel), m_age(new PlainLabel({}, nullptr, "small")),
      m_details(new QPushButton(QStringLiteral("Details")))
{
    setObjectName(QStringLiteral("health"));
    m_details->setCheckable(true);
    setLook(m_details, "flat");
    auto *layout = new QHBoxLayout(this);
    layout->setContentsMargins(12, 2, space::inside, 2);
    layout->setSpacing(space::group);
    auto *title = new PlainLabel(QStringLiteral("Health"), nullptr, "muted");
    layout->addWidget(title);
    layout->addWidget(m_verdict);
    layout->addWidget(m_finding, 1);
    layout->addWidget(m_restores);
    layout->addWidget(m_age);
    m_restores->setObjectName(QStringLiteral("restores"));
    m_restores->hide();
    layout->addWidget(m_details);
    connect(m_details, &QPushButton::toggled, this, &HealthStrip::detailsToggled);
    setUnknown(QStringLiteral("not asked yet"));
}

void HealthStrip::show(const HealthWords &words)
{
    m_words = words;
    m_verdict->setState(words.look, words.verdict);
    m_finding->setText(words.finding);
    setAccessibleName(QStringLiteral("Health: ") + words.verdict + QStringLiteral(", ") + words.finding);
    update();
}

void HealthStrip::setReport(const health::Report &report)
{
    show(healthWords(report));
}

void HealthStrip::setUnknown(const QString &why)
{
    show({StateLook::Unknown, QStringLiteral("Not known"), why, 0});
}

void HealthStrip::setRestores(StateLook look, const QString &word, const QString &tip)
{
    m_restores->setVisible(!word.isEmpty());
    m_restores->setState(look, word);
    m_restores->setToolTip(tooltipText(tip));
    m_restores->setAccessibleName(word);
}

void HealthStrip::setAge(const QString &text)
{
    m_age->setText(text);
}

void HealthStrip::setDetailsOpen(bool open)
{
    m_details->setChecked(open);
}

void HealthStrip::paintEvent(QPaintEvent *)
{
    const Colors &c = colors();
    QPainter painter(this);
    painter.setRenderHint(QPainter::Antialiasing);
    QColor fill = c.surface;
    if (m_words.look == StateLook::Warning)
        fill = c.warningFill;
    else if (m_words.look == StateLook::Critical)
        fill = c.criticalFill;
    else if (m_words.look == StateLook::Unknown)
        fill = c.greyFill;
    painter.setBrush(fill);
    painter.setPen(QPen(c.border, 1));
    painter.drawRoundedRect(QRectF(rect()).adjusted(0.5, 0.5, -0.5, -0.5), space::radius, space::radius);
}

} // namespace howdah::ui
