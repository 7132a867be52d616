// SPDX-License-Identifier: GPL-3.0-or-later
// Bodies of OTLP, read by a decoder that nobody here wrote, and answers.
#include "health/gzip.h"
#include "health/otlpbody.h"
#include "health/starts.h"

#include "somereadings.h"
#include "support/testserver.h"

#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>
#include <QProcess>
#include <QTest>

using namespace howdah;
using namespace howdah::health;
using namespace Qt::StringLiterals;

namespace
{
constexpr qint64 now = 1'700'001'000'123;

QJsonObject decoded(const QByteArray &body, bool json)
{
    const QString source = qEnvironmentVariable("HOWDAH_SOURCE_DIR");
    QProcess node;
    node.setWorkingDirectory(source + u"/build/tool/node"_s);
    node.start(u"node"_s, QStringList{source + u"/tests/health/otlpdecode.js"_s} + (json ? QStringList{u"json"_s} : QStringList{}));
    node.write(body);
    node.closeWriteChannel();
    if (!node.waitForFinished(30'000) || node.exitCode() != 0)
        qWarning("the decoder (installer/setup.sh test): %s", node.readAllStandardError().constData());
    return QJsonDocument::fromJson(node.readAllStandardOutput()).object();
}

QByteArray gunzipped(const QByteArray &bytes)
{
    QProcess gunzip;
    gunzip.start(u"gzip"_s, {u"-dc"_s});
    gunzip.write(bytes);
    gunzip.closeWriteChannel();
    gunzip.waitForFinished(30'000);
    return gunzip.readAllStandardOutput();
}

QVector<Series> markedSeries(bool names = false)
{
    Starts starts;
    const metrics::Sample sample = test::someSample(now);
    auto all = seriesOf(sample, test::someTiers(now), {.names = names});
    starts.mark(all, sample);
    return all;
}

QJsonObject metricNamed(const QJsonObject &request, const char *name)
{
    const QJsonArray metrics = request.value("resourceMetrics"_L1)[0]["scopeMetrics"_L1][0]["metrics"_L1].toArray();
    for (const QJsonValue &metric : metrics) {
        if (metric["name"_L1].toString() == QLatin1StringView(name))
            return metric.toObject();
    }
    return {};
}
} // namespace

class TestOtlpBody : public QObject
{
    Q_OBJECT
private slots:
    void anotherDecoderReadsIt_data()
    {
        QTest::addColumn<bool>("json");
        QTest::addColumn<bool>("zipped");
        QTest::addRow("protobuf") << false << false;
        QTest::addRow("protobuf, gzip") << false << true;
        QTest::addRow("json") << true << false;
        QTest::addRow("json, gzip") << true << true;
    }

    void anotherDecoderReadsIt()
    {
        QFETCH(bool, json);
        QFETCH(bool, zipped);
        const auto all = markedSeries();
        const OtlpResource resource = otlpResource(u"profile/installation"_s);
        QByteArray body = otlpBody(all, resource, json ? OtlpEncoding::Json : OtlpEncoding::Protobuf);
        if (zipped) {
            const QByteArray small = gzip(body);
            QVERIFY(small.size() < body.size() && small.startsWith("\x1f\x8b"));
            QCOMPARE(gunzipped(small), body);
            body = gunzipped(small);
        }
        const QJsonObject request = decoded(body, json);
        const QJsonValue whole = request.value("resourceMetrics"_L1)[0];
        QHash<QString, QString> who;
        for (const QJsonValue &pair : whole["resource"_L1]["attributes"_L1].toArray())
            who.insert(pair["key"_L1].toString(), pair["value"_L1]["stringValue"_L1].toString());
        QCOMPARE(who.size(), resource.size());
        QCOMPARE(who.value(u"service.instance.id"_s).size(), 36);
        QCOMPARE(whole["scopeMetrics"_L1][0]["scope"_L1]["name"_L1].toString(), u"howdah.postgresql"_s);
        QCOMPARE(whole["scopeMetrics"_L1][0]["metrics"_L1].toArray().size(), all.size());

        const QJsonObject commits = metricNamed(request, "postgresql.commits");
        QCOMPARE(commits.value("unit"_L1).toString(), u"1"_s);
        const QJsonObject sum = commits.value("sum"_L1).toObject();
        QCOMPARE(sum.value("aggregationTemporality"_L1).toInt(), 2);
        QCOMPARE(sum.value("isMonotonic"_L1).toBool(), true);
        const QJsonValue point = sum.value("dataPoints"_L1)[1];
        QCOMPARE(point["asInt"_L1].toString(), u"9007199254740993"_s); // not by way of a double
        QCOMPARE(point["timeUnixNano"_L1].toString(), u"1700001000123000000"_s);
        QCOMPARE(point["startTimeUnixNano"_L1].toString(), u"1700001000123000000"_s); // not known since when: of no length
        QCOMPARE(point["attributes"_L1][0]["key"_L1].toString(), u"howdah.postgresql.database.oid"_s);
        QCOMPARE(point["attributes"_L1][0]["value"_L1]["stringValue"_L1].toString(), u"16384"_s);

        const QJsonObject time = metricNamed(request, "postgresql.bgwriter.duration");
        QCOMPARE(time.value("sum"_L1)["dataPoints"_L1][0]["asDouble"_L1].toDouble(), 250.5);
        QCOMPARE(time.value("sum"_L1)["dataPoints"_L1][0]["startTimeUnixNano"_L1].toString(), u"1700000001500000000"_s);
        const QJsonObject size = metricNamed(request, "postgresql.table.size");
        QCOMPARE(size.value("sum"_L1)["isMonotonic"_L1].toBool(), false);
        QVERIFY(metricNamed(request, "postgresql.connection.max").contains("gauge"_L1));
    }

    // A real server's readings: each number of ours is the decoder's, to the last of 64 bits. Beyond 2^53 no server here counts: one counter is raised.
    void anotherDecoderReadsARealServer_data() { anotherDecoderReadsIt_data(); }

    void anotherDecoderReadsARealServer()
    {
        QFETCH(bool, json);
        QFETCH(bool, zipped);
        const QVector<Series> all = realSeries();
        QVERIFY(all.size() > 40);
        QByteArray body = otlpBody(all, otlpResource(u"a"_s), json ? OtlpEncoding::Json : OtlpEncoding::Protobuf);
        if (zipped)
            body = gunzipped(gzip(body));
        const QJsonArray metrics = decoded(body, json).value("resourceMetrics"_L1)[0]["scopeMetrics"_L1][0]["metrics"_L1].toArray();
        QCOMPARE(metrics.size(), all.size());
        qsizetype large = 0, points = 0;
        for (qsizetype i = 0; i < all.size(); ++i) {
            const QJsonValue metric = metrics[i];
            QCOMPARE(metric["name"_L1].toString(), all[i].name);
            QCOMPARE(metric["unit"_L1].toString(), all[i].unit);
            const QJsonArray read = metric[all[i].kind == SeriesKind::Gauge ? "gauge"_L1 : "sum"_L1]["dataPoints"_L1].toArray();
            QCOMPARE(read.size(), all[i].points.size());
            for (qsizetype k = 0; k < read.size(); ++k, ++points) {
                const SeriesPoint &point = all[i].points[k];
                QCOMPARE(read[k]["timeUnixNano"_L1].toString(), QString::number(point.atMs * 1'000'000));
                if (all[i].kind == SeriesKind::Counter)
                    QCOMPARE(read[k]["startTimeUnixNano"_L1].toString(), QString::number(point.startMs * 1'000'000));
                if (const auto *exact = std::get_if<qint64>(&point.value)) {
                    QCOMPARE(read[k]["asInt"_L1].toString(), QString::number(*exact));
                    large += *exact > (qint64(1) << 53);
                } else {
                    QCOMPARE(read[k]["asDouble"_L1].toDouble(), std::get<double>(point.value));
                }
                const QJsonArray attributes = read[k]["attributes"_L1].toArray();
                QCOMPARE(attributes.size(), point.attributes.size());
                for (qsizetype n = 0; n < attributes.size(); ++n) {
                    QCOMPARE(attributes[n]["key"_L1].toString(), QString(attributeName(point.attributes[n].key)));
                    QCOMPARE(attributes[n]["value"_L1]["stringValue"_L1].toString(), point.attributes[n].value);
                }
            }
        }
        QVERIFY(points > 500);
        QCOMPARE(large, 1);
    }

    void nothingSecret()
    {
        for (const OtlpEncoding encoding : {OtlpEncoding::Json, OtlpEncoding::Protobuf}) {
            const QByteArray body = otlpBody(markedSeries(), otlpResource(u"kanarienvogel"_s), encoding);
            QVERIFY(body.contains("postgresql.commits"));
            QVERIFY(!body.contains(test::secretName));
            QVERIFY(otlpBody(markedSeries(true), {}, encoding).contains(test::secretName)); // the search finds it where it is
        }
        QVERIFY(otlpResource(u"a"_s) == otlpResource(u"a"_s));
        QVERIFY(otlpResource(u"a"_s) != otlpResource(u"b"_s));
    }

    void answers_data()
    {
        QTest::addColumn<QByteArray>("body");
        QTest::addColumn<bool>("json");
        QTest::addColumn<qint64>("rejected"); // -1: no answer of OTLP
        QTest::addColumn<QString>("message");
        QTest::addRow("nothing") << QByteArray() << false << qint64(0) << QString();
        QTest::addRow("nothing, json") << QByteArray("{}") << true << qint64(0) << QString();
        QTest::addRow("empty partial success") << QByteArray("{\"partialSuccess\":{}}") << true << qint64(0) << QString();
        QTest::addRow("empty partial success, protobuf") << QByteArray("\x0a\x00", 2) << false << qint64(0) << QString();
        QTest::addRow("rejected") << QByteArray("{\"partialSuccess\":{\"rejectedDataPoints\":\"9007199254740993\",\"errorMessage\":\"too old\"}}") << true
                                  << test::largeInteger << u"too old"_s;
        QTest::addRow("rejected, a number") << QByteArray("{\"partialSuccess\":{\"rejectedDataPoints\":3}}") << true << qint64(3) << QString();
        QTest::addRow("rejected, protobuf") << QByteArray("\x0a\x0a\x08\x96\x01\x12\x05stale", 12) << false << qint64(150) << u"stale"_s;
        QTest::addRow("html") << QByteArray("<html>") << true << qint64(-1) << QString();
        QTest::addRow("cut short") << QByteArray("\x0a\x7f\x08", 3) << false << qint64(-1) << QString();
        QTest::addRow("endless number") << QByteArray(40, '\xff') << false << qint64(-1) << QString();
    }

    void answers()
    {
        QFETCH(QByteArray, body);
        QFETCH(bool, json);
        QFETCH(qint64, rejected);
        QFETCH(QString, message);
        const auto answer = readOtlpAnswer(body, json ? OtlpEncoding::Json : OtlpEncoding::Protobuf);
        QCOMPARE(answer ? answer->rejected : -1, rejected);
        QCOMPARE(answer ? answer->message : QString(), message);
    }

private:
    // Read once, for all rows.
    QVector<Series> realSeries()
    {
        if (!m_real.isEmpty())
            return m_real;
        QString why;
        const auto server = test::TestServer::start({}, &why);
        auto link = server ? server->admin() : Result<std::unique_ptr<pg::Connection>>(fail(ErrorKind::Client, QString(), why));
        auto sample = link ? metrics::readSample(**link) : Result<metrics::Sample>(fail(ErrorKind::Client, QString(), why));
        if (!sample || !server->sql({"CREATE TABLE public.own (i int PRIMARY KEY, t text)", "INSERT INTO public.own VALUES (1, 'a')"}, &why))
            return {};
        sample->counters[u"wal_bytes"_s] = test::largeInteger;
        metrics::Tiers tiers;
        for (const metrics::Tier tier : metrics::allTiers) {
            if (const auto reading = metrics::readTier(**link, tier))
                tiers.insert(tier, *reading);
        }
        m_real = seriesOf(*sample, tiers);
        Starts().mark(m_real, *sample);
        return m_real;
    }

    QVector<Series> m_real;
};

QTEST_GUILESS_MAIN(TestOtlpBody)
#include "tst_otlpbody.moc"
