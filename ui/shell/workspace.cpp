// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/shell/workspace.h"

#include "activity/waitsampler.h"
#include "metrics/sampler.h"
#include "session/wayin.h"
#include "statements/history.h"
#include "statements/sampler.h"
#include "ui/backup/restorewatch.h"
#include "ui/health/healthfeed.h"

namespace howdah::ui
{

Workspace::Workspace(const session::Profile &profile, const PaneContext &shared, QObject *parent) : QObject(parent), m_context(shared)
{
    m_context.profile = profile;
}

Workspace::~Workspace()
{
    // The samplers stand on the monitor's session: before it. What feeds on the sampler goes before that.
    delete m_context.feed;
    delete m_context.sampler;
    delete m_context.waits;
    delete m_context.statements;
    delete m_context.restores;
    delete m_context.catalog;
    delete m_context.monitor;
    delete m_context.control;
}

void Workspace::start()
{
    const session::Profile &profile = m_context.profile;
    if (profile.id.isEmpty())
        return setState(State::Empty);
    if (profile.needsPassword())
        m_toRead = {profile.monitorSecretKey()};
    if (profile.needsPassword() && profile.secretKey().text() != m_toRead.constFirst().text())
        m_toRead.append(profile.secretKey());
    setState(State::ReadingSecrets);
    readNext();
}

void Workspace::readNext()
{
    if (m_secrets.size() == m_toRead.size())
        return openLinks();
    const store::SecretKey key = m_toRead.at(m_secrets.size());
    async::onFinished(m_context.keychain->read(key), this, [this, key](const Result<Secret> &secret) {
        // A Unix socket may well ask for no password; anything else says what it misses.
        const bool mayGoWithout = m_context.profile.spec.isUnixSocket();
        if (!secret && !(mayGoWithout && secret.error().reason == QLatin1StringView("absent"))) {
            m_secretError = secret.error();
            m_missing = key;
            m_secrets.clear();
            return setState(State::NeedsSecret);
        }
        m_secrets.append(secret ? *secret : Secret());
        if (m_secrets.constLast().isEmpty())
            m_withoutPassword.append(key.role);
        readNext();
    });
}

void Workspace::openLinks()
{
    using Purpose = pg::Session::Purpose;
    const session::Profile &profile = m_context.profile;
    // One way for all links: they share the tunnel and the command's answer. It is asked on the links' own threads.
    const session::WayIn way(profile, [keys = m_toRead, secrets = m_secrets](const store::SecretKey &key, const CancelToken &) -> Result<Secret> {
        for (qsizetype i = 0; i < keys.size(); ++i) {
            if (keys.at(i).text() == key.text())
                return secrets.at(i);
        }
        return Secret();
    });
    m_secrets.clear();
    const auto link = [this, &way](const pg::ConnectionSpec &spec, Purpose purpose) { return new pg::Session(spec, way.prepareFor(spec.role), purpose, this); };
    m_context.monitor = link(profile.monitorSpec(), Purpose::Monitor);
    m_context.control = link(profile.monitorSpec(), Purpose::Control);
    m_context.catalog = link(profile.spec, Purpose::Editor);
    m_context.catalogLink = [spec = profile.spec, way](const QString &database, QObject *parent) {
        return new pg::Session(spec.withDatabase(database), way.prepareFor(spec.role), Purpose::Editor, parent);
    };
    m_context.editorLink = [spec = profile.editorSpec(), way](const QString &database, QObject *parent) {
        return new pg::Session(spec.withDatabase(database), way.prepareFor(spec.role), Purpose::Editor, parent);
    };
    m_context.sampler = new metrics::Sampler(m_context.monitor, m_context.store, profile.id + QStringLiteral("/overview"), 1000, this);
    m_context.waits = new activity::WaitSampler(m_context.monitor, m_context.store, profile.id, this);
    m_context.statements = new statements::Sampler(m_context.monitor, m_context.store, statements::historySource(profile.id), 60'000, std::make_shared<Clock>(), this);
    m_context.restores = new RestoreWatch(profile, m_context.monitor, m_context.store, m_context.clock, this);
    m_context.feed = new HealthFeed(profile, m_context.monitor, link(profile.monitorSpec(), Purpose::Monitor), m_context.sampler, m_context.keychain, m_context.endpoint, this);
    connect(m_context.sampler, &metrics::Sampler::sampled, this, [this] { ++m_samples; });
    connect(m_context.monitor, &pg::Session::statusChanged, this, &Workspace::linkChanged);
    connect(m_context.catalog, &pg::Session::statusChanged, this, &Workspace::linkChanged);
    setState(State::Ready);
    // The monitor first: the bar and the overview are what the eye is on. The control link must stand before it is needed.
    m_context.monitor->open();
    m_context.sampler->start();
    m_context.waits->start();
    m_context.statements->start();
    m_context.restores->start();
    m_context.catalog->open();
    m_context.control->open();
}

void Workspace::setState(State state)
{
    m_state = state;
    emit stateChanged();
    emit linkChanged();
}

pg::LinkStatus Workspace::link() const
{
    return m_context.monitor ? m_context.monitor->status() : pg::LinkStatus();
}

std::optional<Workspace::Trouble> Workspace::trouble() const
{
    const session::Profile &profile = m_context.profile;
    for (const pg::Session *session : {m_context.monitor, m_context.catalog}) {
        if (!session || session->status().state != pg::LinkState::Lost)
            continue;
        return Trouble{session->status().error, session == m_context.monitor ? profile.monitorSecretKey() : profile.secretKey()};
    }
    return std::nullopt;
}

bool Workspace::isSessionOnly() const
{
    const session::Profile &profile = m_context.profile;
    return !profile.id.isEmpty() && m_context.keychain
        && (m_context.keychain->isSessionOnly(profile.secretKey()) || m_context.keychain->isSessionOnly(profile.monitorSecretKey()));
}

void Workspace::reconnect()
{
    for (pg::Session *session : {m_context.monitor, m_context.catalog, m_context.control}) {
        if (session && session->status().state != pg::LinkState::Connected)
            session->open();
    }
}

void Workspace::giveUpWaiting()
{
    // All of them: a link whose statement began a moment ago still calls itself connected.
    for (pg::Session *session : {m_context.monitor, m_context.catalog, m_context.control}) {
        if (!session)
            continue;
        session->close();
        session->open();
    }
}

} // namespace howdah::ui
