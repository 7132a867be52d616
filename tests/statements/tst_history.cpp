// SPDX-License-Identifier: GPL-3.0-or-later
// What statements did, stored: packed without loss, rolled up to the same sums, told with what is not known.
#include "statements/ranking.h"

#include "store/drafts.h"
#include "store/samples.h"

#include <QFile>
#include <QRandomGenerator>
#include <QTemporaryDir>
#include <QTest>

using namespace howdah;
using namespace howdah::statements;
using namespace Qt::StringLiterals;
using store::Store;

namespace
{

constexpr qint64 minute = 60'000;
constexpr qint64 hour = 60 * minute;
constexpr qint64 day = 24 * hour;
constexpr qint64 start = 20'000 * day; // midnight, 2024
const QString source = historySource(u"p1"_s);

Counters countersOf(qint64 calls, qint64 execNs)
{
    Counters counters;
    counters[Measure::Calls] = calls;
    counters[Measure::ExecTime] = execNs;
    counters[Measure::WalBytes] = calls * 100;
    counters.execSquares = double(calls) * 1.5;
    return counters;
}

Key keyOf(qint64 query, bool toplevel = true, qint64 since = 7)
{
    return {10, 5, query, toplevel, since};
}

Reading readingOf(qint64 fromMs, qint64 toMs, const QVector<Change> &changes)
{
    Reading reading;
    reading.interval.fromMs = fromMs;
    reading.interval.toMs = toMs;
    reading.interval.changes = changes;
    return reading;
}

std::optional<Total> totalOf(const TopList &list, const Key &key)
{
    for (const Total &total : list.totals) {
        if (total.key == Key{key.roleId, key.databaseId, key.queryId, key.toplevel, 0})
            return total;
    }
    return std::nullopt;
}

} // namespace

class TestHistory : public QObject
{
    Q_OBJECT
private slots:
    void init()
    {
        m_folder = std::make_unique<QTemporaryDir>();
        auto open = Store::open(m_folder->filePath(u"store.sqlite"_s));
        QVERIFY2(open, open ? "" : qPrintable(open.error().text()));
        m_store = std::move(*open);
    }
    void cleanup() { m_store.reset(); }

    void packingLosesNothing()
    {
        Figures figures;
        auto *random = QRandomGenerator::global();
        for (int i = 0; i < 1000; ++i) {
            Figure figure{random->bounded(2) == 1, {}};
            for (int m = 0; m < measureCount; ++m) {
                if (random->bounded(3) == 0)
                    figure.counters[Measure(m)] = qint64(random->generate64() >> random->bounded(64));
            }
            figure.counters.execSquares = random->generateDouble() * 1e12;
            figure.counters.planSquares = random->bounded(2) ? random->generateDouble() : 0;
            figures.series.insert(qint64(random->generate64() >> (1 + random->bounded(60))), figure);
        }
        figures.series.insert(1, {true, {}});
        figures.others = {77, countersOf(3, std::numeric_limits<qint64>::max())};
        figures.nestedOthers = {0, countersOf(-1, 5)}; // what should not be is kept as it is
        const auto back = unpack(pack(figures));
        QVERIFY(back);
        QVERIFY(*back == figures);
        QVERIFY(unpack(pack({}))->series.isEmpty());
    }

    void whatIsNoPieceIsRefused()
    {
        Figures figures;
        for (int i = 1; i < 50; ++i)
            figures.add(i * 3, true, countersOf(i, i * 1000));
        const QByteArray packed = pack(figures);
        for (qsizetype length = 0; length < packed.size(); ++length)
            QVERIFY2(!unpack(packed.first(length)), qPrintable(QString::number(length)));
        QVERIFY(!unpack(packed + '\0'));
        QVERIFY(!unpack("\2" + packed.mid(1)));
        QVERIFY(!unpack(QByteArray(1, '\1') + QByteArray(200, '\xff')));
    }

    void aPieceIsSmall()
    {
        Figures figures; // of a busy server: 5,000 statements that count in seven measures
        for (int i = 1; i <= 5000; ++i) {
            Counters counters = countersOf(i % 100 + 1, 3'000'000 + i * 1000);
            counters[Measure::Rows] = i % 1000;
            counters[Measure::SharedHit] = i % 5000;
            figures.add(i, true, counters);
        }
        const qsizetype size = pack(figures).size();
        QVERIFY2(size < 5000 * 28, qPrintable(QString::number(size)));
    }

