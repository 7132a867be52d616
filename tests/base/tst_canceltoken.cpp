// SPDX-License-Identifier: GPL-3.0-or-later
#include "base/canceltoken.h"

#include <QTest>

#include <optional>
#include <thread>

#include <poll.h>

using namespace howdah;

static bool isReadable(int fd, int timeoutMs)
{
    pollfd wait{fd, POLLIN, 0};
    return ::poll(&wait, 1, timeoutMs) == 1;
}

class TestCancelToken : public QObject
{
    Q_OBJECT
private slots:
    void copiesShareTheFlag();
    void aWaitingThreadWakes();
    void theEventOutlivesTheFirstOwner();
};

void TestCancelToken::copiesShareTheFlag()
{
    const CancelToken token;
    const CancelToken copy = token;
    const CancelToken other;
    QVERIFY(!copy.isCancelled());
    QVERIFY(!isReadable(copy.eventFd(), 0));
    token.cancel();
    token.cancel(); // twice does no harm
    QVERIFY(copy.isCancelled());
    QVERIFY(isReadable(copy.eventFd(), 0));
    QVERIFY(!other.isCancelled());
    QVERIFY(!isReadable(other.eventFd(), 0));
}

void TestCancelToken::aWaitingThreadWakes()
{
    const CancelToken token;
    bool woke = false;
    std::thread waiting([&woke, token] { woke = isReadable(token.eventFd(), 20'000); });
    token.cancel();
    waiting.join();
    QVERIFY(woke);
}

void TestCancelToken::theEventOutlivesTheFirstOwner()
{
    std::optional<CancelToken> first = CancelToken();
    const CancelToken copy = *first;
    first.reset();
    copy.cancel();
    QVERIFY(isReadable(copy.eventFd(), 0));
}

QTEST_GUILESS_MAIN(TestCancelToken)
#include "tst_canceltoken.moc"
