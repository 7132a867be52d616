// SPDX-License-Identifier: GPL-3.0-or-later
// On a real server: the overview says whether it could be brought back, and the desktop hears of it once, from the window or from howdahctl. What a drill leaves is
// written as a drill writes it.
#include "backup/drill.h"
#include "backup/schedulekeeping.h"
#include "session/profile.h"
#include "store/keyring.h"
#include "support/desktopears.h"
#include "support/testserver.h"
#include "ui/backup/restorewatch.h"
#include "ui/metrics/healthstrip.h"
#include "ui/metrics/overviewpane.h"
#include "ui/metrics/overviewview.h"
#include "ui/widgets/timerange.h"

#include <QProcess>
#include <QtTest>

using namespace howdah;
using namespace howdah::ui;
using namespace Qt::StringLiterals;

class RestoresTest : public QObject
{
    Q_OBJECT

private slots:
    void initTestCase();
    void fromNeverToOld();
    void byHowdahctl();
    void cleanupTestCase() { m_server.reset(); }

private:
    template<typename T> T stored(std::function<T(store::Store &)> fn)
    {
        auto future = m_store->run(std::move(fn));
        future.waitForFinished();
        return future.result();
    }
    bool keep(const backup::Schedule &schedule) { return bool(stored<Done>([&](store::Store &store) { return backup::keepSchedule(store, m_profile.id, schedule); })); }
    bool drilled(qint64 agoMs, bool good, const QString &why = {})
    {
        return bool(backup::keepDrill({m_identifier, m_clock.wallMs() - agoMs, good, why, u"20261127T020115Z-full"_s, good ? std::optional<qint64>(9000) : std::nullopt, {}}));
    }

    static constexpr qint64 day = 86'400'000;
    PrivateKeyring m_bus; // before anything asks for the session's
    QTemporaryDir m_home;
    Clock m_clock;
    std::unique_ptr<test::TestServer> m_server;
    std::unique_ptr<store::StoreWorker> m_store;
    session::Profile m_profile;
    QString m_identifier;
    backup::Schedule m_schedule;
};

void RestoresTest::initTestCase()
{
    QVERIFY2(m_bus.isRunning(), qPrintable(m_bus.error()));
    for (const char *name : {"HOME", "XDG_CONFIG_HOME", "XDG_DATA_HOME", "XDG_CACHE_HOME"})
        qputenv(name, m_home.path().toLocal8Bit());
    QString why;
    test::ServerSetup setup;
    setup.settings = {u"fsync=on"_s}; // else it is the first of the findings
    m_server = test::TestServer::start(setup, &why);
    QVERIFY2(m_server, qPrintable(why));
    const auto link = m_server->admin();
    QVERIFY(link && (*link)->readIdentity());
    m_identifier = (*link)->identity().systemIdentifier;
    m_store = std::make_unique<store::StoreWorker>(); // where howdahctl looks too
    m_profile.name = u"shop <b>"_s;
    m_profile.spec = m_server->spec();
    m_profile.environment = session::Environment::Test;
    const auto saved = stored<Result<session::Profile>>([this](store::Store &store) { return session::saveProfile(store, m_profile); });
    QVERIFY2(saved, qPrintable(saved ? QString() : saved.error().text()));
    m_profile = *saved;
    m_schedule = backup::usualSchedule("UTC", m_clock.wallMs());
    m_schedule.on = true;
    m_schedule.rhythms.clear();
    m_schedule.rhythms.insert(backup::ScheduledTask::Drill, *backup::Rhythm::parse(u"daily 04:00"_s));
}

