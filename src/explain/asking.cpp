// SPDX-License-Identifier: GPL-3.0-or-later
#include "explain/asking.h"

namespace howdah::explain
{

using namespace Qt::StringLiterals;

namespace
{

class OneCell : public pg::ResultSink, public pg::RowSink
{
public:
    QByteArray cell;
    int statements = 0;

    pg::RowSink *rows(const std::vector<pg::Column> &) override { return this; }
    void completed(const QByteArray &) override { ++statements; }
    void notice(const pg::Notice &) override {}
    Result<QByteArray> copyIn() override { return fail(ErrorKind::Client, u"copy_not_supported"_s, u"COPY has no plan"_s); }
    bool copyOut(QByteArrayView) override { return false; }
    bool push(const pg::Rows &chunk) override
    {
        if (cell.isNull() && !chunk.isEmpty())
            cell = chunk.bytes(0, 0).toByteArray();
        return true;
    }
};

} // namespace

Result<QByteArray> askBound(pg::Connection &connection, const pg::Statement &statement, const CancelToken &cancel)
{
    const auto rows = connection.run(statement, {}, {}, cancel);
    if (!rows)
        return fail(rows.error());
    return rows->isEmpty() ? QByteArray() : rows->bytes(0, 0).toByteArray();
}

Result<QByteArray> askUnbound(pg::Connection &connection, const pg::Statement &statement, const CancelToken &cancel)
{
    if (const auto one = connection.describe(statement, {}, cancel); !one)
        return fail(one.error());
    OneCell sink;
    pg::ExecuteOptions options;
    options.several = true; // by name only: see above
    if (Done done = connection.execute(statement, {}, sink, options, cancel); !done)
        return fail(done.error());
    if (sink.statements > 1)
        return fail(ErrorKind::Protocol, u"several_statements"_s, u"The server answered to more than one statement"_s);
    return sink.cell;
}

} // namespace howdah::explain
