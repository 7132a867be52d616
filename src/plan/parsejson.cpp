// SPDX-License-Identifier: GPL-3.0-or-later
#include "plan/headline.h"
#include "plan/jsontext.h"
#include "plan/parse.h"
#include "plan/pasted.h"

namespace howdah::plan
{

using namespace Qt::StringLiterals;

namespace
{

// What is neither a figure nor a text, for show: lists joined, objects as "name: value".
QString flat(const JsonNode &value, int depth = 0)
{
    if (depth > 16) // EXPLAIN goes no deeper than three, and each level copies what is below
        return u"…"_s;
    if (value.kind != JsonNode::Kind::Array && value.kind != JsonNode::Kind::Object)
        return value.text;
    QString all;
    for (const JsonNode &item : value.items) {
        if (!all.isEmpty())
            all += u", "_s;
        const bool nested = item.kind == JsonNode::Kind::Array || item.kind == JsonNode::Kind::Object;
        if (value.kind == JsonNode::Kind::Object)
            all += item.name + u": "_s;
        all += nested ? QString(u'(' + flat(item, depth + 1) + u')') : item.text;
    }
    return all;
}

class JsonPlanReader
{
public:
    Result<QVector<Plan>> read(const JsonNode &root);

private:
    bool stop(const JsonNode &at, const QString &why)
    {
        m_why = u"line %1: %2"_s.arg(at.line).arg(why);
        return false;
    }
    bool readPlan(const JsonNode &object, Plan *plan);
    bool readNode(const JsonNode &object, int parent, int depth, Plan *plan);
    bool readWorkers(const JsonNode &list, PlanNode *node);
    bool readTriggers(const JsonNode &list, Plan *plan);
    bool readJit(const JsonNode &object, Plan *plan);
    bool decimal(const JsonNode &value, int places, std::optional<qint64> *into);
    bool estimate(const JsonNode &value, std::optional<double> *into);
    bool takeActual(const JsonNode &item, Actual *actual, bool *taken);
    bool isObject(const JsonNode &value, QStringView what)
    {
        return value.kind == JsonNode::Kind::Object || stop(value, u"\"%1\" is no object"_s.arg(what));
    }
    bool isList(const JsonNode &value, QStringView what)
    {
        return value.kind == JsonNode::Kind::Array || stop(value, u"\"%1\" is no list"_s.arg(what));
    }
    static void add(const JsonNode &item, Fields *fields)
    {
        // Up to 16 those of shared and local blocks are one figure; text says "shared" of it.
        const bool old = item.name == "I/O Read Time"_L1 || item.name == "I/O Write Time"_L1;
        fields->all.append({old ? QString(u"Shared "_s + item.name) : item.name, flat(item)});
    }
    static void fill(const JsonNode &object, Fields *fields)
    {
        for (const JsonNode &item : object.items)
            add(item, fields);
    }

