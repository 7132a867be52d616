// SPDX-License-Identifier: GPL-3.0-or-later
// The window's health checks and export, by keys and clicks on a real server: switched on and answered from the samples it takes anyway, 503 when the server is
// gone, the port taken, metrics to a receiver that takes them, answers 503, or shows a certificate that nobody vouches for. The window's thread turns meanwhile.
#include "fault/heart.h"
#include "httpclient.h"
#include "otlpreceiver.h"
#include "support/testcertificates.h"
#include "support/windowparts.h"
#include "support/windowpictures.h"
#include "support/windowstand.h"
#include "ui/health/healthcard.h"
#include "ui/health/monitoringdialog.h"
#include "ui/widgets/errorbar.h"
#include "ui/widgets/label.h"

#include <QCheckBox>
#include <QClipboard>
#include <QComboBox>
#include <QDesktopServices>
#include <QFile>
#include <QLineEdit>
#include <QSpinBox>
#include <QSslCertificate>
#include <QSslKey>

using namespace howdah;
using namespace howdah::test;
using namespace howdah::ui;
using namespace Qt::StringLiterals;

class TestWindow : public QObject, private WindowStand
{
    Q_OBJECT
private slots:
    void initTestCase();
    void init() { QVERIFY2(!m_failed, "what it needs has failed"); }
    void cleanup()
    {
        if (!m_failed && QTest::currentTestFailed() && m_window)
            tellWhatIsShown(m_window.get());
        m_failed = m_failed || QTest::currentTestFailed();
    }
    void nothingIsOnAtFirst();
    void aTakenPortIsSaid();
    void switchedOnItAnswers();
    void theServerIsNotAskedTwice();
    void theAddressCanBeHad();
    void whatIsNoRequestIsRefused();
    void itIsRememberedAndNoTokenWithoutAKeychain();
    void metricsGoOut();
    void theHeaderIsInNoFile();
    void aReceiverThatIsAway();
    void aCertificateThatNobodyVouchesFor();
    void anEndpointThatIsNone();
    void withoutTheServer();
    void switchedOffNothingAnswers();
    void cleanupTestCase();

    // The address of the endpoint is opened here, not in a browser.
    void opened(const QUrl &url) { m_opened = url; }

private:
    MonitoringDialog *dialog();
    template<typename Widget> Widget *named(QWidget *in, const QString &name) const
    {
        for (Widget *widget : in->findChildren<Widget *>()) {
            if (widget->accessibleName() == name)
                return widget;
        }
        return nullptr;
    }
    HealthCard *card() const { return m_window->findChild<HealthCard *>(u"monitoring"_s); }
    QString line(const char *name) const { return card()->findChild<QWidget *>(QString::fromLatin1(name))->accessibleName(); }
    ProbeReply get(const QByteArray &path, const QByteArray &headers = {}); // while the window's thread turns
    void exportTo(const QString &endpoint, const QString &header = {}, const QString &caFile = {});
    QByteArray storeBytes();

    quint16 m_port = 0;
    session::Profile m_profile;
    QUrl m_opened;
    bool m_failed = false; // each step stands on the one before
};

static int freePort()
{
    QTcpServer probe;
    probe.listen(QHostAddress::LocalHost);
    return probe.serverPort();
}

static void type(QSpinBox *box, int value)
{
    box->setFocus();
    box->selectAll();
    QTest::keyClicks(box, QString::number(value));
}

