// SPDX-License-Identifier: GPL-3.0-or-later
#include "health/series.h"
#include "health/seriesfields.h"
#include "health/starts.h"

#include "somereadings.h"

#include <QSet>
#include <QTest>

using namespace howdah;
using namespace howdah::health;
using namespace Qt::StringLiterals;
using metrics::Tier;
using test::seriesNamed;

namespace
{
constexpr qint64 now = 1'700'001'000'000;

// The commits of database 16384 as they come out of a reading.
SeriesPoint *commitsIn(QVector<Series> &all)
{
    for (Series &series : all) {
        if (series.name != "postgresql.commits"_L1)
            continue;
        for (SeriesPoint &point : series.points) {
            if (point.attributes.value(0).value == "16384"_L1)
                return &point;
        }
    }
    return nullptr;
}

struct Reading {
    metrics::Sample sample;
    metrics::Tiers tiers;
    explicit Reading(qint64 atMs) : sample(test::someSample(atMs)), tiers(test::someTiers(atMs)) {}
    metrics::TierRow &database() { return tiers[Tier::Databases].rows[1]; }
};
} // namespace

class TestSeries : public QObject
{
    Q_OBJECT
private slots:
    void namesUnitsAndKinds()
    {
        const auto all = seriesOf(test::someSample(now), test::someTiers(now));
        const Series *commits = seriesNamed(all, "postgresql.commits");
        QVERIFY(commits);
        QCOMPARE(commits->kind, SeriesKind::Counter);
        QCOMPARE(commits->unit, u"1"_s);
        QCOMPARE(commits->points.size(), 2);
        QCOMPARE(std::get<qint64>(commits->points[1].value), test::largeInteger); // 64 bits as they are
        QCOMPARE(commits->points[1].startMs, 0); // what stats_reset says may be of one table only
        QCOMPARE(seriesNamed(all, "howdah.postgresql.wal.records")->points[0].startMs, 1'700'000'001'500);
        const Series *active = seriesNamed(all, "howdah.postgresql.connection.count");
        QVERIFY(active);
        QCOMPARE(active->kind, SeriesKind::UpDown);
        QCOMPARE(active->points.size(), 2); // idle is 0, and known; the other states are not
        QCOMPARE(active->points[0].attributes, (QVector<Attribute>{{AttributeKey::State, u"active"_s}}));
        QCOMPARE(std::get<double>(seriesNamed(all, "howdah.postgresql.transaction.max_duration")->points[0].value), 1.5);
        QCOMPARE(std::get<double>(seriesNamed(all, "howdah.postgresql.session.time")->points[0].value), 1.2345);
        QCOMPARE(seriesNamed(all, "postgresql.database.count")->points.size(), 1);
        QVERIFY(seriesNamed(all, "postgresql.database.count")->points[0].attributes.isEmpty());
    }

    void whatIsNotKnownHasNoPoint()
    {
        const auto all = seriesOf(test::someSample(now), test::someTiers(now));
        QVERIFY(!seriesNamed(all, "howdah.postgresql.lock.waiters")); // not permitted
        QVERIFY(!seriesNamed(all, "howdah.postgresql.archiver.count"));
        QVERIFY(!seriesNamed(all, "howdah.postgresql.io.time")); // not timed
        const auto fast = seriesOf(test::someSample(now), {});
        QVERIFY(seriesNamed(fast, "postgresql.connection.max"));
        QVERIFY(!seriesNamed(fast, "postgresql.commits"));
        for (const Series &series : all)
            QVERIFY(!series.points.isEmpty());
    }

    void anOldReadingIsNoReading()
    {
        const auto all = seriesOf(test::someSample(now), test::someTiers(now - 3 * metrics::tierPeriodMs(Tier::Databases) - 1));
        QVERIFY(!seriesNamed(all, "postgresql.commits"));
        QVERIFY(seriesNamed(all, "postgresql.table.size")); // its period is longer
    }

    // The sample knows it first: the slower readings are still of before.
    void aReadingOfBeforeACrashIsNone()
    {
        Reading reading(now);
        QVERIFY(seriesNamed(seriesOf(reading.sample, reading.tiers), "postgresql.commits"));
        reading.sample.resets[u"wal"_s] = QString::number(double(now + 1) / 1000, 'f', 6);
        QVERIFY(!seriesNamed(seriesOf(reading.sample, reading.tiers), "postgresql.commits"));
        Reading other(now);
        other.sample.identity.postmasterStart -= 1000;
        QVERIFY(!seriesNamed(seriesOf(other.sample, other.tiers), "postgresql.commits"));
        QVERIFY(seriesNamed(seriesOf(other.sample, other.tiers), "howdah.postgresql.wal.records"));
    }