void RestoresTest::fromNeverToOld()
{
    test::DesktopEars ears;
    QVERIFY(ears.listens());
    pg::Session monitor(m_server->spec(), m_server->password(), pg::Session::Purpose::Monitor);
    RestoreWatch restores(m_profile, &monitor, m_store.get(), &m_clock, nullptr);
    TimeRange range;
    PaneContext context;
    context.profile = m_profile;
    context.monitor = &monitor;
    context.restores = &restores;
    context.store = m_store.get();
    context.range = &range;
    context.clock = &m_clock;
    const std::unique_ptr<Pane> pane(makeOverviewPane(context, nullptr));
    pane->resize(1200, 800);
    pane->show();
    const auto *word = pane->findChild<StateWord *>(u"restores"_s);
    QVERIFY(word && !word->isVisible()); // nobody has asked yet
    // The server was never seen: not known, which is neither never nor green.
    restores.ask();
    QTRY_COMPARE_WITH_TIMEOUT(word->word(), u"Proven restore: not known"_s, 15'000);
    QCOMPARE(word->look(), StateLook::Unknown);
    monitor.open();
    pane->activated();
    auto *strip = pane->findChild<HealthStrip *>();
    const auto asked = [&](const QString &words, StateLook look) {
        restores.ask();
        return QTest::qWaitFor([&] { return word->word() == words && word->look() == look; }, 15'000);
    };
    QVERIFY2(QTest::qWaitFor([&] { return word->word() == u"Restore never proven"_s; }, 15'000), qPrintable(word->word()));
    QCOMPARE(word->look(), StateLook::Warning); // nobody wants drills here: said, and no finding
    QTRY_VERIFY_WITH_TIMEOUT(strip->words().look != StateLook::Unknown, 15'000);
    QVERIFY(!strip->words().finding.contains(u"restore"_s));
    QVERIFY(keep(m_schedule));
    QVERIFY2(asked(u"Restore never proven"_s, StateLook::Critical), qPrintable(word->word()));
    QVERIFY2(QTest::qWaitFor([&] { return strip->words().look == StateLook::Critical && strip->words().finding.contains(u"no restore was ever proven here"_s); }, 15'000),
             qPrintable(strip->words().verdict + u": "_s + strip->words().finding));
    QVERIFY(ears.notes.isEmpty()); // the schedule was just made: nothing is late
    // Proven.
    QVERIFY(drilled(day, true));
    QVERIFY2(asked(u"Restore proven 1 day ago"_s, StateLook::Ok), qPrintable(word->word()));
    QTRY_VERIFY_WITH_TIMEOUT(!strip->words().finding.contains(u"restore"_s), 15'000);
    // The next one fails: said here, and once on the desktop, however often it is looked at.
    QVERIFY(drilled(3'600'000, false, u"amcheck: <i>orders</i> & more"_s));
    QVERIFY2(asked(u"Drill failed 1 h 00 min ago"_s, StateLook::Critical), qPrintable(word->word()));
    QTRY_COMPARE_WITH_TIMEOUT(ears.notes.size(), 1, 15'000);
    QCOMPARE(ears.notes.constFirst().title, u"The drill of shop <b> failed"_s);
    QCOMPARE(ears.notes.constFirst().body, u"amcheck: &lt;i&gt;orders&lt;/i&gt; &amp; more. Last proven restore is 1 day old."_s);
    QCOMPARE(ears.notes.constFirst().urgency, 2);
    for (int i = 0; i < 3; ++i) {
        QSignalSpy again(&restores, &RestoreWatch::changed);
        restores.ask();
        QTRY_VERIFY_WITH_TIMEOUT(!again.isEmpty(), 15'000);
    }
    QCOMPARE(ears.notes.size(), 1);
}

// The window told that the drill failed; what is late since it tells by itself, and neither of them twice.
void RestoresTest::byHowdahctl()
{
    m_store->drain(5000);
    QVERIFY(QFile::remove(QDir(m_home.path()).filePath(u"howdah/drills.jsonl"_s)));
    QVERIFY(drilled(5 * day, true));
    test::DesktopEars ears;
    QVERIFY(ears.listens());
    const auto runDue = [&] {
        QProcess ctl;
        ctl.start(qEnvironmentVariable("HOWDAH_BIN_DIR") + u"/howdahctl"_s, {u"--json"_s, u"backup"_s, u"schedule"_s, u"run-due"_s, m_profile.name});
        const bool ended = QTest::qWaitFor([&] { return ctl.state() == QProcess::NotRunning; }, 60'000); // its calls are answered meanwhile
        return ended ? QString::fromUtf8(ctl.readAllStandardError()) : u"it does not end"_s;
    };
    const QString said = runDue();
    QCOMPARE(ears.notes.size(), 1);
    QCOMPARE(ears.notes.constFirst().title, u"Last proven restore of shop <b> is 5 days old"_s);
    QVERIFY2(said.contains(u"Last proven restore of shop <b> is 5 days old"_s), qPrintable(said));
    const QString nothing = runDue();
    QCOMPARE(ears.notes.size(), 1);
    QVERIFY2(!nothing.contains(u"Last proven"_s), qPrintable(nothing));
}

QTEST_MAIN(RestoresTest)
#include "tst_restores.moc"
