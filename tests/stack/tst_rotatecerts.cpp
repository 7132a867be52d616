// SPDX-License-Identifier: GPL-3.0-or-later
// A stack's certificate is replaced while people are connected: in the real Docker engine.
#include "pg/connection.h"
#include "pg/tlsprobe.h"
#include "stack/bringup.h"
#include "stack/dockerstack.h"
#include "stack/port.h"
#include "stack/record.h"

#include "fakekeychain.h"

#include <QFile>
#include <QTemporaryDir>
#include <QtTest>

#include <unistd.h>

using namespace howdah;

#define VERIFY_OK(result) QVERIFY2(result, (result) ? "" : qPrintable((result).error().text() + QLatin1Char('\n') + (result).error().detail))

class TestRotateCerts : public QObject
{
    Q_OBJECT
private slots:
    void initTestCase();
    void cleanupTestCase();
    void newOnesGetTheNew();
    void notServedIsPutBack();
    void stoppedIsSaid();

private:
    Result<std::unique_ptr<pg::Connection>> connect()
    {
        const session::Profile profile = m_keychain.profiles.value(m_options.name);
        return pg::Connection::open(profile.spec, m_keychain.secrets.value(profile.secretKey().text()));
    }
    QByteArray caFile() const
    {
        QFile file(stack::caFileOf(m_options.name));
        return file.open(QIODevice::ReadOnly) ? file.readAll() : QByteArray();
    }

    QTemporaryDir m_data;
    test::FakeKeychain m_keychain;
    stack::UpOptions m_options;
};

void TestRotateCerts::initTestCase()
{
    qputenv("XDG_DATA_HOME", m_data.path().toLocal8Bit());
    m_options.name = QStringLiteral("howdah-certs-%1").arg(::getpid());
    m_options.port = stack::nextFreePort(quint16(57000 + ::getpid() % 1000));
    m_options.backend = stack::Backend::Docker;
    VERIFY_OK(stack::bringUp(m_options, m_keychain.seams(), {}, {}));
}

void TestRotateCerts::cleanupTestCase()
{
    VERIFY_OK(stack::destroy(m_options.name, m_options.name, {}, {}));
}

void TestRotateCerts::newOnesGetTheNew()
{
    const auto open = connect();
    VERIFY_OK(open);
    const pg::Certificate before = (*open)->facts().chain.value(0);
    const QByteArray oldCa = caFile();

    const auto rotated = stack::rotateCertificates(m_options.name, {}, {});
    VERIFY_OK(rotated);
    QVERIFY(rotated->before.has_value());
    QCOMPARE(rotated->before->sha256, before.sha256);
    QVERIFY(rotated->now.sha256 != before.sha256);
    QVERIFY(rotated->now.notAfter > QDateTime::currentDateTimeUtc().addYears(9));
    QCOMPARE(rotated->sessionsOnOld, std::optional<qint64>(1));
    const QString text = rotated->text();
    QVERIFY2(text.contains(rotated->now.sha256) && text.contains(before.sha256), qPrintable(text));
    QVERIFY2(text.contains(QLatin1String("1 open TLS session goes on with the old certificate until reconnected")), qPrintable(text));
    QVERIFY(text.contains(rotated->now.notAfter.toUTC().toString(QStringLiteral("yyyy-MM-dd"))));

    // The open session goes on, a new one has the new certificate, and nobody trusts the old CA's any more.
    VERIFY_OK((*open)->run({QByteArrayLiteral("SELECT 1"), {}}));
    const auto another = connect();
    VERIFY_OK(another);
    QCOMPARE((*another)->facts().chain.value(0).sha256, rotated->now.sha256);
    QCOMPARE(caFile().count("BEGIN CERTIFICATE"), 1);
    QVERIFY(caFile() != oldCa);
    QVERIFY(!QFile::exists(stack::caFileOf(m_options.name) + QStringLiteral(".new")));
    pg::ConnectionSpec copied = m_keychain.profiles.value(m_options.name).spec;
    copied.caFile = m_data.filePath(QStringLiteral("copied.crt"));
    QFile copy(copied.caFile);
    QVERIFY(copy.open(QIODevice::WriteOnly));
    copy.write(oldCa);
    copy.close();
    const auto probe = pg::probeTls(copied);
    VERIFY_OK(probe);
    QVERIFY(probe->verdict != QLatin1String("ok"));

    // A start afterwards finds all as it should be.
    const auto again = stack::bringUp(m_options, m_keychain.seams(), {}, {});
    VERIFY_OK(again);
    QVERIFY(!again->rekeyed && again->newPasswords.isEmpty());
}

void TestRotateCerts::notServedIsPutBack()
{
    const auto before = connect();
    VERIFY_OK(before);
    const QByteArray ca = caFile();
    const auto record = stack::readRecord(m_options.name);
    VERIFY_OK(record);
    const auto docker = stack::DockerStack::find(*record, {});
    VERIFY_OK(docker);
    const auto container = docker->running({});
    VERIFY_OK(container);
    stack::CertificatePlace place = docker->certificatePlace(*container);
    const auto put = place.put;
    place.put = [&](const stack::Certificates &certificates, const CancelToken &cancel) {
        stack::Certificates foreign = certificates; // a key that is not this certificate's: the server does not take it
        foreign.serverKey = stack::makeCertificates(QStringLiteral("foreign"))->serverKey;
        return put(foreign, cancel);
    };
    const auto refused = stack::rotateIn(place, [](const ProgressStep &) {}, {});
    QVERIFY(!refused);
    QCOMPARE(refused.error().reason, QStringLiteral("not_served"));
    QVERIFY2(refused.error().detail.contains(QLatin1String("was put back")), qPrintable(refused.error().detail));
    QCOMPARE(caFile(), ca);
    const auto after = connect();
    VERIFY_OK(after);
    QCOMPARE((*after)->facts().chain, (*before)->facts().chain);
    // What lies in the volume is whole again too: the server comes up with it.
    VERIFY_OK(stack::down(m_options.name, {}, {}));
    VERIFY_OK(stack::bringUp(m_options, m_keychain.seams(), {}, {}));
    VERIFY_OK(connect());
}

void TestRotateCerts::stoppedIsSaid()
{
    VERIFY_OK(stack::down(m_options.name, {}, {}));
    const QByteArray ca = caFile();
    const auto refused = stack::rotateCertificates(m_options.name, {}, {});
    QVERIFY(!refused);
    QCOMPARE(refused.error().reason, QStringLiteral("not_running"));
    QCOMPARE(caFile(), ca);
}

QTEST_GUILESS_MAIN(TestRotateCerts)
#include "tst_rotatecerts.moc"