    void whatIsKeptIsToldAgain()
    {
        Reading reading =
            readingOf(start, start + minute, {{keyOf(1), countersOf(3, 30)}, {keyOf(1, false), countersOf(4, 10)}, {keyOf(-9), countersOf(1, 70)}});
        reading.texts.insert(keyOf(1), {u"SELECT $1"_s, 9});
        reading.texts.insert(keyOf(-9), {u"ALTER ROLE ann PASSWORD 'tiger'"_s, 31});
        reading.names.roles.insert(10, u"ann"_s);
        reading.names.databases.insert(5, u"or\"ders"_s);
        const auto kept = keep(*m_store, source, reading, start + minute);
        QVERIFY2(kept, kept ? "" : qPrintable(kept.error().text()));
        QVERIFY(kept->written);
        QCOMPARE(kept->textless, QVector<Key>{keyOf(1, false, 0)});
        const auto list = historyOf(*m_store, source, start, start + minute);
        QVERIFY2(list, list ? "" : qPrintable(list.error().text()));
        QCOMPARE(list->fromMs, start);
        QCOMPARE(list->toMs, start + minute);
        QCOMPARE(list->totals.size(), 3);
        QCOMPARE(totalOf(*list, keyOf(1))->counters, countersOf(3, 30));
        QCOMPARE(totalOf(*list, keyOf(1))->text->text, u"SELECT $1"_s);
        QCOMPARE(totalOf(*list, keyOf(1))->firstMs, start + minute);
        QVERIFY(!totalOf(*list, keyOf(1, false))->text);
        QVERIFY2(!totalOf(*list, keyOf(-9))->text->text.contains(u"tiger"_s), qPrintable(totalOf(*list, keyOf(-9))->text->text));
        QCOMPARE(list->names.roles.value(10), u"ann"_s);
        QCOMPARE(list->names.databases.value(5), u"or\"ders"_s);
        // Of an inclusive measure what a function called is in its caller's figure; calls are each one's own.
        QCOMPARE(list->sum(Measure::ExecTime), 100);
        QCOMPARE(list->sum(Measure::Calls), 8);
        QCOMPARE(shareOf(Order::Total, *totalOf(*list, keyOf(-9)), *list).value(), 0.7);
        QVERIFY(!shareOf(Order::Total, *totalOf(*list, keyOf(1, false)), *list));
        QVERIFY(!shareOf(Order::Temp, *totalOf(*list, keyOf(1)), *list));
        QVERIFY(!historyOf(*m_store, source, start + minute, start + hour)->isKnown());
        QVERIFY(!historyOf(*m_store, historySource(u"p2"_s), 0, start + hour)->isKnown());
        // The secret is nowhere in the file.
        m_store.reset();
        for (const auto *part : {"", "-wal"}) {
            QFile file(m_folder->filePath(u"store.sqlite"_s) + QLatin1StringView(part));
            if (file.open(QIODevice::ReadOnly))
                QVERIFY(!file.readAll().contains("tiger"));
        }
    }

    void literalsAreNotKept()
    {
        Reading reading = readingOf(start, start + minute, {{keyOf(1), countersOf(3, 30)}, {keyOf(2), countersOf(3, 30)}, {keyOf(3), countersOf(3, 30)}});
        const QString text = u"DECLARE c CURSOR FOR SELECT FROM t WHERE mail = 'ann@zoo.example' AND age > 4711"_s;
        const QString longText = u"SELECT "_s + u"a, "_s.repeated(storedTextLimit) + u"b"_s;
        reading.texts.insert(keyOf(1), {text, text.size()});
        reading.texts.insert(keyOf(2), {text, text.size() + 5}); // the server's own is longer
        reading.texts.insert(keyOf(3), {longText, longText.size()});
        QVERIFY(keep(*m_store, source, reading, start + minute)->written);
        for (const TopList &list : {*historyOf(*m_store, source, start, start + minute), listOf(reading)}) {
            QCOMPARE(totalOf(list, keyOf(1))->text->text, u"DECLARE c CURSOR FOR SELECT FROM t WHERE mail = '***' AND age > '***'"_s);
            QVERIFY(totalOf(list, keyOf(1))->text->isWhole());
            QVERIFY(!totalOf(list, keyOf(2))->text->isWhole());
            QVERIFY(!totalOf(list, keyOf(3))->text->isWhole());
        }
    }

