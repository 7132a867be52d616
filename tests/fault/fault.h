// SPDX-License-Identifier: GPL-3.0-or-later
// What the fault tests share: statements as a pane would run them, and the server's own word about what it was asked to do.
#pragma once

#include "pg/session.h"
#include "support/testserver.h"

#include <QTest>

namespace howdah::fault
{

using Service = std::function<Result<pg::Rows>(pg::Connection &, const CancelToken &)>;

inline Service statement(const QByteArray &text, int timeoutMs = 0)
{
    return [text, timeoutMs](pg::Connection &connection, const CancelToken &cancel) {
        pg::RunOptions options;
        options.timeoutMs = timeoutMs;
        return connection.run({text, {}}, {}, options, cancel);
    };
}

// BEGIN, COMMIT: by themselves.
inline Service command(const QByteArray &text)
{
    return [text](pg::Connection &connection, const CancelToken &) -> Result<pg::Rows> {
        if (auto done = connection.command(text); !done)
            return fail(std::move(done.error()));
        return pg::Rows();
    };
}

inline Error errorOf(const QFuture<Result<pg::Rows>> &future)
{
    if (!future.isFinished() || future.resultCount() == 0)
        return {ErrorKind::Client, QStringLiteral("no result at all"), {}, {}, {}, {}, {}, 0};
    const Result<pg::Rows> result = future.result();
    return result ? Error() : result.error();
}

// Of a statement that is to succeed: its first cell. The error's text otherwise.
inline QString first(const QFuture<Result<pg::Rows>> &future)
{
    QFuture<Result<pg::Rows>> waited = future;
    waited.waitForFinished();
    if (waited.resultCount() == 0)
        return QStringLiteral("no result at all");
    const Result<pg::Rows> rows = waited.result();
    return !rows ? rows.error().text() : rows->size() > 0 ? rows->text(0, 0) : QString();
}

// Rows as they come.
class Counter : public pg::RowSink
{
public:
    bool push(const pg::Rows &rows) override
    {
        m_rows += rows.size();
        return true;
    }
    qint64 rows() const { return m_rows; }

private:
    std::atomic<qint64> m_rows = 0;
};

inline Service streaming(const QByteArray &text, const std::shared_ptr<Counter> &counter)
{
    return [text, counter](pg::Connection &connection, const CancelToken &cancel) { return connection.stream({text, {}}, {}, *counter, {}, cancel); };
}

// By the superuser over the socket, whatever the network does.
inline QString ask(const test::TestServer &server, const QByteArray &text)
{
    auto admin = server.admin();
    if (!admin)
        return admin.error().text();
    const auto rows = (*admin)->run({text, {}});
    return !rows ? rows.error().text() : rows->size() > 0 ? rows->text(0, 0) : QString();
}

inline QString stateOf(const test::TestServer &server, int pid)
{
    return ask(server, "SELECT state || ' ' || coalesce(wait_event, '') FROM pg_catalog.pg_stat_activity WHERE pid = " + QByteArray::number(pid));
}

// How often the server was asked to run what holds this word (with log_statement=all): its log survives its crash.
inline int executions(const test::TestServer &server, const QString &word)
{
    int count = 0;
    const QStringList lines = server.log().split(QLatin1Char('\n'));
    for (const QString &line : lines) {
        if (line.contains(word) && (line.contains(QLatin1StringView("execute ")) || line.contains(QLatin1StringView("statement: "))) && line.contains(QLatin1StringView("LOG: ")))
            ++count;
    }
    return count;
}

inline QString describe(const pg::LinkStatus &status)
{
    return pg::linkStateText(status.state) + QLatin1Char(' ') + QString::number(status.generation) + QLatin1Char(' ') + status.error.text();
}

} // namespace howdah::fault
