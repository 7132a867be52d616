// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/metrics/overviewview.h"

#include "base/units.h"
#include "ui/metrics/healthstrip.h"
#include "ui/widgets/label.h"
#include "ui/widgets/theme.h"
#include "ui/widgets/timerange.h"

#include <QDateTime>
#include <QGridLayout>
#include <QHBoxLayout>
#include <QPushButton>
#include <QEvent>
#include <QScrollArea>

#include <algorithm>

namespace howdah::ui
{

namespace
{

constexpr qsizetype recentPoints = 120; // reading history takes less than two minutes, or fails
constexpr qint64 staleAfterMs = 4000;
constexpr int leastTileWidth = 300;

QString clockText(qint64 atMs)
{
    const QDateTime at = QDateTime::fromMSecsSinceEpoch(atMs);
    const int offset = at.offsetFromUtc() / 60;
    const QString sign = offset < 0 ? QStringLiteral("−") : QStringLiteral("+");
    return at.toString(QStringLiteral("HH:mm:ss ")) + sign
        + QStringLiteral("%1:%2").arg(qAbs(offset) / 60, 2, 10, QLatin1Char('0')).arg(qAbs(offset) % 60, 2, 10, QLatin1Char('0'));
}

QString ageText(qint64 ms)
{
    if (ms < 60'000)
        return QString::number(ms / 1000) + QStringLiteral(" s ago");
    return units::duration(ms) + QStringLiteral(" ago");
}

template<typename T, typename Time>
void dropOlder(QVector<T> &values, qint64 fromMs, Time timeOf)
{
    values.erase(std::remove_if(values.begin(), values.end(), [&](const T &value) { return timeOf(value) < fromMs; }), values.end());
}

} // namespace

OverviewView::OverviewView(TimeRange *range, const Clock *clock, QWidget *parent)
    : QWidget(parent), m_range(range), m_clock(clock), m_health(new HealthStrip), m_details(new HealthDetails), m_time(new PlainLabel),
      m_values(new ElidedLabel({}, nullptr, "muted")), m_age(new PlainLabel({}, nullptr, "muted")), m_note(new ElidedLabel), m_pause(new QPushButton),
      m_follow(new QPushButton(QStringLiteral("Follow now"))), m_scroll(new QScrollArea), m_grid(new QGridLayout),
      m_inner(new QVBoxLayout)
{
    m_time->setFont(figureFont(13));
    m_age->setFont(smallFont());
    m_values->setFont(smallFont());
    m_note->setFont(smallFont());
    m_note->hide();
    m_pause->setCheckable(true);
    m_pause->setToolTip(QStringLiteral("The charts stand still; sampling goes on"));
    m_follow->setToolTip(QStringLiteral("Leave the picked interval and show the last minutes again"));

    auto *bar = new QHBoxLayout;
    bar->setSpacing(space::part);
    bar->addWidget(m_time);
    bar->addSpacing(space::part);
    bar->addWidget(m_values, 1);
    bar->addWidget(m_age);
    bar->addWidget(m_follow);
    bar->addWidget(m_pause);

    auto *inner = new QWidget;
    m_grid->setContentsMargins(0, 0, 0, 0);
    m_grid->setSpacing(space::part);
    m_inner->setContentsMargins(0, 0, 0, 0);
    m_inner->setSpacing(space::part);
    m_inner->addLayout(m_grid, 2);
    inner->setLayout(m_inner);
    m_scroll->setWidget(inner);
    m_scroll->setWidgetResizable(true);
    m_scroll->setFrameShape(QFrame::NoFrame);
    m_scroll->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    m_scroll->setFocusPolicy(Qt::NoFocus);
    m_scroll->viewport()->installEventFilter(this);

    for (const TileSpec &spec : overviewTiles()) {
        auto *tile = new ChartTile(spec, &m_queue, inner);
        m_tiles.append(tile);
        share(tile->chart());
    }

    m_left = new QVBoxLayout;
    QVBoxLayout *left = m_left;
    left->setSpacing(space::part);
    left->addWidget(m_health);
    left->addLayout(bar);
    left->addWidget(m_note);
    left->addWidget(m_scroll, 1);
    auto *layout = new QHBoxLayout(this);
    layout->setContentsMargins(space::group, space::group, space::group, space::group);
    layout->setSpacing(space::part);
    layout->addLayout(left, 1);
    layout->addWidget(m_details);
    m_details->hide();

    connect(m_health, &HealthStrip::detailsToggled, m_details, &QWidget::setVisible);
    connect(m_details, &HealthDetails::closed, this, [this] { m_health->setDetailsOpen(false); });
    connect(m_pause, &QPushButton::clicked, this, [this](bool on) { m_range->setPaused(on, nowMs()); });
    connect(m_follow, &QPushButton::clicked, this, [this] { m_range->setLast(TimeRange::choices().constFirst().spanMs); });
    connect(m_range, &TimeRange::changed, this, &OverviewView::rangeChanged);
    rangeChanged();
}

void OverviewView::share(TimeChart *chart)
{
    connect(chart, &TimeChart::hovered, this, [this](qint64 atMs) { setCrosshair(atMs); });
    connect(chart, &TimeChart::left, this, [this] { setCrosshair(std::nullopt); });
    connect(chart, &TimeChart::intervalPicked, m_range, &TimeRange::setInterval);
}

void OverviewView::addCard(QWidget *card, TimeChart *chart, const std::function<QString(qint64)> &valuesAt)
{
    m_cardChart = chart;
    m_cardValues = valuesAt;
    m_inner->addWidget(card, 1);
    share(chart);
}

void OverviewView::addFoot(QWidget *foot)
{
    m_left->addWidget(foot);
}

ChartTile *OverviewView::tile(const QString &id) const
{
    for (ChartTile *tile : m_tiles) {
        if (tile->spec().id == id)
            return tile;
    }
    return nullptr;
}

qint64 OverviewView::nowMs() const
{
    return m_lastMs == 0 ? m_clock->wallMs() : m_lastMs + (m_clock->monotonicMs() - m_lastMonotonicMs);
}

OverviewView::Interval OverviewView::interval() const
{
    const TimeRange::Interval at = m_range->at(nowMs());
    return {at.fromMs, at.toMs};
}

void OverviewView::rangeChanged()
{
    m_follow->setVisible(!m_range->isFollowing());
    m_pause->setEnabled(m_range->isFollowing());
    m_pause->setChecked(m_range->isPaused());
    m_pause->setText(m_range->isPaused() ? QStringLiteral("Resume") : QStringLiteral("Pause"));
    // Pausing needs no history: what is shown stays.
    const Interval now = interval();
    const TimeChart *chart = m_tiles.isEmpty() ? nullptr : m_tiles.constFirst()->chart();
    const bool covered = m_haveHistory && m_range->isFollowing() && chart && now.fromMs >= chart->fromMs()
        && now.toMs - now.fromMs <= chart->toMs() - chart->fromMs();
    advance();
    if (!covered)
        emit historyWanted();
}

void OverviewView::advance()
{
    const Interval now = interval();
    for (ChartTile *tile : m_tiles)
        tile->chart()->setInterval(now.fromMs, now.toMs, m_range->isFollowing());
    if (m_range->isFollowing()) {
        dropOlder(m_events, now.fromMs, [](const ChartEvent &event) { return event.atMs; });
        dropOlder(m_checkpoints, now.fromMs, [](const std::pair<qint64, double> &value) { return value.first; });
    }
    showCheckpoints();
    showValues();
    showAge();
    showEmptiness();
}

void OverviewView::addPoint(const metrics::Point &point)
{
    m_sampleError.clear();
    m_lastMs = point.atMs;
    m_lastMonotonicMs = m_clock->monotonicMs();
    m_recent.append(point);
    if (m_recent.size() > 2 * recentPoints)
        m_recent.remove(0, recentPoints);
    for (ChartTile *tile : m_tiles) {
        if (tile->spec().id != QLatin1StringView("checkpoints"))
            tile->setNow(tile->spec().now(point));
        tile->setStale(false);
        if (!m_range->isFollowing())
            continue; // a picked interval is the past; following again reads it anew
        for (int i = 0; i < tile->chart()->lineCount(); ++i)
            tile->chart()->append(i, point.atMs, point.*(tile->spec().lines.at(i).field));
    }
    if (m_range->isFollowing()) {
        ++m_pointCount;
        if (point.checkpoints && *point.checkpoints > 0)
            m_checkpoints.append({point.atMs, *point.checkpoints});
        if (!point.event.isEmpty()) {
            m_events.append({point.atMs, point.event});
            for (ChartTile *tile : m_tiles)
                tile->chart()->setEvents(m_events);
        }
    }
    advance();
}

void OverviewView::addGap(const QString &why)
{
    m_sampleError = why;
    showAge();
    if (m_lastMs == 0 || !m_range->isFollowing())
        return;
    const qint64 at = nowMs();
    for (ChartTile *tile : m_tiles) {
        for (int i = 0; i < tile->chart()->lineCount(); ++i)
            tile->chart()->append(i, at, std::nullopt);
    }
}

void OverviewView::setHistory(const OverviewHistory &history)
{
    m_haveHistory = true;
    m_historyError.clear();
    OverviewHistory all = history;
    if (m_range->isFollowing()) {
        for (const metrics::Point &point : std::as_const(m_recent)) {
            if (point.atMs > history.lastMs)
                all.append(point);
        }
    }
    m_events = all.events;
    m_checkpoints = all.checkpoints;
    m_pointCount = all.points;
    for (qsizetype t = 0; t < m_tiles.size(); ++t) {
        for (int i = 0; i < m_tiles.at(t)->chart()->lineCount(); ++i)
            m_tiles.at(t)->chart()->setSeries(i, all.series.at(t).at(i));
        m_tiles.at(t)->chart()->setEvents(m_events);
    }
    advance();
}

void OverviewView::setHistoryError(const Error &error)
{
    m_haveHistory = true; // what was sampled since is shown all the same
    m_historyError = error.text();
    showAge();
}

void OverviewView::setNotKept(const QString &why)
{
    m_notKept = why;
    showAge();
}

void OverviewView::setAbsent(const QMap<QString, QString> &absent)
{
    if (absent == m_absent)
        return;
    m_absent = absent;
    showEmptiness();
}

void OverviewView::showEmptiness()
{
    for (ChartTile *tile : m_tiles) {
        QString reason;
        QString grant;
        bool known = false; // a standby has no insert LSN, yet may have a WAL rate: only what has no value needs a reason
        for (int i = 0; i < tile->chart()->lineCount(); ++i)
            known = known || tile->chart()->series(i).last().has_value();
        for (const QString &name : tile->spec().needs) {
            const QString why = m_absent.value(name);
            if (why.isEmpty() || known)
                continue;
            const qsizetype at = why.indexOf(QLatin1StringView("GRANT "));
            reason = at < 0 ? why : QStringLiteral("Not permitted to this role");
            grant = at < 0 ? QString() : why.mid(at);
        }
        if (reason.isEmpty() && m_haveHistory && m_pointCount == 0)
            reason = m_range->isFollowing() ? QStringLiteral("The first samples arrive within seconds") : QStringLiteral("Nothing was sampled in this interval");
        if (reason != tile->reason())
            tile->setReason(reason, grant);
    }
}

void OverviewView::showCheckpoints()
{
    ChartTile *tile = this->tile(QStringLiteral("checkpoints"));
    const Interval now = interval();
    double sum = 0;
    for (const auto &[at, count] : std::as_const(m_checkpoints))
        sum += at >= now.fromMs && at <= now.toMs ? count : 0;
    QString span = units::duration(now.toMs - now.fromMs);
    for (const TimeRange::Choice &choice : TimeRange::choices()) {
        if (choice.spanMs == now.toMs - now.fromMs)
            span = choice.text;
    }
    if (m_pointCount > 0)
        tile->setNow({units::count(sum), QStringLiteral("in ") + span});
}

void OverviewView::setCrosshair(std::optional<qint64> atMs)
{
    m_crosshair = atMs;
    for (ChartTile *tile : m_tiles)
        tile->chart()->setCrosshair(atMs);
    if (m_cardChart)
        m_cardChart->setCrosshair(atMs);
    showValues();
}

void OverviewView::showValues()
{
    if (!m_crosshair) {
        const QString words = m_range->isPaused() ? QStringLiteral("paused; sampling goes on") : m_range->isFollowing() ? m_range->text() : m_range->text() + QStringLiteral("; picked");
        m_time->setText(clockText(m_range->isFollowing() ? interval().toMs : nowMs()));
        m_values->setText(words);
        return;
    }
    m_time->setText(clockText(*m_crosshair));
    QStringList values;
    for (const ChartTile *tile : m_tiles)
        values.append(tile->valuesAt(*m_crosshair));
    if (const QString card = m_cardChart ? m_cardValues(*m_crosshair) : QString(); !card.isEmpty())
        values.append(card);
    m_values->setText(values.join(QStringLiteral("  ·  ")));
}

void OverviewView::showAge()
{
    const qint64 age = m_lastMs == 0 ? -1 : m_clock->monotonicMs() - m_lastMonotonicMs;
    const bool stale = age > staleAfterMs || !m_trouble.isEmpty();
    QString text = age < 0 ? QStringLiteral("no sample yet") : stale ? QStringLiteral("last sample ") + ageText(age) : QString();
    if (!m_trouble.isEmpty())
        text = m_trouble + QStringLiteral(" · ") + text;
    m_age->setText(text);
    if (age >= 0) {
        for (ChartTile *tile : m_tiles)
            tile->setStale(stale);
    }
    if (m_reportMonotonicMs != 0) {
        const QString reportAge = ageText(m_clock->monotonicMs() - m_reportMonotonicMs);
        m_health->setAge(m_healthKnown ? reportAge : QString());
        m_details->setAge(reportAge);
    }

    QStringList notes;
    const auto add = [&](const char *what, const QString &why) {
        if (!why.isEmpty())
            notes.append(QString::fromLatin1(what) + units::oneLine(why));
    };
    add("History is not kept: ", m_notKept);
    add("History could not be read: ", m_historyError);
    if (m_trouble.isEmpty()) // else the link's own words say it
        add("The last sample failed: ", m_sampleError);
    m_note->setText(notes.join(QStringLiteral("  ·  ")));
    m_note->setVisible(!notes.isEmpty());
}

void OverviewView::setLinkTrouble(const QString &text)
{
    m_trouble = text;
    showAge();
}

void OverviewView::setReport(const health::Report &report)
{
    m_reportMonotonicMs = m_clock->monotonicMs();
    m_healthKnown = true;
    m_health->setReport(report);
    m_details->setReport(report);
    showAge();
}

void OverviewView::setHealthUnknown(const QString &why)
{
    m_healthKnown = false;
    m_health->setUnknown(why);
    m_details->setUnknown(why);
    showAge();
}

bool OverviewView::eventFilter(QObject *watched, QEvent *event)
{
    // The room for tiles changes with the window and with the side panel.
    if (watched == m_scroll->viewport() && event->type() == QEvent::Resize)
        arrange();
    return QWidget::eventFilter(watched, event);
}

void OverviewView::arrange()
{
    const int room = m_scroll->viewport()->width();
    const int columns = std::clamp((room + space::part) / (leastTileWidth + space::part), 1, 3);
    if (columns == m_columns)
        return;
    for (int i = 0; i < 3; ++i)
        m_grid->setColumnStretch(i, i < columns ? 1 : 0);
    for (int i = 0; i < m_tiles.size(); ++i)
        m_grid->addWidget(m_tiles.at(i), i / columns, i % columns);
    for (int row = 0; row < m_tiles.size(); ++row)
        m_grid->setRowStretch(row, row < (m_tiles.size() + columns - 1) / columns ? 1 : 0);
    m_columns = columns;
}

} // namespace howdah::ui
