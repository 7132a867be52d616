// SPDX-License-Identifier: GPL-3.0-or-later
#include "ctl/ctl.h"

#include "base/async.h"
#include "base/json.h"
#include "base/worker.h"
#include "ctl/terminal.h"
#include "session/check.h"
#include "session/wayin.h"
#include "store/keychain.h"

#include <QCoreApplication>
#include <QDir>
#include <QSocketNotifier>
#include <QTimer>

#include <cerrno>
#include <csignal>
#include <cstring>
#include <future>

#include <fcntl.h>
#include <unistd.h>

namespace howdah::ctl
{

namespace
{
// A pipe and not signalfd: that needs the signals blocked, and the programs we start would inherit the block.
int signalPipe[2] = {-1, -1};

void onSignal(int)
{
    const int error = errno;
    [[maybe_unused]] const auto written = ::write(signalPipe[1], "x", 1);
    errno = error;
}

QString qt(const std::string &text)
{
    return QString::fromStdString(text);
}

QString versionText(const QJsonObject &version)
{
    QStringList features;
    const QJsonObject has = version.value(QLatin1StringView("features")).toObject();
    for (auto it = has.begin(); it != has.end(); ++it)
        features << it.key() + (it.value().toBool() ? QStringLiteral(" yes") : QStringLiteral(" no"));
    return QStringLiteral("howdahctl %1\nlibpq %2, TLS by %3 (%4)\nQt %5")
        .arg(version.value(QLatin1StringView("version")).toString(), version.value(QLatin1StringView("libpq")).toString(),
             version.value(QLatin1StringView("tls_library")).toString(), features.join(QStringLiteral(", ")),
             version.value(QLatin1StringView("qt")).toString());
}

QJsonObject version()
{
    const pg::LibpqFeatures libpq = pg::libpqFeatures();
    return {{QStringLiteral("version"), QStringLiteral(HOWDAH_VERSION)},
            {QStringLiteral("libpq"), QStringLiteral("%1.%2").arg(libpq.version / 10000).arg(libpq.version % 10000)},
            {QStringLiteral("tls_library"), libpq.tlsLibrary},
            {QStringLiteral("features"), QJsonObject{{QStringLiteral("require_auth"), libpq.requireAuth},
                                                     {QStringLiteral("encrypted_cancel"), libpq.encryptedCancel},
                                                     {QStringLiteral("chunked_rows"), libpq.chunkedRows},
                                                     {QStringLiteral("max_protocol_version"), libpq.maxProtocol}}},
            {QStringLiteral("qt"), QString::fromLatin1(qVersion())}};
}

// The verb did not even start where the caller asked for something that can't be: that is usage, as a misspelt option is. These could be, and are
// not there.
ExitCode exitOf(const Error &error)
{
    static const QStringList absent{QStringLiteral("no_such_statement"), QStringLiteral("no_history"), QStringLiteral("not_installed"),
                                    QStringLiteral("reset_meanwhile")};
    return error.kind == ErrorKind::Client && !absent.contains(error.reason) ? ExitCode::Usage : exitCodeOf(error);
}
} // namespace

struct Ctl::Core {
    Action action;
    CancelToken cancel;
    std::unique_ptr<store::Store> store; // of the worker's thread
    std::unique_ptr<store::Keychain> keychain;
    std::optional<Secret> typed; // standard input gives a password once
    std::optional<Error> connectError;
    bool connected = false; // once: a link lost from then on is no failure to connect
    std::optional<session::WayIn> way; // all links of a verb go by one tunnel, which lasts as long as the verb
    bool secretAbsent = false;
    QObject home; // of the main loop
    Worker worker{QStringLiteral("verb")};

