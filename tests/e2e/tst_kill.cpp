// SPDX-License-Identifier: GPL-3.0-or-later
// The window killed with -9 twenty times at random moments, while it samples a server and is being resized. Whatever another reader of the
// store had seen by then is there afterwards: samples, layout, profiles. HOWDAH_KILL_SEED repeats a run.
#include "e2e/program.h"
#include "e2e/screen.h"
#include "session/profile.h"
#include "store/keyring.h"
#include "store/samples.h"
#include "store/settings.h"
#include "support/testserver.h"

#include <QElapsedTimer>
#include <QRandomGenerator>
#include <QtTest>

#include <thread>

using namespace howdah;
using namespace Qt::StringLiterals;

#define VERIFY_OK(result) QVERIFY2(result, (result) ? "" : qPrintable((result).error().text()))

namespace
{

constexpr int rounds = 20;

// What a reader found: with a store opened for this one look, since a reader that stays would keep SQLite from recovering after the kill.
struct Look {
    QMap<qint64, QJsonObject> samples;
    QJsonObject layout;
    QVector<session::Profile> profiles;
    QString quarantined;
};

Result<Look> look(const QString &source, qint64 fromMs)
{
    const auto store = store::Store::open();
    if (!store)
        return fail(store.error());
    Look seen;
    seen.quarantined = (*store)->quarantined();
    const auto samples = store::readSamples(**store, source, fromMs, std::numeric_limits<qint64>::max());
    if (!samples)
        return fail(samples.error());
    for (const store::StoredSample &sample : *samples)
        seen.samples.insert(sample.atMs, sample.values);
    const auto layout = store::readSetting(**store, u"shell/layout"_s);
    if (!layout)
        return fail(layout.error());
    seen.layout = layout->toObject();
    const auto profiles = session::readProfiles(**store);
    if (!profiles)
        return fail(profiles.error());
    seen.profiles = *profiles;
    return seen;
}

bool same(const session::Profile &a, const session::Profile &b)
{
    return a.id == b.id && a.name == b.name && a.spec == b.spec && a.monitorRole == b.monitorRole && a.environment == b.environment && a.stack == b.stack;
}

QSize sizeOf(const QJsonObject &layout)
{
    return {layout.value("width"_L1).toInt(), layout.value("height"_L1).toInt()};
}

void shortly()
{
    std::this_thread::sleep_for(std::chrono::milliseconds(25));
}

} // namespace

class TestKill : public QObject
{
    Q_OBJECT
private slots:
    void initTestCase();
    void nothingSeenIsLost();
    void andItGoesOn();

private:
    std::unique_ptr<PrivateKeyring> m_keyring;
    std::unique_ptr<e2e::Screen> m_screen;
    std::unique_ptr<test::TestServer> m_server;
    QVector<session::Profile> m_profiles;
    QString m_source;
    QMap<qint64, QJsonObject> m_seen;

    void startWindow(QProcess &window) const
    {
        QProcessEnvironment environment = QProcessEnvironment::systemEnvironment();
        environment.insert(u"DISPLAY"_s, m_screen->display());
        environment.insert(u"QT_QPA_PLATFORM"_s, u"xcb"_s);
        window.setProcessEnvironment(environment);
        window.setProcessChannelMode(QProcess::ForwardedErrorChannel);
        window.start(e2e::binary(u"howdah"_s), {u"--profile"_s, u"local"_s});
    }
};

void TestKill::initTestCase()
{
    m_keyring = std::make_unique<PrivateKeyring>();
    QVERIFY2(m_keyring->isRunning() && m_keyring->startUnlocked(), qPrintable(m_keyring->error()));
    m_screen = std::make_unique<e2e::Screen>();
    QVERIFY2(!m_screen->display().isEmpty(), "Xvfb did not start");
    QString why;
    m_server = test::TestServer::start({}, &why);
    QVERIFY2(m_server, qPrintable(why));

    const QString url = u"postgresql://postgres@127.0.0.1:%1/postgres"_s.arg(m_server->port());
    const QByteArray password(m_server->password().data(), m_server->password().size());
    for (const QString &name : {u"local"_s, u"other"_s}) {
        const e2e::Ran added = e2e::howdahctl({u"profile"_s, u"add"_s, name, u"--url"_s, url, u"--ca"_s, m_server->caFile(), u"--environment"_s, u"test"_s,
                                               u"--password-stdin"_s, u"--json"_s}, password + '\n');
        QVERIFY2(added.exit == 0, added.all().constData());
    }
    const auto first = look({}, 0);
    VERIFY_OK(first);
    m_profiles = first->profiles;
    QCOMPARE(m_profiles.size(), 2);
    m_source = m_profiles.constFirst().id + u"/overview"_s;
}

