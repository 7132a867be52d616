// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/health/healthendpoint.h"

#include "base/async.h"
#include "health/endpointtoken.h"
#include "health/responder.h"
#include "store/settings.h"

#include <QJsonObject>

namespace howdah::ui
{

using namespace Qt::StringLiterals;

namespace
{

QString setting()
{
    return u"health/window"_s;
}

struct Kept {
    bool on = false;
    int port = 5210;
    bool token = false;
};

health::Standing unasked(const QString &id)
{
    health::Standing standing;
    standing.id = id;
    return standing;
}

} // namespace

HealthEndpoint::HealthEndpoint(store::StoreWorker *store, store::Keychain *keychain, QObject *parent)
    : QObject(parent), m_store(store), m_keychain(keychain), m_worker(u"health endpoint"_s),
      m_board(std::make_shared<health::Board>(QVector<health::Standing>{unasked(health::serverId({}))}))
{
}

HealthEndpoint::~HealthEndpoint() = default;

void HealthEndpoint::load()
{
    const auto read = [](store::Store &store) -> Result<Kept> {
        const auto window = store::readSetting(store, setting());
        const auto token = window ? store::readSetting(store, health::endpointTokenSetting()) : window;
        if (!token)
            return fail(token.error());
        const QJsonObject chosen = window->toObject();
        return Kept{chosen.value("on"_L1).toBool(), std::clamp(chosen.value("port"_L1).toInt(5210), 1, 65535), token->toBool()};
    };
    async::onFinished(m_store->run(read), this, [this](const Result<Kept> &kept) {
        if (!kept || m_state != State::Off)
            return; // the window says by itself that its store can't be read
        m_isKept = kept->on;
        m_port = quint16(kept->port);
        m_asksForToken = kept->token;
        if (kept->on)
            return open();
        emit changed();
    });
}

void HealthEndpoint::switchOn(quint16 port)
{
    end();
    m_port = port;
    open();
}

void HealthEndpoint::retry()
{
    end();
    open();
}

void HealthEndpoint::switchOff()
{
    end();
    keep(false);
    enter(State::Off);
}

void HealthEndpoint::open()
{
    const int attempt = ++m_attempt;
    enter(State::Beginning);
    // Asked anew each time: howdahctl may have made or removed it meanwhile.
    async::onFinished(m_store->run([](store::Store &store) { return store::readSetting(store, health::endpointTokenSetting()); }), this,
                      [this, attempt](const Result<QJsonValue> &asks) {
        if (attempt != m_attempt)
            return;
        if (!asks)
            return failed(asks.error());
        m_asksForToken = asks->toBool();
        if (!m_asksForToken)
            return listen({}, attempt);
        async::onFinished(m_keychain->read(health::endpointTokenKey()), this, [this, attempt](const Result<Secret> &token) {
            if (attempt != m_attempt)
                return;
            if (token)
                return listen(*token, attempt);
            Error error = token.error();
            if (error.reason == "absent"_L1)
                error.hint = u"Requests are to show a token, and the keychain has none: make another one, or remove it"_s;
            failed(error);
        });
    });
}

void HealthEndpoint::listen(const Secret &token, int attempt)
{
    health::Admission admission;
    admission.token = token;
    auto origins = health::originsFrom(qEnvironmentVariable("CORS_ORIGINS"));
    if (!origins)
        return failed(origins.error());
    admission.origins = *origins;
    const auto begin = [port = m_port, responder = health::responderOf(m_board, admission)]() -> Result<std::shared_ptr<health::HttpServer>> {
        auto server = health::HttpServer::listen(port, responder);
        if (!server)
            return fail(std::move(server.error()));
        return std::shared_ptr<health::HttpServer>(std::move(*server));
    };
    async::onFinished(m_worker.run(begin), this, [this, attempt](const Result<std::shared_ptr<health::HttpServer>> &server) {
        if (attempt == m_attempt)
            opened(server);
    });
}

void HealthEndpoint::opened(const Result<std::shared_ptr<health::HttpServer>> &server)
{
    if (!server) {
        Error error = server.error();
        if (error.reason == "port_in_use"_L1)
            error.hint = u"Another window of Howdah, or howdahctl serve, may have it: `ss -ltnp 'sport = :%1'` tells whose it is. End that one, or choose another port."_s.arg(m_port);
        return failed(error);
    }
    m_server = *server;
    keep(true);
    enter(State::Answering);
}

void HealthEndpoint::failed(const Error &error)
{
    m_error = error;
    enter(State::Failed);
}

void HealthEndpoint::end()
{
    ++m_attempt;
    if (m_server)
        m_worker.post([server = std::exchange(m_server, nullptr)]() mutable { server.reset(); });
}

void HealthEndpoint::keep(bool on)
{
    m_isKept = on;
    const QJsonObject chosen{{u"on"_s, on}, {u"port"_s, m_port}};
    m_store->run([chosen](store::Store &store) { return store::writeSetting(store, setting(), chosen); });
}

void HealthEndpoint::makeToken()
{
    if (m_tokenChanging)
        return;
    const auto token = health::makeEndpointToken();
    if (!token)
        return tokenKept(fail(token.error()), true);
    m_tokenChanging = true;
    emit changed();
    async::onFinished(m_keychain->write(health::endpointTokenKey(), *token), this, [this, secret = *token](const Done &written) {
        if (!written)
            return tokenKept(written, true);
        const auto note = [](store::Store &store) { return store::writeSetting(store, health::endpointTokenSetting(), true); };
        async::onFinished(m_store->run(note), this, [this, secret](const Done &noted) {
            tokenKept(noted, true);
            if (noted)
                emit tokenMade(QByteArray(secret.data(), secret.size()));
        });
    });
}

void HealthEndpoint::removeToken()
{
    if (m_tokenChanging)
        return;
    m_tokenChanging = true;
    emit changed();
    // First what asks for it: a token that stays in the keychain opens nothing.
    const auto note = [](store::Store &store) { return store::writeSetting(store, health::endpointTokenSetting(), false); };
    async::onFinished(m_store->run(note), this, [this](const Done &noted) {
        if (!noted)
            return tokenKept(noted, false);
        async::onFinished(m_keychain->remove(health::endpointTokenKey()), this, [this](const Done &removed) {
            tokenKept({}, false);
            if (!removed && removed.error().reason != "absent"_L1)
                emit tokenFailed(removed.error());
        });
    });
}

void HealthEndpoint::tokenKept(const Done &kept, bool asks)
{
    m_tokenChanging = false;
    if (!kept) {
        emit changed();
        emit tokenFailed(kept.error());
        return;
    }
    m_asksForToken = asks;
    if (m_state != State::Off)
        return retry(); // what answers now still goes by the one before
    emit changed();
}

void HealthEndpoint::enter(State state)
{
    m_state = state;
    if (state != State::Failed)
        m_error = {};
    emit changed();
}

QString HealthEndpoint::address() const
{
    return u"http://127.0.0.1:%1"_s.arg(m_port);
}

HealthEndpoint::Counts HealthEndpoint::counts() const
{
    return m_server ? Counts{m_server->counts().answered, m_server->counts().refused} : Counts();
}

void HealthEndpoint::watch(const QString &serverId)
{
    m_board->watch({unasked(serverId.isEmpty() ? health::serverId({}) : serverId)});
}

} // namespace howdah::ui
