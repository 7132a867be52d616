// SPDX-License-Identifier: GPL-3.0-or-later
// A plan on a real server: journal first, all or nothing, told with figures.
#include "session/changeplan.h"
#include "session/rights.h"
#include "support/testserver.h"

#include <QTest>

using namespace howdah;
using namespace howdah::session;

namespace
{
// Where the journal's lines go in these tests.
struct Book {
    QStringList begun;
    QStringList ended; // "id outcome message"
    bool full = false;

    JournalSeams seams()
    {
        return {[this](const QString &target, const QString &action, const QString &commands, const QString &undo) -> Result<qint64> {
                    if (full)
                        return fail(ErrorKind::Io, QStringLiteral("disk_full"), QStringLiteral("The disk is full"));
                    begun << target + QLatin1Char('|') + action + QLatin1Char('|') + commands + QLatin1Char('|') + undo;
                    return begun.size();
                },
                [this](qint64 id, const QString &outcome, const QString &message) {
                    ended << QStringLiteral("%1 %2 %3").arg(id).arg(outcome, message);
                }};
    }
};
} // namespace

class TestChangePlan : public QObject
{
    Q_OBJECT
private slots:
    void initTestCase();
    void init();
    void appliesAllSteps();
    void rowsAreCounted();
    void aFailedStepTakesBackTheOthers();
    void withoutATransactionEarlierStepsStay();
    void withoutAJournalNothingIsDone();
    void cancelled();
    void aDeferredFailureAtCommit();
    void aLockIsNotWaitedForForGood();
    void aLinkLostInMidStep();
    void commandsAreNotRun();
    void notInAnothersTransaction();
    void rolesRights();
    void cleanupTestCase() { m_server.reset(); }

private:
    ChangePlan plan(const QList<QByteArray> &statements) const
    {
        ChangePlan plan;
        plan.title = QStringLiteral("Change t");
        plan.verb = plan.title;
        plan.server = QStringLiteral("db1:5432");
        plan.database = QStringLiteral("postgres");
        plan.role = QStringLiteral("postgres");
        plan.undo = QStringLiteral("none");
        for (const QByteArray &text : statements)
            plan.steps.append({QStringLiteral("Step"), text, false, {}, {}});
        return plan;
    }
    qint64 count()
    {
        auto rows = m_link->run({"SELECT count(*) FROM public.t", {}});
        return rows ? rows->integer(0, 0).value_or(-1) : -1;
    }

    std::unique_ptr<test::TestServer> m_server;
    std::unique_ptr<pg::Connection> m_link;
    Book m_book;
};

void TestChangePlan::initTestCase()
{
    QString why;
    m_server = test::TestServer::start({}, &why);
    QVERIFY2(m_server, qPrintable(why));
}

void TestChangePlan::init()
{
    m_book = {};
    auto link = m_server->admin();
    QVERIFY(link);
    m_link = std::move(*link);
    QString why;
    QVERIFY2(m_server->sql({"DROP TABLE IF EXISTS public.t", "CREATE TABLE public.t (n int PRIMARY KEY DEFERRABLE INITIALLY DEFERRED)",
                            "INSERT INTO public.t VALUES (1), (2)"},
                           &why),
             qPrintable(why));
}

void TestChangePlan::appliesAllSteps()
{
    ChangePlan change = plan({"INSERT INTO public.t VALUES ($1)", "ALTER ROLE postgres VALID UNTIL 'infinity'"});
    change.steps[0].params = {pg::Param(3)};
    const auto done = apply(*m_link, change, m_book.seams(), {});
    QVERIFY2(done, qPrintable(done ? QString() : done.error().text()));
    QCOMPARE(count(), 3);
    QCOMPARE(m_book.begun.size(), 1);
    QVERIFY2(m_book.begun.first().startsWith(QLatin1StringView("db1:5432/postgres as postgres|Change t|")), qPrintable(m_book.begun.first()));
    QVERIFY(m_book.begun.first().contains(QLatin1StringView("INSERT INTO public.t VALUES ($1);")));
    QVERIFY(m_book.begun.first().contains(QLatin1StringView("$1 = '3'")));
    QCOMPARE(m_book.ended.size(), 1);
    QVERIFY2(m_book.ended.first().startsWith(QLatin1StringView("1 done 1 row in ")), qPrintable(m_book.ended.first()));
}

void TestChangePlan::rowsAreCounted()
{
    const auto done = apply(*m_link, plan({"UPDATE public.t SET n = n + 10", "DELETE FROM public.t"}), m_book.seams(), {});
    QVERIFY(done);
    QCOMPARE(done->rows, 4);
    QVERIFY(done->durationMs >= 0);
    QVERIFY(!done->outcomeUnknown);
}

void TestChangePlan::aFailedStepTakesBackTheOthers()
{
    const auto done = apply(*m_link, plan({"DELETE FROM public.t", "SELECT * FROM public.missing"}), m_book.seams(), {});
    QVERIFY(!done);
    QCOMPARE(done.error().sqlstate, QStringLiteral("42P01"));
    QVERIFY2(done.error().context.contains(QLatin1StringView("step 2 of 2")), qPrintable(done.error().context));
    QCOMPARE(count(), 2);
    QVERIFY(m_book.ended.first().startsWith(QLatin1StringView("1 failed ")));
    QVERIFY(m_link->run({"SELECT 1", {}})); // the link is as it was
}

void TestChangePlan::withoutATransactionEarlierStepsStay()
{
    ChangePlan change = plan({"DELETE FROM public.t WHERE n = 1", "VACUUM public.t", "SELECT * FROM public.missing"});
    change.transactional = false;
    const auto done = apply(*m_link, change, m_book.seams(), {});
    QVERIFY(!done);
    QVERIFY(done.error().context.contains(QLatin1StringView("step 3 of 3")));
    QCOMPARE(count(), 1);
}

