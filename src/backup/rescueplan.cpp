// SPDX-License-Identifier: GPL-3.0-or-later
// What the rows refer to, in which order they are written, and the plan in words.
#include "backup/rescuework.h"

#include "base/units.h"
#include "pg/quote.h"

#include <QJsonDocument>

#include <algorithm>

namespace howdah::backup
{

using namespace Qt::StringLiterals;

static bool isReferenced(const Staged &staged, quint32 relation)
{
    return staged.live->oid == relation || staged.live->ancestors.contains(relation);
}

Done RescueWork::readForeignKeys()
{
    QJsonArray waiting;
    for (const Staged &staged : std::as_const(m_staged)) {
        QJsonArray relations{qint64(staged.live->oid)};
        for (const quint32 relation : staged.live->ancestors)
            relations << qint64(relation);
        waiting << QJsonObject{{u"tmp"_s, staged.temporary}, {u"columns"_s, QJsonArray::fromStringList(staged.common.columns)}, {u"relations"_s, relations}};
    }
    for (Staged &staged : m_staged) {
        const auto keys = m_live.runFile("rescue_foreign", {staged.live->oid, staged.temporary, jsonOf(staged.common.columns), QJsonDocument(waiting).toJson(QJsonDocument::Compact)});
        const auto sequences = m_live.runFile("rescue_sequences", {staged.live->oid, jsonOf(staged.common.columns), staged.temporary});
        if (!keys || !sequences)
            return fail(!keys ? keys.error() : sequences.error());
        for (qsizetype row = 0; row < keys->size(); ++row) {
            const auto bytes = [&](const char *column) { return keys->bytes(row, keys->columnIndex(QLatin1StringView(column))).toByteArray(); };
            staged.foreignKeys.append({keys->text(row, "name"_L1), keys->text(row, "referenced_name"_L1), quint32(keys->integer(row, "referenced"_L1).value_or(0)),
                                       keys->boolean(row, "deferrable"_L1).value_or(false), keys->boolean(row, "partial"_L1).value_or(true), keys->boolean(row, "period"_L1).value_or(false), bytes("dangling"), bytes("remaining"), bytes("hold")});
        }
        for (qsizetype row = 0; row < sequences->size() && m_choice.sequences; ++row) {
            const auto bytes = [&](int column) { return sequences->bytes(row, column).toByteArray(); };
            staged.sequences.append({sequences->text(row, 0), sequences->boolean(row, 1).value_or(false), bytes(2), bytes(3), bytes(4), bytes(5)});
            if (!staged.sequences.constLast().owned)
                staged.plan.notes << u"%1 is not set forward: it belongs to another role"_s.arg(staged.sequences.constLast().name);
        }
    }
    return {};
}

Done RescueWork::lookForDangling(RescuePlan &plan)
{
    for (Staged &staged : m_staged) {
        for (const ForeignKey &key : std::as_const(staged.foreignKeys)) {
            if (key.partial && m_choice.triggers == RescueChoice::Triggers::Silence)
                plan.blocked << u"%1: while triggers rest %2 can't be looked at: %3"_s.arg(staged.plan.wanted.table.text(), pg::displayIdentifier(key.name), key.whyPartial());
            if (key.partial) {
                staged.plan.notes << u"%1 is looked at by the server alone: %2"_s.arg(pg::displayIdentifier(key.name), key.whyPartial());
                continue;
            }
            const auto found = m_live.run(key.dangling);
            if (!found)
                return fail(at(found.error(), u"look at %1"_s.arg(key.name)));
            if (const qint64 rows = found->integer(0, 0).value_or(-1); rows != 0)
                plan.blocked << u"%1: %2 rows would refer to rows of %3 that live lacks and nobody brings back (%4)"_s.arg(staged.plan.wanted.table.text()).arg(rows).arg(key.referencedName, pg::displayIdentifier(key.name));
        }
    }
    return {};
}

// What is referred to first. In a circle the keys must be able to wait.
void RescueWork::sortByReference(RescuePlan &plan)
{
    QVector<Staged> sorted, rest = m_staged;
    while (!rest.isEmpty()) {
        const auto waits = [&](const Staged &staged) {
            return std::any_of(staged.foreignKeys.begin(), staged.foreignKeys.end(), [&](const ForeignKey &key) {
                return std::any_of(rest.begin(), rest.end(), [&](const Staged &other) { return other.live->oid != staged.live->oid && isReferenced(other, key.referenced); });
            });
        };
        auto next = std::find_if(rest.begin(), rest.end(), [&](const Staged &staged) { return !waits(staged); });
        if (next == rest.end()) {
            next = rest.begin();
            for (const Staged &staged : std::as_const(rest)) {
                for (const ForeignKey &key : staged.foreignKeys) {
                    const bool within = std::any_of(rest.begin(), rest.end(), [&](const Staged &other) { return other.live->oid != staged.live->oid && isReferenced(other, key.referenced); });
                    if (within && !key.deferrable && m_choice.triggers == RescueChoice::Triggers::Fire)
                        plan.notes << u"%1 of %2 is part of a circle of foreign keys and can't wait for COMMIT: the server may refuse; to silence triggers would look at it at the end"_s.arg(
                            pg::displayIdentifier(key.name), staged.plan.wanted.table.text());
                }
            }
        }
        sorted << *next;
        rest.erase(next);
    }
    m_staged = sorted;
}

static QString countOf(qint64 rows)
{
    return rows == 1 ? u"1 row"_s : u"%1 rows"_s.arg(rows);
}

void RescueWork::putIntoWords(RescuePlan &plan) const
{
    const bool fire = m_choice.triggers == RescueChoice::Triggers::Fire;
    session::ChangePlan &change = plan.change;
    QStringList names;
    for (const Staged &staged : m_staged)
        names << staged.plan.wanted.table.text();
    change.title = u"Bring %1 back into %2"_s.arg(countOf(plan.rows()), names.join(u", "_s));
    change.verb = u"Bring %1 back"_s.arg(countOf(plan.rows()));
    change.server = m_choice.server.isEmpty() ? m_live.connection.spec().address() : m_choice.server;
    change.database = m_live.connection.facts().database;
    change.role = m_live.connection.facts().role;
    change.environment = m_choice.environment;
    change.object = change.database;
    change.lockTimeoutMs = m_choice.lockTimeoutMs;
    change.rows = plan.rows();
    const auto step = [&](const QString &title, const QByteArray &text, const QString &blocks = {}, const pg::Params &params = {}) {
        if (!text.isEmpty())
            change.steps.append({title, text, false, params, blocks});
    };
    for (const Staged &staged : m_staged) {
        if (staged.plan.missing > 0 && !staged.plan.lock.isEmpty()) {
            step(u"A lock is not waited for any longer"_s, staged.plan.patience);
            step(u"%1 is held, since no key would refuse the same row twice"_s.arg(staged.plan.wanted.table.text()), staged.plan.lock, u"whoever writes to %1, until COMMIT"_s.arg(staged.plan.wanted.table.text()));
        }
    }
    for (const Staged &staged : m_staged) {
        const QString name = staged.plan.wanted.table.text();
        const RescueStatements &statements = staged.statements;
        step(u"A temporary table for rows of %1"_s.arg(name), statements.stage);
        step(u"On the rehearsed copy: what may differ goes out"_s, statements.copyOut.size() < 4000 ? statements.copyOut : statements.copyOut.left(4000) + " …");
        step(u"It comes in"_s, statements.copyIn);
        step(u"What %1 has already goes"_s.arg(name), statements.dropEqual);
        if (!staged.plan.wanted.keys.isEmpty()) {
            QJsonArray keys;
            for (const QStringList &key : staged.plan.wanted.keys)
                keys << QJsonArray::fromStringList(key);
            step(u"Only the named rows stay"_s, statements.keepNamed, {}, {QJsonDocument(keys).toJson(QJsonDocument::Compact)});
        }
        if (!isOverwriting(staged.plan.wanted))
            step(u"Only what is missing stays"_s, statements.keepMissing);
        else if (staged.plan.wanted.rows == RescueTable::Rows::Changed)
            step(u"Only what is changed stays"_s, statements.keepChanged);
    }
    if (!fire) {
        step(u"Triggers rest, in this transaction alone"_s, pg::sqlFile(u"backup/rescue_silence"_s, m_live.connection.facts().serverVersionNum).value_or(pg::Statement()).text);
        plan.notes << u"triggers rest, so an audit by trigger will not tell of these rows; foreign keys are looked at before COMMIT; what is ENABLE ALWAYS or REPLICA fires all the same"_s;
    }
    for (const Staged &staged : m_staged) {
        const QString name = staged.plan.wanted.table.text();
        if (staged.plan.changed > 0)
            step(u"%1 of %2 are overwritten"_s.arg(countOf(staged.plan.changed), name), staged.statements.update, u"these rows of %1, for writers, until COMMIT"_s.arg(name));
        if (staged.plan.missing > 0)
            step(u"%1 are put into %2"_s.arg(countOf(staged.plan.missing), name), staged.statements.insert, u"nobody, but who would put in a row of the same key"_s);
        step(u"What stands in %1 is read again; unless it is what was brought, all is rolled back"_s.arg(name), staged.statements.verify);
        QStringList firing;
        for (const TriggerFacts &trigger : staged.live->triggers) {
            const bool events = (trigger.onInsert && staged.plan.missing > 0) || (trigger.onUpdate && staged.plan.changed > 0);
            if (events && (trigger.enabled == u'A' || trigger.enabled == (fire ? u'O' : u'R')))
                firing << pg::displayIdentifier(trigger.name);
        }
        if (!firing.isEmpty())
            plan.notes << u"%1: these triggers fire: %2; where one changes a row, all is rolled back"_s.arg(name, firing.join(u", "_s));
        for (const RescueSequence &sequence : staged.sequences) {
            if (sequence.owned)
                step(u"%1 is set forward behind them where it stands before; not undone by a rollback"_s.arg(sequence.name), sequence.hold + ";\n" + sequence.advance, u"who wants the sequence's next value, until COMMIT"_s);
        }
    }
    change.undo = u"Before COMMIT everything is rolled back by any failure. Afterwards: rows that were put in can be deleted by their keys; overwritten rows are in no place but a backup."_s;
    for (const Staged &staged : m_staged) {
        for (const QString &note : staged.plan.notes)
            plan.notes << staged.plan.wanted.table.text() + u": "_s + note;
    }
    if (plan.isGood() && plan.rows() == 0)
        plan.notes << u"nothing is to be brought back"_s;
}

qint64 RescuePlan::rows() const
{
    qint64 sum = 0;
    for (const RescueTablePlan &table : tables)
        sum += table.missing + table.changed;
    return sum;
}

QString RescuePlan::text() const
{
    QString text = units::oneLine(change.title) + u'\n';
    for (const QString &why : blocked)
        text += u"  can't be done: "_s + units::oneLine(why) + u'\n';
    for (const RescueTablePlan &table : tables)
        text += u"  %1: %2 missing, %3 overwritten, %4 left as they are\n"_s.arg(units::oneLine(table.wanted.table.text())).arg(table.missing).arg(table.changed).arg(table.left);
    for (const QString &note : notes)
        text += u"  "_s + units::oneLine(note) + u'\n';
    return text;
}

QJsonObject RescuePlan::toJson() const
{
    QJsonArray all, steps;
    for (const RescueTablePlan &table : tables)
        all << QJsonObject{{u"schema"_s, table.wanted.table.schema}, {u"name"_s, table.wanted.table.name}, {u"missing"_s, table.missing}, {u"changed"_s, table.changed}, {u"left"_s, table.left},
                           {u"conflicts"_s, table.conflicts}, {u"hash"_s, QString::fromLatin1(table.rows.first + '/' + table.rows.second)},
                           {u"columns"_s, QJsonArray::fromStringList(table.columns)}, {u"key"_s, QJsonArray::fromStringList(table.key)}};
    for (const session::ChangeStep &step : change.steps)
        steps << QJsonObject{{u"title"_s, step.title}, {u"sql"_s, session::masked(QString::fromUtf8(step.text))}, {u"blocks"_s, step.blocks}};
    return {{u"title"_s, change.title}, {u"server"_s, change.server}, {u"database"_s, change.database}, {u"role"_s, change.role}, {u"good"_s, isGood()},
            {u"blocked"_s, QJsonArray::fromStringList(blocked)}, {u"lacking"_s, QJsonArray::fromStringList(lacking)}, {u"notes"_s, QJsonArray::fromStringList(notes)}, {u"rows"_s, rows()}, {u"tables"_s, all}, {u"steps"_s, steps}, {u"undo"_s, change.undo}};
}

} // namespace howdah::backup
