// SPDX-License-Identifier: GPL-3.0-or-later
// Prometheus itself scrapes howdahctl serve, by its own choice of format, and is asked what it has; promtool finds nothing to say of the live body.
#include "health/httpclient.h"
#include "session/loopback.h"
#include "session/program.h"
#include "support/testserver.h"

#include <QFile>
#include <QJsonArray>
#include <QStandardPaths>
#include <QTemporaryDir>
#include <QTest>

using namespace howdah;
using namespace howdah::test;
using namespace Qt::StringLiterals;

class TestScrape : public QObject
{
    Q_OBJECT
private slots:
    void initTestCase()
    {
        qputenv("DBUS_SESSION_BUS_ADDRESS", "unix:path=/nonexistent");
        qputenv("HOME", m_home.path().toLocal8Bit());
        for (const char *name : {"XDG_DATA_HOME", "XDG_CACHE_HOME", "XDG_CONFIG_HOME"})
            qputenv(name, m_home.filePath(QString::fromLatin1(name)).toLocal8Bit());
        QString why;
        m_server = TestServer::start({}, &why);
        QVERIFY2(m_server, qPrintable(why));
        m_port = session::freePort();
        m_serve.start(Program::path(), {u"serve"_s, u"--port"_s, QString::number(m_port), u"--url"_s, u"postgresql://postgres@127.0.0.1:%1/postgres"_s.arg(m_server->port()), u"--ca"_s, m_server->caFile(),
                                        u"--password-stdin"_s});
        m_serve.write(QByteArray(m_server->password().data()) + '\n');
        m_serve.closeWriteChannel();
        QTRY_COMPARE_WITH_TIMEOUT(httpGet(m_port, "/readyz").status, 200, 20'000);
        QTRY_VERIFY_WITH_TIMEOUT(httpGet(m_port, "/metrics").body.contains("postgresql_bgwriter_"), 10'000); // the slower tiers have been read
    }
    void cleanupTestCase()
    {
        for (QProcess *process : {&m_prometheus, &m_serve}) {
            process->terminate();
            process->waitForFinished(15'000);
        }
        m_server.reset();
    }

    void promtoolIsSilent()
    {
        QProcess promtool;
        promtool.setProcessChannelMode(QProcess::MergedChannels);
        promtool.start(program(u"promtool"_s), {u"check"_s, u"metrics"_s});
        promtool.write(httpGet(m_port, "/metrics").body);
        promtool.closeWriteChannel();
        QVERIFY(promtool.waitForFinished(30'000));
        const QByteArray said = promtool.readAll();
        QVERIFY2(promtool.exitCode() == 0 && said.isEmpty(), said.constData());
    }

    void prometheusScrapes()
    {
        QFile settings(m_home.filePath(u"prometheus.yml"_s));
        QVERIFY(settings.open(QIODevice::WriteOnly));
        settings.write("scrape_configs:\n  - job_name: howdah\n    scrape_interval: 1s\n    static_configs:\n      - targets: ['127.0.0.1:" + QByteArray::number(m_port) + "']\n");
        settings.close();
        m_asked = session::freePort();
        m_prometheus.setProcessChannelMode(QProcess::MergedChannels);
        m_prometheus.start(program(u"prometheus"_s), {u"--config.file="_s + settings.fileName(), u"--storage.tsdb.path="_s + m_home.filePath(u"tsdb"_s),
                                                      u"--web.listen-address=127.0.0.1:%1"_s.arg(m_asked)});
        QTRY_VERIFY2_WITH_TIMEOUT(value("up") == 1 || m_prometheus.state() == QProcess::NotRunning, m_prometheus.readAll().constData(), 60'000);
        QCOMPARE(value("up"), 1);
        QTRY_COMPARE_WITH_TIMEOUT(value("howdah_postgresql_up"), 1, 10'000);
        QVERIFY(value("postgresql_commits_total") > 0 || value("sum(postgresql_commits_total)") > 0);
        // All that we answer is there: none was thrown out on the way.
        QTRY_VERIFY_WITH_TIMEOUT(value("scrape_samples_scraped") > 30, 10'000);
        QCOMPARE(value("scrape_samples_post_metric_relabeling"), value("scrape_samples_scraped"));
        const QJsonArray targets = api("/api/v1/targets")["data"_L1]["activeTargets"_L1].toArray();
        QCOMPARE(targets.size(), 1);
        QCOMPARE(targets[0]["lastError"_L1].toString(), QString());

        m_server->kill();
        QTRY_COMPARE_WITH_TIMEOUT(value("howdah_postgresql_up"), 0, 20'000);
        QCOMPARE(value("up"), 1);
    }

private:
    static QString program(const QString &name)
    {
        const QString path = QStandardPaths::findExecutable(name);
        return path.isEmpty() ? u"/no/"_s + name : path; // installer/setup.sh test brings it
    }
    QJsonObject api(const QByteArray &target) const { return httpGet(m_asked, target).json(); }
    double value(const QByteArray &query) const // -1: none
    {
        const QJsonArray result = api("/api/v1/query?query=" + query.toPercentEncoding())["data"_L1]["result"_L1].toArray();
        return result.isEmpty() ? -1 : result[0]["value"_L1][1].toString().toDouble();
    }

    QTemporaryDir m_home;
    std::unique_ptr<TestServer> m_server;
    QProcess m_serve, m_prometheus;
    quint16 m_port = 0, m_asked = 0;
};

QTEST_GUILESS_MAIN(TestScrape)
#include "tst_scrape.moc"