    template<typename T>
    Result<T> onMainLoop(std::function<QFuture<Result<T>>(store::Keychain &)> ask);
    void watchSignals(const std::function<void()> &giveUp);
};

// For the worker's thread: the keychain answers on the main loop, which turns meanwhile.
template<typename T>
Result<T> Ctl::Core::onMainLoop(std::function<QFuture<Result<T>>(store::Keychain &)> ask)
{
    const auto promise = std::make_shared<std::promise<Result<T>>>();
    auto answer = promise->get_future();
    QMetaObject::invokeMethod(&home, [this, promise, ask] {
        if (!keychain)
            keychain = std::make_unique<store::Keychain>();
        async::onFinished(ask(*keychain), &home, [promise](Result<T> result) { promise->set_value(std::move(result)); });
    });
    while (answer.wait_for(std::chrono::milliseconds(50)) != std::future_status::ready) {
        if (cancel.isCancelled())
            return fail(ErrorKind::Cancelled, QStringLiteral("cancelled"), QStringLiteral("Cancelled while waiting for the keychain"));
    }
    return answer.get();
}

// The first SIGINT or SIGTERM cancels; what does not end within 10 s, or a second signal, ends the program where it stands.
void Ctl::Core::watchSignals(const std::function<void()> &giveUp)
{
    if (::pipe2(signalPipe, O_CLOEXEC | O_NONBLOCK) != 0)
        return; // signals keep their usual effect
    auto *notifier = new QSocketNotifier(signalPipe[0], QSocketNotifier::Read, &home);
    QObject::connect(notifier, &QSocketNotifier::activated, &home, [this, giveUp] {
        char bytes[16];
        while (::read(signalPipe[0], bytes, sizeof bytes) > 0) { }
        if (cancel.isCancelled())
            return giveUp();
        cancel.cancel();
        QTimer::singleShot(10'000, &home, giveUp);
    });
    struct sigaction handling;
    std::memset(&handling, 0, sizeof handling);
    handling.sa_handler = onSignal;
    handling.sa_flags = SA_RESTART;
    ::sigaction(SIGINT, &handling, nullptr);
    ::sigaction(SIGTERM, &handling, nullptr);
}

Ctl::Ctl() : m_core(std::make_unique<Core>())
{
    m_core->worker.atEnd([core = m_core.get()] { core->store.reset(); });
}

Ctl::~Ctl()
{
    m_core->worker.close();
    // A verb that can't be stopped (libpq in DNS) still uses what is here: then the program ends with it, without destructors.
    if (!Worker::joinClosed(3000)) {
        std::fflush(nullptr);
        ::_exit(int(ExitCode::Cancelled));
    }
}

void Ctl::choose(Action action)
{
    m_core->action = std::move(action);
}

CancelToken Ctl::cancel() const
{
    return m_core->cancel;
}

Progress Ctl::progress() const
{
    return progressLine();
}

Result<store::Store *> Ctl::store()
{
    if (!m_core->store) {
        auto opened = store::Store::open();
        if (!opened)
            return fail(std::move(opened.error()));
        m_core->store = std::move(*opened);
        if (const store::Repair &repair = m_core->store->repair(); repair.done)
            toErrors(printable(QStringLiteral("howdahctl: Howdah's store was not whole and was made anew. %1\n").arg(repair.text())));
    }
    return m_core->store.get();
}

void Ctl::useProfile(const QString &name)
{
    url.clear();
    profileName = name.toStdString();
    m_core->way.reset();
}

Result<session::Profile> Ctl::profile()
{
    auto open = store();
    if (!open)
        return fail(std::move(open.error()));
    return session::readProfile(**open, qt(profileName));
}

Result<Target> Ctl::target()
{
    Target target;
    if (!url.empty()) {
        const QString given = url == "env" ? qEnvironmentVariable("DATABASE_URL") : qt(url);
        if (given.isEmpty())
            return fail(ErrorKind::Client, QStringLiteral("bad_url"), QStringLiteral("--url env was given, but DATABASE_URL is not set"));
        auto parsed = pg::parseUrl(given);
        if (!parsed)
            return fail(std::move(parsed.error()));
        for (const QString &parameter : std::as_const(parsed->ignored))
            toErrors(printable(QStringLiteral("howdahctl: %1 in the URL means nothing here and is ignored\n").arg(parameter)));
        target.profile.spec = parsed->spec;
        target.password = std::move(parsed->password);
    } else {
        auto saved = profile();
        if (!saved)
            return fail(std::move(saved.error()));
        target.profile = std::move(*saved);
    }
    if (!sslMode.empty()) {
        const auto mode = pg::sslModeFromName(qt(sslMode));
        if (!mode)
            return fail(mode.error());
        target.profile.spec.sslMode = *mode;
    }
    if (!caFile.empty())
        target.profile.spec.caFile = QDir::current().absoluteFilePath(qt(caFile)); // a saved profile is used from elsewhere
    if (passwordFromStdin) {
        if (!m_core->typed) {
            auto typed = readPassword(m_core->cancel);
            if (!typed)
                return fail(std::move(typed.error()));
            m_core->typed = std::move(*typed);
        }
        target.password = *m_core->typed;
    }
    return target;
}

Result<std::unique_ptr<pg::Connection>> Ctl::connect(Link link)
{
    auto wanted = target();
    if (!wanted)
        return fail(std::move(wanted.error()));
    const session::Profile &server = wanted->profile;
    const bool monitor = link == Link::Monitor;
    pg::ConnectionSpec spec = monitor ? server.monitorSpec() : link == Link::Profile ? server.spec : server.editorSpec();
    if (link == Link::Writer)
        spec.readOnly = false;
    const auto failed = [&](Error error) {
        error = session::explained(std::move(error), server);
        if (error.kind != ErrorKind::Cancelled)
            m_core->connectError = error;
        return fail(std::move(error));
    };
    if (!m_core->way) {
        m_core->way.emplace(server, [this, given = wanted->password](const store::SecretKey &key, const CancelToken &) -> Result<Secret> {
            if (!given.isEmpty() || !url.empty())
                return given;
            auto saved = readSecret(key);
            // Absent is no error yet: the server may know us without a password.
            m_core->secretAbsent = !saved && saved.error().reason == QLatin1StringView("absent");
            return m_core->secretAbsent ? Result<Secret>(Secret()) : saved;
        });
    }
    auto prepared = m_core->way->prepareFor(spec.role)(m_core->cancel);
    if (!prepared)
        return failed(std::move(prepared.error()));
    // Given for a way in that asks for none: the passphrase of a certificate's key.
    const Secret &secret = prepared->secret.isEmpty() && server.passwordCommand.isEmpty() ? wanted->password : prepared->secret;
    auto connection = pg::Connection::open(spec, secret, m_core->cancel, {}, prepared->via);
    if (connection) {
        m_core->connected = true;
        return connection;
    }
    Error error = std::move(connection.error());
    if (m_core->secretAbsent && error.kind == ErrorKind::Authentication)
        error.hint = QStringLiteral("No password is saved for this profile: give one with --password-stdin, or add the profile anew");
    return failed(std::move(error));
}

Result<pg::Prepared> Ctl::prepared(const QString &role)
{
    auto wanted = target();
    if (!wanted)
        return fail(std::move(wanted.error()));
    if (!m_core->way)
        return fail(ErrorKind::Client, QStringLiteral("not_connected"), QStringLiteral("There is no link yet"));
    auto prepared = m_core->way->prepareFor(role)(m_core->cancel);
    if (prepared && prepared->secret.isEmpty() && wanted->profile.passwordCommand.isEmpty())
        prepared->secret = wanted->password;
    return prepared;
}

Result<Secret> Ctl::readSecret(const store::SecretKey &key)
{
    return m_core->onMainLoop<Secret>([key](store::Keychain &keychain) { return keychain.read(key); });
}

Done Ctl::writeSecret(const store::SecretKey &key, const Secret &secret)
{
    return m_core->onMainLoop<void>([key, secret](store::Keychain &keychain) { return keychain.write(key, secret); });
}

Done Ctl::removeSecret(const store::SecretKey &key)
{
    return m_core->onMainLoop<void>([key](store::Keychain &keychain) { return keychain.remove(key); });
}

static int report(bool json, const Error &error, ExitCode code)
{
    endProgressLine();
    if (json)
        toOutput(jsonLine({{QStringLiteral("error"), error.toJson()}}));
    else
        toErrors("howdahctl: " + printable(error.text()) + '\n');
    return int(code);
}

int Ctl::run(int argc, char **argv)
{
    // Known before CLI11 has read anything, since its own complaint must be one JSON object too.
    for (int i = 1; i < argc; ++i)
        json = json || std::strcmp(argv[i], "--json") == 0;

    CLI::App app{"Howdah for terminals: a console for PostgreSQL 18.\n"
                 "Exit codes: 0 done, 1 failed, 2 usage, 3 could not connect, 4 drift or edited file, 5 findings, 6 locked by another,\n"
                 "7 retries exhausted, 8 outcome unknown, 9 pending or behind, 10 not permitted, 130 cancelled.",
                 "howdahctl"};
    app.fallthrough(); // inherited by every verb: these options may stand before or after it
    app.require_subcommand(1);
    app.add_flag("--json", json, "One JSON object on standard output, errors too");
    app.add_option("--profile", profileName, "The saved server to use")->capture_default_str();
    app.add_option("--url", url, "Use this server instead: postgresql://role@host:port/database; the word env takes DATABASE_URL.\n"
                                 "A password in it is visible to others on this machine: prefer --password-stdin");
    app.add_option("--sslmode", sslMode, "disable, require, verify-ca or verify-full (the default)");
    app.add_option("--ca", caFile, "PEM file of the CA that signed the server's certificate");
    app.add_flag("--password-stdin", passwordFromStdin, "Read the password from standard input");
    app.set_version_flag("--version", [] { return std::string("version"); }, "What this program is made of");
    addVerbs(app, *this);

    const auto usage = [&](const char *what) {
        Error error;
        error.reason = QStringLiteral("usage");
        error.message = QString::fromUtf8(what);
        error.hint = QStringLiteral("howdahctl --help");
        return report(json, error, ExitCode::Usage);
    };
    try {
        app.parse(argc, argv);
    } catch (const CLI::CallForVersion &) {
        toOutput(json ? jsonLine(version()) : versionText(version()).toUtf8() + '\n');
        return int(ExitCode::Success);
    } catch (const CLI::Success &asked) {
        return app.exit(asked); // --help
    } catch (const CLI::Error &error) {
        return usage(error.what());
    }
    // A URL's password is read; it need not stay in what every user's ps shows.
    for (int i = 1; i < argc; ++i) {
        for (char *at = std::strstr(argv[i], "://"); at && (at = std::strstr(at, "password=")); ) {
            at += std::strlen("password=");
            std::memset(at, '*', std::strcspn(at, "&"));
        }
        char *end = std::strrchr(argv[i], '@');
        char *begin = std::strstr(argv[i], "://");
        begin = begin && end ? std::strchr(begin + 3, ':') : nullptr;
        if (begin && begin < end)
            std::memset(begin + 1, '*', size_t(end - begin - 1));
    }
    if (!m_core->action)
        return usage("Nothing to do");

    std::optional<Result<Answer>> result;
    m_core->watchSignals([this] {
        std::_Exit(report(json, Error{ErrorKind::Cancelled, QStringLiteral("cancelled"), QStringLiteral("Cancelled"), {}, {}, {}, {}, 0},
                          ExitCode::Cancelled));
    });
    async::onFinished(m_core->worker.run([this] { return m_core->action(*this); }), &m_core->home, [&](Result<Answer> answer) {
        result = std::move(answer);
        QCoreApplication::quit();
    });
    QCoreApplication::exec();
    if (!result)
        return report(json, Error{ErrorKind::Cancelled, QStringLiteral("cancelled"), QStringLiteral("Cancelled"), {}, {}, {}, {}, 0}, ExitCode::Cancelled);
    if (!*result) {
        const Error &error = result->error();
        const auto &failed = m_core->connectError;
        const bool notConnected = failed && failed->kind == error.kind && failed->reason == error.reason && error.kind != ErrorKind::Client;
        const bool lost = m_core->connected && !notConnected && error.kind == ErrorKind::Connection;
        return report(json, error, notConnected ? ExitCode::NotConnected : lost ? ExitCode::Failed : exitOf(error));
    }
    const Answer &answer = **result;
    endProgressLine();
    if (!json || !answer.json.isEmpty()) // a verb that wrote its own output has none here
        toOutput(json ? jsonLine(answer.json) : printable(answer.text.endsWith(QLatin1Char('\n')) || answer.text.isEmpty() ? answer.text : answer.text + QLatin1Char('\n')));
    return int(answer.exit);
}

} // namespace howdah::ctl
