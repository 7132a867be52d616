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

Done compareSequences(Side &live, Side &rehearsed, Comparison &comparison)
{
    const auto one = live.runFile("compare_sequences"), other = rehearsed.runFile("compare_sequences");
    if (!one || !other)
        return fail(!one ? one.error() : other.error());
    std::map<TableName, qint64> there;
    for (qsizetype row = 0; row < other->size(); ++row) {
        if (const auto last = other->integer(row, 2))
            there[{other->text(row, 0), other->text(row, 1)}] = *last;
    }
    for (qsizetype row = 0; row < one->size(); ++row) {
        const TableName name{one->text(row, 0), one->text(row, 1)};
        const auto found = there.find(name);
        if (const auto last = one->integer(row, 2); last && found != there.end() && found->second != *last)
            comparison.sequences.append({name, *last, found->second});
    }
    return {};
}

void listNotCompared(const Side &live, const Side &rehearsed, Comparison &comparison)
{
    std::map<QString, std::set<QString>> names;
    for (const Side *side : {&live, &rehearsed}) {
        for (const TableFacts &facts : side->tables()) {
            if (facts.kind == u'v' || facts.kind == u'm' || facts.kind == u'f')
                names[facts.kind == u'v' ? u"views (they hold no rows)"_s : facts.kind == u'm' ? u"materialized views (made from others' rows)"_s : u"foreign tables (their rows lie elsewhere)"_s].insert(facts.name.text());
        }
    }
    for (const auto &[kind, all] : names)
        comparison.notCompared << kind + u": "_s + QStringList(all.begin(), all.end()).join(u", "_s);
    comparison.notCompared << u"large objects"_s;
}

} // namespace

Result<Comparison> compare(pg::Connection &liveLink, pg::Connection &rehearsedLink, const CompareChoice &choice, const Progress &progress, const CancelToken &cancel)
{
    QElapsedTimer timer;
    timer.start();
    Side live(liveLink, cancel), rehearsed(rehearsedLink, cancel);
    if (Done differ = areTwo(liveLink, rehearsedLink, cancel); !differ)
        return fail(differ.error());
    Comparison comparison;
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
                if (facts.kind == u'r')
                    names.insert(facts.name);
            }
        }
        listNotCompared(live, rehearsed, comparison);
        if (Done sequences = compareSequences(live, rehearsed, comparison); !sequences)
            return fail(sequences.error());
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
        } else if (one->kind != u'r' || other->kind != u'r') {
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
