// SPDX-License-Identifier: GPL-3.0-or-later
#include "plan/writejson.h"

namespace howdah::plan
{

using namespace Qt::StringLiterals;

namespace
{

// Written by hand: Qt's objects sort their members, keep one of a name, and make doubles of numbers.
class Writer
{
public:
    void begin(char bracket)
    {
        comma();
        m_text += bracket;
        m_first = true;
    }
    void end(char bracket)
    {
        m_text += bracket;
        m_first = false;
    }
    void name(QStringView name)
    {
        comma();
        text(name);
        m_text += ':';
        m_first = true;
    }
    void add(QStringView called, QStringView value)
    {
        name(called);
        text(value);
        m_first = false;
    }
    void add(QStringView called, const QByteArray &number)
    {
        name(called);
        m_text += number;
        m_first = false;
    }
    void addCount(QStringView called, std::optional<qint64> value)
    {
        if (value)
            add(called, QByteArray::number(*value));
    }
    void addMs(QStringView called, std::optional<qint64> us)
    {
        if (us)
            add(called, QByteArray::number(*us / 1000) + '.' + QByteArray::number(*us % 1000).rightJustified(3, '0'));
    }
    void addReal(QStringView called, std::optional<double> value, int decimals)
    {
        if (value)
            add(called, QByteArray::number(*value, 'f', decimals));
    }
    void addText(QStringView called, const QString &value)
    {
        if (!value.isEmpty())
            add(called, QStringView(value));
    }
    void addAll(const Fields &fields)
    {
        for (const Field &field : fields.all)
            add(field.name, QStringView(field.value));
    }
    void addActual(const Actual &actual)
    {
        addMs(u"Actual Startup Time", actual.startupUs);
        addMs(u"Actual Total Time", actual.totalUs);
        add(u"Actual Rows", QByteArray::number(actual.rowsHundredths / 100) + '.' + QByteArray::number(actual.rowsHundredths % 100).rightJustified(2, '0'));
        addCount(u"Actual Loops", actual.loops);
    }
    QByteArray take() { return std::move(m_text); }

private:
    void comma()
    {
        if (!m_first)
            m_text += ',';
    }
    void text(QStringView value)
    {
        m_text += '"';
        const QByteArray bytes = value.toUtf8();
        for (const char c : bytes) {
            if (c == '"' || c == '\\')
                m_text += '\\';
            if (quint8(c) < 0x20)
                m_text += "\\u00" + QByteArray(1, c).toHex();
            else
                m_text += c;
        }
        m_text += '"';
    }

    QByteArray m_text;
    bool m_first = true;
};

// The recursion is bounded by maxPlanDepth.
void writeNode(const Plan &plan, int index, Writer *to)
{
    const PlanNode &node = plan.nodes[index];
    to->begin('{');
    to->add(u"Node Type", node.type.isEmpty() ? QStringView(u"?") : QStringView(node.type));
    to->addText(u"Parent Relationship", node.relationship);
    to->addText(u"Subplan Name", node.subplan);
    to->add(u"Parallel Aware", QByteArray(node.parallelAware ? "true" : "false"));
    to->addText(u"Index Name", node.index);
    to->addText(u"Relation Name", node.object);
    to->addText(u"Schema", node.schema);
    to->addText(u"Alias", node.alias);
    to->addReal(u"Startup Cost", node.startupCost, 2);
    to->addReal(u"Total Cost", node.totalCost, 2);
    to->addReal(u"Plan Rows", node.planRows, 0);
    to->addCount(u"Plan Width", node.width);
    if (node.actual)
        to->addActual(*node.actual);
    to->addAll(node.fields);
    if (!node.workers.isEmpty()) {
        to->name(u"Workers");
        to->begin('[');
        for (const WorkerShare &worker : node.workers) {
            to->begin('{');
            to->addCount(u"Worker Number", worker.number);
            if (worker.actual)
                to->addActual(*worker.actual);
            to->addAll(worker.fields);
            to->end('}');
        }
        to->end(']');
    }
    if (!node.children.isEmpty()) {
        to->name(u"Plans");
        to->begin('[');
        for (const int child : node.children)
            writeNode(plan, child, to);
        to->end(']');
    }
    to->end('}');
}

void writeFields(QStringView name, const Fields &fields, Writer *to)
{
    if (fields.all.isEmpty())
        return;
    to->name(name);
    to->begin('{');
    to->addAll(fields);
    to->end('}');
}

void writeJit(const Jit &jit, Writer *to)
{
    to->name(u"JIT");
    to->begin('{');
    to->addCount(u"Functions", jit.functions);
    writeFields(u"Options", jit.options, to);
    to->name(u"Timing");
    to->begin('{');
    if (jit.deformUs || jit.generationUs) {
        to->name(u"Generation");
        to->begin('{');
        to->addMs(u"Deform", jit.deformUs);
        to->addMs(u"Total", jit.generationUs);
        to->end('}');
    }
    to->addMs(u"Inlining", jit.inliningUs);
    to->addMs(u"Optimization", jit.optimizationUs);
    to->addMs(u"Emission", jit.emissionUs);
    to->addMs(u"Total", jit.totalUs);
    to->end('}');
    to->end('}');
}

} // namespace

QByteArray writeJson(const Plan &plan)
{
    Writer to;
    to.begin('[');
    to.begin('{');
    to.addText(u"Query Text", plan.queryText);
    to.addText(u"Query Parameters", plan.parameters);
    to.name(u"Plan");
    if (plan.nodes.isEmpty()) {
        to.begin('{');
        to.end('}');
    } else {
        writeNode(plan, 0, &to);
    }
    writeFields(u"Settings", plan.settings, &to);
    if (const auto number = scaledDecimal(plan.queryId, 0))
        to.addCount(u"Query Identifier", number);
    else
        to.addText(u"Query Identifier", plan.queryId);
    writeFields(u"Planning", plan.planning, &to);
    to.addMs(u"Planning Time", plan.planningUs);
    if (!plan.triggers.isEmpty()) {
        to.name(u"Triggers");
        to.begin('[');
        for (const Trigger &trigger : plan.triggers) {
            to.begin('{');
            to.addText(u"Trigger Name", trigger.name);
            to.addText(u"Constraint Name", trigger.constraint);
            to.addText(u"Relation", trigger.relation);
            to.addMs(u"Time", trigger.timeUs);
            to.addCount(u"Calls", trigger.calls);
            to.end('}');
        }
        to.end(']');
    }
    if (plan.jit)
        writeJit(*plan.jit, &to);
    if (plan.serialization) {
        to.name(u"Serialization");
        to.begin('{');
        to.addMs(u"Time", plan.serialization->timeUs);
        to.addText(u"Format", plan.serialization->format);
        to.addAll(plan.serialization->fields);
        to.end('}');
    }
    to.addMs(u"Execution Time", plan.executionUs);
    to.addAll(plan.other);
    to.end('}');
    to.end(']');
    return to.take();
}

} // namespace howdah::plan
