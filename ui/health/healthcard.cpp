// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/health/healthcard.h"

#include "base/units.h"
#include "ui/widgets/icon.h"
#include "ui/widgets/label.h"
#include "ui/widgets/theme.h"

#include <QClipboard>
#include <QDateTime>
#include <QDesktopServices>
#include <QGuiApplication>
#include <QHBoxLayout>
#include <QPainter>
#include <QPushButton>
#include <QUrl>
#include <QVBoxLayout>

namespace howdah::ui
{

using namespace Qt::StringLiterals;

namespace
{

QString ageOf(qint64 atMs, qint64 nowMs)
{
    const qint64 seconds = std::max<qint64>(nowMs - atMs, 0) / 1000;
    return (seconds < 60 ? u"%1 s"_s.arg(seconds) : units::duration(seconds * 1000)) + u" ago"_s;
}

QString exactTime(qint64 atMs)
{
    const QDateTime at = QDateTime::fromMSecsSinceEpoch(atMs);
    return u"%1 (%2 UTC)"_s.arg(at.toString(u"yyyy-MM-dd HH:mm:ss t"_s), at.toUTC().toString(u"HH:mm:ss"_s));
}

QString counted(qint64 count, const QString &one, const QString &many)
{
    return units::count(double(count)) + u' ' + (count == 1 ? one : many);
}

QString errorText(const Error &error)
{
    return units::oneLine(error.hint.isEmpty() ? error.message : error.message + u". "_s + error.hint);
}

} // namespace

HealthLine endpointLine(HealthEndpoint::State state, const QString &address, const HealthEndpoint::Counts &counts, bool asksForToken, const Error &error)
{
    using State = HealthEndpoint::State;
    switch (state) {
    case State::Off: return {StateLook::Unknown, u"Off"_s, u"health checks are not answered by this window"_s, {}, {}};
    case State::Beginning: return {StateLook::Busy, u"Beginning"_s, address, {}, {}};
    case State::Failed: return {StateLook::Critical, u"Not answering"_s, {}, u"%1 does not answer"_s.arg(address), errorText(error)};
    case State::Answering: break;
    }
    const QString who = asksForToken ? u" · for who has the token"_s : QString();
    return {StateLook::Ok, u"Answering"_s, u"%1 answered · %2 refused"_s.arg(units::count(double(counts.answered)), units::count(double(counts.refused))) + who,
            u"%1 requests answered and %2 refused since it was switched on. A refused one was too large, too slow, no HTTP, or dropped for others."_s
                .arg(units::exact(double(counts.answered)), units::exact(double(counts.refused))),
            {}};
}

HealthLine exportLine(const ExportStanding &standing, qint64 nowMs)
{
    using State = ExportStanding::State;
    switch (standing.state) {
    case State::None: return {StateLook::Unknown, u"Off"_s, u"no endpoint is set, in the profile or in OTEL_EXPORTER_OTLP_ENDPOINT"_s, {}, {}};
    case State::Off: return {StateLook::Unknown, u"Off"_s, u"metrics of this profile are not exported"_s, {}, {}};
    case State::Beginning: return {StateLook::Busy, u"Beginning"_s, u"waiting for the keychain"_s, {}, {}};
    case State::Failed: return {StateLook::Critical, u"Not exporting"_s, {}, u"Nothing is sent until this is mended"_s, errorText(standing.error)};
    case State::On: break;
    }
    const health::OtlpState &sent = standing.sent;
    HealthLine line;
    // The last error stays until the next one: it is old news once something was taken after it.
    const bool isFailing = sent.errorMs > sent.sentMs;
    line.look = isFailing ? StateLook::Warning : sent.sentMs > 0 ? StateLook::Ok : StateLook::Busy;
    line.word = isFailing ? u"Failing"_s : sent.sentMs > 0 ? u"Exporting"_s : u"Beginning"_s;
    QStringList figures;
    figures << (sent.sentMs > 0 ? u"last sent "_s + ageOf(sent.sentMs, nowMs) : u"nothing sent yet"_s);
    figures << counted(sent.requestsSent, u"export"_s, u"exports"_s);
    figures << units::count(double(sent.requestsDropped)) + u" dropped"_s;
    figures << units::count(double(sent.attemptsFailed)) + u" retried"_s;
    if (sent.pointsRejected > 0)
        figures << counted(sent.pointsRejected, u"point"_s, u"points"_s) + u" rejected"_s;
    if (isFailing && sent.againMs > nowMs)
        figures << u"again in "_s + units::duration((sent.againMs - nowMs + 999) / 1000 * 1000);
    if (!isFailing) // why it fails needs the room; the tooltip has both
        figures << u"to "_s + standing.endpoint;
    line.figures = figures.join(u" · "_s);
    const auto exact = [](qint64 value) { return units::exact(double(value)); };
    QStringList all;
    all << u"To %1 every %2%3"_s.arg(standing.endpoint, units::duration(standing.intervalMs), standing.isOfEnvironment ? u", by the OTEL_* variables"_s : QString());
    all << u"%1 exports taken with %2 points; %3 points rejected by the receiver"_s.arg(exact(sent.requestsSent), exact(sent.pointsSent), exact(sent.pointsRejected));
    all << u"%1 exports dropped with %2 points; %3 attempts failed and made again; %4 waiting"_s.arg(exact(sent.requestsDropped), exact(sent.pointsDropped),
                                                                                                  exact(sent.attemptsFailed), exact(sent.queued));
    if (sent.sentMs > 0)
        all << u"Last sent "_s + exactTime(sent.sentMs);
    if (sent.errorMs > 0)
        all << u"Last error "_s + exactTime(sent.errorMs) + u": "_s + units::oneLine(sent.error);
    line.exact = all.join(u'\n');
    if (isFailing)
        line.error = units::oneLine(sent.error);
    return line;
}

HealthCard::HealthCard(HealthEndpoint *endpoint, HealthFeed *feed, const Clock *clock, QWidget *parent)
    : QFrame(parent), m_endpoint(endpoint), m_feed(feed), m_clock(clock), m_address(new QPushButton), m_copy(new QPushButton),
      m_quiet(new PlainLabel(u"Health checks over HTTP and the export of metrics by OTLP are off"_s, nullptr, "muted"))
{
    setObjectName(u"monitoring"_s);
    setLook(m_address, "link");
    m_address->setObjectName(u"healthAddress"_s);
    setLook(m_copy, "icon");
    m_copy->setObjectName(u"copyHealthAddress"_s);
    m_copy->setIcon(icon(u"copy"_s));
    m_copy->setFixedSize(space::row, space::row);
    m_copy->setToolTip(u"Copy the address"_s);
    m_copy->setAccessibleName(u"Copy the address of the health checks"_s);
    auto *beside = new QWidget;
    auto *besideRow = new QHBoxLayout(beside);
    besideRow->setContentsMargins(0, 0, 0, 0);
    besideRow->setSpacing(space::inside);
    besideRow->addWidget(m_address);
    besideRow->addWidget(m_copy);
    m_http = makeRow("httpLine", u"HTTP"_s, beside);
    m_otlp = makeRow("otlpLine", u"OTLP"_s, nullptr);

    auto *settings = new QPushButton(u"Monitoring…"_s);
    settings->setObjectName(u"monitoringSettings"_s);
    settings->setToolTip(u"Answer health checks over HTTP, export metrics by OTLP (Ctrl+Shift+M)"_s);
    setLook(settings, "flat");
    auto *lines = new QVBoxLayout;
    lines->setSpacing(0);
    lines->addWidget(m_quiet);
    lines->addWidget(m_http.whole);
    lines->addWidget(m_otlp.whole);
    auto *layout = new QHBoxLayout(this);
    layout->setContentsMargins(12, 2, space::inside, 2);
    layout->setSpacing(space::group);
    layout->addLayout(lines, 1);
    layout->addWidget(settings, 0, Qt::AlignTop);
    setSizePolicy(QSizePolicy::Preferred, QSizePolicy::Fixed);

    connect(settings, &QPushButton::clicked, this, &HealthCard::settingsWanted);
    connect(m_address, &QPushButton::clicked, this, [this] { QDesktopServices::openUrl(QUrl(m_endpoint->address() + u"/health"_s)); });
    connect(m_copy, &QPushButton::clicked, this, [this] { QGuiApplication::clipboard()->setText(m_endpoint->address() + u"/health"_s); });
    if (m_endpoint)
        connect(m_endpoint, &HealthEndpoint::changed, this, &HealthCard::advance);
    if (m_feed)
        connect(m_feed, &HealthFeed::changed, this, &HealthCard::advance);
    advance();
}

HealthCard::Row HealthCard::makeRow(const char *name, const QString &title, QWidget *beside)
{
    Row row{new QWidget, new StateWord, new ElidedLabel({}, nullptr, "muted"), new ElidedLabel({}, nullptr, "warning"), {}};
    row.whole->setObjectName(QString::fromLatin1(name));
    auto *layout = new QHBoxLayout(row.whole);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->setSpacing(space::part);
    auto *label = new PlainLabel(title, nullptr, "muted");
    label->setFixedWidth(44);
    layout->addWidget(label);
    layout->addWidget(row.word);
    if (beside)
        layout->addWidget(beside);
    layout->addWidget(row.figures);
    layout->addWidget(row.error, 1);
    row.figures->setSizePolicy(QSizePolicy::Preferred, QSizePolicy::Preferred);
    row.whole->setFixedHeight(space::row);
    return row;
}

void HealthCard::fill(Row &row, const QString &title, const HealthLine &line)
{
    if (line == row.shown)
        return;
    row.shown = line;
    row.word->setState(line.look, line.word);
    row.figures->setText(line.figures);
    row.figures->setVisible(!line.figures.isEmpty());
    row.error->setText(line.error);
    row.error->setVisible(true); // also empty: it keeps the figures to the left
    const QString tip = line.exact.isEmpty() ? line.figures : line.exact;
    row.whole->setToolTip(tooltipText(tip));
    row.word->setToolTip(tooltipText(tip));
    QStringList words{line.word, line.figures, line.error};
    words.removeAll(QString());
    row.whole->setAccessibleName(title + u": "_s + words.join(u", "_s));
}

void HealthCard::advance()
{
    const auto http = m_endpoint ? m_endpoint->state() : HealthEndpoint::State::Off;
    const ExportStanding standing = m_feed ? m_feed->exportStanding() : ExportStanding();
    const bool otlpOn = standing.state != ExportStanding::State::None && standing.state != ExportStanding::State::Off;
    const bool httpOn = http != HealthEndpoint::State::Off;
    m_quiet->setVisible(!otlpOn && !httpOn);
    m_http.whole->setVisible(otlpOn || httpOn);
    m_otlp.whole->setVisible(otlpOn || httpOn);
    const bool answering = http == HealthEndpoint::State::Answering;
    m_address->setVisible(answering);
    m_copy->setVisible(answering);
    if (answering) {
        m_address->setText(m_endpoint->address() + u"/health"_s);
        m_address->setToolTip(u"Open it in the browser"_s);
        m_address->setAccessibleName(u"Open %1/health in the browser"_s.arg(m_endpoint->address()));
    }
    fill(m_http, u"Health checks over HTTP"_s, m_endpoint ? endpointLine(http, m_endpoint->address(), m_endpoint->counts(), m_endpoint->asksForToken(), m_endpoint->error()) : endpointLine(http, {}, {}, false, {}));
    fill(m_otlp, u"Export by OTLP"_s, exportLine(standing, m_clock->wallMs()));
    setAccessibleName(u"Monitoring: "_s + (m_quiet->isHidden() ? m_http.whole->accessibleName() + u"; "_s + m_otlp.whole->accessibleName() : m_quiet->text()));
}

void HealthCard::paintEvent(QPaintEvent *)
{
    const Colors &c = colors();
    QPainter painter(this);
    painter.setRenderHint(QPainter::Antialiasing);
    painter.setBrush(c.surface);
    painter.setPen(QPen(c.border, 1));
    painter.drawRoundedRect(QRectF(rect()).adjusted(0.5, 0.5, -0.5, -0.5), space::radius, space::radius);
}

} // namespace howdah::ui