    // Ours may be behind: what stands in the store is not thrown away for that.
    void aClockThatIsBehindForgetsNothing()
    {
        QVERIFY(keep(*m_store, source, readingOf(start, start + minute, {{keyOf(1), countersOf(1, 1)}}), start + minute)->written);
        QVERIFY(!keep(*m_store, source, readingOf(start - 3 * day, start - 3 * day + minute, {}), start - 3 * day + minute)->written);
        QVERIFY(totalOf(*historyOf(*m_store, source, start, start + minute), keyOf(1)));
    }

    void livesAreOneStatement()
    {
        QVERIFY(keep(*m_store, source, readingOf(start, start + minute, {{keyOf(1, true, 7), countersOf(3, 30)}}), start)->written);
        QVERIFY(keep(*m_store, source, readingOf(start + minute, start + 2 * minute, {{keyOf(1, true, 8), countersOf(2, 5)}}), start)->written);
        const auto list = historyOf(*m_store, source, start, start + hour);
        QCOMPARE(list->totals.size(), 1);
        QCOMPARE(list->totals.first().counters[Measure::Calls], 5);
    }

    // Two consoles at the same server: each moment is counted once, and when the first ends the other goes on.
    void twoWritersDoNotDouble()
    {
        auto other = Store::open(m_store->path());
        QVERIFY(other);
        const auto write = [&](Store &store, qint64 from, qint64 calls) {
            const auto kept =
                keep(store, source, readingOf(start + from, start + from + minute, {{keyOf(1), countersOf(calls, calls)}}), start + from + minute);
            return kept && kept->written;
        };
        QVERIFY(write(*m_store, 0, 1));
        QVERIFY(!write(**other, minute / 2, 100));
        QVERIFY(write(*m_store, minute, 1));
        QVERIFY(!write(**other, minute + minute / 2, 100));
        QVERIFY(write(**other, 2 * minute + minute / 2, 10));
        QVERIFY(!write(*m_store, 3 * minute, 1000));
        const auto list = historyOf(*m_store, source, start, start + hour);
        QCOMPARE(list->totals.first().counters[Measure::Calls], 12);
        // Half a minute nobody read.
        QCOMPARE(list->holes, (QVector<Hole>{{start + 2 * minute, start + 2 * minute + minute / 2}}));
        QCOMPARE(list->gaps.lostMs, minute / 2);
    }

    // Three days of minutes: hours and days have the same sums, wherever one looks, and what is older than is kept is gone.
    void rollingUpKeepsTheSums()
    {
        Counters all;
        qint64 evictions = 0;
        const qint64 until = start + 3 * day;
        for (qint64 at = start; at < until; at += 10 * minute) {
            const qint64 n = at / minute % 97;
            Reading reading = readingOf(at, at + 10 * minute, {{keyOf(1), countersOf(n, 2 * n)}, {keyOf(2 + at / day % 2), countersOf(1, 9)}});
            reading.interval.gaps.evictions = 1;
            reading.interval.gaps.events = at == start + 5 * hour ? QVector<EventAt>{{at + 5, Event::Reset}} : QVector<EventAt>();
            const auto kept = keep(*m_store, source, reading, at + 10 * minute);
            QVERIFY2(kept, kept ? "" : qPrintable(kept.error().text()));
            QVERIFY(kept->written);
            for (const Change &change : reading.interval.changes)
                all += change.counters;
            ++evictions;
        }
        const auto list = historyOf(*m_store, source, start, until);
        QVERIFY(list);
        QCOMPARE(list->fromMs, start);
        QCOMPARE(list->toMs, until);
        Counters sum;
        for (const Total &total : list->totals)
            sum += total.counters;
        QCOMPARE(sum, all);
        QVERIFY(list->holes.isEmpty());
        QCOMPARE(list->gaps.evictions, evictions);
        QCOMPARE(list->gaps.events, (QVector<EventAt>{{start + 5 * hour + 5, Event::Reset}}));
        // Minutes of the last six hours, hours before: what is asked for in the middle of one is told to its ends.
        QCOMPARE(count(0), 6 * 6);
        QCOMPARE(count(1), 72);
        QCOMPARE(count(2), 3);
        const auto early = historyOf(*m_store, source, start + 90 * minute, start + 100 * minute);
        QCOMPARE(early->fromMs, start + hour);
        QCOMPARE(early->toMs, start + 2 * hour);
        const auto late = historyOf(*m_store, source, until - 25 * minute, until);
        QCOMPARE(late->fromMs, until - 30 * minute);
    }