void TestWindow::initTestCase()
{
    for (const QString &name : QProcessEnvironment::systemEnvironment().keys()) {
        if (name.startsWith(u"OTEL_"_s) || name == u"CORS_ORIGINS"_s)
            qunsetenv(name.toLatin1().constData());
    }
    begin();
    startServer({}, {"CREATE SCHEMA very_private", "CREATE TABLE very_private.customers_of_mine (id int PRIMARY KEY)"});
    if (QTest::currentTestFailed())
        return;
    m_profile.name = u"orders"_s;
    m_profile.spec = m_server->spec();
    m_profile.environment = session::Environment::Test;
    open(m_profile, m_server->password(), u"overview"_s);
    if (QTest::currentTestFailed())
        return;
    m_profile = m_window->workspace()->context().profile;
    m_port = quint16(freePort());
    QTRY_VERIFY_WITH_TIMEOUT(m_window->workspace()->samples() > 2, 15'000);
}

MonitoringDialog *TestWindow::dialog()
{
    QTest::keyClick(m_window.get(), Qt::Key_M, Qt::ControlModifier | Qt::ShiftModifier);
    auto *opened = shown<MonitoringDialog>();
    if (opened)
        opened->activateWindow();
    return opened;
}

ProbeReply TestWindow::get(const QByteArray &path, const QByteArray &headers)
{
    Worker client(u"client"_s);
    auto reply = client.run([port = m_port, path, headers]() -> Result<ProbeReply> { return httpGet(port, path, headers); });
    return QTest::qWaitFor([&] { return reply.isFinished(); }, 8000) ? *reply.result() : ProbeReply();
}

void TestWindow::nothingIsOnAtFirst()
{
    QVERIFY(card()->isVisible());
    QVERIFY(says(card(), u"are off"_s));
    QVERIFY(!card()->findChild<QWidget *>(u"httpLine"_s)->isVisible());
    QCOMPARE(get("/livez").status, 0);
    windowPictures(m_window.get(), u"health-1-off"_s);
}

void TestWindow::aTakenPortIsSaid()
{
    QTcpServer other;
    QVERIFY(other.listen(QHostAddress::LocalHost, m_port));
    auto *asked = dialog();
    QVERIFY(asked);
    auto *on = asked->findChild<QCheckBox *>(u"answerHealthChecks"_s);
    QVERIFY(on && on->text().startsWith(u"Answer health checks"_s) && !on->isChecked());
    type(named<QSpinBox>(asked, u"Port of the health checks"_s), m_port);
    on->setFocus();
    QTest::keyClick(on, Qt::Key_Space);
    QTRY_VERIFY(says(asked, u"is taken by another program"_s));
    QVERIFY(!on->isChecked()); // it shows what is
    QVERIFY(says(asked, u"choose another port"_s));
    QTRY_VERIFY(line("httpLine").contains(u"Not answering"_s));
    QVERIFY(line("httpLine").contains(u"is taken by another program"_s));
    windowPictures(asked, u"health-2-port-taken-dialog"_s);
    asked->resize(800, 560);
    other.close();
    QTest::mouseClick(button(u"Retry"_s, asked), Qt::LeftButton);
    QTRY_VERIFY(on->isChecked());
    QTRY_VERIFY(line("httpLine").contains(u"Answering"_s));
    QTest::keyClick(asked, Qt::Key_Escape);
    QTRY_VERIFY(!shown<MonitoringDialog>());
    activate();
}

void TestWindow::switchedOnItAnswers()
{
    QTRY_COMPARE_WITH_TIMEOUT(get("/readyz").status, 200, 10'000);
    const ProbeReply reply = get("/health/database");
    QCOMPARE(reply.status, 200);
    QVERIFY2(!reply.body.contains("orders") && !reply.body.contains("very_private"), reply.body.constData());
    // Of the real server, and fresh: what was written between two answers is in the second one.
    const auto walPosition = [this]() -> double {
        for (const QByteArray &text : get("/metrics").body.split('\n')) {
            if (text.startsWith("howdah_postgresql_wal_position"))
                return text.mid(text.lastIndexOf(' ') + 1).toDouble();
        }
        return -1;
    };
    const double before = walPosition();
    QVERIFY(before >= 0);
    QString why;
    QVERIFY2(m_server->sql({"SELECT pg_logical_emit_message(false, 'test', repeat('x', 1000000))"}, &why), qPrintable(why));
    QTRY_VERIFY_WITH_TIMEOUT(walPosition() >= before + 1'000'000, 10'000);
    QTRY_VERIFY(line("httpLine").contains(u" answered"_s));
    QVERIFY(!line("httpLine").contains(u", 0 answered"_s));
}

void TestWindow::theServerIsNotAskedTwice()
{
    const auto admin = m_server->admin();
    QVERIFY(admin);
    const auto asked = [&]() -> qint64 { // samples of the second's pace, by all sessions
        const auto rows = (*admin)->run({"SELECT count(*) FROM pg_stat_activity WHERE backend_type = 'client backend' AND pid <> pg_backend_pid()", {}}, {});
        return rows ? rows->integer(0, 0).value_or(-1) : -1;
    };
    const qint64 links = asked();
    QVERIFY(links > 0);
    for (int i = 0; i < 200; ++i)
        QCOMPARE(get("/health/database").status, 200);
    QCOMPARE(asked(), links); // no link of its own, however often it answers
}

void TestWindow::theAddressCanBeHad()
{
    QDesktopServices::setUrlHandler(u"http"_s, this, "opened");
    auto *address = card()->findChild<QPushButton *>(u"healthAddress"_s);
    QVERIFY(address->isVisible() && address->focusPolicy() & Qt::TabFocus);
    address->setFocus();
    QTest::keyClick(address, Qt::Key_Space);
    QCOMPARE(m_opened, QUrl(u"http://127.0.0.1:%1/health"_s.arg(m_port)));
    QDesktopServices::unsetUrlHandler(u"http"_s);
    QTest::mouseClick(card()->findChild<QPushButton *>(u"copyHealthAddress"_s), Qt::LeftButton);
    QCOMPARE(QGuiApplication::clipboard()->text(), u"http://127.0.0.1:%1/health"_s.arg(m_port));
    m_window->setFocus();
}

void TestWindow::whatIsNoRequestIsRefused()
{
    QVERIFY(line("httpLine").contains(u" 0 refused"_s));
    HttpClient client(m_port);
    client.send("GET /health\r\n\r\n");
    QTRY_VERIFY(line("httpLine").contains(u" 1 refused"_s));
}

void TestWindow::itIsRememberedAndNoTokenWithoutAKeychain()
{
    auto *asked = dialog();
    QVERIFY(asked);
    QVERIFY(says(asked, u"No token: whoever is on this machine may ask"_s));
    QTest::mouseClick(button(u"Make a token"_s, asked), Qt::LeftButton);
    QTRY_VERIFY(says(asked, u"The token was not changed as asked"_s)); // there is no keychain here
    QVERIFY(says(asked, u"No token: whoever is on this machine may ask"_s));
    QCOMPARE(get("/health").status, 200);
    QTest::keyClick(asked, Qt::Key_Escape);
    QTRY_VERIFY(!shown<MonitoringDialog>());
    activate();
    // Another window, of the next start: it is on where it was, and says that this one has the port.
    HealthEndpoint next(m_store.get(), m_keychain.get());
    next.load();
    QTRY_COMPARE(next.state(), HealthEndpoint::State::Failed);
    QCOMPARE(next.port(), m_port);
    QCOMPARE(next.error().reason, u"port_in_use"_s);
}

void TestWindow::exportTo(const QString &endpoint, const QString &header, const QString &caFile)
{
    auto *asked = dialog();
    QVERIFY(asked);
    auto *choice = named<QComboBox>(asked, u"Export of metrics by OTLP"_s);
    choice->setFocus();
    QTest::keyClicks(choice, u"On"_s);
    QCOMPARE(choice->currentText(), u"On"_s);
    const auto fill = [&](const QString &name, const QString &text) {
        auto *field = named<QLineEdit>(asked, name);
        QVERIFY(field && field->isVisible());
        field->setFocus();
        field->selectAll();
        QTest::keyClick(field, Qt::Key_Delete);
        QTest::keyClicks(field, text);
    };
    fill(u"Endpoint"_s, endpoint);
    fill(u"CA file of the endpoint"_s, caFile);
    if (!header.isEmpty())
        fill(u"Header"_s, header);
    type(named<QSpinBox>(asked, u"Interval"_s), 1);
    QCoreApplication::processEvents();
    if (const QString folder = qEnvironmentVariable("HOWDAH_PICTURES"); !folder.isEmpty())
        asked->grab().save(QDir(folder).filePath(u"health-3-export-dialog-light-own-size.png"_s));
    windowPictures(asked, u"health-3-export-dialog"_s);
    asked->resize(800, 560);
    asked->activateWindow();
    QTest::mouseClick(button(u"Save the export"_s, asked), Qt::LeftButton);
    QTRY_VERIFY_WITH_TIMEOUT(!shown<MonitoringDialog>(), 20'000);
    activate();
}

void TestWindow::metricsGoOut()
{
    OtlpReceiver receiver;
    fault::Heart heart;
    exportTo(receiver.address(), u"Authorization: Bearer geheim-1"_s);
    if (QTest::currentTestFailed())
        return;
    QTRY_VERIFY_WITH_TIMEOUT(receiver.requests().size() >= 2, 15'000);
    const OtlpRequest &first = receiver.requests().constFirst();
    QVERIFY2(first.head.startsWith("POST /v1/metrics "), first.head.constData());
    QVERIFY(first.head.contains("application/x-protobuf"));
    QVERIFY(first.head.contains("Authorization: Bearer geheim-1"));
    QVERIFY(first.body.size() > 100);
    QTRY_VERIFY(line("otlpLine").contains(u"Exporting"_s));
    QVERIFY2(line("otlpLine").contains(u"last sent"_s) && line("otlpLine").contains(u"0 dropped"_s) && line("otlpLine").contains(receiver.address()), qPrintable(line("otlpLine")));
    QTRY_VERIFY(get("/metrics").body.contains("howdah_otlp_points_sent_total"));
    QVERIFY(heart.isAlive());
    windowPictures(m_window.get(), u"health-4-both-on"_s);
}

QByteArray TestWindow::storeBytes()
{
    QByteArray all;
    for (const QString &name : {u"store.sqlite"_s, u"store.sqlite-wal"_s}) {
        QFile file(m_folder.filePath(name));
        if (file.open(QIODevice::ReadOnly))
            all += file.readAll();
    }
    return all;
}

void TestWindow::theHeaderIsInNoFile()
{
    m_store->drain(5000);
    const QByteArray bytes = storeBytes();
    QVERIFY(bytes.contains("otlp_endpoint")); // it is the right file
    QVERIFY(!bytes.contains("geheim-1"));
    const auto saved = m_store->run([](store::Store &store) { return session::readProfile(store, u"orders"_s); });
    QTRY_VERIFY(saved.isFinished());
    QVERIFY(saved.result() && saved.result()->otlp.hasHeaders);
    QCOMPARE(saved.result()->otlp.choice, session::OtlpExport::Choice::On);
    QVERIFY(!saved.result()->otlp.names);
}

void TestWindow::aReceiverThatIsAway()
{
    OtlpReceiver receiver;
    receiver.answer = [](int) { return OtlpReceiver::reply("503 Service Unavailable"); };
    fault::Heart heart;
    exportTo(receiver.address());
    if (QTest::currentTestFailed())
        return;
    QTRY_VERIFY_WITH_TIMEOUT(line("otlpLine").contains(u"Failing"_s), 15'000);
    QVERIFY2(line("otlpLine").contains(u"503"_s), qPrintable(line("otlpLine")));
    QTRY_VERIFY_WITH_TIMEOUT(line("otlpLine").contains(u"2 retried"_s), 15'000);
    QVERIFY(!receiver.requests().constFirst().head.contains("geheim-1")); // the header was for another endpoint
    QCOMPARE(get("/health").status, 200);
    QVERIFY(heart.isAlive());
    windowPictures(m_window.get(), u"health-5-receiver-503"_s);
}

void TestWindow::aCertificateThatNobodyVouchesFor()
{
    QTemporaryDir folder;
    QVERIFY(TestCertificates::write(folder.path()));
    QFile key(folder.filePath(u"good.key"_s));
    QVERIFY(key.open(QIODevice::ReadOnly));
    QSslConfiguration tls = QSslConfiguration::defaultConfiguration();
    tls.setLocalCertificateChain(QSslCertificate::fromPath(folder.filePath(u"good.crt"_s)));
    tls.setPrivateKey(QSslKey(key.readAll(), QSsl::Ec));
    OtlpReceiver receiver(&tls);
    fault::Heart heart;
    exportTo(receiver.address(), {}, folder.filePath(u"other-ca.pem"_s));
    if (QTest::currentTestFailed())
        return;
    QTRY_VERIFY_WITH_TIMEOUT(line("otlpLine").contains(u"Failing"_s), 15'000);
    QVERIFY2(line("otlpLine").contains(u"ertificate"_s), qPrintable(line("otlpLine")));
    QVERIFY(receiver.requests().isEmpty());
    QVERIFY(heart.isAlive());
    windowPictures(m_window.get(), u"health-6-bad-certificate"_s);
    // With the authority that signed it, it is taken.
    exportTo(receiver.address(), {}, folder.filePath(u"ca.pem"_s));
    QTRY_VERIFY_WITH_TIMEOUT(!receiver.requests().isEmpty(), 15'000);
    QTRY_VERIFY(line("otlpLine").contains(u"Exporting"_s));
}

void TestWindow::anEndpointThatIsNone()
{
    auto *asked = dialog();
    QVERIFY(asked);
    auto *field = named<QLineEdit>(asked, u"Endpoint"_s);
    field->setFocus();
    field->selectAll();
    QTest::keyClicks(field, u"ftp://collector"_s);
    QTest::keyClick(field, Qt::Key_Return);
    QTRY_VERIFY(says(asked, u"is no http:// or https:// address"_s));
    QVERIFY(asked->isVisible()); // nothing was saved
    auto *choice = named<QComboBox>(asked, u"Export of metrics by OTLP"_s);
    choice->setFocus();
    QTest::keyClicks(choice, u"Off"_s);
    QTest::keyClick(button(u"Save the export"_s, asked), Qt::Key_Space);
    QTRY_VERIFY(!shown<MonitoringDialog>());
    activate();
    QTRY_VERIFY(line("otlpLine").contains(u"Off"_s));
}

void TestWindow::withoutTheServer()
{
    QVERIFY(m_server->stop());
    QTRY_COMPARE_WITH_TIMEOUT(get("/health/database").status, 503, 15'000);
    const ProbeReply reply = get("/health/database");
    QCOMPARE(reply.json().value(u"status"_s).toString(), u"fail"_s);
    QVERIFY2(!reply.body.contains(m_server->spec().host.toUtf8()), reply.body.constData());
    QCOMPARE(get("/livez").status, 200);
    QString why;
    QVERIFY2(m_server->startAgain(&why), qPrintable(why));
    QTRY_COMPARE_WITH_TIMEOUT(get("/health/database").status, 200, 30'000);
}

void TestWindow::switchedOffNothingAnswers()
{
    auto *asked = dialog();
    QVERIFY(asked);
    auto *on = asked->findChild<QCheckBox *>(u"answerHealthChecks"_s);
    QVERIFY(on->isChecked());
    on->setFocus();
    QTest::keyClick(on, Qt::Key_Space);
    QTRY_COMPARE(get("/livez").status, 0);
    QVERIFY(!on->isChecked());
    on->setFocus();
    QTest::keyClick(on, Qt::Key_Space);
    QTRY_COMPARE(get("/livez").status, 200);
    QTest::keyClick(asked, Qt::Key_Escape);
    QTRY_VERIFY(!shown<MonitoringDialog>());
}

void TestWindow::cleanupTestCase()
{
    m_window.reset(); // with the switch on
    if (m_port != 0)
        QCOMPARE(get("/livez").status, 0);
    end();
}

QTEST_MAIN(TestWindow)
#include "tst_window.moc"
