// SPDX-License-Identifier: GPL-3.0-or-later
// What is to be brought back, fetched into temporary tables of live and measured there, beside live's own rows in one snapshot.
#include "backup/rescuepipe.h"
#include "backup/rescuework.h"

#include "pg/quote.h"

#include <QJsonDocument>

#include <algorithm>
#include <set>

namespace howdah::backup
{

using namespace Qt::StringLiterals;

void RescueWork::tell(const QString &step, const TableName &table, qint64 done, const QString &unit) const
{
    if (m_progress)
        m_progress({step, table.text(), done, 0, unit});
}

Done RescueWork::stage(RescuePlan &plan, const QByteArrayList &first)
{
    const auto sameCluster = areTwo(m_live.connection, m_rehearsed.connection, m_live.cancel);
    if (!sameCluster)
        return fail(sameCluster.error());
    if (m_choice.tables.isEmpty())
        return fail(ErrorKind::Client, u"usage"_s, u"No table was chosen"_s);
    if (Done begun = m_live.begin(true, m_choice.lockTimeoutMs, first); !begun)
        return begun;
    if (Done begun = m_rehearsed.begin(false, m_choice.lockTimeoutMs); !begun)
        return begun;
    const auto rights = m_live.runFile("rescue_rights");
    if (!rights)
        return fail(rights.error());
    const QString role = m_live.connection.facts().role;
    if (rights->boolean(0, "in_recovery"_L1).value_or(true))
        plan.blocked << u"live is a standby: nothing can be written"_s;
    else if (rights->boolean(0, "read_only"_L1).value_or(true))
        plan.blocked << u"this session is read-only: unlock it first"_s;
    const auto lack = [&plan](const QString &what) {
        plan.blocked << what;
        plan.lacking << what;
    };
    if (!sameCluster->value_or(false) && !m_choice.otherCluster)
        plan.blocked << (*sameCluster ? u"the copy is of another cluster than live (%1 and %2): its rows are not live's"_s.arg(m_rehearsed.connection.identity().systemIdentifier, m_live.connection.identity().systemIdentifier)
                                      : u"whether the copy is of live's cluster is not known: one of them does not tell its identifier"_s);
    if (!rights->boolean(0, "may_stage"_L1).value_or(false))
        lack( u"%1 may not make temporary tables in this database"_s.arg(role));
    if (m_choice.triggers == RescueChoice::Triggers::Silence && !rights->boolean(0, "may_silence"_L1).value_or(false))
        lack(u"%1 may not silence triggers: that takes a superuser, or GRANT SET ON PARAMETER session_replication_role"_s.arg(role));
    std::set<TableName> seen;
    for (const RescueTable &wanted : m_choice.tables) {
        if (!seen.insert(wanted.table).second) {
            plan.blocked << u"%1 is named twice"_s.arg(wanted.table.text());
            continue;
        }
        Staged staged;
        staged.plan.wanted = wanted;
        staged.temporary = u"howdah_rescue_%1"_s.arg(m_staged.size() + 1);
        const qsizetype before = plan.blocked.size();
        if (Done judged = judge(wanted, staged, plan); !judged)
            return judged;
        if (plan.blocked.size() == before)
            m_staged << staged;
    }
    if (!plan.isGood())
        return {}; // half of what was wanted is not measured
    for (Staged &staged : m_staged) {
        if (Done fetched = fetch(staged); !fetched)
            return fail(at(fetched.error(), u"fetch %1"_s.arg(staged.plan.wanted.table.text())));
        if (Done measured = measure(staged, plan); !measured)
            return fail(at(measured.error(), u"measure %1"_s.arg(staged.plan.wanted.table.text())));
    }
    if (Done foreign = readForeignKeys(); !foreign)
        return foreign;
    if (Done dangling = lookForDangling(plan); !dangling)
        return dangling;
    sortByReference(plan);
    for (const Staged &staged : std::as_const(m_staged))
        plan.tables << staged.plan;
    putIntoWords(plan);
    return {};
}

Done RescueWork::judge(const RescueTable &wanted, Staged &staged, RescuePlan &plan)
{
    const QString name = wanted.table.text(), role = m_live.connection.facts().role;
    const auto block = [&](const QString &why) { plan.blocked << name + u": "_s + why; };
    const auto lack = [&](const QString &why) {
        block(why);
        plan.lacking << plan.blocked.constLast();
    };
    const TableFacts *live = staged.live = m_live.find(wanted.table), *rehearsed = staged.rehearsed = m_rehearsed.find(wanted.table);
    if (!live || !rehearsed) {
        block(!live && !rehearsed ? u"there is no such table"_s
              : !live             ? u"the table is gone from live: it comes back only with its definition (pg_dump -t from the rehearsed copy)"_s
                                  : u"the rehearsed copy has no such table"_s);
        return {};
    }
    if (live->kind != u'r' || rehearsed->kind != u'r') {
        block(live->kind == u'p' ? u"it is partitioned: choose its partitions"_s : u"it is no ordinary table"_s);
        return {};
    }
    if (rehearsed->persistence == u'u')
        block(u"unlogged: no recovery brings its rows back"_s);
    if (live->filtered)
        lack(u"row security would hide rows from %1: a role that reads every row is needed"_s.arg(role));
    else if (rehearsed->filtered)
        block(u"row security would hide rows from %1: a role that reads every row is needed"_s.arg(m_rehearsed.connection.facts().role));
    if (live->hasRules)
        block(u"a rule would rewrite what is put in"_s);
    if (!live->mayInsert)
        lack(u"%1 may not insert into it"_s.arg(role));
    if (isOverwriting(wanted) && !live->mayUpdate)
        lack(u"%1 may not update it"_s.arg(role));
    const CommonTable common = staged.common = commonOf(*live, *rehearsed);
    for (const QString &column : common.columns) {
        const QString is = live->find(column)->base, was = rehearsed->find(column)->base;
        const auto isZoned = [](const QString &type) { return type.contains("with time zone"_L1) || type.contains("tstz"_L1); };
        const auto isClock = [](const QString &type) { return type.startsWith("time"_L1) || type.startsWith("date"_L1) || type.startsWith("ts"_L1); };
        if (isClock(is) && isClock(was) && isZoned(is) != isZoned(was))
            block(u"its column %1 was %2 and is %3 now: by which time zone is not known"_s.arg(pg::displayIdentifier(column), was, is));
    }
    if (common.key.columns.isEmpty() && !live->mayLock)
        lack(u"it has no key, so it is to be locked, and %1 may not (UPDATE, DELETE or TRUNCATE on it would do)"_s.arg(role));
    if (common.columns.isEmpty())
        block(u"no columns in common"_s);
    for (const ColumnFacts &column : live->columns) {
        if (!rehearsed->find(column.name) && column.notNull && !column.hasDefault && !column.identity && !column.generated)
            block(u"its column %1 is new since, NOT NULL and without a default: there is nothing to put into it"_s.arg(pg::displayIdentifier(column.name)));
    }
    if (common.key.columns.isEmpty() && (wanted.rows == RescueTable::Rows::Changed || !wanted.keys.isEmpty()))
        block(u"no key that both sides have: rows can't be told to be the same one"_s);
    if (wanted.rows == RescueTable::Rows::Changed && m_choice.conflict != RescueChoice::Conflict::Overwrite)
        block(u"changed rows are brought back by overwriting, which was not chosen"_s);
    staged.plan.columns = common.columns;
    staged.plan.key = common.key.columns;
    staged.plan.notes = common.notes;
    staged.plan.notes.replaceInStrings(u"only in live: "_s, u"new in live, and left to their defaults: "_s);
    staged.plan.notes.replaceInStrings(u"only in the rehearsed copy: "_s, u"gone from live, their values are left behind: "_s);
    staged.plan.notes.replaceInStrings(u"generated, and not compared: "_s, u"generated by the server: "_s);
    if (common.key.columns.isEmpty())
        staged.plan.notes << u"no key: of rows that are equal in everything as many are brought back as live lacks"_s;
    return {};
}

// All columns of a key, and what only the server sets, are no UPDATE's.
static QStringList settable(const Staged &staged)
{
    QStringList columns;
    for (const QString &column : staged.common.columns) {
        if (!staged.common.key.columns.contains(column) && !staged.live->find(column)->identityAlways)
            columns << column;
    }
    return columns;
}

// The columns that are of another type in the copy, with that type.
static QByteArray otherTypes(const Staged &staged)
{
    QJsonArray columns;
    for (const QString &column : staged.common.columns) {
        if (staged.live->find(column)->type != staged.rehearsed->find(column)->type)
            columns << QJsonObject{{u"column"_s, column}, {u"type"_s, staged.rehearsed->find(column)->base}};
    }
    return QJsonDocument(columns).toJson(QJsonDocument::Compact);
}

Done RescueWork::fetch(Staged &staged)
{
    const TableName &table = staged.plan.wanted.table;
    tell(u"Look for what differs"_s, table);
    const auto looking = statementsOf(m_live, table, staged.common.columns, staged.common.key.columns);
    if (!looking)
        return fail(looking.error());
    const auto buckets = differingBuckets(m_live, m_rehearsed, *looking, qMax<qint64>(qMax(staged.live->estimated, staged.rehearsed->estimated), 4096));
    if (!buckets)
        return fail(buckets.error());
    const pg::Param all;
    const auto rows = m_live.runFile("rescue_statements", {table.schema, table.name, jsonOf(staged.common.columns), jsonOf(staged.common.key.columns), jsonOf(staged.common.key.operators), staged.temporary,
                                                           jsonOf(settable(staged)), m_choice.conflict == RescueChoice::Conflict::Skip, buckets->all() ? all : pg::Param(buckets->mask),
                                                           buckets->all() ? all : pg::Param(buckets->array()), otherTypes(staged),
                                                           QByteArray(QByteArray::number(m_choice.lockTimeoutMs) + "ms")});
    if (!rows)
        return fail(rows.error());
    QVector<QByteArray *> into{&staged.statements.stage, &staged.statements.copyOut, &staged.statements.sourceSums, &staged.statements.copyIn, &staged.statements.analyze,
                               &staged.statements.sums, &staged.statements.dropEqual, &staged.statements.counts, &staged.statements.keepMissing, &staged.statements.keepChanged,
                               &staged.statements.keepNamed, &staged.statements.overwritten, &staged.statements.update, &staged.statements.insert, &staged.statements.verify,
                               &staged.statements.came, &staged.statements.altered, &staged.statements.patience, &staged.statements.lock};
    for (qsizetype column = 0; column < into.size(); ++column)
        *into.at(column) = rows->bytes(0, int(column)).toByteArray();
    staged.plan.patience = staged.statements.patience;
    staged.plan.lock = staged.statements.lock;
    if (const auto made = m_live.run(staged.statements.stage); !made)
        return fail(made.error());
    const auto copied = copyThrough(m_rehearsed, staged.statements.copyOut, m_live, staged.statements.copyIn, [&](qint64 bytes) { tell(u"Fetch rows"_s, table, bytes, u"B"_s); });
    if (!copied)
        return fail(copied.error());
    const auto source = m_rehearsed.run(staged.statements.sourceSums), came = m_live.run(staged.statements.came);
    if (!source || !came)
        return fail(!source ? source.error() : came.error());
    if (sumsOf(*source) != sumsOf(*came))
        return fail(ErrorKind::Client, u"not_verified"_s, u"What came is not what the rehearsed copy has: %1 there, %2 here"_s.arg(sumsOf(*source).text(), sumsOf(*came).text()));
    if (const auto analyzed = m_live.run(staged.statements.analyze); !analyzed)
        return fail(analyzed.error());
    return {};
}

Done RescueWork::measure(Staged &staged, RescuePlan &plan)
{
    RescueTablePlan &into = staged.plan;
    const RescueStatements &statements = staged.statements;
    const QString name = into.wanted.table.text();
    tell(u"Measure"_s, into.wanted.table);
    if (const auto pruned = m_live.run(statements.dropEqual); !pruned)
        return fail(pruned.error());
    if (!into.wanted.keys.isEmpty()) {
        QJsonArray keys;
        for (const QStringList &key : into.wanted.keys)
            keys << QJsonArray::fromStringList(key);
        if (const auto named = m_live.run(statements.keepNamed, {QJsonDocument(keys).toJson(QJsonDocument::Compact)}); !named)
            return fail(named.error());
    }
    const auto counts = m_live.run(statements.counts);
    if (!counts)
        return fail(counts.error());
    const qint64 missing = counts->integer(0, 0).value_or(0), changed = counts->integer(0, 1).value_or(0);
    const bool overwrites = isOverwriting(into.wanted), inserts = into.wanted.rows != RescueTable::Rows::Changed;
    into.missing = inserts ? missing : 0;
    into.changed = overwrites ? changed : 0;
    into.left = overwrites ? 0 : changed;
    const QByteArray &prune = !overwrites ? statements.keepMissing : !inserts ? statements.keepChanged : QByteArray();
    if (!prune.isEmpty()) {
        if (const auto pruned = m_live.run(prune); !pruned)
            return fail(pruned.error());
    }
    if (into.wanted.rows == RescueTable::Rows::All && m_choice.conflict == RescueChoice::Conflict::Fail && changed > 0)
        plan.blocked << u"%1: %2 rows are there with other values, and neither to skip nor to overwrite them was chosen"_s.arg(name).arg(changed);
    else if (into.left > 0)
        into.notes << u"%1 rows that live has with other values stay as they are"_s.arg(into.left);
    if (into.changed > 0 && statements.update.isEmpty())
        plan.blocked << u"%1: no column of it can be overwritten"_s.arg(name);
    if (qsizetype(into.wanted.keys.size()) > into.missing + into.changed)
        into.notes << u"%1 of the %2 named rows are to be brought back: the others live has already, or the copy has not"_s.arg(into.missing + into.changed).arg(into.wanted.keys.size());
    const auto sums = m_live.run(statements.sums), overwritten = m_live.run(statements.overwritten);
    if (!sums || !overwritten)
        return fail(!sums ? sums.error() : overwritten.error());
    into.rows = sumsOf(*sums);
    into.overwritten = sumsOf(*overwritten);
    if (Done altered = lookForAltered(staged, plan); !altered)
        return altered;
    if (Done followers = lookForFollowers(staged, plan); !followers)
        return followers;
    for (const KeyFacts &key : staged.live->keys) {
        const bool carried = std::all_of(key.columns.begin(), key.columns.end(), [&](const QString &column) { return staged.common.columns.contains(column); });
        if (key.columns == staged.common.key.columns || !carried)
            continue;
        const auto statement = m_live.runFile("rescue_conflicts", {into.wanted.table.schema, into.wanted.table.name, staged.temporary, jsonOf(staged.common.key.columns), jsonOf(staged.common.key.operators),
                                                                   jsonOf(key.columns), jsonOf(key.operators)});
        const auto found = statement ? m_live.run(statement->bytes(0, 0).toByteArray()) : statement;
        if (!found)
            return fail(found.error());
        const qint64 conflicts = found->integer(0, 0).value_or(0);
        into.conflicts += conflicts;
        if (conflicts > 0 && m_choice.conflict == RescueChoice::Conflict::Skip)
            into.notes << u"%1 rows are left out: another row of live has their %2"_s.arg(conflicts).arg(key.columns.join(u", "_s));
        else if (conflicts > 0)
            plan.blocked << u"%1: of %2 rows another row of live has the same %3"_s.arg(name).arg(conflicts).arg(key.columns.join(u", "_s));
    }
    return {};
}

// What COPY took without a word: a rounded number, a second cut off.
Done RescueWork::lookForAltered(Staged &staged, RescuePlan &plan)
{
    if (staged.statements.altered.isEmpty() || staged.plan.rows.rows == 0)
        return {};
    const QString name = staged.plan.wanted.table.text();
    if (auto saved = m_live.connection.command("SAVEPOINT howdah_altered"); !saved)
        return saved;
    const auto found = m_live.run(staged.statements.altered);
    if (!found && (found.error().kind == ErrorKind::Cancelled || !m_live.connection.isAlive()))
        return fail(found.error());
    if (!found)
        plan.blocked << u"%1: whether live's types hold the values as they were can't be told: %2"_s.arg(name, found.error().message);
    else if (const qint64 rows = found->integer(0, 0).value_or(-1); rows != 0)
        plan.blocked << u"%1: in %2 rows a value would not be what it was, by a column's new type (%3)"_s.arg(name).arg(rows).arg(staged.common.notes.filter(u"of another type"_s).join(u"; "_s));
    return m_live.connection.command("ROLLBACK TO SAVEPOINT howdah_altered");
}

// A row that is overwritten may be referred to by values that change with it.
Done RescueWork::lookForFollowers(Staged &staged, RescuePlan &plan)
{
    if (staged.plan.changed == 0)
        return {};
    const QString name = staged.plan.wanted.table.text();
    const auto keys = m_live.runFile("rescue_referring", {staged.live->oid, staged.temporary, jsonOf(settable(staged)), jsonOf(staged.common.key.columns), jsonOf(staged.common.key.operators)});
    if (!keys)
        return fail(keys.error());
    for (qsizetype row = 0; row < keys->size(); ++row) {
        const QString key = pg::displayIdentifier(keys->text(row, "name"_L1)), referring = keys->text(row, "referring"_L1), action = keys->text(row, "action"_L1);
        const auto changes = m_live.run(keys->bytes(row, keys->columnIndex("changes"_L1)).toByteArray());
        if (!changes)
            return fail(at(changes.error(), u"look at %1"_s.arg(key)));
        const qint64 changed = changes->integer(0, 0).value_or(-1);
        if (changed == 0)
            continue;
        // Nobody would hold it, and whoever comes to refer to the old value meanwhile is not seen in our snapshot.
        if (m_choice.triggers == RescueChoice::Triggers::Silence) {
            plan.blocked << u"%1: %2 rows would get another value in what %3 refers to (%4), and while triggers rest nobody looks at that"_s.arg(name).arg(changed).arg(referring, key);
            continue;
        }
        QString count = u"how many rows is not known, since they can't all be seen"_s;
        if (const QByteArray followers = keys->bytes(row, keys->columnIndex("followers"_L1)).toByteArray(); !followers.isEmpty()) {
            const auto found = m_live.run(followers);
            if (!found)
                return fail(at(found.error(), u"look at %1"_s.arg(key)));
            const qint64 rows = found->integer(0, 0).value_or(-1);
            if (rows == 0)
                continue;
            count = u"%1 rows"_s.arg(rows);
        }
        if (action == u'c' || action == u'n' || action == u'd')
            staged.plan.notes << u"rows of %1 change with it, by %2 (%3): %4"_s.arg(referring, key, action == u'c' ? u"they follow"_s : action == u'n' ? u"their columns become NULL"_s : u"their columns get their defaults"_s, count);
        else
            staged.plan.notes << u"%1 refers to values that become others, by %2 (%3): the server refuses where rows still do"_s.arg(referring, key, count);
    }
    return {};
}

} // namespace howdah::backup
