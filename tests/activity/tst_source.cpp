// SPDX-License-Identifier: GPL-3.0-or-later
// What the pane reads, and when: a reading that is asked for while one is under way is made after it.
#include "support/testserver.h"
#include "ui/activity/activitysource.h"

#include <QSignalSpy>
#include <QTest>

using namespace howdah;
using namespace Qt::StringLiterals;

class TestSource : public QObject
{
    Q_OBJECT
private slots:
    void askedWhileOneIsUnderWay();
};

void TestSource::askedWhileOneIsUnderWay()
{
    QString why;
    const auto server = test::TestServer::start({}, &why);
    QVERIFY2(server, qPrintable(why));
    pg::Session session(server->spec(), server->password(), pg::Session::Purpose::Monitor);
    session.open();
    QTRY_COMPARE_WITH_TIMEOUT(session.status().state, pg::LinkState::Connected, 15'000);
    Clock clock;
    // Not shown: nothing is read but what is asked for.
    ui::ActivitySource source(&session, &clock);
    QSignalSpy trees(&source, &ui::ActivitySource::treeRead);
    source.readNow();
    source.readNow();
    source.readNow();
    QTRY_COMPARE_WITH_TIMEOUT(trees.size(), 2, 10'000);
    // And no further one after these.
    source.readNow();
    QTRY_COMPARE_WITH_TIMEOUT(trees.size(), 3, 10'000);
    const auto settled = session.run([](pg::Connection &, const CancelToken &) -> Result<bool> { return true; });
    QTRY_VERIFY(settled.isFinished());
    QCoreApplication::processEvents();
    QCOMPARE(trees.size(), 3);
}

QTEST_GUILESS_MAIN(TestSource)
#include "tst_source.moc"