    void namesStayAtHome()
    {
        const auto secret = [](const QVector<Series> &all) {
            int found = 0;
            for (const Series &series : all) {
                for (const SeriesPoint &point : series.points) {
                    for (const Attribute &attribute : point.attributes)
                        found += attribute.value.contains(QLatin1StringView(test::secretName));
                }
            }
            return found;
        };
        QCOMPARE(secret(seriesOf(test::someSample(now), test::someTiers(now))), 0);
        const auto named = seriesOf(test::someSample(now), test::someTiers(now), {.names = true});
        QVERIFY(secret(named) > 5);
        QCOMPARE(seriesNamed(named, "postgresql.table.size")->points[0].attributes,
                 (QVector<Attribute>{{AttributeKey::Namespace, u"kanarienvogel|kanarienvogel"_s}, {AttributeKey::Collection, u"kanarienvogel"_s}}));
    }

    void pointsAreToldApart()
    {
        for (const bool names : {false, true}) {
            for (const Series &series : seriesOf(test::someSample(now), test::someTiers(now), {.names = names})) {
                QSet<QString> seen;
                for (const SeriesPoint &point : series.points) {
                    QString key;
                    QSet<AttributeKey> keys;
                    for (const Attribute &attribute : point.attributes) {
                        key += attributeName(attribute.key) + u'=' + attribute.value + u'\n';
                        QVERIFY2(!keys.contains(attribute.key), qPrintable(series.name));
                        keys.insert(attribute.key);
                    }
                    QVERIFY2(!seen.contains(key), qPrintable(QString(series.name + u' ' + key)));
                    seen.insert(key);
                }
            }
        }
    }

    // Columns of one series tell themselves apart; a series has one kind and one unit.
    void fieldsAgree()
    {
        QHash<QString, const SeriesField *> byName;
        QSet<QString> words;
        const auto check = [&](const SeriesField &field) {
            const SeriesField *&first = byName[field.name];
            if (first) {
                QCOMPARE(field.unit, first->unit);
                QCOMPARE(field.kind, first->kind);
                QCOMPARE(field.description, first->description);
            }
            first = &field;
            const QString key = field.name + u'/' + field.word;
            QVERIFY2(!words.contains(key), qPrintable(key));
            words.insert(key);
        };
        for (const SampleField &field : sampleFields())
            check(field.field);
        for (const Tier tier : metrics::allTiers) {
            for (const SeriesField &field : tierFields(tier))
                check(field);
        }
        QVERIFY(byName.size() > 50);
    }