void TestKill::nothingSeenIsLost()
{
    bool given = false;
    quint32 seed = qEnvironmentVariable("HOWDAH_KILL_SEED").toUInt(&given);
    if (!given)
        seed = QRandomGenerator::global()->generate();
    QRandomGenerator random(seed);
    qInfo("HOWDAH_KILL_SEED=%u", seed);

    QList<QSize> asked; // sizes the window was given, in order
    qsizetype stood = -1; // index of the latest of them that a reader has seen in the store
    int looks = 0;
    int resizedRounds = 0;
    for (int round = 0; round < rounds; ++round) {
        QProcess window;
        startWindow(window);
        QVERIFY2(window.waitForStarted(), qPrintable(window.errorString()));
        const int lives = random.bounded(400, 3000);
        QElapsedTimer alive;
        alive.start();
        int nextResize = random.bounded(300, 1000);
        const qint64 fromMs = m_seen.isEmpty() ? 0 : m_seen.lastKey();
        const qsizetype before = asked.size();
        while (alive.elapsed() < lives) {
            QVERIFY2(window.state() == QProcess::Running, "the window ended by itself");
            const auto seen = look(m_source, fromMs);
            VERIFY_OK(seen);
            ++looks;
            m_seen.insert(seen->samples);
            stood = qMax(stood, asked.lastIndexOf(sizeOf(seen->layout)));
            if (alive.elapsed() >= nextResize) {
                if (const QByteArray id = m_screen->windowOf(window.processId()); !id.isEmpty()) {
                    const QSize size(random.bounded(1000, 1800), random.bounded(600, 1100));
                    asked.append(size);
                    QVERIFY(m_screen->resize(id, size));
                    nextResize = int(alive.elapsed()) + random.bounded(300, 1000);
                }
            }
            shortly();
        }
        window.kill();
        QVERIFY(window.waitForFinished());
        QCOMPARE(window.exitStatus(), QProcess::CrashExit);
        resizedRounds += asked.size() > before;

        const auto after = look(m_source, 0);
        VERIFY_OK(after);
        QVERIFY2(after->quarantined.isEmpty(), qPrintable(after->quarantined));
        QCOMPARE(after->profiles.size(), m_profiles.size());
        for (qsizetype i = 0; i < m_profiles.size(); ++i)
            QVERIFY2(same(after->profiles.at(i), m_profiles.at(i)), qPrintable(after->profiles.at(i).name));
        for (auto it = m_seen.cbegin(); it != m_seen.cend(); ++it)
            QVERIFY2(after->samples.value(it.key()) == it.value(), qPrintable(u"round %1, after %2 ms: the sample of %3 is gone"_s.arg(round).arg(lives).arg(it.key())));
        // The layout that was seen, or a later one that was asked for: never an older one, never none.
        const qsizetype found = asked.lastIndexOf(sizeOf(after->layout));
        QVERIFY2(found >= stood, qPrintable(u"round %1, after %2 ms: layout %3, seen was %4"_s.arg(round).arg(lives).arg(found).arg(stood)));
        stood = found;
        m_seen.insert(after->samples);
    }
    qInfo("%lld samples, %lld resizes in %d rounds, %d looks", qlonglong(m_seen.size()), qlonglong(asked.size()), resizedRounds, looks);
    QVERIFY(stood >= 0);
    QVERIFY2(m_seen.size() >= rounds / 2, "too few samples to prove anything");
    QVERIFY2(resizedRounds >= rounds / 3, "too few resizes to prove anything");
}

// After all that the store is one that a window can work with, and the passwords are in the keychain.
void TestKill::andItGoesOn()
{
    QProcess window;
    startWindow(window);
    const auto newer = [&] {
        const auto seen = look(m_source, m_seen.isEmpty() ? 0 : m_seen.lastKey() + 1);
        return seen ? seen->samples.size() : 0;
    };
    QTRY_VERIFY_WITH_TIMEOUT(newer() >= 2, 20'000);
    window.terminate();
    QVERIFY(window.waitForFinished(10'000));
    for (const QString &name : {u"local"_s, u"other"_s}) {
        const e2e::Ran check = e2e::howdahctl({u"--profile"_s, name, u"check"_s, u"--json"_s});
        QVERIFY2(check.exit == 0, check.all().constData());
    }
}

QTEST_GUILESS_MAIN(TestKill)
#include "tst_kill.moc"
