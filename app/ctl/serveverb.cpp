// SPDX-License-Identifier: GPL-3.0-or-later
// serve
#include "base/clock.h"
#include "ctl/ctl.h"
#include "ctl/servetoken.h"
#include "ctl/terminal.h"
#include "health/admission.h"
#include "health/board.h"
#include "health/httpserver.h"
#include "health/otlpprofile.h"
#include "health/routes.h"
#include "health/serverwatch.h"
#include "health/serveunit.h"
#include "session/wayin.h"

#include <QCoreApplication>
#include <QJsonArray>
#include <QProcessEnvironment>
#include <QSemaphore>
#include <QSysInfo>

#include <algorithm>
#include <utility>

#include <poll.h>

namespace howdah::ctl
{

using namespace Qt::StringLiterals;

namespace
{

struct ServeOptions {
    int port = 5210;
    std::vector<std::string> profiles; // empty: the one of --profile or --url
    std::vector<std::string> hosts;
    TokenChoice token = TokenChoice::AsKept;
    bool install = false;
};

struct Watched {
    QString id, name;
    pg::ConnectionSpec spec;
    pg::Prepare prepare;
    std::optional<health::OtlpSettings> otlp; // null: nothing is exported
    QString stream;
    health::SeriesOptions exported;
};

// By the profile, else by OTEL_*. A URL has no profile's settings.
Done addExport(Ctl &ctl, const session::Profile &profile, const QString &key, int port, Watched &watched)
{
    Secret headers;
    if (profile.otlp.choice == session::OtlpExport::Choice::On && profile.otlp.hasHeaders) {
        auto saved = ctl.readSecret(profile.otlpSecretKey());
        if (!saved) // nothing goes out without them
            return fail(Error(saved.error()).during(u"read the headers of %1's export"_s.arg(watched.name)));
        headers = *std::move(saved);
    }
    auto settings = health::otlpOf(profile, headers, QProcessEnvironment::systemEnvironment());
    if (!settings)
        return fail(std::move(settings.error()));
    watched.otlp = *std::move(settings);
    // Of this server, this machine and this port: a window beside it, or another serve, is another writer.
    watched.stream = key + u'/' + QString::fromLatin1(QSysInfo::machineUniqueId()) + u"/serve/"_s + QString::number(port);
    watched.exported = health::otlpSeriesOf(profile);
    return {};
}

Result<QVector<Watched>> watchedOf(Ctl &ctl, const ServeOptions &options)
{
    QVector<Watched> all;
    for (size_t i = 0; i < qMax<size_t>(1, options.profiles.size()); ++i) {
        if (!options.profiles.empty())
            ctl.useProfile(QString::fromStdString(options.profiles[i]));
        const auto target = ctl.target();
        if (!target)
            return fail(target.error());
        const session::Profile &profile = target->profile;
        const pg::ConnectionSpec spec = profile.monitorSpec();
        // Of a URL, where it leads to: nobody reads that out of the id who does not know it.
        const QString key = profile.id.isEmpty() ? u"%1/%2/%3"_s.arg(spec.address(), spec.database, spec.role) : profile.id;
        const auto reader = [&ctl, given = target->password, isUrl = profile.id.isEmpty()](const store::SecretKey &secret, const CancelToken &) -> Result<Secret> {
            if (isUrl || !given.isEmpty())
                return given;
            auto saved = ctl.readSecret(secret);
            return !saved && saved.error().reason == "absent"_L1 ? Result<Secret>(Secret()) : saved; // the server may know us without a password
        };
        const session::WayIn way(profile, reader);
        const QString id = health::serverId(key);
        if (std::any_of(all.cbegin(), all.cend(), [&](const Watched &one) { return one.id == id; }))
            continue;
        Watched one{id, profile.name.isEmpty() ? u"the server of the URL"_s : profile.name, spec, way.prepareFor(spec.role), {}, {}, {}};
        if (Done added = addExport(ctl, profile, key, options.port, one); !added)
            return fail(std::move(added.error()));
        all.append(one);
    }
    return all;
}

Result<health::Admission> admissionOf(Ctl &ctl, const ServeOptions &options)
{
    health::Admission admission;
    for (const std::string &host : options.hosts) {
        auto name = health::hostFrom(QString::fromStdString(host));
        if (!name)
            return fail(std::move(name.error()));
        admission.hosts << *name;
    }
    auto origins = health::originsFrom(qEnvironmentVariable("CORS_ORIGINS"));
    if (!origins)
        return fail(std::move(origins.error()));
    admission.origins = *origins;
    auto token = serveToken(ctl, options.token);
    if (!token)
        return fail(std::move(token.error()));
    admission.token = *std::move(token);
    return admission;
}

// Runs on the main loop, where links and samplers live; returns when it has run.
void onMainLoop(const std::function<void()> &act)
{
    QMetaObject::invokeMethod(QCoreApplication::instance(), act, Qt::BlockingQueuedConnection);
}

// What becomes of each server, and why, a line when it changes.
class ReachTeller
{
public:
    void tell(const QString &name, const health::Standing &standing, const QString &why = {})
    {
        const QString word = health::reachWord(health::reachAt(standing, Clock().monotonicMs())) + (why.isEmpty() ? QString() : u" ("_s + why + u')');
        if (std::exchange(m_told[name], word) != word)
            toErrors(printable(u"%1: %2\n"_s.arg(name, word)));
    }

private:
    QHash<QString, QString> m_told;
};

// What becomes of each export, when it begins to fail and when it goes on.
class ExportTeller
{
public:
    void tell(const QString &name, const health::OtlpState &state)
    {
        const bool fails = state.errorMs > 0 && state.errorMs >= state.sentMs;
        if (std::exchange(m_fails[name], fails) == fails)
            return;
        toErrors(printable(fails ? u"%1: the export fails: %2\n"_s.arg(name, state.error)
                                 : u"%1: the export goes on; %2 points were dropped\n"_s.arg(name).arg(state.pointsDropped)));
    }

private:
    QHash<QString, bool> m_fails;
};

using Watches = std::vector<std::unique_ptr<health::ServerWatch>>;

// One attempt for what is still queued, all of them at once.
void flush(const Watches &watches)
{
    constexpr int deadlineMs = 5000;
    QSemaphore flushed;
    int exports = 0;
    onMainLoop([&] {
        for (const auto &watch : watches) {
            if (auto *exporter = watch->exporter()) {
                ++exports;
                QObject::connect(exporter, &health::OtlpExporter::flushed, exporter, [&flushed] { flushed.release(); });
                exporter->flush(deadlineMs);
            }
        }
    });
    flushed.tryAcquire(exports, deadlineMs + 1000);
}

Result<Answer> install(Ctl &ctl, const ServeOptions &options)
{
    if (!ctl.url.empty())
        return fail(ErrorKind::Client, u"usage"_s, u"A service needs a saved profile, not a URL"_s, u"howdahctl profile add"_s);
    const auto watched = watchedOf(ctl, options);
    if (!watched)
        return fail(watched.error());
    if (const auto admission = admissionOf(ctl, options); !admission) // what it would end with is told now
        return fail(admission.error());
    QStringList arguments{u"serve"_s, u"--port"_s, QString::number(options.port)};
    for (const std::string &host : options.hosts)
        arguments << u"--allow-host"_s << QString::fromStdString(host);
    for (const Watched &one : *watched)
        arguments << one.name;
    QStringList environment;
    QString unsaid;
    const QProcessEnvironment own = QProcessEnvironment::systemEnvironment();
    for (const QString &name : own.keys()) {
        static const QStringList wanted{u"XDG_DATA_HOME"_s, u"XDG_CACHE_HOME"_s, u"CORS_ORIGINS"_s};
        if (name.startsWith("OTEL_"_L1) && name.endsWith("HEADERS"_L1))
            unsaid = u"%1 may hold a token and is not written: keep it with the profile, howdahctl profile edit --otlp-headers-stdin\n"_s.arg(name);
        else if (wanted.contains(name) || name.startsWith("OTEL_"_L1))
            environment << name + u'=' + own.value(name);
    }
    const auto installed = health::installServeUnit(health::serveUnit(QCoreApplication::applicationFilePath(), arguments, environment));
    if (!installed)
        return fail(installed.error());
    return Answer{{{u"unit"_s, installed->path}, {u"commands"_s, QJsonArray::fromStringList(installed->commands)}},
                  u"%1 is written. These switch it on:\n  %2\n"
                  "Where nobody is logged in, `loginctl enable-linger` keeps it running; the keychain must be open then\n"_s.arg(installed->path, installed->commands.join("\n  "_L1)) + unsaid,
                  ExitCode::Success};
}

Result<Answer> serve(Ctl &ctl, const ServeOptions &options)
{
    if (options.install)
        return install(ctl, options);
    const auto watched = watchedOf(ctl, options);
    if (!watched)
        return fail(watched.error());
    if (options.token != TokenChoice::AsKept) { // changed only where it will hold
        const auto port = health::HttpServer::listen(quint16(options.port), [](const health::HttpRequest &) { return health::refusal(503, "Not yet"); });
        if (!port)
            return fail(port.error());
    }
    const auto admission = admissionOf(ctl, options);
    if (!admission)
        return fail(admission.error());
    if (!admission->origins.isEmpty() && !admission->token.isEmpty())
        toErrors("CORS_ORIGINS lets pages ask, and the token shuts them out: only GET and HEAD are answered, not what a browser asks before it sends a token\n");

    QVector<health::Standing> unasked;
    QStringList names;
    for (const Watched &one : *watched) {
        health::Standing standing;
        standing.id = one.id;
        unasked.append(standing);
        names << one.name;
    }
    const auto board = std::make_shared<health::Board>(unasked);
    const Clock clock;
    const auto responder = [board, admission = *admission, clock, begunMs = clock.monotonicMs()](const health::HttpRequest &request) {
        auto refused = health::refusalOf(request, admission);
        const health::Moment now{clock.monotonicMs(), clock.wallMs()};
        health::HttpAnswer answer = refused ? *std::move(refused) : health::answerTo(request, board->read(), now, double(now.monotonicMs - begunMs) / 1000);
        health::addOrigin(answer, request, admission);
        return answer;
    };
    const auto server = health::HttpServer::listen(quint16(options.port), responder);
    if (!server)
        return fail(server.error());

    Watches watches;
    ReachTeller teller;
    ExportTeller exportTeller;
    onMainLoop([&] {
        for (const Watched &one : *watched) {
            auto watch = std::make_unique<health::ServerWatch>(one.id, one.spec, one.prepare);
            const auto heard = [board, &teller, name = one.name, own = watch.get()](health::Standing standing, const QString &why) {
                if (const auto *exporter = own->exporter())
                    standing.exported = exporter->state();
                board->put(standing);
                teller.tell(name, standing, why);
            };
            QObject::connect(watch.get(), &health::ServerWatch::changed, watch.get(), heard);
            QObject::connect(watch.get(), &health::ServerWatch::exported, watch.get(),
                             [&exportTeller, name = one.name](const health::OtlpState &state) { exportTeller.tell(name, state); });
            watch->exportTo(one.otlp, one.stream, one.exported);
            watch->start();
            watches.push_back(std::move(watch));
        }
    });
    toErrors(printable(u"Health of %1 at http://127.0.0.1:%2/health%3; ends on Ctrl+C or SIGTERM\n"_s.arg(names.join(u", "_s)).arg((*server)->port())
                           .arg(admission->token.isEmpty() ? QString() : u", for who has the token"_s)));
    while (!ctl.cancel().isCancelled()) {
        pollfd wake{ctl.cancel().eventFd(), POLLIN, 0};
        ::poll(&wake, 1, -1);
    }
    flush(watches);
    QJsonObject exports;
    QString text;
    onMainLoop([&] {
        for (size_t i = 0; i < watches.size(); ++i) {
            const auto *exporter = watches[i]->exporter();
            if (!exporter)
                continue;
            const health::OtlpState &state = exporter->state();
            const Watched &one = (*watched)[qsizetype(i)];
            exports.insert(one.id, state.toJson());
            text += u"%1: %2 points exported, %3 dropped\n"_s.arg(one.name).arg(state.pointsSent).arg(state.pointsDropped);
        }
        watches.clear();
    });
    const health::HttpCounts &counts = (*server)->counts();
    return Answer{{{u"answered"_s, qint64(counts.answered)}, {u"refused"_s, qint64(counts.refused)}, {u"exports"_s, exports}},
                  u"%1 requests answered\n"_s.arg(qint64(counts.answered)) + text, ExitCode::Success};
}

} // namespace

void addServeVerb(CLI::App &app, Ctl &ctl)
{
    const auto options = std::make_shared<ServeOptions>();
    CLI::App *verb = app.add_subcommand(
        "serve", "Stays, and answers /health, /health/database, /health/database/metrics and /metrics on 127.0.0.1 from the last sample; ends on Ctrl+C or SIGTERM");
    verb->add_option("profiles", options->profiles, "The servers to watch; without it the one of --profile or --url");
    verb->add_option("--port", options->port, "On 127.0.0.1")->check(CLI::Range(1, 65535))->capture_default_str();
    verb->add_option("--allow-host", options->hosts, "Answers by this name too, beside 127.0.0.1 and localhost: of a proxy before it");
    const auto choice = [&](const char *name, TokenChoice chosen, const char *what) {
        return verb->add_flag_callback(name, [options, chosen] { options->token = chosen; }, what);
    };
    auto *made = choice("--new-token", TokenChoice::New,
                        "Makes a bearer token, keeps it in the keychain and shows it once; from then on each serve asks for it, but for /livez");
    auto *typed = choice("--token-stdin", TokenChoice::Typed, "The same with a token from standard input");
    auto *none = choice("--no-token", TokenChoice::None, "Removes it: whoever is on this machine may ask");
    made->excludes(typed)->excludes(none);
    typed->excludes(none);
    verb->add_flag("--install", options->install, "Writes a service for the user's systemd, and says what switches it on");
    verb->callback([&ctl, options] { ctl.choose([options](Ctl &c) { return serve(c, *options); }); });
}

} // namespace howdah::ctl
