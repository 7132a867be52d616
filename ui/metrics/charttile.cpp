// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/metrics/charttile.h"

#include "base/units.h"
#include "ui/widgets/label.h"
#include "ui/widgets/theme.h"

#include <QClipboard>
#include <QGuiApplication>
#include <QHBoxLayout>
#include <QPushButton>
#include <QStackedLayout>
#include <QVBoxLayout>

namespace howdah::ui
{

static QVector<ChartLine> linesOf(const TileSpec &spec)
{
    QVector<ChartLine> lines;
    for (const TileLine &line : spec.lines)
        lines.append(line.line);
    return lines;
}

ChartTile::ChartTile(const TileSpec &spec, RedrawQueue *queue, QWidget *parent)
    : QFrame(parent), m_spec(spec), m_chart(new TimeChart(spec.title, spec.quantity, linesOf(spec), queue, this)), m_number(new PlainLabel),
      m_unit(new PlainLabel({}, nullptr, "muted")), m_caption(new ElidedLabel(spec.caption, nullptr, "small")), m_stack(new QStackedLayout),
      m_reason(new PlainLabel({}, nullptr, "muted")), m_grant(new PlainLabel({}, nullptr, "fixed")),
      m_copyGrant(new QPushButton(QStringLiteral("Copy GRANT")))
{
    setProperty("card", true);
    setObjectName(spec.id);
    setMinimumHeight(144);

    auto *title = new PlainLabel(spec.title);
    QFont titleFont = textFont();
    titleFont.setWeight(QFont::DemiBold);
    title->setFont(titleFont);
    m_number->setFont(figureFont(22));
    m_number->setAccessibleName(spec.title + QStringLiteral(" now"));
    m_unit->setFont(smallFont());

    auto *names = new QVBoxLayout;
    names->setSpacing(0);
    names->addWidget(title);
    names->addWidget(m_caption);
    auto *head = new QHBoxLayout;
    head->setSpacing(space::inside);
    head->addLayout(names, 1);
    if (spec.canZoom) {
        m_zoom = new QPushButton;
        m_zoom->setFont(smallFont());
        setLook(m_zoom, "link");
        m_chart->setZoomed(spec.zoomed);
        connect(m_zoom, &QPushButton::clicked, this, [this] {
            m_chart->setZoomed(!m_chart->isZoomed());
            updateCaption();
        });
        head->addWidget(m_zoom, 0, Qt::AlignTop);
    }
    head->addSpacing(space::part);
    head->addWidget(m_number, 0, Qt::AlignBaseline);
    head->addWidget(m_unit, 0, Qt::AlignBaseline);

    auto *why = new QWidget(this); // a stacked layout shows what it is given at once: never without a parent
    auto *whyLayout = new QVBoxLayout(why);
    whyLayout->setContentsMargins(0, 0, 0, 0);
    whyLayout->setSpacing(space::part);
    m_reason->setWordWrap(true);
    m_reason->setAlignment(Qt::AlignCenter);
    m_grant->setWordWrap(true);
    m_grant->setAlignment(Qt::AlignCenter);
    m_grant->setTextInteractionFlags(Qt::TextSelectableByMouse | Qt::TextSelectableByKeyboard);
    whyLayout->addStretch();
    whyLayout->addWidget(m_reason);
    whyLayout->addWidget(m_grant);
    whyLayout->addWidget(m_copyGrant, 0, Qt::AlignCenter);
    whyLayout->addStretch();
    connect(m_copyGrant, &QPushButton::clicked, this, [this] { QGuiApplication::clipboard()->setText(m_grant->text()); });

    m_stack->addWidget(m_chart);
    m_stack->addWidget(why);
    auto *layout = new QVBoxLayout(this);
    layout->setContentsMargins(12, space::part, 12, space::inside);
    layout->setSpacing(space::inside);
    layout->addLayout(head);
    layout->addLayout(m_stack, 1);

    connect(m_chart, &TimeChart::redrawn, this, &ChartTile::updateCaption);
    setNow(figure(spec.quantity, std::optional<double>()));
    updateCaption();
}

void ChartTile::updateCaption()
{
    const bool zoomed = m_chart->isZoomed();
    m_caption->setText(zoomed && m_spec.quantity == Quantity::Share ? m_chart->scaleText() : m_spec.caption);
    if (!m_zoom)
        return;
    // The button says what it will do; the caption and the axis say what is.
    const QString full = m_spec.quantity == Quantity::Share ? QStringLiteral("Show 0–100 %") : QStringLiteral("Show limit");
    m_zoom->setText(zoomed ? full : QStringLiteral("Zoom to data"));
}

void ChartTile::setNow(const Figure &figure)
{
    m_number->setText(figure.number);
    m_unit->setText(figure.unit);
    m_unit->setVisible(!figure.unit.isEmpty());
}

QString ChartTile::nowText() const
{
    return Figure{m_number->text(), m_unit->text()}.text();
}

void ChartTile::setStale(bool stale)
{
    if (stale == m_stale)
        return; // each second for each tile: no styling anew
    m_stale = stale;
    setRole(m_number, stale ? "muted" : "");
    m_number->setFont(figureFont(22));
}

void ChartTile::setReason(const QString &text, const QString &grant)
{
    m_reason->setText(text);
    m_grant->setText(grant);
    m_grant->setVisible(!grant.isEmpty());
    m_copyGrant->setVisible(!grant.isEmpty());
    m_stack->setCurrentIndex(text.isEmpty() ? 0 : 1);
    if (m_zoom)
        m_zoom->setVisible(text.isEmpty());
}

QString ChartTile::reason() const
{
    return m_reason->text();
}

QString ChartTile::valuesAt(qint64 atMs) const
{
    QString out;
    for (int i = 0; i < m_chart->lineCount(); ++i) {
        const ChartLine &line = m_chart->line(i);
        if (line.limit)
            continue;
        const QString value = figure(m_spec.quantity, m_chart->series(i).valueAt(atMs)).text();
        out += (out.isEmpty() ? QString() : QStringLiteral(", ")) + line.name + QLatin1Char(' ') + value;
    }
    return out;
}

} // namespace howdah::ui