void TestChangePlan::withoutAJournalNothingIsDone()
{
    m_book.full = true;
    const auto done = apply(*m_link, plan({"DELETE FROM public.t"}), m_book.seams(), {});
    QVERIFY(!done);
    QCOMPARE(done.error().reason, QStringLiteral("disk_full"));
    QCOMPARE(count(), 2);
    QVERIFY(m_book.ended.isEmpty());
}

void TestChangePlan::cancelled()
{
    CancelToken cancel;
    cancel.cancel();
    const auto done = apply(*m_link, plan({"DELETE FROM public.t"}), m_book.seams(), cancel);
    QVERIFY(!done);
    QCOMPARE(done.error().kind, ErrorKind::Cancelled);
    QVERIFY(m_book.ended.first().startsWith(QLatin1StringView("1 cancelled ")));
    QCOMPARE(count(), 2);
}

void TestChangePlan::aDeferredFailureAtCommit()
{
    const auto done = apply(*m_link, plan({"INSERT INTO public.t VALUES (1)"}), m_book.seams(), {});
    QVERIFY2(!done, "A COMMIT that the server refused was reported as done");
    QCOMPARE(done.error().sqlstate, QStringLiteral("23505"));
    QCOMPARE(count(), 2);
    QVERIFY(m_book.ended.first().startsWith(QLatin1StringView("1 failed ")));
}

void TestChangePlan::aLockIsNotWaitedForForGood()
{
    auto other = m_server->admin();
    QVERIFY(other);
    QVERIFY((*other)->command("BEGIN"));
    QVERIFY((*other)->run({"LOCK TABLE public.t IN ACCESS EXCLUSIVE MODE", {}}));
    ChangePlan change = plan({"ALTER TABLE public.t ADD COLUMN m int"});
    change.lockTimeoutMs = 100;
    const auto done = apply(*m_link, change, m_book.seams(), {});
    QVERIFY(!done);
    QCOMPARE(done.error().sqlstate, QStringLiteral("55P03"));
    QVERIFY((*other)->command("ROLLBACK"));
    // It was this transaction's, not the session's.
    auto setting = m_link->run({"SHOW lock_timeout", {}});
    QVERIFY(setting);
    QCOMPARE(setting->text(0, 0), QStringLiteral("0"));
}

void TestChangePlan::aLinkLostInMidStep()
{
    const auto kill = [] { return QByteArray("SELECT pg_catalog.pg_terminate_backend(pg_catalog.pg_backend_pid())"); };
    // In a transaction: the server took it back, which is known.
    const auto rolledBack = apply(*m_link, plan({"DELETE FROM public.t", kill()}), m_book.seams(), {});
    QVERIFY(!rolledBack);
    QVERIFY(m_book.ended.first().startsWith(QLatin1StringView("1 failed ")));
    auto link = m_server->admin();
    QVERIFY(link);
    m_link = std::move(*link);
    QCOMPARE(count(), 2);
    // Without one: not known, and said so.
    ChangePlan change = plan({kill()});
    change.transactional = false;
    const auto unknown = apply(*m_link, change, m_book.seams(), {});
    QVERIFY(unknown);
    QVERIFY(unknown->outcomeUnknown);
    QVERIFY(m_book.ended.last().startsWith(QLatin1StringView("2 unknown ")));
}

void TestChangePlan::commandsAreNotRun()
{
    ChangePlan change = plan({"howdahctl stack destroy"});
    change.steps[0].isCommand = true;
    const auto done = apply(*m_link, change, m_book.seams(), {});
    QVERIFY(!done);
    QCOMPARE(done.error().reason, QStringLiteral("not_sql"));
    QVERIFY(m_book.begun.isEmpty());
    QVERIFY(!planAsSql(change).contains(QLatin1StringView("BEGIN")));
}

void TestChangePlan::notInAnothersTransaction()
{
    QVERIFY(m_link->command("BEGIN"));
    const auto done = apply(*m_link, plan({"INSERT INTO public.t VALUES (77)"}), m_book.seams(), {});
    const auto state = m_link->transactionState();
    QVERIFY(m_link->command("ROLLBACK"));
    QVERIFY(!done);
    QCOMPARE(done.error().reason, QStringLiteral("in_transaction"));
    QCOMPARE(state, pg::TransactionState::Open);
    QVERIFY(m_book.begun.isEmpty());
}

void TestChangePlan::rolesRights()
{
    QString why;
    QVERIFY2(m_server->sql({"DROP ROLE IF EXISTS looker", "CREATE ROLE looker LOGIN PASSWORD 'look'", "GRANT SELECT ON public.t TO looker"}, &why),
             qPrintable(why));
    QCOMPARE(roleMayWrite(*m_link).value_or(false), true);
    auto spec = m_server->spec();
    spec.role = QStringLiteral("looker");
    auto looker = pg::Connection::open(spec, Secret(QByteArray("look")));
    QVERIFY2(looker, qPrintable(looker ? QString() : looker.error().text()));
    const auto may = roleMayWrite(**looker);
    QVERIFY2(may, qPrintable(may ? QString() : may.error().text()));
    QCOMPARE(*may, false);
    QVERIFY(m_server->sql({"GRANT UPDATE (n) ON public.t TO looker"}, &why));
    QCOMPARE(roleMayWrite(**looker).value_or(false), true);
    QVERIFY(m_server->sql({"DROP OWNED BY looker", "DROP ROLE looker"}, &why));
}

QTEST_GUILESS_MAIN(TestChangePlan)
#include "tst_changeplan.moc"
