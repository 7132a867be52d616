// SPDX-License-Identifier: GPL-3.0-or-later
// faultconsole follow|huge HOST PORT CA [MEGABYTES]: a program with a session of its own, so that a test can move its clock, stop it, or
// take its memory away. The password comes on standard input. What happens is told on standard output, a line each, with the local time.
//   follow  an open session; each time it is connected, a statement of 60 s with a deadline of 2 s
//   huge    so many megabytes are left to this process; then a value of 128 MB is asked for, then many rows, then 1
#include "base/async.h"
#include "pg/session.h"

#include <QCoreApplication>
#include <QDateTime>
#include <QFile>

#include <csignal>
#include <cstdio>

#include <sys/prctl.h>
#include <sys/resource.h>
#include <unistd.h>

using namespace howdah;
using pg::LinkState;
using pg::Session;

namespace
{
void say(const QString &line)
{
    std::printf("%s | %s\n", qPrintable(line), qPrintable(QDateTime::currentDateTime().toString(QStringLiteral("yyyy-MM-dd hh:mm:ss"))));
    std::fflush(stdout);
}

QString wordOf(const Result<pg::Rows> &rows)
{
    return rows ? QStringLiteral("done %1").arg(rows->size()) : QStringLiteral("%1/%2 %3").arg(errorKindName(rows.error().kind), rows.error().reason, rows.error().text());
}

auto statement(const QByteArray &text, int timeoutMs)
{
    return [text, timeoutMs](pg::Connection &connection, const CancelToken &cancel) {
        pg::RunOptions options;
        options.timeoutMs = timeoutMs;
        return connection.run({text, {}}, {}, options, cancel);
    };
}

void follow(Session &session)
{
    QObject::connect(&session, &Session::statusChanged, &session, [&session](const pg::LinkStatus &status) {
        say(QStringLiteral("state %1 %2 %3").arg(pg::linkStateText(status.state)).arg(status.generation).arg(status.error.reason));
        static quint64 asked = 0;
        if (status.state != LinkState::Connected || status.generation == asked)
            return;
        asked = status.generation;
        async::onFinished(session.run(statement("SELECT pg_catalog.pg_sleep(60)", 2000)), &session, [](const Result<pg::Rows> &rows) { say(QStringLiteral("statement ") + wordOf(rows)); });
    });
    session.open();
}

rlim_t sizeOfThis()
{
    QFile statm(QStringLiteral("/proc/self/statm"));
    return statm.open(QIODevice::ReadOnly) ? rlim_t(statm.readAll().split(' ').value(0).toULongLong()) * rlim_t(::sysconf(_SC_PAGESIZE)) : 0;
}

void huge(Session &session, int megabytes)
{
    const auto next = [&session](const char *name, const QByteArray &text, std::function<void()> then) {
        async::onFinished(session.run(statement(text, 30'000)), &session, [name, then = std::move(then)](const Result<pg::Rows> &rows) {
            say(QString::fromLatin1(name) + QLatin1Char(' ') + wordOf(rows));
            then();
        });
    };
    next("before", "SELECT 1", [=] {
        const rlim_t limit = sizeOfThis() + (rlim_t(megabytes) << 20);
        const rlimit memory{limit, limit};
        say(::setrlimit(RLIMIT_AS, &memory) == 0 ? QStringLiteral("limit set") : QStringLiteral("limit not set"));
        next("value", "SELECT pg_catalog.repeat('x', 128 * 1024 * 1024)", [=] {
            next("rows", "SELECT pg_catalog.repeat('x', 1000) FROM pg_catalog.generate_series(1, 100000)", [=] {
                next("after", "SELECT 1", [] { QCoreApplication::quit(); });
            });
        });
    });
}
} // namespace

int main(int argc, char **argv)
{
    ::prctl(PR_SET_PDEATHSIG, SIGKILL);
    QCoreApplication app(argc, argv);
    const QStringList words = QCoreApplication::arguments();
    if (words.size() < 5)
        return 2;
    pg::ConnectionSpec spec;
    spec.host = words.at(2);
    spec.port = quint16(words.at(3).toUInt());
    spec.caFile = words.at(4);
    spec.database = spec.role = QStringLiteral("postgres");
    QFile in;
    const bool opened = in.open(stdin, QIODevice::ReadOnly);
    Session session(spec, Secret(opened ? in.readLine().trimmed() : QByteArray()), Session::Purpose::Editor);
    if (words.at(1) == QLatin1StringView("follow"))
        follow(session);
    else
        huge(session, words.value(5).toInt());
    return QCoreApplication::exec();
}