    void startsStay()
    {
        Starts starts;
        Reading first(now), second(now + 10'000);
        auto a = seriesOf(first.sample, first.tiers);
        starts.mark(a, first.sample);
        std::get<qint64>(second.database().values[u"xact_commit"_s]) += 5;
        auto b = seriesOf(second.sample, second.tiers);
        starts.mark(b, second.sample);
        QCOMPARE(seriesNamed(a, "howdah.postgresql.wal.records")->points[0].startMs, 1'700'000'001'500);
        QCOMPARE(seriesNamed(b, "howdah.postgresql.wal.records")->points[0].startMs, 1'700'000'001'500);
        // Never reset: not known since when, so the first point counts for nothing and its time is the start of what follows.
        QCOMPARE(seriesNamed(a, "postgresql.commits")->points[0].startMs, now);
        QCOMPARE(seriesNamed(b, "postgresql.commits")->points[0].startMs, now);
        QCOMPARE(seriesNamed(a, "postgresql.connection.max")->points[0].startMs, 0); // a gauge has none
    }

    // pg_stat_reset_single_table_counters() moves the reset of the database, whose counters go on.
    void aTablesResetIsNotItsDatabases()
    {
        Starts starts;
        Reading first(now), second(now + 10'000), third(now + 20'000);
        auto a = seriesOf(first.sample, first.tiers);
        starts.mark(a, first.sample);
        second.database().reset = third.database().reset = u"1700001004.5"_s;
        auto b = seriesOf(second.sample, second.tiers);
        starts.mark(b, second.sample);
        auto c = seriesOf(third.sample, third.tiers);
        starts.mark(c, third.sample);
        QCOMPARE(commitsIn(a)->startMs, now);
        QCOMPARE(commitsIn(b)->startMs, commitsIn(b)->atMs); // who knows; it counts for no rate
        QCOMPARE(commitsIn(c)->startMs, commitsIn(b)->atMs);
    }

    void aResetIsANewStart()
    {
        Starts starts;
        Reading first(now), second(now + 10'000);
        auto a = seriesOf(first.sample, first.tiers);
        starts.mark(a, first.sample);
        second.database().reset = u"1700001004.5"_s;
        second.database().values[u"xact_commit"_s] = qint64(1);
        auto b = seriesOf(second.sample, second.tiers);
        starts.mark(b, second.sample);
        QCOMPARE(commitsIn(b)->startMs, 1'700'001'004'500);
        QVERIFY(seriesNamed(b, "howdah.postgresql.wal.records")->points[0].startMs == seriesNamed(a, "howdah.postgresql.wal.records")->points[0].startMs);
    }

    // Counters may have passed their old value by the next reading; and those of the same row fell with the one that shows it.
    void aHiddenResetIsANewStart()
    {
        Starts starts;
        Reading first(now), second(now + 10'000);
        auto a = seriesOf(first.sample, first.tiers);
        starts.mark(a, first.sample);
        second.database().values[u"xact_rollback"_s] = qint64(1);     // fell
        second.database().values[u"blks_hit"_s] = qint64(5000);       // grew past
        auto b = seriesOf(second.sample, second.tiers);
        starts.mark(b, second.sample);
        QCOMPARE(seriesNamed(b, "postgresql.rollbacks")->points[0].startMs, now + 1);
        for (const SeriesPoint &point : seriesNamed(b, "postgresql.blks_hit")->points) {
            if (point.attributes.value(0).value == "16384"_L1)
                QCOMPARE(point.startMs, now + 1);
            else
                QCOMPARE(point.startMs, now); // another row
        }
    }

    // kill -9 of a backend: no stats_reset of a database, no new start of the postmaster; the WAL's statistics tell.
    void aCrashIsANewStart()
    {
        Starts starts;
        Reading first(now), second(now + 10'000);
        first.database().reset.clear();
        auto a = seriesOf(first.sample, first.tiers);
        starts.mark(a, first.sample);
        second.database().reset.clear();
        std::get<qint64>(second.database().values[u"xact_commit"_s]) += 1; // as if grown past in between
        second.sample.resets[u"wal"_s] = u"1700001003.25"_s;
        second.sample.counters[u"wal_records"_s] = 100'000;
        auto b = seriesOf(second.sample, second.tiers);
        starts.mark(b, second.sample);
        QVERIFY(commitsIn(b)->startMs > commitsIn(a)->atMs);
        QCOMPARE(seriesNamed(b, "howdah.postgresql.wal.records")->points[0].startMs, 1'700'001'003'250);
    }

    void anotherServerIsANewStart()
    {
        Starts starts;
        Reading first(now), second(now + 10'000);
        auto a = seriesOf(first.sample, first.tiers);
        starts.mark(a, first.sample);
        second.sample.identity.postmasterStart += 500;
        for (metrics::TierReading &reading : second.tiers)
            reading.postmasterStart += 500;
        for (QString &reset : second.sample.resets)
            reset = u"1600000000.5"_s; // it counts for longer than the first
        second.sample.counters[u"wal_records"_s] = 1;
        second.database().values[u"xact_commit"_s] = qint64(1);
        second.database().reset = u"1600000000.5"_s;
        auto b = seriesOf(second.sample, second.tiers);
        starts.mark(b, second.sample);
        QVERIFY(commitsIn(b)->startMs > commitsIn(a)->startMs);
        QVERIFY(seriesNamed(b, "howdah.postgresql.wal.records")->points[0].startMs > now);
    }

    // A standby made of a copy has the resets of the first, and may have counted further.
    void aCopyIsANewStart()
    {
        Starts starts;
        Reading first(now), second(now + 10'000);
        auto a = seriesOf(first.sample, first.tiers);
        starts.mark(a, first.sample);
        second.sample.identity.postmasterStart += 500;
        for (metrics::TierReading &reading : second.tiers)
            reading.postmasterStart += 500;
        second.sample.counters[u"wal_records"_s] += 5;
        auto b = seriesOf(second.sample, second.tiers);
        starts.mark(b, second.sample);
        for (const Series &series : b) {
            for (const SeriesPoint &point : series.points)
                QCOMPARE(point.startMs, series.kind == SeriesKind::Counter ? point.atMs : 0);
        }
    }
};

QTEST_APPLESS_MAIN(TestSeries)
#include "tst_series.moc"
