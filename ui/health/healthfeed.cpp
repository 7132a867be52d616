// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/health/healthfeed.h"

#include "base/async.h"
#include "health/otlpprofile.h"
#include "ui/health/healthendpoint.h"

#include <QSysInfo>

namespace howdah::ui
{

using namespace Qt::StringLiterals;

HealthFeed::HealthFeed(const session::Profile &profile, pg::Session *monitor, pg::Session *slow, metrics::Sampler *sampler, store::Keychain *keychain, HealthEndpoint *endpoint,
                       QObject *parent)
    : QObject(parent), m_profile(profile), m_keychain(keychain), m_endpoint(endpoint), m_watch(health::serverId(profile.id), monitor, sampler, nullptr, slow)
{
    connect(&m_watch, &health::ServerWatch::exported, this, [this](const health::OtlpState &state) {
        m_standing.sent = state;
        emit changed();
    });
    if (m_endpoint) {
        m_endpoint->watch(health::serverId(profile.id));
        connect(&m_watch, &health::ServerWatch::changed, m_endpoint, [this](health::Standing standing) {
            if (m_watch.exporter())
                standing.exported = m_watch.exporter()->state();
            m_endpoint->put(standing);
        });
        connect(m_endpoint, &HealthEndpoint::changed, this, &HealthFeed::follow);
    }
    setExport(profile.otlp);
}

HealthFeed::~HealthFeed()
{
    if (m_endpoint)
        m_endpoint->watch({});
}

void HealthFeed::setExport(const session::OtlpExport &otlp)
{
    m_profile.otlp = otlp;
    m_watch.exportTo(std::nullopt);
    m_standing = {};
    const int attempt = ++m_attempt;
    if (otlp.choice != session::OtlpExport::Choice::On || !otlp.hasHeaders)
        return begin({});
    enter(ExportStanding::State::Beginning);
    async::onFinished(m_keychain->read(m_profile.otlpSecretKey()), this, [this, attempt](const Result<Secret> &headers) {
        if (attempt != m_attempt)
            return;
        if (headers)
            return begin(*headers);
        Error error = headers.error();
        if (error.reason == "absent"_L1)
            error.hint = u"The header for this endpoint is not in the keychain: enter it anew, or remove it"_s;
        enter(ExportStanding::State::Failed, error);
    });
}

void HealthFeed::begin(const Secret &headers)
{
    using State = ExportStanding::State;
    using Choice = session::OtlpExport::Choice;
    m_standing.isOfEnvironment = m_profile.otlp.choice == Choice::Unsaid;
    const auto settings = health::otlpOf(m_profile, headers, QProcessEnvironment::systemEnvironment());
    if (!settings)
        return enter(State::Failed, settings.error());
    if (!*settings)
        return enter(m_profile.otlp.choice == Choice::Off ? State::Off : State::None);
    m_standing.endpoint = (*settings)->endpoint.toString(QUrl::RemoveQuery | QUrl::RemoveFragment);
    m_standing.intervalMs = (*settings)->intervalMs;
    // Of this profile, this machine and the window: a howdahctl serve beside it is another writer.
    const QString stream = m_profile.id + u'/' + QString::fromLatin1(QSysInfo::machineUniqueId()) + u"/window"_s;
    m_watch.exportTo(*settings, stream, health::otlpSeriesOf(m_profile));
    enter(State::On);
}

void HealthFeed::enter(ExportStanding::State state, const Error &error)
{
    m_standing.state = state;
    m_standing.error = error;
    follow();
    emit changed();
}

void HealthFeed::follow()
{
    const bool answers = m_endpoint && m_endpoint->state() == HealthEndpoint::State::Answering;
    if (answers || m_watch.exporter())
        m_watch.start();
    else if (m_watch.isRunning())
        m_watch.stop();
}

} // namespace howdah::ui
