// SPDX-License-Identifier: GPL-3.0-or-later
#include "backup/compareside.h"

#include <QElapsedTimer>

#include <algorithm>
#include <set>

namespace howdah::backup
{

using namespace Qt::StringLiterals;

namespace
{

// Their snapshots under a savepoint: a server that hides its catalogs costs this part alone.
Done compareSchema(Side &live, Side &rehearsed, Comparison &comparison)
{
    for (Side *side : {&live, &rehearsed}) {
        if (auto saved = side->connection.command("SAVEPOINT howdah_schema"); !saved)
            return saved;
    }
    Result<catalog::Snapshot> one, other;
    sideBySide([&] { one = catalog::readSnapshot(live.connection, live.cancel); }, [&] { other = catalog::readSnapshot(rehearsed.connection, rehearsed.cancel); });
    if (one && other) {
        comparison.schema = catalog::compare(*other, *one);
        comparison.schemaCompared = true;
        comparison.schemaNotSeen = one->notSeen + other->notSeen;
        comparison.schemaNotSeen.removeDuplicates();
    } else {
        const Error error = !one ? one.error() : other.error();
        if (error.kind == ErrorKind::Cancelled || !live.connection.isAlive() || !rehearsed.connection.isAlive())
            return fail(error);
        comparison.schemaNotSeen = {u"the definitions were not compared: %1"_s.arg(error.text())};
    }
    for (Side *side : {&live, &rehearsed}) {
        if (auto back = side->connection.command("ROLLBACK TO SAVEPOINT howdah_schema"); !back)
            return back;
    }
    return {};
}

// Of a side; a sequence that was restarted has no last value in the view, and is asked itself.
Result<std::map<TableName, SequencePlace>> sequencesOf(Side &side)
{
    const auto rows = side.runFile("compare_sequences");
    if (!rows)
        return fail(rows.error());
    std::map<TableName, SequencePlace> places;
    for (qsizetype row = 0; row < rows->size(); ++row) {
        SequencePlace place;
        place.state = rows->boolean(row, 3).value_or(false) ? SequencePlace::State::There : SequencePlace::State::NotPermitted;
        place.called = !rows->isNull(row, 2);
        place.last = rows->integer(row, 2).value_or(0);
        if (const QByteArray exact = rows->bytes(row, 4).toByteArray(); !exact.isEmpty()) {
            const auto asked = side.run(exact);
            if (!asked)
                return fail(asked.error());
            place.last = asked->integer(0, 0).value_or(0);
            place.called = asked->boolean(0, 1).value_or(false);
        }
        places[{rows->text(row, 0), rows->text(row, 1)}] = place;
    }
    return places;
}

// Under savepoints: what fails here costs this part alone, and that is told.
Done apart(Side &live, Side &rehearsed, const QString &what, Comparison &comparison, const std::function<Done()> &part)
{
    for (Side *side : {&live, &rehearsed}) {
        if (auto saved = side->connection.command("SAVEPOINT howdah_part"); !saved)
            return saved;
    }
    if (const Done done = part(); !done) {
        if (done.error().kind == ErrorKind::Cancelled || !live.connection.isAlive() || !rehearsed.connection.isAlive())
            return done;
        comparison.notCompared << u"%1 (%2)"_s.arg(what, done.error().text());
    }
    for (Side *side : {&live, &rehearsed}) {
        if (auto back = side->connection.command("ROLLBACK TO SAVEPOINT howdah_part"); !back)
            return back;
    }
    return {};
}

Done compareSequences(Side &live, Side &rehearsed, Comparison &comparison)
{
    const auto one = sequencesOf(live), other = sequencesOf(rehearsed);
    if (!one || !other)
        return fail(!one ? one.error() : other.error());
    std::set<TableName> names;
    for (const auto *places : {&*one, &*other}) {
        for (const auto &[name, place] : *places)
            names.insert(name);
    }
    const auto placeIn = [](const std::map<TableName, SequencePlace> &places, const TableName &name) {
        const auto found = places.find(name);
        return found == places.end() ? SequencePlace() : found->second;
    };
    for (const TableName &name : names) {
        const SequenceComparison both{name, placeIn(*one, name), placeIn(*other, name)};
        if (both.live != both.rehearsed || !both.isKnown())
            comparison.sequences << both;
    }
    return {};
}

Done compareLargeObjects(Side &live, Side &rehearsed, LargeObjectComparison &into)
{
    using State = TableComparison::State;
    const auto one = live.runFile("compare_large_objects"), other = rehearsed.runFile("compare_large_objects");
    if (!one || !other)
        return fail(!one ? one.error() : other.error());
    into.live = one->integer(0, 0).value_or(0);
    into.rehearsed = other->integer(0, 0).value_or(0);
    if (into.live != into.rehearsed) {
        into.state = State::Different;
    } else if (into.live == 0) {
        into.state = State::Equal;
    } else if (!one->boolean(0, 1).value_or(false) || !other->boolean(0, 1).value_or(false)) {
        into.state = State::NotPermitted;
        into.why = u"as many on both sides, and %1 may not look into them"_s.arg(one->boolean(0, 1).value_or(false) ? rehearsed.connection.facts().role : live.connection.facts().role);
    } else {
        Result<pg::Rows> here, there;
        sideBySide([&] { here = live.run(one->bytes(0, 2).toByteArray()); }, [&] { there = rehearsed.run(other->bytes(0, 2).toByteArray()); });
        if (!here || !there)
            return fail(!here ? here.error() : there.error());
        into.state = sumsOf(*here) == sumsOf(*there) ? State::Equal : State::Different;
    }
    return {};
}

void listNotCompared(const Side &live, const Side &rehearsed, Comparison &comparison)
{
    std::set<QString> views, foreign;
    for (const Side *side : {&live, &rehearsed}) {
        for (const TableFacts &facts : side->tables()) {
            if (facts.kind == u'v')
                views.insert(facts.name.text());
            else if (facts.kind == u'f')
                foreign.insert(facts.name.text());
        }
    }
    comparison.withoutRows = QStringList(views.begin(), views.end());
    if (!foreign.empty())
        comparison.notCompared << u"foreign tables (their rows lie elsewhere): "_s + QStringList(foreign.begin(), foreign.end()).join(u", "_s);
}

// What holds rows of its own.
bool hasRows(const TableFacts &facts)
{
    return facts.kind == u'r' || facts.kind == u'm';
}

} // namespace

Result<Comparison> compare(pg::Connection &liveLink, pg::Connection &rehearsedLink, const CompareChoice &choice, const Progress &progress, const CancelToken &cancel)
{
    QElapsedTimer timer;
    timer.start();
    Side live(liveLink, cancel), rehearsed(rehearsedLink, cancel);
    const auto sameCluster = areTwo(liveLink, rehearsedLink, cancel);
    if (!sameCluster)
        return fail(sameCluster.error());
    Comparison comparison;
    comparison.sameCluster = *sameCluster;
    comparison.live = u"%1 on %2"_s.arg(liveLink.facts().database, liveLink.spec().address());
    comparison.rehearsed = u"%1 on %2"_s.arg(rehearsedLink.facts().database, rehearsedLink.spec().address());
    for (Side *side : {&live, &rehearsed}) {
        if (auto begun = side->begin(false, choice.lockTimeoutMs); !begun)
            return fail(begun.error());
    }
    const auto tell = [&](const QString &note, qint64 done, qint64 total) {
        if (progress)
            progress({u"Compare"_s, note, done, total, u"tables"_s});
    };
    if (choice.schema) {
        tell(u"definitions"_s, 0, 0);
        if (Done schema = compareSchema(live, rehearsed, comparison); !schema)
            return fail(schema.error());
    }
    std::set<TableName> names(choice.tables.begin(), choice.tables.end());
    if (choice.tables.isEmpty()) {
        for (const Side *side : {&live, &rehearsed}) {
            for (const TableFacts &facts : side->tables()) {
                if (hasRows(facts))
                    names.insert(facts.name);
            }
        }
        listNotCompared(live, rehearsed, comparison);
        if (Done sequences = apart(live, rehearsed, u"sequences"_s, comparison, [&] { return compareSequences(live, rehearsed, comparison); }); !sequences)
            return fail(sequences.error());
        tell(u"large objects"_s, 0, 0);
        comparison.largeObjects = LargeObjectComparison();
        if (Done large = apart(live, rehearsed, u"large objects"_s, comparison, [&] { return compareLargeObjects(live, rehearsed, *comparison.largeObjects); }); !large)
            return fail(large.error());
    }
    using State = TableComparison::State;
    for (const TableName &name : names) {
        tell(name.text(), comparison.tables.size(), qint64(names.size()));
        const TableFacts *one = live.find(name), *other = rehearsed.find(name);
        TableComparison table;
        table.table = name;
        if (!one && !other) {
            table.why = u"there is no such table"_s;
        } else if (!one || !other) {
            table.state = one ? State::OnlyLive : State::OnlyRehearsed;
            table.why = one ? u"the table is only in live"_s : u"the table is only in the rehearsed copy: its rows come back only with its definition (pg_dump -t from there)"_s;
        } else if (!hasRows(*one) || !hasRows(*other)) {
            table.why = one->kind == u'p' ? u"partitioned: its partitions are compared"_s : u"no ordinary table"_s;
        } else if (Done compared = compareTable(live, rehearsed, *one, *other, choice, table); !compared) {
            return fail(at(compared.error(), u"compare %1"_s.arg(name.text())));
        }
        comparison.tables << table;
    }
    tell({}, comparison.tables.size(), qint64(names.size()));
    comparison.tookMs = timer.elapsed();
    return comparison;
}

} // namespace howdah::backup
