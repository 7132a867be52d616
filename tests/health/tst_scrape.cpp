// SPDX-License-Identifier: GPL-3.0-or-later
// A real Prometheus scrapes a live howdahctl serve, and has the same figures; promtool has nothing to say of the older format.
#include "health/serveprocess.h"

#include <QFile>
#include <QJsonArray>
#include <QStandardPaths>
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
        QString why;
        m_server = TestServer::start({}, &why);
        QVERIFY2(m_server, qPrintable(why));
        QVERIFY2(m_serve.start(*m_server, {}, &why), qPrintable(why));
        QTRY_VERIFY_WITH_TIMEOUT(httpGet(m_serve.port(), "/metrics").body.contains("postgresql_db_size_bytes"), 30'000); // of a slower tier
        QTest::qSleep(2000); // the other ones are read in turn
    }
    void cleanupTestCase()
    {
        if (m_prometheus.state() != QProcess::NotRunning) {
            m_prometheus.kill();
            m_prometheus.waitForFinished(5000);
        }
        QVERIFY(m_serve.end() >= 0);
        m_server.reset();
    }

    void promtoolIsSilent()
    {
        const ProbeReply text = httpGet(m_serve.port(), "/metrics");
        QCOMPARE(text.header("Content-Type"), "text/plain; version=0.0.4; charset=utf-8"_ba);
        QVERIFY(text.body.count("# TYPE") > 30);
        QCOMPARE(linted(text.body), ""_ba);
        QVERIFY(!linted(text.body + "# TYPE foo_count counter\nfoo_count 1\n").isEmpty()); // it does read it
    }

    void prometheusHasTheSame()
    {
        const QString program = QStandardPaths::findExecutable(u"prometheus"_s);
        QVERIFY2(!program.isEmpty(), "Debian's prometheus is not there: installer/packages.txt");
        QFile config(m_dir.filePath(u"prometheus.yml"_s));
        QVERIFY(config.open(QIODevice::WriteOnly));
        config.write("global: {scrape_interval: 1s, scrape_timeout: 1s}\nscrape_configs:\n- job_name: howdah\n  static_configs: [{targets: ['127.0.0.1:" + QByteArray::number(m_serve.port()) + "']}]\n");
        config.close();
        m_port = session::freePort();
        m_prometheus.setProcessChannelMode(QProcess::MergedChannels);
        m_prometheus.start(program, {u"--config.file="_s + config.fileName(), u"--storage.tsdb.path="_s + m_dir.filePath(u"data"_s), u"--web.listen-address=127.0.0.1:%1"_s.arg(m_port)});
        QTRY_COMPARE_WITH_TIMEOUT(value("up{job='howdah'}"), 1.0, 60'000);

        const ProbeReply open = httpGet(m_serve.port(), "/metrics", "Accept: application/openmetrics-text; version=1.0.0\r\n");
        QCOMPARE(open.header("Content-Type"), "application/openmetrics-text; version=1.0.0; charset=utf-8"_ba);
        int samples = 0;
        for (const QByteArray &line : open.body.split('\n'))
            samples += !line.isEmpty() && !line.startsWith('#');
        QVERIFY(samples > 100);
        // What it asks for is OpenMetrics, whose _created are samples to it: it has every one of them, none twice.
        QTRY_COMPARE_WITH_TIMEOUT(value("scrape_samples_scraped{job='howdah'}"), double(samples), 10'000);
        QCOMPARE(value("scrape_samples_post_metric_relabeling{job='howdah'}"), double(samples));

        QCOMPARE(value("howdah_postgresql_up"), 1.0);
        QCOMPARE(value("postgresql_connection_max"), here("postgresql_connection_max"));
        QVERIFY(here("postgresql_connection_max") > 0);
        const double before = here("howdah_postgresql_wal_records_total");
        QTest::qSleep(2500);
        const double there = value("howdah_postgresql_wal_records_total");
        QVERIFY2(before > 0 && there >= before && there <= here("howdah_postgresql_wal_records_total"), qPrintable(QString::number(there)));

        m_server->pause();
        QTRY_COMPARE_WITH_TIMEOUT(value("howdah_postgresql_up"), 0.0, 20'000);
        QCOMPARE(value("up{job='howdah'}"), 1.0);
        QVERIFY(qIsNaN(value("postgresql_connection_max"))); // gone, not the last one for ever
        m_server->resume();
        QTRY_COMPARE_WITH_TIMEOUT(value("howdah_postgresql_up"), 1.0, 30'000);
    }

private:
    static QByteArray linted(const QByteArray &text)
    {
        QProcess tool;
        tool.setProcessChannelMode(QProcess::MergedChannels);
        tool.start(u"promtool"_s, {u"check"_s, u"metrics"_s});
        tool.write(text);
        tool.closeWriteChannel();
        return tool.waitForFinished(30'000) ? tool.readAll() : "promtool (Debian: prometheus) did not run: " + tool.errorString().toUtf8();
    }
    // What Prometheus has of one series; NaN: nothing.
    double value(const QByteArray &query) const
    {
        const QJsonObject reply = httpGet(m_port, "/api/v1/query?query=" + query.toPercentEncoding()).json();
        const QJsonArray result = reply["data"_L1]["result"_L1].toArray();
        return result.size() == 1 ? result[0]["value"_L1][1].toString().toDouble() : qQNaN();
    }
    double here(const QByteArray &name) const
    {
        for (const QByteArray &line : httpGet(m_serve.port(), "/metrics").body.split('\n')) {
            if (line.startsWith(QByteArray(name + ' ')))
                return line.mid(name.size() + 1).toDouble();
        }
        return -1;
    }

    QTemporaryDir m_dir;
    std::unique_ptr<TestServer> m_server;
    ServeProcess m_serve;
    QProcess m_prometheus;
    quint16 m_port = 0;
};

QTEST_GUILESS_MAIN(TestScrape)
#include "tst_scrape.moc"