    // Four days of ten minutes with an hour in which nobody read: a long list takes the days and hours that lie in it, and says the same.
    void aLongListIsOfDaysAndHours()
    {
        const qint64 from = start + 3 * hour, to = start + 4 * day - 10 * minute;
        Counters all;
        for (qint64 at = start; at < start + 4 * day; at += 10 * minute) {
            if (at >= start + day + 6 * hour && at < start + day + 7 * hour)
                continue;
            const qint64 n = at / minute % 97 + 1;
            const auto kept = keep(*m_store, source, readingOf(at, at + 10 * minute, {{keyOf(1 + at / hour % 2), countersOf(n, 2 * n)}}), at + 10 * minute);
            QVERIFY(kept && kept->written);
            if (at >= from && at < to)
                all += countersOf(n, 2 * n);
        }
        const auto isAll = [&] {
            const auto list = historyOf(*m_store, source, from, to);
            QVERIFY2(list, list ? "" : qPrintable(list.error().text()));
            Counters sum;
            for (const Total &total : list->totals)
                sum += total.counters;
            QCOMPARE(sum, all);
            QCOMPARE(list->fromMs, from);
            QCOMPARE(list->toMs, to);
            QCOMPARE(list->holes, (QVector<Hole>{{start + day + 6 * hour, start + day + 7 * hour}}));
            QCOMPARE(list->gaps.lostMs, hour);
        };
        isAll();
        QCOMPARE(historyOf(*m_store, source, to - 5 * hour, to)->gaps.lostMs, 0);
        // What is summed up is not looked at.
        sql("UPDATE statement_pieces SET figures = x'01ff' WHERE level = 1 AND begins BETWEEN " + QByteArray::number(start + day) + " AND " +
            QByteArray::number(start + 3 * day - 1));
        sql("UPDATE statement_pieces SET figures = x'01ff' WHERE level = 0 AND begins < " + QByteArray::number(start + 4 * day - hour));
        isAll();
        // A short one is of what was read.
        QCOMPARE(historyOf(*m_store, source, to - 5 * hour, to)->gaps.lostMs, 5 * hour - 50 * minute);
        const auto points = pointsOf(*m_store, source, keyOf(1, true, 0), from, to);
        QVERIFY(points);
        QVERIFY(!points->at(30).counters);
        QCOMPARE(points->size(), qsizetype(21 + 23 + 24 + 18 + 35));
    }

    void whatIsOldGoes()
    {
        const auto write = [&](qint64 at, qint64 query) {
            Reading reading = readingOf(at, at + minute, {{keyOf(query), countersOf(1, 1)}});
            reading.texts.insert(keyOf(query), {u"SELECT a%1"_s.arg(query), 12});
            return keep(*m_store, source, reading, at + minute).value().written;
        };
        for (int i = 0; i < 12 * 24; ++i) // twelve days, a minute each hour
            QVERIFY(write(start + i * hour, 1000 + i / 24));
        QCOMPARE(count(1), 8 * 24 + 23); // of the eight days and of the one that is not over
        QCOMPARE(count(2), 11);
        QVERIFY(count(0) <= 7);
        QVERIFY(historyOf(*m_store, source, start, start + 12 * day)->totals.size() == 12);
        QVERIFY(historyOf(*m_store, source, start, start + day)->gaps.lostMs == 23 * hour - 23 * minute);
        // After a year and two months the first ones are gone, and their texts with them.
        for (int i = 0; i < 3; ++i)
            QVERIFY(write(start + 410 * day + i * day, 5000 + i));
        QVERIFY(!totalOf(*historyOf(*m_store, source, 0, start + 500 * day), keyOf(1000)));
        QVERIFY(totalOf(*historyOf(*m_store, source, 0, start + 500 * day), keyOf(5000)));
        for (int i = 0; i < 30; ++i)
            QVERIFY(write(start + 420 * day + i * day, 6000 + i));
        QVERIFY(count("statement_series") < 36);
        QCOMPARE(count("statement_texts"), count("statement_series"));
    }

