// SPDX-License-Identifier: GPL-3.0-or-later
#include "explain/keptplans.h"

#include "plan/exclusive.h"
#include "plan/parse.h"
#include "plan/report.h"
#include "plan/withoutliterals.h"
#include "plan/writejson.h"
#include "session/changeplan.h"

#include <QCryptographicHash>
#include <QJsonArray>
#include <QJsonDocument>

namespace howdah::explain
{

using namespace Qt::StringLiterals;
using store::Store;

namespace
{

constexpr qsizetype mostCompressed = 8 * 1024 * 1024; // of one plan, bytes
constexpr qsizetype mostUnpacked = 4 * plan::maxPlanText;

QString hashOf(const QString &text)
{
    return QString::fromLatin1(QCryptographicHash::hash(text.toUtf8(), QCryptographicHash::Sha256).first(16).toHex());
}

QString maskedText(const QString &text)
{
    return plan::withoutLiterals(session::masked(text));
}

// SQLite's NULL is not the empty text.
QString present(const QString &text)
{
    return text.isNull() ? u""_s : text;
}

QJsonValue orNull(std::optional<double> value)
{
    return value ? QJsonValue(*value) : QJsonValue(QJsonValue::Null);
}

std::optional<double> known(const QJsonValue &value)
{
    return value.isDouble() ? std::optional(value.toDouble()) : std::nullopt;
}

QString headJson(const plan::Plan &plan)
{
    const plan::PlanTimes times = plan::timesOf(plan);
    const plan::PlanNode &root = plan.nodes.constFirst();
    const QJsonObject head{{u"root"_s, plan::headOf(root).left(200)},
                           {u"nodes"_s, int(plan.nodes.size())},
                           {u"total_us"_s, plan.analyzed() ? orNull(times.totalUs) : QJsonValue(QJsonValue::Null)},
                           {u"cost"_s, orNull(root.totalCost)}};
    return QString::fromUtf8(QJsonDocument(head).toJson(QJsonDocument::Compact));
}

PlanOrigin originOf(const QString &name)
{
    for (const PlanOrigin origin : {PlanOrigin::Explained, PlanOrigin::Measured, PlanOrigin::Pasted, PlanOrigin::Logged})
        if (originName(origin) == name)
            return origin;
    return PlanOrigin::Pasted;
}

void readHead(const QString &json, KeptPlan *plan)
{
    const QJsonObject head = QJsonDocument::fromJson(json.toUtf8()).object();
    plan->root = head.value("root"_L1).toString();
    plan->nodes = head.value("nodes"_L1).toInt();
    plan->totalUs = known(head.value("total_us"_L1));
    plan->cost = known(head.value("cost"_L1));
}

Result<qint64> sourceNumber(Store &store, const QString &source)
{
    auto found = store.run(u"source_find"_s, {source});
    if (!found)
        return fail(std::move(found.error()));
    return found->next() ? found->value(0).toLongLong() : 0;
}

} // namespace

QString originName(PlanOrigin origin)
{
    switch (origin) {
    case PlanOrigin::Explained: return u"explained"_s;
    case PlanOrigin::Measured: return u"measured"_s;
    case PlanOrigin::Pasted: return u"pasted"_s;
    case PlanOrigin::Logged: return u"logged"_s;
    }
    return {};
}

QString plansSource(const QString &profileId)
{
    return (profileId.isEmpty() ? u"-"_s : profileId) + "/plans"_L1;
}

QString statementKeyOf(const QString &queryId, const QString &text, const plan::Plan &plan)
{
    const QString id = queryId.isEmpty() ? plan.queryId : queryId;
    if (!id.isEmpty() && id != "0"_L1)
        return u"id "_s + id;
    const QString of = text.isEmpty() ? plan.queryText : text;
    if (!of.isEmpty())
        return u"text "_s + hashOf(maskedText(of).simplified());
    QStringList read;
    for (const plan::PlanNode &node : plan.nodes)
        if (!node.object.isEmpty())
            read.append(node.object + u' ' + node.alias);
    read.sort();
    return u"reads "_s + hashOf(read.join(u'\n'));
}

Result<bool> keepPlan(Store &store, const QString &source, const PlanToKeep &given, qint64 nowMs)
{
    if (given.plan.nodes.isEmpty())
        return fail(ErrorKind::Client, u"plan_not_read"_s, u"A plan without nodes is not kept"_s);
    const QString statement = statementKeyOf(given.queryId, given.text, given.plan);
    const plan::Plan masked = plan::withoutLiterals(given.plan);
    const QString text = maskedText(given.text.isEmpty() ? given.plan.queryText : given.text).left(keptTextLimit);
    const QByteArray packed = qCompress(plan::writeJson(masked), 6);
    if (packed.size() > mostCompressed)
        return fail(ErrorKind::Client, u"plan_too_large"_s, u"The plan is not kept: compressed it has more than %1 MB"_s.arg(mostCompressed / (1024 * 1024)));
    bool kept = false;
    const auto work = [&]() -> Done {
        if (auto added = store.run(u"source_add"_s, {source}); !added)
            return fail(std::move(added.error()));
        const auto number = sourceNumber(store, source);
        if (!number)
            return fail(number.error());
        auto added = store.run(
            u"plan_add"_s, {*number, statement, nowMs, originName(given.origin), present(given.database.left(200)), headJson(masked), present(text), packed});
        if (!added)
            return fail(std::move(added.error()));
        kept = added->numRowsAffected() > 0;
        if (!kept)
            return {};
        if (auto trimmed = store.run(u"plan_trim"_s, {*number, statement, keptOfStatement}); !trimmed)
            return fail(std::move(trimmed.error()));
        if (auto fitted = store.run(u"plan_fit"_s, {keptBytes}); !fitted)
            return fail(std::move(fitted.error()));
        return {};
    };
    if (auto done = store.transaction(work); !done)
        return fail(std::move(done.error()));
    return kept;
}

Result<QVector<KeptPlan>> keptPlans(Store &store, const QString &source, const QString &statement, int most)
{
    const auto number = sourceNumber(store, source);
    if (!number)
        return fail(number.error());
    auto rows = store.run(u"plan_list"_s, {*number, present(statement), most});
    if (!rows)
        return fail(std::move(rows.error()));
    QVector<KeptPlan> plans;
    while (rows->next()) {
        KeptPlan plan;
        plan.id = rows->value(0).toLongLong();
        plan.statement = rows->value(1).toString();
        plan.atMs = rows->value(2).toLongLong();
        plan.origin = originOf(rows->value(3).toString());
        plan.database = rows->value(4).toString();
        readHead(rows->value(5).toString(), &plan);
        plan.text = rows->value(6).toString();
        plans.append(plan);
    }
    if (auto end = store.atEnd(*rows); !end)
        return fail(std::move(end.error()));
    return plans;
}

Result<ReadPlan> readKeptPlan(Store &store, const QString &source, qint64 id)
{
    const auto number = sourceNumber(store, source);
    if (!number)
        return fail(number.error());
    auto row = store.run(u"plan_read"_s, {*number, id});
    if (!row)
        return fail(std::move(row.error()));
    if (!row->next())
        return fail(ErrorKind::Client, u"no_such_plan"_s, u"The plan is not kept any more"_s,
                    u"Of each statement the newest %1 are kept"_s.arg(keptOfStatement));
    ReadPlan read;
    read.about.id = id;
    read.about.statement = row->value(0).toString();
    read.about.atMs = row->value(1).toLongLong();
    read.about.origin = originOf(row->value(2).toString());
    read.about.database = row->value(3).toString();
    readHead(row->value(4).toString(), &read.about);
    read.about.text = row->value(5).toString();
    const QByteArray packed = row->value(6).toByteArray();
    // Its first four bytes say how much comes out.
    const quint32 size =
        packed.size() < 4 ? 0 : quint32(quint8(packed[0])) << 24 | quint32(quint8(packed[1])) << 16 | quint32(quint8(packed[2])) << 8 | quint8(packed[3]);
    if (size > mostUnpacked)
        return fail(ErrorKind::Client, u"plan_not_read"_s, u"The kept plan is not what was written"_s);
    auto plans = plan::parsePlans(QString::fromUtf8(qUncompress(packed)));
    if (!plans)
        return fail(std::move(plans.error()));
    read.plan = plans->constFirst();
    return read;
}

Done forgetPlans(Store &store, const QString &source, const QVector<qint64> &ids)
{
    const auto number = sourceNumber(store, source);
    if (!number)
        return fail(number.error());
    QJsonArray list;
    for (const qint64 id : ids)
        list.append(id);
    auto removed = store.run(u"plan_remove"_s, {*number, QString::fromUtf8(QJsonDocument(list).toJson(QJsonDocument::Compact))});
    if (!removed)
        return fail(std::move(removed.error()));
    return {};
}

} // namespace howdah::explain
