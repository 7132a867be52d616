// SPDX-License-Identifier: GPL-3.0-or-later
#include "migrations/foreignprogram.h"

#include "base/savefile.h"
#include "pg/conninfo.h"

#include <QDir>
#include <QUrl>

namespace howdah::migrations
{

using namespace Qt::StringLiterals;

namespace
{

// What libpq's keywords are called in the environment. The rest of ours is of no matter to a client that runs and ends.
constexpr std::pair<const char *, const char *> names[] = {
    {"host", "PGHOST"}, {"hostaddr", "PGHOSTADDR"}, {"port", "PGPORT"}, {"dbname", "PGDATABASE"}, {"user", "PGUSER"}, {"sslmode", "PGSSLMODE"},
    {"sslrootcert", "PGSSLROOTCERT"}, {"sslcert", "PGSSLCERT"}, {"sslkey", "PGSSLKEY"}, {"sslcrl", "PGSSLCRL"}, {"sslcertmode", "PGSSLCERTMODE"},
    {"ssl_min_protocol_version", "PGSSLMINPROTOCOLVERSION"}, {"channel_binding", "PGCHANNELBINDING"}, {"require_auth", "PGREQUIREAUTH"}, {"gssencmode", "PGGSSENCMODE"},
    {"connect_timeout", "PGCONNECT_TIMEOUT"},
};

QByteArray escapedForPassFile(QByteArray text)
{
    return text.replace('\\', "\\\\").replace(':', "\\:");
}

Done writePassFile(const QString &path, const pg::ConnectionSpec &spec, const ForeignAccess &access)
{
    QByteArray line;
    const QByteArray secret = QByteArray::fromRawData(access.secret.data(), access.secret.size());
    line.reserve(512 + 2 * secret.size() + 2 * spec.host.size() + 2 * spec.role.size()); // growing would leave copies behind
    line += spec.isUnixSocket() ? QByteArray("*") : escapedForPassFile(spec.host.toUtf8());
    line += ':' + QByteArray::number(access.via.isSet() ? access.via.port : spec.port) + ":*:" + escapedForPassFile(spec.role.toUtf8()) + ':';
    for (const char c : secret) {
        if (c == ':' || c == '\\')
            line += '\\';
        line += c;
    }
    line += '\n';
    const Done written = saveFile(path, line);
    line.fill('\0');
    return written;
}

// Of a URL that somebody's own DATABASE_URL has: "postgresql+asyncpg", which their settings may depend on.
QString scheme()
{
    const QString own = QUrl(qEnvironmentVariable("DATABASE_URL")).scheme();
    return own.startsWith("postgresql+"_L1) ? own : u"postgresql"_s;
}

QString databaseUrl(const pg::ConnectionSpec &spec, quint16 port)
{
    QUrl url;
    url.setScheme(scheme());
    url.setUserName(spec.role, QUrl::DecodedMode);
    if (!spec.isUnixSocket()) {
        url.setHost(spec.host);
        url.setPort(port);
    }
    url.setPath(u'/' + spec.database, QUrl::DecodedMode);
    QString text = url.toString(QUrl::FullyEncoded);
    return spec.isUnixSocket() && !text.contains("://"_L1) ? text.replace(u":"_s, u"://"_s) : text;
}

QString optionsText(const ForeignAccess &access)
{
    QStringList options{u"-c lock_timeout=%1"_s.arg(access.lockTimeoutMs), u"-c statement_timeout=%1"_s.arg(access.statementTimeoutMs),
                        // A program that is ended does not leave its statement running.
                        u"-c client_connection_check_interval=1000"_s};
    if (!access.role.isEmpty())
        options << u"-c role="_s + QString(access.role).replace(u'\\', u"\\\\"_s).replace(u' ', u"\\ "_s);
    return options.join(u' ');
}

} // namespace

Result<ForeignCall> foreignCall(const ForeignProject &project, const ForeignAccess &access, const QStringList &arguments)
{
    if (access.spec.pooler)
        return fail(ErrorKind::Client, u"pooler"_s, u"A pooler in transaction mode stands before the server"_s, u"Name the server's own address and port."_s);
    const QStringList places{project.folder + u"/.venv/bin"_s, project.folder + u"/venv/bin"_s, qEnvironmentVariable("VIRTUAL_ENV", u"/nonexistent"_s) + u"/bin"_s};
    const auto program = tool::findProgram(project.runsBy, project.tool == "alembic"_L1 ? places : QStringList());
    if (!program)
        return fail(Error(program.error()).during(u"run the %1 project in %2"_s.arg(project.tool, project.folder)));
    ForeignCall call;
    const QString memory = qEnvironmentVariable("XDG_RUNTIME_DIR");
    call.secrets = std::make_unique<QTemporaryDir>((QFileInfo(memory).isWritable() ? memory : QDir::tempPath()) + u"/howdah-migrate-XXXXXX"_s);
    const QString passFile = call.secrets->filePath(u"pgpass"_s);
    if (!call.secrets->isValid())
        return fail(ErrorKind::Io, u"no_temporary_folder"_s, call.secrets->errorString());
    if (Done written = writePassFile(passFile, access.spec, access); !written)
        return fail(std::move(written.error()));
    if (!access.spec.caFile.isEmpty() || access.spec.sslMode == pg::SslMode::VerifyCa || access.spec.sslMode == pg::SslMode::VerifyFull) {
        if (const auto ca = pg::caFileOf(access.spec); !ca && !access.spec.isUnixSocket())
            return fail(ca.error());
    }
    call.command.program = *program;
    call.command.arguments = arguments;
    call.command.workingDirectory = project.folder;
    call.command.timeoutMs = 0;
    // The same policy as of our own links: what is written for libpq goes as its environment.
    const pg::ConnInfo info(access.spec, access.via.address.startsWith(u'/') ? QByteArray() : access.via.address.toUtf8(), access.via);
    const auto keywords = info.keywords(), values = info.values({});
    QStringList &environment = call.command.environment;
    for (size_t i = 0; keywords[i]; ++i) {
        for (const auto &[keyword, variable] : names) {
            if (qstrcmp(keyword, keywords[i]) == 0 && values[i] && *values[i])
                environment << QString::fromLatin1(variable) + u'=' + QString::fromUtf8(values[i]);
        }
    }
    environment << u"PGPASSFILE="_s + passFile << u"PGAPPNAME=howdah: "_s + project.tool << u"PGOPTIONS="_s + optionsText(access)
                << u"DATABASE_URL="_s + databaseUrl(access.spec, access.via.isSet() ? access.via.port : access.spec.port) << u"PYTHONUNBUFFERED=1"_s;
    for (const QString &name : access.passed) {
        if (qEnvironmentVariableIsSet(name.toUtf8()))
            environment << name + u'=' + qEnvironmentVariable(name.toUtf8());
    }
    return call;
}

} // namespace howdah::migrations