    void anHourTells5000Apart()
    {
        QVector<Change> changes;
        Counters all, nested;
        for (int i = 1; i <= 6000; ++i) {
            changes.append({keyOf(i, i % 6 != 0), countersOf(i % 7 + 1, 1000 + i)});
            (i % 6 ? all : nested) += changes.last().counters;
        }
        QVERIFY(keep(*m_store, source, readingOf(start, start + hour, changes), start)->written);
        QCOMPARE(historyOf(*m_store, source, start, start + hour)->totals.size(), 6000);
        QVERIFY(keep(*m_store, source, readingOf(start + hour, start + 8 * hour, {}), start + 8 * hour)->written);
        QVERIFY(keep(*m_store, source, readingOf(start + 8 * hour, start + 9 * hour, {}), start + 9 * hour)->written);
        const auto list = historyOf(*m_store, source, start, start + hour);
        QCOMPARE(list->totals.size(), 5000);
        QVERIFY(!totalOf(*list, keyOf(1000, true)));
        QVERIFY(totalOf(*list, keyOf(1001, true)));
        QCOMPARE(list->others.statements + list->nestedOthers.statements, 1000);
        Counters sum = list->others.counters, nestedSum = list->nestedOthers.counters;
        for (const Total &total : list->totals)
            (total.key.toplevel ? sum : nestedSum) += total.counters;
        QCOMPARE(sum, all);
        QCOMPARE(nestedSum, nested);
        QCOMPARE(list->sum(Measure::ExecTime), all[Measure::ExecTime]);
        QCOMPARE(list->sum(Measure::Calls), all[Measure::Calls] + nested[Measure::Calls]);
    }

    void aClockThatWasAheadIsNotWaitedFor()
    {
        QVERIFY(keep(*m_store, source, readingOf(start, start + 300 * day, {}), start + minute)->written);
        QVERIFY(keep(*m_store, source, readingOf(start + minute, start + 2 * minute, {{keyOf(1), countersOf(1, 1)}}), start + 2 * minute)->written);
        QCOMPARE(historyOf(*m_store, source, start, start + day)->toMs, start + 2 * minute);
    }

    void aDamagedPieceIsAHole()
    {
        QVERIFY(keep(*m_store, source, readingOf(start, start + minute, {{keyOf(1), countersOf(1, 1)}}), start)->written);
        sql("UPDATE statement_pieces SET figures = x'01ff'");
        QVERIFY(keep(*m_store, source, readingOf(start + minute, start + 2 * minute, {{keyOf(1), countersOf(2, 2)}}), start)->written);
        const auto list = historyOf(*m_store, source, start, start + hour);
        QVERIFY(list);
        QCOMPARE(list->totals.first().counters[Measure::Calls], 2);
        QCOMPARE(list->gaps.lostMs, minute);
    }

    void onePieceByPiece()
    {
        QVERIFY(keep(*m_store, source, readingOf(start, start + minute, {{keyOf(1), countersOf(3, 30)}}), start)->written);
        QVERIFY(keep(*m_store, source, readingOf(start + minute, start + 2 * minute, {{keyOf(2), countersOf(3, 30)}}), start)->written);
        const auto points = pointsOf(*m_store, source, keyOf(1, true, 0), start, start + hour);
        QVERIFY(points);
        QCOMPARE(points->size(), 2);
        QCOMPARE(points->first().counters.value(), countersOf(3, 30));
        QCOMPARE(points->last().counters.value(), Counters()); // known: it did nothing
        Figures cut;
        cut.others.statements = 1;
        sql("UPDATE statement_pieces SET figures = x'" + pack(cut).toHex() + "'");
        QVERIFY(!pointsOf(*m_store, source, keyOf(1, true, 0), start, start + hour)->first().counters); // perhaps among the others
        QVERIFY(pointsOf(*m_store, source, keyOf(1, false, 0), start, start + hour)->first().counters);
    }

