// SPDX-License-Identifier: GPL-3.0-or-later
// 1,000 migrations of four statements, each in its transaction with its row in schema_migrations: by our runner, which writes its ledger beside it, and by
// psql, which is given the same statements and transactions as one script. And all 1,000 files read and linted.
#include "bench.h"
#include "benchserver.h"
#include "process.h"

#include "migrations/lintfacts.h"
#include "migrations/run.h"

#include <QDir>
#include <QElapsedTimer>
#include <QFile>
#include <QFileInfo>
#include <QTemporaryDir>

#include <unistd.h>

namespace howdah::bench
{

namespace
{

constexpr int kFiles = 1000;
constexpr int kRuns = 4; // of each, in turn

QByteArray statementsOf(int i)
{
    const QByteArray n = QByteArray::number(i);
    return "CREATE TABLE public.t" + n + " (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, name text NOT NULL, made timestamptz NOT NULL DEFAULT now());\n"
           "CREATE INDEX t" + n + "_name ON public.t" + n + " (name);\n"
           "COMMENT ON TABLE public.t" + n + " IS 'of a benchmark';\n"
           "INSERT INTO public.t" + n + " (name) SELECT 'row ' || i FROM pg_catalog.generate_series(1, 10) AS i;\n";
}

bool writeFiles(const QDir &folder)
{
    for (int i = 1; i <= kFiles; ++i) {
        QFile file(folder.filePath(QStringLiteral("%1_t.sql").arg(i, 14, 10, QLatin1Char('0'))));
        if (!file.open(QIODevice::WriteOnly)
            || file.write("-- Purpose: one of a thousand tables\n-- migrate:up\n" + statementsOf(i) + "\n-- migrate:down\nDROP TABLE public.t" + QByteArray::number(i) + ";\n") < 0)
            return false;
    }
    return true;
}

QByteArray scriptForPsql(const QByteArray &database)
{
    QByteArray script = "\\set ON_ERROR_STOP on\n\\connect " + database + "\nSET client_min_messages = warning;\nCREATE TABLE public.schema_migrations (version varchar PRIMARY KEY);\n";
    for (int i = 1; i <= kFiles; ++i)
        script += "BEGIN;\n" + statementsOf(i) + "INSERT INTO public.schema_migrations (version) VALUES ('" + QByteArray::number(i) + "');\nCOMMIT;\n";
    return script;
}

Error failure(const QString &message)
{
    Error error;
    error.kind = ErrorKind::Tool;
    error.reason = QStringLiteral("migrate_bench");
    error.message = message;
    return error;
}

Result<double> runOurs(const BenchServer &server, const QString &folder, const QByteArray &database)
{
    QElapsedTimer clock;
    clock.start();
    const Target target = server.target(QStringLiteral("postgres"), QString::fromLatin1(database));
    auto link = pg::Connection::open(target.spec, target.password);
    if (!link)
        return fail(link.error());
    const auto files = migrations::readFolder(folder);
    if (!files)
        return fail(files.error());
    const migrations::Run run = migrations::up(**link, *files, {}, {}, [](const migrations::Told &) {});
    if (run.error)
        return fail(*run.error);
    if (run.done.size() != kFiles)
        return fail(failure(QStringLiteral("%1 of %2 migrations ran").arg(run.done.size()).arg(kFiles)));
    return double(clock.nsecsElapsed()) / 1e6;
}

Result<double> runPeer(const BenchServer &server, const QString &psql, const QString &script)
{
    QProcess process;
    server.preparePsql(process, psql, QStringLiteral("postgres"), {QStringLiteral("-q"), QStringLiteral("-f"), script});
    process.setStandardOutputFile(QProcess::nullDevice());
    QElapsedTimer clock;
    clock.start();
    process.start();
    if (!process.waitForFinished(300'000) || process.exitCode() != 0)
        return fail(failure(QStringLiteral("psql failed: ") + QString::fromUtf8(process.readAllStandardError().left(500))));
    return double(clock.nsecsElapsed()) / 1e6;
}

Result<double> lintAll(const QString &folder, int &findings)
{
    QElapsedTimer clock;
    clock.start();
    const auto files = migrations::readFolder(folder);
    if (!files)
        return fail(files.error());
    for (const migrations::File &file : files->files)
        findings += int(migrations::lint(migrations::lintFileOf(file)).size());
    return double(clock.nsecsElapsed()) / 1e6;
}

} // namespace

Result<QJsonObject> runMigrate(const Options &)
{
    const Result<QString> psql = peerProgram(QStringLiteral("psql"));
    if (!psql)
        return fail(psql.error());
    // In memory: 7,000 files are made, and what the disk's file system takes for that differs from run to run by more than what is measured.
    const QString memory = QStringLiteral("/dev/shm");
    const auto server = BenchServer::start({}, QFileInfo(memory).isWritable() ? memory : QStringLiteral("/tmp"));
    if (!server)
        return fail(server.error());
    const QTemporaryDir folder;
    if (!writeFiles(QDir(folder.path())))
        return fail(failure(QStringLiteral("the files could not be written")));
    QVector<double> own, peer;
    for (int i = 0; i < kRuns; ++i) {
        // None is dropped in between, and they take turns in who is first: what is deleted and made slows down who comes next.
        const QByteArray ours = "ours" + QByteArray::number(i), theirs = "theirs" + QByteArray::number(i);
        if (Done made = (*server)->execute({"CREATE DATABASE " + ours, "CREATE DATABASE " + theirs, "CHECKPOINT"}); !made)
            return fail(made.error());
        const QString script = folder.filePath(QStringLiteral("all%1.psql").arg(i));
        QFile file(script);
        if (!file.open(QIODevice::WriteOnly) || file.write(scriptForPsql(theirs)) < 0 || !file.flush())
            return fail(failure(QStringLiteral("the script could not be written")));
        for (const bool us : {i % 2 == 0, i % 2 != 0}) {
            const auto ms = us ? runOurs(**server, folder.path(), ours) : runPeer(**server, *psql, script);
            if (!ms)
                return fail(ms.error());
            (us ? own : peer) << *ms;
        }
    }
    int findings = 0;
    const auto lint = lintAll(folder.path(), findings);
    if (!lint)
        return fail(lint.error());
    return QJsonObject{{QStringLiteral("migrations"), kFiles},
                       {QStringLiteral("us"), median(own)},
                       {QStringLiteral("peer"), median(peer)},
                       {QStringLiteral("ratio"), median(own) / median(peer)},
                       {QStringLiteral("lint_ms"), *lint},
                       {QStringLiteral("findings"), findings},
                       {QStringLiteral("peak_rss_mb"), peakRssMb(::getpid())},
                       {QStringLiteral("unit"), QStringLiteral("ms for 1,000 migrations; peer: psql with the same statements and transactions")}};
}

} // namespace howdah::bench
