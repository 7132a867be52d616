// SPDX-License-Identifier: GPL-3.0-or-later
#include "stack/inside.h"

#include "pg/connection.h"
#include "pg/statement.h"

#include <array>

#include <openssl/rand.h>

#include <string.h>

namespace howdah::stack
{

namespace
{
constexpr int serverMajorNum = 180000;

const QString &setUp()
{
    static const QString name = QStringLiteral("howdah-stack");
    return name;
}
const QString &demoName()
{
    static const QString name = QStringLiteral("howdah-demo");
    return name;
}

// `\set name 'value'`: inside single quotes psql replaces no variable; a quote and a backslash are escaped as in C.
QByteArray psqlVariable(const QByteArray &name, QByteArray value)
{
    value.replace('\\', "\\\\").replace('\'', "\\'");
    return "\\set " + name + " '" + value + "'\n";
}

tool::Command psql(const Inside &inside, const QString &database, const QStringList &arguments, const QString &application)
{
    QStringList all{QStringLiteral("-X"), QStringLiteral("-q"), QStringLiteral("-v"), QStringLiteral("ON_ERROR_STOP=1"),
                    QStringLiteral("-w"), QStringLiteral("-U"), QStringLiteral("postgres"), QStringLiteral("-d"), database};
    return inside(QStringLiteral("psql"), all + arguments, application);
}

// One file of sql/stack, its psql variables set before it; answers as unaligned rows, one a line, columns parted by '|'.
Result<QByteArray> runFile(const Inside &inside, const QString &name, const QByteArray &variables, const CancelToken &cancel)
{
    Result<pg::Statement> statement = pg::sqlFile(QStringLiteral("stack/") + name, serverMajorNum);
    if (!statement)
        return fail(std::move(statement.error()));
    tool::Command command =
        psql(inside, QStringLiteral("postgres"), {QStringLiteral("-At"), QStringLiteral("-f"), QStringLiteral("-")}, setUp());
    command.input = variables + statement->text;
    command.timeoutMs = 20'000;
    return tool::runChecked(command, cancel).map([](const tool::Outcome &outcome) { return outcome.output.trimmed(); });
}

} // namespace

Result<ServerIdentity> readIdentity(const Inside &inside, const CancelToken &cancel)
{
    return runFile(inside, QStringLiteral("server_version"), {}, cancel).map([](const QByteArray &row) {
        const QList<QByteArray> columns = row.split('|');
        return ServerIdentity{QString::fromLatin1(columns.value(0)), QString::fromLatin1(columns.value(1))};
    });
}

Done reloadServer(const Inside &inside, const CancelToken &cancel)
{
    if (auto told = runFile(inside, QStringLiteral("reload"), {}, cancel); !told)
        return fail(std::move(told.error()));
    return {};
}

Result<qint64> sessionsBeforeReload(const Inside &inside, const CancelToken &cancel)
{
    return runFile(inside, QStringLiteral("sessions_before_reload"), {}, cancel).map([](const QByteArray &row) { return row.toLongLong(); });
}

Result<QStringList> rolesWithPassword(const Inside &inside, const CancelToken &cancel)
{
    return runFile(inside, QStringLiteral("roles_with_password"), {}, cancel).map([](const QByteArray &rows) {
        return QString::fromUtf8(rows).split(QLatin1Char('\n'), Qt::SkipEmptyParts);
    });
}

Result<Secret> randomPassword()
{
    std::array<unsigned char, 32> bytes{};
    if (RAND_bytes(bytes.data(), int(bytes.size())) != 1)
        return fail(ErrorKind::Client, QStringLiteral("random"), QStringLiteral("OpenSSL gave no random bytes"));
    QByteArray text = QByteArray::fromRawData(reinterpret_cast<const char *>(bytes.data()), qsizetype(bytes.size()))
                          .toBase64(QByteArray::Base64UrlEncoding | QByteArray::OmitTrailingEquals);
    Secret secret(text);
    ::explicit_bzero(bytes.data(), bytes.size());
    ::explicit_bzero(text.data(), size_t(text.size()));
    return secret;
}

Result<RoleSecrets> setNewPasswords(const Inside &inside, const QStringList &roles, const CancelToken &cancel)
{
    Result<pg::Statement> statement = pg::sqlFile(QStringLiteral("stack/set_password"), serverMajorNum);
    if (!statement)
        return fail(std::move(statement.error()));
    RoleSecrets secrets;
    // VERBOSITY: an error then shows no statement, so no verifier.
    tool::Command command = psql(inside, QStringLiteral("postgres"),
                                 {QStringLiteral("-1"), QStringLiteral("-v"), QStringLiteral("VERBOSITY=terse"), QStringLiteral("-f"), QStringLiteral("-")},
                                 setUp());
    command.timeoutMs = 30'000;
    for (const QString &role : roles) {
        Result<Secret> secret = randomPassword();
        if (!secret)
            return fail(std::move(secret.error()));
        Result<QByteArray> verifier = pg::scramVerifier(*secret);
        if (!verifier)
            return fail(std::move(verifier.error()));
        command.input += psqlVariable("role", role.toUtf8()) + psqlVariable("verifier", *verifier) + statement->text + ";\n";
        secrets.insert(role, *secret);
    }
    if (auto done = tool::runChecked(command, cancel); !done)
        return fail(std::move(done.error()));
    return secrets;
}

void endClients(const Inside &inside, const QString &application)
{
    // Best effort, at a cancel: its own failure would hide the cancel. Not cancellable itself, hence the short deadline.
    if (Result<pg::Statement> statement = pg::sqlFile(QStringLiteral("stack/end_client"), serverMajorNum)) {
        tool::Command command = psql(inside, QStringLiteral("postgres"), {QStringLiteral("-f"), QStringLiteral("-")}, setUp());
        command.input = psqlVariable("application", application.toUtf8()) + statement->text;
        command.timeoutMs = 3'000;
        std::ignore = tool::run(command);
    }
}

Result<QString> runDemo(const Inside &inside, const QString &file, const Progress &progress, const CancelToken &cancel)
{
    const QString step = QStringLiteral("Fill jeex_idea with a year of data");
    tool::Command command = psql(inside, QStringLiteral("jeex_idea"), {QStringLiteral("-f"), file}, demoName());
    command.timeoutMs = 15 * 60'000;
    command.onLine = [&](const QByteArray &line) { progress({step, QString::fromUtf8(line), 0, 0, {}}); };
    progress({step, {}, 0, 0, {}});
    Result<tool::Outcome> outcome = tool::runChecked(command, cancel);
    if (!outcome) {
        endClients(inside, demoName());
        return fail(std::move(outcome.error()));
    }
    return QString::fromUtf8(outcome->output.trimmed());
}

// pgbench's summary: "number of transactions actually processed: 1187", "number of failed transactions: 0 (0.000%)", "tps = 19.78 (…)".
static QString loadSummary(const QByteArray &output, int seconds)
{
    const auto after = [&](const char *words) {
        const qsizetype at = output.indexOf(words);
        const qsizetype begin = at + qsizetype(qstrlen(words));
        return at < 0 ? QByteArray() : output.mid(begin, output.indexOf('\n', begin) - begin).trimmed().split(' ').value(0);
    };
    const QByteArray done = after("transactions actually processed:");
    const QByteArray failed = after("number of failed transactions:");
    bool known = false;
    const double tps = after("tps =").toDouble(&known);
    if (done.isEmpty() || !known)
        return QStringLiteral("The workload ran for %1 s").arg(seconds);
    return QStringLiteral("%1 transactions in %2 s (%3 /s), %4 failed")
        .arg(QString::fromLatin1(done))
        .arg(seconds)
        .arg(tps, 0, 'f', 1)
        .arg(failed.isEmpty() || failed == "0" ? QStringLiteral("none") : QString::fromLatin1(failed));
}

Result<QString> runLoad(const Inside &inside, const QString &file, int seconds, const Progress &progress, const CancelToken &cancel)
{
    const QString step = QStringLiteral("Run a light workload");
    const bool endless = seconds <= 0;
    const int limit = endless ? 365 * 86'400 : seconds; // pgbench wants a number
    tool::Command command =
        inside(QStringLiteral("pgbench"),
               {QStringLiteral("-n"), QStringLiteral("-c"), QStringLiteral("3"), QStringLiteral("-R"), QStringLiteral("20"), QStringLiteral("-P"),
                QStringLiteral("1"), QStringLiteral("-T"), QString::number(limit), QStringLiteral("-f"), file, QStringLiteral("-U"),
                QStringLiteral("jeex_user"), QStringLiteral("jeex_idea")},
               demoName());
    command.timeoutMs = endless ? 0 : (seconds + 30) * 1000;
    command.onLine = [&, done = qint64(0)](const QByteArray &line) mutable {
        done += line.startsWith("progress:") ? 1 : 0;
        progress({step, QString::fromUtf8(line), endless ? done : std::min<qint64>(done, seconds), endless ? 0 : seconds, QStringLiteral("s")});
    };
    Result<tool::Outcome> outcome = tool::runChecked(command, cancel);
    if (outcome)
        return loadSummary(outcome->output, limit);
    endClients(inside, demoName());
    return fail(std::move(outcome.error()));
}

} // namespace howdah::stack