    void aStoreOfTheThirdFormIsUpgraded()
    {
        const QString old = m_folder->filePath(u"old.sqlite"_s);
        {
            QSqlDatabase database = QSqlDatabase::addDatabase(u"QSQLITE"_s, u"old"_s);
            database.setDatabaseName(old);
            QVERIFY(database.open());
            QSqlQuery query(database);
            for (const int version : {1, 2, 3}) {
                QFile file(u":/sql/store/schema_%1.sql"_s.arg(version));
                QVERIFY(file.open(QIODevice::ReadOnly));
                QStringList lines = QString::fromUtf8(file.readAll()).split(u'\n');
                lines.removeIf([](const QString &line) { return line.startsWith("--"_L1) && line != "-- next"_L1; });
                for (const QString &statement : lines.join(u'\n').split(u"-- next"_s))
                    QVERIFY2(query.exec(statement), qPrintable(statement));
            }
            QVERIFY(query.exec(u"INSERT INTO sample_sources VALUES (3, 'p1/overview')"_s));
            QVERIFY(query.exec(u"INSERT INTO samples VALUES (3, 1000, '{\"tps\":5}')"_s));
        }
        QSqlDatabase::removeDatabase(u"old"_s);
        auto open = Store::open(old);
        QVERIFY2(open, open ? "" : qPrintable(open.error().text()));
        QVERIFY(!(*open)->repair().done);
        QVERIFY(QFile::exists(m_folder->filePath(u"old.v3.sqlite"_s))); // the way back
        QCOMPARE(store::readSamples(**open, u"p1/overview"_s, 0, 2000)->size(), 1);
        QVERIFY(keep(**open, source, readingOf(start, start + minute, {{keyOf(1), countersOf(3, 30)}}), start)->written);
        QCOMPARE(historyOf(**open, source, start, start + hour)->totals.size(), 1);
    }

    // Another table is damaged: this one is taken over.
    void aRepairKeepsIt()
    {
        Reading reading = readingOf(start, start + minute, {{keyOf(1), countersOf(3, 30)}});
        reading.texts.insert(keyOf(1), {u"SELECT $1"_s, 9});
        QVERIFY(keep(*m_store, source, reading, start)->written);
        QVERIFY(store::saveDraft(*m_store, {u"d"_s, u"p1"_s, 0, {}, {}, "x", false, 0, 1}));
        const QString path = m_store->path();
        m_store.reset();
        sql("DROP TRIGGER drafts_unseal");
        sql("UPDATE drafts SET title = 'not what was written'");
        auto open = Store::open(path);
        QVERIFY2(open, open ? "" : qPrintable(open.error().text()));
        QVERIFY((*open)->repair().done);
        QVERIFY2((*open)->repair().kept.contains(u"what statements did"_s), qPrintable((*open)->repair().text()));
        const auto list = historyOf(**open, source, start, start + hour);
        QCOMPARE(list->totals.size(), 1);
        QCOMPARE(list->totals.first().text->text, u"SELECT $1"_s);
    }

    void goesWithItsProfile()
    {
        Reading reading = readingOf(start, start + minute, {{keyOf(1), countersOf(1, 1)}});
        reading.texts.insert(keyOf(1), {u"SELECT 1"_s, 8});
        QVERIFY(keep(*m_store, source, reading, start)->written);
        QCOMPARE(count("statement_texts"), 1);
        QVERIFY(m_store->run(u"source_remove"_s, {u"p1"_s}));
        for (const auto *table : {"statement_pieces", "statement_series", "statement_names", "statement_texts"})
            QCOMPARE(count(table), 0);
    }

private:
    QVariant sql(const QByteArray &text)
    {
        QVariant value;
        {
            QSqlDatabase database = QSqlDatabase::addDatabase(u"QSQLITE"_s, u"direct"_s);
            database.setDatabaseName(m_folder->filePath(u"store.sqlite"_s));
            if (database.open()) {
                QSqlQuery query(database);
                if (query.exec(QString::fromLatin1(text)) && query.next())
                    value = query.value(0);
            }
        }
        QSqlDatabase::removeDatabase(u"direct"_s);
        return value;
    }
    int count(int level) { return sql("SELECT count(*) FROM statement_pieces WHERE level = " + QByteArray::number(level)).toInt(); }
    int count(const char *table) { return sql(QByteArray("SELECT count(*) FROM ") + table).toInt(); }

    std::unique_ptr<QTemporaryDir> m_folder;
    std::unique_ptr<Store> m_store;
};

QTEST_GUILESS_MAIN(TestHistory)
#include "tst_history.moc"