    QString m_why;
};

bool JsonPlanReader::decimal(const JsonNode &value, int places, std::optional<qint64> *into)
{
    *into = value.kind == JsonNode::Kind::Number ? scaledDecimal(value.text, places) : std::nullopt;
    return (into->has_value() && **into >= 0) || stop(value, u"\"%1\" is no figure of its kind"_s.arg(value.name));
}

bool JsonPlanReader::estimate(const JsonNode &value, std::optional<double> *into)
{
    bool ok = false;
    *into = value.text.toDouble(&ok);
    return (ok && value.kind == JsonNode::Kind::Number) || stop(value, u"\"%1\" is no figure of its kind"_s.arg(value.name));
}

bool JsonPlanReader::takeActual(const JsonNode &item, Actual *actual, bool *taken)
{
    std::optional<qint64> value;
    *taken = true;
    if (item.name == "Actual Startup Time"_L1)
        return decimal(item, 3, &actual->startupUs);
    if (item.name == "Actual Total Time"_L1)
        return decimal(item, 3, &actual->totalUs);
    if (item.name == "Actual Rows"_L1) {
        if (!decimal(item, 2, &value))
            return false;
        actual->rowsHundredths = *value;
    } else if (item.name == "Actual Loops"_L1) {
        if (!decimal(item, 0, &value))
            return false;
        actual->loops = *value;
    } else {
        *taken = false;
    }
    return true;
}

bool JsonPlanReader::readWorkers(const JsonNode &list, PlanNode *node)
{
    if (!isList(list, u"Workers"))
        return false;
    for (const JsonNode &item : list.items) {
        if (!isObject(item, u"Workers"))
            return false;
        WorkerShare share;
        Actual actual;
        bool any = false;
        for (const JsonNode &member : item.items) {
            bool taken = false;
            if (!takeActual(member, &actual, &taken))
                return false;
            any = any || taken;
            std::optional<qint64> number;
            if (member.name == "Worker Number"_L1) {
                if (!decimal(member, 0, &number) || *number > 1'000'000)
                    return stop(member, u"a worker's number is not read"_s);
                share.number = int(*number);
            } else if (!taken) {
                add(member, &share.fields);
            }
        }
        if (any)
            share.actual = actual;
        node->workers.append(share);
    }
    return true;
}

bool JsonPlanReader::readNode(const JsonNode &object, int parent, int depth, Plan *plan)
{
    if (!isObject(object, u"Plan"))
        return false;
    if (depth >= maxPlanDepth)
        return stop(object, u"nodes are nested deeper than %1"_s.arg(maxPlanDepth));
    if (plan->nodes.size() >= maxPlanNodes)
        return stop(object, u"more than %1 nodes"_s.arg(maxPlanNodes));
    PlanNode node;
    node.parent = parent;
    node.depth = depth;
    node.line = object.line;
    Actual actual;
    bool measured = false;
    const JsonNode *below = nullptr;
    QString relation, alias;
    for (const JsonNode &item : object.items) {
        bool taken = false;
        if (!takeActual(item, &actual, &taken))
            return false;
        measured = measured || taken;
        if (taken)
            continue;
        const QString &name = item.name;
        const QString value = item.kind == JsonNode::Kind::String ? item.text : QString();
        if (name == "Node Type"_L1)
            node.type = value;
        else if (name == "Parent Relationship"_L1)
            node.relationship = value;
        else if (name == "Subplan Name"_L1)
            node.subplan = value;
        else if (name == "Parallel Aware"_L1)
            node.parallelAware = item.text == "true"_L1;
        else if (name == "Schema"_L1)
            node.schema = value;
        else if (name == "Alias"_L1)
            alias = value;
        else if (name == "Index Name"_L1)
            node.index = value;
        else if (name == "Relation Name"_L1 || name == "Function Name"_L1 || name == "Table Function Name"_L1 || name == "CTE Name"_L1 ||
                 name == "Tuplestore Name"_L1)
            relation = value;
        else if (name == "Startup Cost"_L1) {
            if (!estimate(item, &node.startupCost))
                return false;
        } else if (name == "Total Cost"_L1) {
            if (!estimate(item, &node.totalCost))
                return false;
        } else if (name == "Plan Rows"_L1) {
            if (!estimate(item, &node.planRows))
                return false;
        } else if (name == "Plan Width"_L1) {
            if (!decimal(item, 0, &node.width))
                return false;
        } else if (name == "Workers"_L1) {
            if (!readWorkers(item, &node))
                return false;
        } else if (name == "Plans"_L1)
            below = &item;
        else
            add(item, &node.fields);
    }
    if (node.type.isEmpty())
        return stop(object, u"a node without \"Node Type\""_s);
    node.object = relation.isEmpty() ? alias : relation;
    node.alias = alias == node.object ? QString() : alias;
    if (measured)
        node.actual = actual;
    makeTitle(&node);
    const int index = int(plan->nodes.size());
    if (parent >= 0)
        plan->nodes[parent].children.append(index);
    plan->nodes.append(std::move(node));
    if (!below)
        return true;
    if (!isList(*below, u"Plans"))
        return false;
    for (const JsonNode &child : below->items)
        if (!readNode(child, index, depth + 1, plan))
            return false;
    return true;
}

bool JsonPlanReader::readTriggers(const JsonNode &list, Plan *plan)
{
    if (!isList(list, u"Triggers"))
        return false;
    for (const JsonNode &item : list.items) {
        Trigger trigger;
        std::optional<qint64> calls;
        for (const JsonNode &member : item.items) {
            if (member.name == "Trigger Name"_L1)
                trigger.name = member.text;
            else if (member.name == "Constraint Name"_L1)
                trigger.constraint = member.text;
            else if (member.name == "Relation"_L1)
                trigger.relation = member.text;
            else if (member.name == "Time"_L1 && !decimal(member, 3, &trigger.timeUs))
                return false;
            else if (member.name == "Calls"_L1 && !decimal(member, 0, &calls))
                return false;
        }
        if (!calls)
            return stop(item, u"a trigger without its calls"_s);
        trigger.calls = *calls;
        plan->triggers.append(trigger);
    }
    return true;
}

bool JsonPlanReader::readJit(const JsonNode &object, Plan *plan)
{
    if (!isObject(object, u"JIT"))
        return false;
    Jit jit;
    std::optional<qint64> functions;
    if (const JsonNode *count = object.member(u"Functions")) {
        if (!decimal(*count, 0, &functions))
            return false;
        jit.functions = *functions;
    }
    if (const JsonNode *options = object.member(u"Options"))
        fill(*options, &jit.options);
    if (const JsonNode *timing = object.member(u"Timing")) {
        for (const JsonNode &item : timing->items) {
            if (item.name == "Generation"_L1 && item.kind == JsonNode::Kind::Object) { // from 17 on
                const JsonNode *deform = item.member(u"Deform"), *total = item.member(u"Total");
                if ((deform && !decimal(*deform, 3, &jit.deformUs)) || (total && !decimal(*total, 3, &jit.generationUs)))
                    return false;
                continue;
            }
            auto *into = item.name == "Generation"_L1 ? &jit.generationUs : item.name == "Inlining"_L1 ? &jit.inliningUs
                         : item.name == "Optimization"_L1 ? &jit.optimizationUs : item.name == "Emission"_L1 ? &jit.emissionUs
                         : item.name == "Total"_L1 ? &jit.totalUs : nullptr;
            if (into && !decimal(item, 3, into))
                return false;
        }
    }
    plan->jit = jit;
    return true;
}

bool JsonPlanReader::readPlan(const JsonNode &object, Plan *plan)
{
    if (!isObject(object, u"plan"))
        return false;
    const JsonNode *root = object.member(u"Plan");
    if (!root)
        return stop(object, u"an object without \"Plan\""_s);
    if (!readNode(*root, -1, 0, plan))
        return false;
    for (const JsonNode &item : object.items) {
        const QString &name = item.name;
        if (name == "Planning Time"_L1) {
            if (!decimal(item, 3, &plan->planningUs))
                return false;
        } else if (name == "Execution Time"_L1) {
            if (!decimal(item, 3, &plan->executionUs))
                return false;
        } else if (name == "Planning"_L1) {
            fill(item, &plan->planning);
        } else if (name == "Settings"_L1) {
            fill(item, &plan->settings);
        } else if (name == "Triggers"_L1) {
            if (!readTriggers(item, plan))
                return false;
        } else if (name == "JIT"_L1) {
            if (!readJit(item, plan))
                return false;
        } else if (name == "Serialization"_L1) {
            plan->serialization.emplace();
            for (const JsonNode &member : item.items) {
                if (member.name == "Time"_L1) {
                    if (!decimal(member, 3, &plan->serialization->timeUs))
                        return false;
                } else if (member.name == "Format"_L1)
                    plan->serialization->format = member.text;
                else
                    add(member, &plan->serialization->fields);
            }
        } else if (name == "Query Identifier"_L1) {
            plan->queryId = item.text;
        } else if (name == "Query Text"_L1) {
            plan->queryText = item.text;
        } else if (name == "Query Parameters"_L1) {
            plan->parameters = item.text;
        } else if (name != "Plan"_L1) {
            plan->other.all.append({name, flat(item)});
        }
    }
    return true;
}

Result<QVector<Plan>> JsonPlanReader::read(const JsonNode &root)
{
    QVector<Plan> plans;
    bool ok = true;
    if (root.kind == JsonNode::Kind::Array) {
        for (const JsonNode &item : root.items) {
            plans.emplace_back();
            ok = ok && readPlan(item, &plans.last());
        }
        ok = ok && (!plans.isEmpty() || stop(root, u"there is no plan in it"_s));
    } else {
        plans.emplace_back();
        ok = readPlan(root, &plans.last());
    }
    if (!ok)
        return fail(ErrorKind::Client, u"plan_not_read"_s, u"The plan's JSON is not read: %1."_s.arg(m_why));
    return plans;
}

} // namespace

Result<QVector<Plan>> parseJsonPlans(const PastedLines &pasted)
{
    auto root = readJson(pasted.lines.join(u'\n'), pasted.numbers);
    if (!root)
        return fail(std::move(root.error()));
    return JsonPlanReader().read(*root);
}

} // namespace howdah::plan
