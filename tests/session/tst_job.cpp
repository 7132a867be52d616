// SPDX-License-Identifier: GPL-3.0-or-later
#include "session/job.h"
#include "store/journal.h"

#include <QDir>
#include <QElapsedTimer>
#include <QSignalSpy>
#include <QTemporaryDir>
#include <QTest>

#include <future>

#include <poll.h>

using namespace howdah;
using session::Job;

class TestJob : public QObject
{
    Q_OBJECT
private slots:
    void init();
    void isJournalledBeforeItStarts();
    void saysHowItFailed();
    void isCancelled();
    void isCancelledBeforeItStarts();
    void isNotGivenUpMidway();
    void progressIsBounded();
    void withoutAJournalNothingIsDone();
    void diesWhileItRuns();
    void itsWorkerMayGoFirst();
    void whatWasAskedForAndNotSeenIsUnknown();

private:
    QVector<store::JournalEntry> journal()
    {
        QVector<store::JournalEntry> entries;
        async::onFinished(m_store->run([](store::Store &open) { return store::readJournal(open, 10); }), this,
                          [&](const Result<QVector<store::JournalEntry>> &read) { entries = read.value_or(QVector<store::JournalEntry>{{}}); });
        m_store->drain(20'000);
        QCoreApplication::processEvents();
        return entries;
    }
    const session::JobSpec m_spec{QStringLiteral("Start the stack"), QStringLiteral("stack t"), QStringLiteral("docker compose up"), QStringLiteral("docker compose down")};

    std::unique_ptr<QTemporaryDir> m_folder;
    std::unique_ptr<store::StoreWorker> m_store;
};

void TestJob::init()
{
    m_folder = std::make_unique<QTemporaryDir>();
    m_store = std::make_unique<store::StoreWorker>(m_folder->filePath(QStringLiteral("store.sqlite")));
}

void TestJob::isJournalledBeforeItStarts()
{
    Worker worker(QStringLiteral("job"));
    Job job(m_spec);
    QSignalSpy finished(&job, &Job::finished);
    std::promise<void> started, go;
    job.start(worker, m_store.get(), [&](const Progress &progress, const CancelToken &) -> Result<QString> {
        started.set_value();
        go.get_future().wait();
        progress({QStringLiteral("Last step"), {}, 1, 1, {}});
        return QStringLiteral("Started in 3 s");
    });
    QCOMPARE(job.state(), Job::State::Running);
    QCoreApplication::processEvents();
    auto hasStarted = started.get_future();
    QTRY_COMPARE(hasStarted.wait_for(std::chrono::seconds(0)), std::future_status::ready);
    const auto during = journal();
    QCOMPARE(during.size(), 1);
    QCOMPARE(during.at(0).action, m_spec.title);
    QCOMPARE(during.at(0).commands, m_spec.commands);
    QCOMPARE(during.at(0).undo, m_spec.undo);
    QCOMPARE(during.at(0).endedMs, qint64(0));
    go.set_value();
    QTRY_COMPARE(finished.size(), 1);
    QCOMPARE(job.state(), Job::State::Done);
    QCOMPARE(job.resultText(), QStringLiteral("Started in 3 s"));
    QCOMPARE(job.progress().step, QStringLiteral("Last step")); // not lost between two looks
    QVERIFY(job.endedMs() >= job.startedMs());
    const auto after = journal();
    QCOMPARE(after.at(0).outcome, QStringLiteral("done"));
    QCOMPARE(after.at(0).message, QStringLiteral("Started in 3 s"));
}

void TestJob::saysHowItFailed()
{
    Worker worker(QStringLiteral("job"));
    Job job(m_spec);
    QSignalSpy finished(&job, &Job::finished);
    job.start(worker, m_store.get(), [](const Progress &, const CancelToken &) -> Result<QString> {
        return fail(ErrorKind::Tool, QStringLiteral("port_taken"), QStringLiteral("Port 5432 is taken: ALTER ROLE app PASSWORD 'canary'"));
    });
    QTRY_COMPARE(finished.size(), 1);
    QCOMPARE(job.state(), Job::State::Failed);
    QCOMPARE(job.error().reason, QStringLiteral("port_taken"));
    QCOMPARE(journal().at(0).outcome, QStringLiteral("failed"));
    QVERIFY(journal().at(0).message.contains(QStringLiteral("Port 5432 is taken")));
    QVERIFY2(!journal().at(0).message.contains(QStringLiteral("canary")), qPrintable(journal().at(0).message));
}

void TestJob::isCancelled()
{
    Worker worker(QStringLiteral("job"));
    Job job(m_spec);
    QSignalSpy finished(&job, &Job::finished);
    QSignalSpy progressed(&job, &Job::progressed);
    job.start(worker, m_store.get(), [](const Progress &progress, const CancelToken &cancel) -> Result<QString> {
        progress({QStringLiteral("Waiting"), {}, 0, 0, {}});
        pollfd wait{cancel.eventFd(), POLLIN, 0};
        ::poll(&wait, 1, 20'000);
        return fail(ErrorKind::Cancelled, QStringLiteral("cancelled"), QStringLiteral("Cancelled"));
    });
    QTRY_COMPARE(progressed.size(), 1);
    job.cancel();
    QTRY_COMPARE(finished.size(), 1);
    QCOMPARE(job.state(), Job::State::Cancelled);
    QCOMPARE(journal().at(0).outcome, QStringLiteral("cancelled"));
}

void TestJob::isCancelledBeforeItStarts()
{
    Worker worker(QStringLiteral("job"));
    Job job(m_spec);
    QSignalSpy finished(&job, &Job::finished);
    bool ran = false;
    job.start(worker, nullptr, [&](const Progress &, const CancelToken &) -> Result<QString> {
        ran = true;
        return QString();
    });
    job.cancel();
    QTRY_COMPARE(finished.size(), 1);
    QCOMPARE(job.state(), Job::State::Cancelled);
    QVERIFY(!ran);
}

void TestJob::isNotGivenUpMidway()
{
    std::promise<void> started, go;
    bool cancelled = true;
    Worker worker(QStringLiteral("job"));
    session::JobSpec spec = m_spec;
    spec.canBeCancelled = false;
    Job job(spec);
    QSignalSpy finished(&job, &Job::finished);
    job.start(worker, m_store.get(), [&](const Progress &, const CancelToken &cancel) -> Result<QString> {
        started.set_value();
        go.get_future().wait();
        cancelled = cancel.isCancelled();
        return QStringLiteral("back");
    });
    auto running = started.get_future();
    QTRY_VERIFY(running.wait_for(std::chrono::milliseconds(0)) == std::future_status::ready);
    job.cancel();
    go.set_value();
    QTRY_COMPARE(finished.size(), 1);
    QVERIFY(!cancelled);
    QCOMPARE(job.state(), Job::State::Done);
}

void TestJob::progressIsBounded()
{
    Worker worker(QStringLiteral("job"));
    Job job(m_spec);
    QSignalSpy finished(&job, &Job::finished);
    QSignalSpy progressed(&job, &Job::progressed);
    job.start(worker, nullptr, [](const Progress &progress, const CancelToken &) -> Result<QString> {
        QElapsedTimer time;
        time.start();
        for (int i = 1; time.elapsed() < 500; ++i)
            progress({QStringLiteral("Copy"), {}, i, 0, QStringLiteral("B")});
        progress({QStringLiteral("Copy"), {}, -1, 0, QStringLiteral("B")});
        return QString();
    });
    QTRY_COMPARE(finished.size(), 1);
    QVERIFY2(progressed.size() >= 2 && progressed.size() <= 12, qPrintable(QString::number(progressed.size())));
    QCOMPARE(job.progress().done, qint64(-1));
}

void TestJob::withoutAJournalNothingIsDone()
{
    const QString path = m_folder->filePath(QStringLiteral("no.sqlite"));
    QVERIFY(QDir().mkpath(path)); // a folder of that name: no store can be there
    store::StoreWorker broken(path);
    Worker worker(QStringLiteral("job"));
    Job job(m_spec);
    QSignalSpy finished(&job, &Job::finished);
    bool ran = false;
    job.start(worker, &broken, [&](const Progress &, const CancelToken &) -> Result<QString> {
        ran = true;
        return QString();
    });
    QTRY_COMPARE_WITH_TIMEOUT(finished.size(), 1, 30'000);
    QCOMPARE(job.state(), Job::State::Failed);
    QCOMPARE(job.error().kind, ErrorKind::Io);
    QVERIFY(!ran);
}

void TestJob::diesWhileItRuns()
{
    Worker worker(QStringLiteral("job"));
    auto job = std::make_unique<Job>(m_spec);
    QSignalSpy progressed(job.get(), &Job::progressed);
    std::promise<bool> ended;
    auto end = ended.get_future();
    job->start(worker, m_store.get(), [&](const Progress &progress, const CancelToken &cancel) -> Result<QString> {
        progress({QStringLiteral("Waiting"), {}, 0, 0, {}});
        pollfd wait{cancel.eventFd(), POLLIN, 0};
        ::poll(&wait, 1, 20'000);
        progress({QStringLiteral("Nobody looks"), {}, 0, 0, {}});
        ended.set_value(cancel.isCancelled());
        return QString();
    });
    QTRY_COMPARE(progressed.size(), 1);
    job.reset();
    QVERIFY(end.get());
    QVERIFY(worker.drain(20'000));
    QVERIFY(journal().at(0).outcome.isEmpty()); // as after a crash: it began, and no end is known
}

void TestJob::itsWorkerMayGoFirst()
{
    auto worker = std::make_unique<Worker>(QStringLiteral("job"));
    Job job(m_spec);
    QSignalSpy finished(&job, &Job::finished);
    std::promise<void> busy;
    m_store->run([over = busy.get_future().share()](store::Store &) -> Result<bool> { // the journal's line has to wait
        over.wait();
        return true;
    });
    job.start(*worker, m_store.get(), [](const Progress &, const CancelToken &) -> Result<QString> { return QStringLiteral("done"); });
    worker.reset();
    busy.set_value();
    QTRY_COMPARE(finished.size(), 1);
    QCOMPARE(job.state(), Job::State::Cancelled); // it was never begun
}

void TestJob::whatWasAskedForAndNotSeenIsUnknown()
{
    Worker worker(QStringLiteral("job"));
    Job job(m_spec);
    QSignalSpy finished(&job, &Job::finished);
    job.start(worker, m_store.get(), [](const Progress &, const CancelToken &) -> Result<QString> {
        return fail(ErrorKind::Timeout, QStringLiteral("not_confirmed"), QStringLiteral("It was asked for"));
    });
    QTRY_COMPARE(finished.size(), 1);
    QCOMPARE(journal().constFirst().outcome, QStringLiteral("unknown"));
}

QTEST_GUILESS_MAIN(TestJob)
#include "tst_job.moc"
