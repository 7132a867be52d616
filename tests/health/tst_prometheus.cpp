// SPDX-License-Identifier: GPL-3.0-or-later
// The exposition, and what Prometheus's own tool says of it.
#include "health/prometheus.h"
#include "health/seriesfields.h"

#include "somereadings.h"

#include <QFile>
#include <QProcess>
#include <QSet>
#include <QStandardPaths>
#include <QTemporaryDir>
#include <QTest>

using namespace howdah;
using namespace howdah::health;
using namespace Qt::StringLiterals;

namespace
{
constexpr qint64 now = 1'700'001'000'000;

// Each series there is, with a point that has every attribute its column may have.
QVector<Series> everySeries()
{
    metrics::Sample sample = test::someSample(now);
    metrics::Tiers tiers;
    for (const SampleField &field : sampleFields())
        (field.map == SampleMap::Counters ? sample.counters : sample.gauges).insert(field.field.column, 3);
    for (const metrics::Tier tier : metrics::allTiers) {
        metrics::TierRow row;
        for (const char *word : {"oid", "database_oid", "database", "schema", "table_name", "name", "backend_type", "object", "context", "slot_type"})
            row.words.insert(QLatin1StringView(word), u"q\"\\\nü"_s);
        for (const SeriesField &field : tierFields(tier))
            row.values.insert(field.column, field.scale == 1 ? metrics::Number(qint64(5)) : metrics::Number(5.25));
        tiers[tier] = {now, {row}, {}, sample.identity.postmasterStart};
    }
    return seriesOf(sample, tiers, {.names = true});
}

// What promtool prints; "" is praise.
QByteArray promtool(const QStringList &arguments, const QByteArray &text)
{
    QProcess tool;
    tool.setProcessChannelMode(QProcess::MergedChannels);
    tool.start(QStandardPaths::findExecutable(u"promtool"_s), arguments);
    tool.write(text);
    tool.closeWriteChannel();
    if (!tool.waitForFinished(30'000))
        return "promtool (Debian: prometheus) did not run: " + tool.errorString().toUtf8();
    return tool.readAll();
}

QByteArray lint(const QByteArray &text)
{
    return promtool({u"check"_s, u"metrics"_s}, text);
}

// By Prometheus's own reader of OpenMetrics, which wants a time behind each value.
QByteArray imported(const QByteArray &text)
{
    QTemporaryDir dir;
    QFile file(dir.filePath(u"metrics"_s));
    if (!file.open(QIODevice::WriteOnly))
        return "no file";
    for (const QByteArray &line : text.split('\n')) {
        if (!line.isEmpty())
            file.write(line.startsWith('#') ? QByteArray(line + '\n') : QByteArray(line + " 1700001000\n"));
    }
    file.close();
    return promtool({u"tsdb"_s, u"create-blocks-from"_s, u"openmetrics"_s, file.fileName(), dir.filePath(u"out"_s)}, {});
}
} // namespace

class TestPrometheus : public QObject
{
    Q_OBJECT
private slots:
    void promtoolIsSilent()
    {
        const auto all = everySeries();
        QVERIFY(all.size() > 50);
        const QByteArray text = prometheusText(all);
        QCOMPARE(lint(text), QByteArray());
        QVERIFY(lint("# TYPE x_count gauge\nx_count 1\n").contains("x_count")); // it would not be
        QVERIFY(!lint(text + "postgresql_commits_total{db_namespace=\"a\n").isEmpty());
    }

    void prometheusReadsOpenMetrics()
    {
        const QByteArray text = openMetricsText(everySeries());
        const QByteArray said = imported(text);
        QVERIFY2(!said.contains("next:"), said.constData());
        QVERIFY2(said.contains("BLOCK ULID"), said.constData()); // it wrote what it read
        QVERIFY(imported("# TYPE a counter\na 1\n").contains("does not end")); // it would say so
    }

    void text()
    {
        Series commits{u"postgresql.commits"_s, u"1"_s, u"The number\nof \"commits\\\"."_s, SeriesKind::Counter, {}};
        commits.points << SeriesPoint{{{AttributeKey::Namespace, u"a\"b\\c\nd"_s}}, test::largeInteger, now, 1'700'000'000'125, {}, {}};
        Series time{u"postgresql.bgwriter.duration"_s, u"ms"_s, u"T"_s, SeriesKind::Counter, {}};
        time.points << SeriesPoint{{{AttributeKey::Type, u"write"_s}}, 250.5, now, 0, {}, {}};
        Series count{u"postgresql.table.count"_s, u"{table}"_s, u"N"_s, SeriesKind::UpDown, {}};
        count.points << SeriesPoint{{}, qint64(0), now, 0, {}, {}};
        Series size{u"postgresql.db_size"_s, u"By"_s, u"S"_s, SeriesKind::UpDown, {}};
        size.points << SeriesPoint{{}, qint64(8192), now, 0, {}, {}};
        QCOMPARE(prometheusText({commits, time, count, size}),
                 QByteArray("# HELP postgresql_commits_total The number\\nof \"commits\\\\\".\n"
                            "# TYPE postgresql_commits_total counter\n"
                            "postgresql_commits_total{db_namespace=\"a\\\"b\\\\c\\nd\"} 9007199254740993\n"
                            "# HELP postgresql_bgwriter_duration_seconds_total T\n"
                            "# TYPE postgresql_bgwriter_duration_seconds_total counter\n"
                            "postgresql_bgwriter_duration_seconds_total{type=\"write\"} 0.2505\n"
                            "# HELP postgresql_tables N\n"
                            "# TYPE postgresql_tables gauge\n"
                            "postgresql_tables 0\n"
                            "# HELP postgresql_db_size_bytes S\n"
                            "# TYPE postgresql_db_size_bytes gauge\n"
                            "postgresql_db_size_bytes 8192\n"));
        QCOMPARE(openMetricsText({commits, size}),
                 QByteArray("# HELP postgresql_commits The number\\nof \\\"commits\\\\\\\".\n"
                            "# TYPE postgresql_commits counter\n"
                            "postgresql_commits_total{db_namespace=\"a\\\"b\\\\c\\nd\"} 9007199254740993\n"
                            "postgresql_commits_created{db_namespace=\"a\\\"b\\\\c\\nd\"} 1700000000.125\n"
                            "# HELP postgresql_db_size_bytes S\n"
                            "# TYPE postgresql_db_size_bytes gauge\n"
                            "# UNIT postgresql_db_size_bytes bytes\n"
                            "postgresql_db_size_bytes 8192\n"
                            "# EOF\n"));
        QCOMPARE(openMetricsText({}), QByteArray("# EOF\n"));
    }

    // Two series of ours may not come out under one name.
    void namesAreUnique()
    {
        for (const QByteArray &text : {prometheusText(everySeries()), openMetricsText(everySeries())}) {
            QSet<QByteArray> seen;
            for (const QByteArray &line : text.split('\n')) {
                if (!line.startsWith("# TYPE"))
                    continue;
                const QByteArray name = line.split(' ').value(2);
                QVERIFY2(!seen.contains(name), name.constData());
                seen.insert(name);
            }
            QCOMPARE(seen.size(), everySeries().size());
        }
    }
};

QTEST_APPLESS_MAIN(TestPrometheus)
#include "tst_prometheus.moc"
