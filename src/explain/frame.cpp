// SPDX-License-Identifier: GPL-3.0-or-later
#include "explain/frame.h"

namespace howdah::explain
{

using namespace Qt::StringLiterals;

namespace
{
constexpr int deallocateMs = 5'000;

QByteArray prepareHead(const QStringList &types)
{
    QByteArray head = "PREPARE /* howdah */ " + Frame::preparedName();
    if (!types.isEmpty())
        head += " (" + types.join(u", "_s).toUtf8() + ')';
    return head + " AS ";
}
} // namespace

Frame::~Frame()
{
    if (!m_connection.isAlive())
        return;
    (void)rollBack();
    (void)forget();
}

QByteArray Frame::preparedName()
{
    return "howdah_explained";
}

int Frame::preparePrefix(const QStringList &types)
{
    return int(QString::fromUtf8(prepareHead(types)).toUcs4().size());
}

Done Frame::begin(bool readOnly, const Limits &limits, const CancelToken &cancel)
{
    if (Done ended = rollBack(); !ended)
        return ended;
    if (m_connection.transactionState() != pg::TransactionState::Idle)
        return fail(ErrorKind::Client, u"transaction_open"_s, u"A transaction is open on this link"_s,
            u"End it first: the plan is asked for in one of its own, which is rolled back"_s);
    if (Done begun = m_connection.command(readOnly ? "BEGIN READ ONLY" : "BEGIN READ WRITE"); !begun)
        return begun;
    m_begun = true;
    const pg::Params params{QString::number(limits.statementTimeoutMs), QString::number(limits.lockTimeoutMs),
                            limits.genericPlans ? u"force_generic_plan"_s : u"force_custom_plan"_s, limits.searchPath};
    if (const auto set = m_connection.runFile(u"explain/limits"_s, params, {}, cancel); !set)
        return fail(set.error());
    return {};
}

Done Frame::rollBack()
{
    if (!m_begun)
        return {};
    m_begun = false;
    const pg::TransactionState state = m_connection.transactionState();
    if (state == pg::TransactionState::Idle)
        return fail(ErrorKind::Client, u"transaction_ended"_s, u"The statement ended the transaction that was to be rolled back"_s,
            u"What it changed stands: look at its tables"_s);
    return m_connection.command("ROLLBACK");
}

Done Frame::prepare(const QByteArray &text, const QStringList &types, const CancelToken &cancel)
{
    if (Done forgotten = forget(); !forgotten)
        return forgotten;
    m_prepared = true; // also where its answer is lost on the way
    if (const auto prepared = m_connection.run({prepareHead(types) + text, {}}, {}, {}, cancel); !prepared) {
        m_prepared = prepared.error().sqlstate.isEmpty();
        return fail(prepared.error());
    }
    return {};
}

Done Frame::forget()
{
    if (!m_prepared)
        return {};
    m_prepared = false;
    pg::RunOptions options;
    options.timeoutMs = deallocateMs;
    if (const auto gone = m_connection.run({"DEALLOCATE " + preparedName(), {}}, {}, options); !gone && gone.error().sqlstate != "26000"_L1)
        return fail(gone.error());
    return {};
}

} // namespace howdah::explain
