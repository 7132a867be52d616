// SPDX-License-Identifier: GPL-3.0-or-later
#include "explain/effects.h"

#include <QHash>
#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>

namespace howdah::explain
{

using namespace Qt::StringLiterals;

QString effectText(const Effect &effect)
{
    switch (effect.kind) {
    case Effect::Kind::Sequence: return u"Sequence %1 of %2 may advance, and stays advanced"_s.arg(effect.name, effect.relation);
    case Effect::Kind::Trigger:
        return u"Trigger %1 on %2 calls %3(): what that does in this database is rolled back, what it does outside of it is not"_s
            .arg(effect.name, effect.relation, effect.detail);
    case Effect::Kind::DeferredTrigger:
        return u"Trigger %1 on %2 waits for COMMIT: it is not run, and its time not measured"_s.arg(effect.name, effect.relation);
    case Effect::Kind::ForeignTable: return u"%1 is a foreign table: whether the change is rolled back there is up to %2"_s.arg(effect.name, effect.detail);
    case Effect::Kind::Function: break;
    }
    if (effect.name.endsWith(".nextval"_L1) || effect.name.endsWith(".setval"_L1))
        return u"%1() changes a sequence, and that stays"_s.arg(effect.name);
    return u"%1() is volatile (%2): what it does outside of this database, or to the session, is not rolled back"_s.arg(effect.name, effect.detail);
}

QString whyItWrites(const plan::Plan &plan)
{
    for (const plan::PlanNode &node : plan.nodes) {
        if (node.type == "ModifyTable"_L1) {
            const QString table = node.schema.isEmpty() ? node.object : QString(node.schema + u'.' + node.object);
            return u"its plan writes to %1 (%2)"_s.arg(table.isEmpty() ? u"a table"_s : table, node.fields.text(u"Operation"));
        }
        if (node.type == "LockRows"_L1)
            return u"it locks rows"_s;
    }
    return {};
}

static QByteArray writtenTables(const plan::Plan &plan)
{
    QJsonArray tables;
    for (const plan::PlanNode &node : plan.nodes) {
        if (node.type != "ModifyTable"_L1)
            continue;
        const bool upsert = node.fields.text(u"Conflict Resolution") == "UPDATE"_L1;
        tables.append(QJsonObject{{u"schema"_s, node.schema}, {u"name"_s, node.object}, {u"event"_s, upsert ? u"Upsert"_s : node.fields.text(u"Operation")}});
    }
    return QJsonDocument(tables).toJson(QJsonDocument::Compact);
}

Result<QVector<Effect>> readEffects(pg::Connection &connection, const plan::Plan &plan, const QVector<CalledName> &called, const CancelToken &cancel)
{
    QJsonArray names;
    for (const CalledName &name : called)
        names.append(QJsonObject{{u"schema"_s, name.schema.isEmpty() ? QJsonValue() : QJsonValue(name.schema)}, {u"name"_s, name.name}});
    const auto rows = connection.runFile(u"explain/effects"_s, {writtenTables(plan), QJsonDocument(names).toJson(QJsonDocument::Compact)}, {}, cancel);
    if (!rows)
        return fail(Error(rows.error()).during(u"look for what is not rolled back"_s));
    static const QHash<QString, Effect::Kind> kinds{{u"sequence"_s, Effect::Kind::Sequence},
                                                    {u"trigger"_s, Effect::Kind::Trigger},
                                                    {u"deferred"_s, Effect::Kind::DeferredTrigger},
                                                    {u"foreign"_s, Effect::Kind::ForeignTable},
                                                    {u"function"_s, Effect::Kind::Function}};
    QVector<Effect> effects;
    for (qsizetype row = 0; row < rows->size(); ++row)
        effects.append({kinds.value(rows->text(row, 0), Effect::Kind::Function), rows->text(row, 1), rows->text(row, 2), rows->text(row, 3)});
    return effects;
}

} // namespace howdah::explain
