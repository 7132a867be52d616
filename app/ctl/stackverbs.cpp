// SPDX-License-Identifier: GPL-3.0-or-later
// stack up|down|status|logs|rotate-certs|destroy|demo
#include "ctl/journalled.h"

#include "base/units.h"
#include "ctl/terminal.h"
#include "stack/bringup.h"
#include "stack/rotatecerts.h"
#include "store/journal.h"

#include <QJsonArray>

#include <optional>

#include <unistd.h>

namespace howdah::ctl
{

namespace
{

struct StackOptions {
    std::string name = "howdah";
    int port = 0;
    bool nextPort = false;
    std::string backend;
    int lines = 200;
    std::string typedName;
    bool load = false;
    int loadSeconds = 0; // 0: until cancelled
};

QString nameOf(const StackOptions &options)
{
    return QString::fromStdString(options.name);
}

stack::Seams seams(Ctl &ctl)
{
    stack::Seams seams;
    seams.readSecret = [&ctl](const store::SecretKey &key) { return ctl.readSecret(key); };
    seams.writeSecret = [&ctl](const store::SecretKey &key, const Secret &secret) { return ctl.writeSecret(key, secret); };
    seams.removeSecret = [&ctl](const store::SecretKey &key) { return ctl.removeSecret(key); };
    seams.readProfile = [&ctl](const QString &name) -> Result<std::optional<session::Profile>> {
        const auto store = ctl.store();
        if (!store)
            return fail(store.error());
        auto profile = session::readProfile(**store, name);
        if (profile)
            return std::optional(*profile);
        if (profile.error().reason == QLatin1StringView("no_such_profile"))
            return std::optional<session::Profile>();
        return fail(std::move(profile.error()));
    };
    seams.saveProfile = [&ctl](const session::Profile &profile) -> Result<session::Profile> {
        const auto store = ctl.store();
        if (!store)
            return fail(store.error());
        return session::saveProfile(**store, profile);
    };
    return seams;
}

QString describe(const stack::StackStatus &status)
{
    QString text = QStringLiteral("Stack %1: %2").arg(status.name, stack::stateName(status.state));
    if (!status.reason.isEmpty())
        text += QStringLiteral(" (") + status.reason + QLatin1Char(')');
    text += QLatin1Char('\n');
    const auto line = [&text](const QString &name, const QString &value) {
        text += name.leftJustified(16) + (value.isEmpty() ? QStringLiteral("unknown") : value) + QLatin1Char('\n');
    };
    if (status.state == stack::StackState::Absent)
        return text;
    line(QStringLiteral("backend"), stack::backendName(status.backend));
    line(QStringLiteral("server_version"), status.serverVersion);
    if (status.listen.isEmpty())
        line(QStringLiteral("port"), status.port ? QString::number(status.port) : QString());
    else
        line(QStringLiteral("listens on"), status.listen + QLatin1Char(':') + QString::number(status.port));
    line(QStringLiteral("base_image"), status.baseImage);
    line(QStringLiteral("archive"), status.archiveBytes ? units::bytes(double(*status.archiveBytes)) : QString());
    line(QStringLiteral("ca_file"), status.caFile);
    return text;
}

Result<Answer> inJournal(Ctl &ctl, const StackOptions &chosen, const QString &action, const QString &verb, const std::function<Result<Answer>()> &task)
{
    store::JournalEntry entry;
    entry.target = QStringLiteral("stack ") + nameOf(chosen);
    entry.action = action;
    entry.commands = QStringLiteral("howdahctl stack %1 --name %2").arg(verb, nameOf(chosen));
    Result<Answer> answer = Answer();
    const Result<Done> kept = journalled(ctl, entry, [&]() -> JournalEnd {
        answer = task();
        if (answer)
            return {QStringLiteral("done"), answer->text};
        return {answer.error().kind == ErrorKind::Cancelled ? QStringLiteral("cancelled") : QStringLiteral("failed"), answer.error().text()};
    });
    if (!kept)
        return fail(kept.error());
    if (!*kept)
        toErrors(printable(QStringLiteral("howdahctl: the journal has no end of this: %1\n").arg(kept->error().text())));
    return answer;
}

Result<Answer> up(Ctl &ctl, const StackOptions &chosen)
{
    stack::UpOptions options;
    options.name = nameOf(chosen);
    options.port = quint16(chosen.port);
    options.takeNextFreePort = chosen.nextPort;
    if (!chosen.backend.empty())
        options.backend = chosen.backend == "docker" ? stack::Backend::Docker : stack::Backend::Local;
    const auto done = stack::bringUp(options, seams(ctl), ctl.progress(), ctl.cancel());
    if (!done)
        return fail(done.error());
    QJsonObject json = done->status.toJson();
    json.insert(QStringLiteral("profile"), done->profile.name);
    json.insert(QStringLiteral("new_passwords"), QJsonArray::fromStringList(done->newPasswords));
    json.insert(QStringLiteral("rekeyed"), done->rekeyed);
    QString text = describe(done->status);
    if (done->rekeyed)
        text += QStringLiteral("The keychain had not all of this stack's passwords, so these roles have new ones: ")
            + done->newPasswords.join(QStringLiteral(", ")) + QLatin1Char('\n');
    text += QStringLiteral("Connect: howdahctl --profile %1 check\n").arg(done->profile.name);
    text += QStringLiteral("Its health at http://localhost:5210/health: howdahctl --profile %1 serve; for good: howdahctl --profile %1 serve --install\n").arg(done->profile.name);
    return Answer{json, text, ExitCode::Success};
}

Result<Answer> ended(Done done, const QString &name, const QString &what)
{
    if (!done)
        return fail(std::move(done.error()));
    return Answer{{{QStringLiteral("name"), name}, {QStringLiteral("done"), what}}, QStringLiteral("Stack %1: %2\n").arg(name, what), ExitCode::Success};
}

// A line typed at the terminal; empty at its end. Errors: Client/usage where nobody can type, Cancelled.
Result<QString> askForName(const QString &name, const CancelToken &cancel)
{
    if (::isatty(STDIN_FILENO) != 1) {
        return fail(ErrorKind::Client, QStringLiteral("usage"), QStringLiteral("The stack's name was not typed"),
                    QStringLiteral("Without a terminal: howdahctl stack destroy --name %1 --yes-destroy %1").arg(name));
    }
    toErrors(printable(QStringLiteral("This removes the stack %1 with all its data and its WAL archive. Type its name: ").arg(name)));
    QByteArray line;
    if (Done read = readLine(line, cancel); !read)
        return fail(std::move(read.error()));
    return QString::fromUtf8(line.trimmed());
}

Result<Answer> destroy(Ctl &ctl, const StackOptions &chosen)
{
    QString typed = QString::fromStdString(chosen.typedName);
    if (typed.isEmpty()) {
        Result<QString> asked = askForName(nameOf(chosen), ctl.cancel());
        if (!asked)
            return fail(std::move(asked.error()));
        typed = *asked;
    }
    auto done = stack::destroy(nameOf(chosen), typed, ctl.progress(), ctl.cancel());
    if (done) {
        if (auto forgotten = stack::forgetPasswords(nameOf(chosen), seams(ctl)); !forgotten)
            toErrors(printable(QStringLiteral("howdahctl: passwords of the stack stay in the keychain: %1\n").arg(forgotten.error().text())));
    }
    return ended(std::move(done), nameOf(chosen), QStringLiteral("destroyed, with its data and its WAL archive"));
}

Result<Answer> rotateCerts(Ctl &ctl, const StackOptions &chosen)
{
    const auto rotated = stack::rotateCertificates(nameOf(chosen), ctl.progress(), ctl.cancel());
    if (!rotated)
        return fail(rotated.error());
    QJsonObject json = rotated->toJson();
    json.insert(QStringLiteral("name"), nameOf(chosen));
    return Answer{json, rotated->text(), ExitCode::Success};
}

Result<Answer> demo(Ctl &ctl, const StackOptions &chosen)
{
    const auto filled = stack::demo(nameOf(chosen), ctl.progress(), ctl.cancel());
    if (!filled)
        return fail(filled.error());
    QJsonObject json{{QStringLiteral("name"), nameOf(chosen)}, {QStringLiteral("done"), *filled}};
    QString text = *filled + QLatin1Char('\n');
    if (chosen.load) {
        // Without a number Ctrl+C is its end, and exit code 130 says so.
        const auto loaded = stack::demoLoad(nameOf(chosen), chosen.loadSeconds, ctl.progress(), ctl.cancel());
        if (!loaded)
            return fail(loaded.error());
        json.insert(QStringLiteral("load_seconds"), chosen.loadSeconds);
        json.insert(QStringLiteral("load"), *loaded);
        text += QStringLiteral("Load: %1\n").arg(*loaded);
    }
    return Answer{json, text, ExitCode::Success};
}

} // namespace

void addStackVerbs(CLI::App &app, Ctl &ctl)
{
    const auto options = std::make_shared<StackOptions>();
    auto *stack = app.add_subcommand("stack", "The PostgreSQL 18 stack on this machine");
    stack->require_subcommand(1);
    stack->add_option("--name", options->name, "The stack's name")->capture_default_str();
    stack->fallthrough();

    const auto verb = [&](const char *name, const char *what, auto action) {
        auto *command = stack->add_subcommand(name, what);
        command->fallthrough();
        command->callback([&ctl, options, action] { ctl.choose([options, action](Ctl &c) -> Result<Answer> { return action(c, *options); }); });
        return command;
    };

    auto *upCommand = verb("up", "Starts it; the first time builds its image, makes its certificates and its passwords (into the keychain)",
                           [](Ctl &c, const StackOptions &o) {
                               return inJournal(c, o, QStringLiteral("Start the stack"), QStringLiteral("up"), [&] { return up(c, o); });
                           });
    upCommand->add_option("--port", options->port, "On 127.0.0.1; without it the one it has, else 5432")->check(CLI::Range(1, 65535));
    upCommand->add_flag("--next-port", options->nextPort, "Where the port is taken, the next free one");
    upCommand->add_option("--backend", options->backend, "Docker where it works, else a private local cluster")->check(CLI::IsMember({"docker", "local"}));

    verb("down", "Stops it; its data stays", [](Ctl &c, const StackOptions &o) {
        return inJournal(c, o, QStringLiteral("Stop the stack"), QStringLiteral("down"), [&] {
            return ended(stack::down(nameOf(o), c.progress(), c.cancel()), nameOf(o), QStringLiteral("stopped; its data stays"));
        });
    });
    verb("status", "Its state, where it listens, how large its WAL archive is", [](Ctl &c, const StackOptions &o) -> Result<Answer> {
        const auto status = stack::status(nameOf(o), c.cancel());
        if (!status)
            return fail(status.error());
        return Answer{status->toJson(), describe(*status), status->state == stack::StackState::Healthy ? ExitCode::Success : ExitCode::Findings};
    });
    auto *logsCommand = verb("logs", "The server's last log lines", [](Ctl &c, const StackOptions &o) -> Result<Answer> {
        const auto logs = stack::logs(nameOf(o), o.lines, c.cancel());
        if (!logs)
            return fail(logs.error());
        const QString text = QString::fromUtf8(*logs);
        return Answer{{{QStringLiteral("name"), nameOf(o)}, {QStringLiteral("lines"), QJsonArray::fromStringList(text.split(QLatin1Char('\n'), Qt::SkipEmptyParts))}},
                      text, ExitCode::Success};
    });
    logsCommand->add_option("-n,--lines", options->lines, "How many")->check(CLI::Range(1, 100'000))->capture_default_str();
    verb("rotate-certs", "A new server certificate with a new CA, served at once; open sessions go on with the old one", [](Ctl &c, const StackOptions &o) {
        return inJournal(c, o, QStringLiteral("Rotate the stack's certificates"), QStringLiteral("rotate-certs"), [&] { return rotateCerts(c, o); });
    });
    auto *destroyCommand = verb("destroy", "Removes it with its data and its WAL archive, once its name is typed", [](Ctl &c, const StackOptions &o) {
        return inJournal(c, o, QStringLiteral("Destroy the stack"), QStringLiteral("destroy"), [&] { return destroy(c, o); });
    });
    destroyCommand->add_option("--yes-destroy,--typed", options->typedName, "The stack's name once more, where no terminal asks for it");
    auto *demoCommand = verb("demo", "Fills jeex_idea with a year of data, once", [](Ctl &c, const StackOptions &o) {
        return inJournal(c, o, QStringLiteral("Fill jeex_idea with demo data"), QStringLiteral("demo"), [&] { return demo(c, o); });
    });
    auto *load = demoCommand->add_option("--load", options->loadSeconds, "And keeps a light workload running: so many seconds, without a number until Ctrl+C");
    load->expected(0, 1)->check(CLI::Range(0, 86'400));
    demoCommand->parse_complete_callback([options, load] { options->load = load->count() > 0; });
}

} // namespace howdah::ctl
