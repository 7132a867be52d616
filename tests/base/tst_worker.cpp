// SPDX-License-Identifier: GPL-3.0-or-later
#include "base/async.h"
#include "base/worker.h"

#include <QThread>
#include <QTest>

#include <atomic>
#include <future>

using namespace howdah;

class TestWorker : public QObject
{
    Q_OBJECT
private slots:
    void runsInOrderOnOneThread();
    void closeDropsWhatIsQueued();
    void closeDoesNotWait();
    void theLastActIsOnTheThread();
    void drainSaysWhenTimeRanOut();
    void answersOnTheAskersThread();
    void aDroppedTaskIsCancelled();
    void noAnswerForADeadContext();
    void anAnswerThatIsThereAlready();
    void contextDiesInItsOwnAnswer();
};

void TestWorker::runsInOrderOnOneThread()
{
    Worker worker(QStringLiteral("order"));
    QVector<int> order;
    QVector<Qt::HANDLE> threads;
    for (int i = 0; i < 100; ++i)
        worker.post([&, i] {
            order << i;
            threads << QThread::currentThreadId();
        });
    QVERIFY(worker.drain(20'000));
    QCOMPARE(order.size(), 100);
    for (int i = 0; i < 100; ++i) {
        QCOMPARE(order[i], i);
        QCOMPARE(threads[i], threads[0]);
    }
    QVERIFY(threads[0] != QThread::currentThreadId());
}

void TestWorker::closeDropsWhatIsQueued()
{
    std::promise<void> go;
    QFuture<Result<int>> first, second;
    bool ran = false;
    {
        Worker worker(QStringLiteral("drop"));
        first = worker.run([&]() -> Result<int> {
            go.get_future().wait();
            return 1;
        });
        second = worker.run([&]() -> Result<int> {
            ran = true;
            return 2;
        });
        worker.close();
        go.set_value();
    }
    QVERIFY(Worker::joinClosed(20'000));
    QTRY_VERIFY(second.isFinished());
    QCOMPARE(second.resultCount(), 0);
    QVERIFY(!ran);
}

void TestWorker::closeDoesNotWait()
{
    const auto go = std::make_shared<std::promise<void>>();
    const auto over = go->get_future().share();
    const Worker open(QStringLiteral("open")); // one that is not closed is not waited for
    {
        std::promise<void> started;
        Worker worker(QStringLiteral("stuck"));
        worker.post([&started, over] {
            started.set_value();
            over.wait();
        });
        started.get_future().wait();
    } // a worker that never ends does not hold its owner: here the destructor returned
    QVERIFY(!Worker::joinClosed(50));
    go->set_value();
    QVERIFY(Worker::joinClosed(20'000));
}

void TestWorker::theLastActIsOnTheThread()
{
    Qt::HANDLE ran = nullptr, last = nullptr;
    const auto held = std::make_shared<int>(1);
    {
        Worker worker(QStringLiteral("last"));
        worker.atEnd([&] { last = QThread::currentThreadId(); });
        worker.post([&] { ran = QThread::currentThreadId(); });
        QVERIFY(worker.drain(20'000));
        QVERIFY(!last);
        worker.post([held] {});
    }
    QVERIFY(Worker::joinClosed(20'000));
    QCOMPARE(last, ran);
    QCOMPARE(held.use_count(), 1L); // and what dropped tasks held is gone when the thread counts as gone
}

void TestWorker::drainSaysWhenTimeRanOut()
{
    Worker worker(QStringLiteral("drain"));
    std::promise<void> go;
    worker.post([&] { go.get_future().wait(); });
    QVERIFY(!worker.drain(30));
    go.set_value();
    QVERIFY(worker.drain(20'000));
}

void TestWorker::answersOnTheAskersThread()
{
    Worker worker(QStringLiteral("answer"));
    Qt::HANDLE answered = nullptr;
    int value = 0;
    async::onFinished(worker.run([]() -> Result<int> { return 42; }), this, [&](const Result<int> &result) {
        answered = QThread::currentThreadId();
        value = result.value_or(-1);
    });
    QTRY_COMPARE(value, 42);
    QCOMPARE(answered, QThread::currentThreadId());

    QString reason;
    async::onFinished(worker.run([]() -> Done { return fail(ErrorKind::Io, QStringLiteral("x"), {}); }), this,
                      [&](const Done &done) { reason = done.error().reason; });
    QTRY_COMPARE(reason, QStringLiteral("x"));
}

void TestWorker::aDroppedTaskIsCancelled()
{
    auto worker = std::make_unique<Worker>(QStringLiteral("gone"));
    std::promise<void> go;
    worker->post([&] { go.get_future().wait(); });
    ErrorKind kind = ErrorKind::Client;
    async::onFinished(worker->run([]() -> Result<int> { return 1; }), this, [&](const Result<int> &result) { kind = result.error().kind; });
    worker.reset();
    go.set_value();
    QTRY_COMPARE(kind, ErrorKind::Cancelled);
}

void TestWorker::noAnswerForADeadContext()
{
    Worker worker(QStringLiteral("dead"));
    std::promise<void> go;
    bool called = false;
    auto context = std::make_unique<QObject>();
    const auto future = worker.run([&]() -> Result<int> {
        go.get_future().wait();
        return 1;
    });
    async::onFinished(future, context.get(), [&](const Result<int> &) { called = true; });
    context.reset();
    go.set_value();
    QVERIFY(worker.drain(20'000));
    QTRY_VERIFY(future.isFinished());
    QCoreApplication::processEvents();
    QVERIFY(!called);

    // The answer is there, but its event not yet delivered, when the context goes.
    context = std::make_unique<QObject>();
    async::onFinished(worker.run([]() -> Result<int> { return 1; }), context.get(), [&](const Result<int> &) { called = true; });
    QVERIFY(worker.drain(20'000));
    context.reset();
    QCoreApplication::processEvents();
    QVERIFY(!called);
}

void TestWorker::anAnswerThatIsThereAlready()
{
    Worker worker(QStringLiteral("early"));
    const auto future = worker.run([]() -> Result<int> { return 7; });
    QVERIFY(worker.drain(20'000));
    int value = 0;
    async::onFinished(future, this, [&](const Result<int> &result) { value = result.value_or(-1); });
    QCOMPARE(value, 0); // never from within the call
    QTRY_COMPARE(value, 7);
}

void TestWorker::contextDiesInItsOwnAnswer()
{
    Worker worker(QStringLiteral("self"));
    auto *context = new QObject;
    bool called = false;
    async::onFinished(worker.run([]() -> Result<int> { return 1; }), context, [&](const Result<int> &) {
        called = true;
        delete context; // a pane that closes itself on the answer
    });
    QTRY_VERIFY(called);
    QCoreApplication::processEvents();
}

QTEST_GUILESS_MAIN(TestWorker)
#include "tst_worker.moc"
