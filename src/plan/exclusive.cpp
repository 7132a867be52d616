// SPDX-License-Identifier: GPL-3.0-or-later
#include "plan/exclusive.h"

#include <QRegularExpression>

#include <algorithm>
#include <limits>

namespace howdah::plan
{

using namespace Qt::StringLiterals;

namespace
{

bool isGather(const PlanNode &node)
{
    return node.type == "Gather"_L1 || node.type == "Gather Merge"_L1;
}

// Its time is not in the node that it hangs from, or need not be.
bool isApart(const PlanNode &node)
{
    return node.isInitPlan() || node.isCte();
}

constexpr qsizetype maxTriggersTried = 12; // of more than one table's, hardly anybody has as many

// Which of these fit into `room` and fill it best, as bits.
quint32 mostThatFit(const QVector<const Trigger *> &triggers, double room)
{
    quint32 best = 0;
    double most = 0;
    for (quint32 tried = 1; tried < 1u << std::min(triggers.size(), maxTriggersTried); ++tried) {
        double sum = 0;
        for (qsizetype at = 0; tried >> at; ++at)
            sum += tried >> at & 1 ? double(*triggers[at]->timeUs) : 0;
        if (sum <= room && sum > most) {
            most = sum;
            best = tried;
        }
    }
    return best;
}

class Ledger
{
public:
    explicit Ledger(const Plan &plan) : m_plan(plan) {}
    PlanTimes make();

private:
    void measure();
    void fitChildren(int index);
    // Takes as much of `us` as there is from these nodes' own times; what is left.
    double takeInOrder(const QVector<int> &from, double us);
    double takeByShare(const QVector<int> &from, double us);
    QVector<int> below(int top, int without) const; // children first, `without` and what is below it left out
    QVector<int> scansOf(int cte) const;
    QVector<int> askersOf(int initPlan) const;
    QVector<int> upwards(const QVector<int> &from, int top) const;
    bool writes(int top) const;
    void chargeApart(int index);
    void chargeTriggers(double *room);
    void addEntries();
    double time(int index) const { return m_times.nodes[index].exclusiveUs; }

    const Plan &m_plan;
    PlanTimes m_times;
    double m_afterRoot = 0; // of CTEs that ran when the root had ended
};

void Ledger::measure()
{
    const auto &nodes = m_plan.nodes;
    m_times.nodes.resize(nodes.size());
    for (int index = 0; index < nodes.size(); ++index) { // parents first
        const PlanNode &node = nodes[index];
        NodeTime &time = m_times.nodes[index];
        const Actual actual = node.actual.value_or(Actual());
        if (node.parent >= 0) {
            const PlanNode &parent = nodes[node.parent];
            time.processes = m_times.nodes[node.parent].processes;
            const qint64 runs = parent.actual ? parent.actual->loops : 0;
            if (isGather(parent) && !isApart(node) && runs > 0)
                time.processes = std::max(1.0, double(actual.loops) / double(runs));
        }
        time.inclusiveUs = double(actual.totalUs.value_or(0)) * double(actual.loops) / time.processes;
        time.uncertainUs = 0.5 * double(actual.loops) / time.processes;
    }
}

// Children never have more than their parent: first what rounding explains is taken off, then, if need be, the rest in proportion.
void Ledger::fitChildren(int index)
{
    NodeTime &parent = m_times.nodes[index];
    QVector<int> counted;
    double sum = 0, give = 0;
    for (const int child : m_plan.nodes[index].children) {
        if (isApart(m_plan.nodes[child]))
            continue;
        const NodeTime &time = m_times.nodes[child];
        counted.append(child);
        sum += time.inclusiveUs;
        give += std::min(time.uncertainUs, time.inclusiveUs);
    }
    double excess = sum - parent.inclusiveUs;
    if (excess > 0 && give > 0) {
        const double part = std::min(1.0, excess / give);
        for (const int child : counted)
            m_times.nodes[child].inclusiveUs -= part * std::min(m_times.nodes[child].uncertainUs, m_times.nodes[child].inclusiveUs);
        sum -= part * give;
        excess -= part * give;
    }
    if (excess > 1e-6 && sum > 0) {
        m_times.disagreementUs += std::max(0.0, excess - parent.uncertainUs);
        for (const int child : counted)
            m_times.nodes[child].inclusiveUs *= parent.inclusiveUs / sum;
        sum = parent.inclusiveUs;
    }
    parent.exclusiveUs = std::max(0.0, parent.inclusiveUs - sum);
}

double Ledger::takeInOrder(const QVector<int> &from, double us)
{
    for (const int index : from) {
        const double part = std::min(us, time(index));
        m_times.nodes[index].exclusiveUs -= part;
        us -= part;
    }
    return us;
}

double Ledger::takeByShare(const QVector<int> &from, double us)
{
    double all = 0;
    for (const int index : from)
        all += time(index);
    if (all <= us)
        return takeInOrder(from, us);
    for (const int index : from)
        m_times.nodes[index].exclusiveUs -= us * m_times.nodes[index].exclusiveUs / all;
    return 0;
}

QVector<int> Ledger::below(int top, int without) const
{
    QVector<int> found, open{top};
    while (!open.isEmpty()) {
        const int index = open.takeLast();
        if (index == without)
            continue;
        found.append(index);
        open += m_plan.nodes[index].children;
    }
    std::reverse(found.begin(), found.end());
    return found;
}

QVector<int> Ledger::scansOf(int cte) const
{
    const PlanNode &node = m_plan.nodes[cte];
    const QString name = node.subplan.sliced(4);
    QVector<int> scans;
    for (const int index : below(node.parent, cte)) {
        const PlanNode &scan = m_plan.nodes[index];
        if (scan.type != "CTE Scan"_L1 || scan.object != name)
            continue;
        // One of the same name further in hides this one.
        bool hidden = false;
        for (int up = scan.parent; up >= 0 && up != node.parent && !hidden; up = m_plan.nodes[up].parent) {
            const auto &near = m_plan.nodes[up].children;
            hidden = std::any_of(near.cbegin(), near.cend(), [&](int child) { return m_plan.nodes[child].subplan == node.subplan; });
        }
        if (!hidden)
            scans.append(index);
    }
    return scans;
}

QVector<int> Ledger::askersOf(int initPlan) const
{
    static const QRegularExpression number(u"^InitPlan ([0-9]+)"_s), returns(u"\\$[0-9]+"_s);
    const PlanNode &node = m_plan.nodes[initPlan];
    QString words;
    for (auto it = returns.globalMatch(node.subplan); it.hasNext();) // up to 16: "InitPlan 1 (returns $0)"
        words += (words.isEmpty() ? u""_s : u"|"_s) + u"\\"_s + it.next().captured() + u"(?![0-9])"_s;
    if (const auto match = number.match(node.subplan); words.isEmpty() && match.hasMatch())
        words = u"InitPlan %1(?![0-9])"_s.arg(match.captured(1));
    QVector<int> askers;
    if (words.isEmpty())
        return askers;
    const QRegularExpression asked(words);
    for (int index : below(node.parent, initPlan)) {
        const auto &fields = m_plan.nodes[index].fields.all;
        if (!std::any_of(fields.cbegin(), fields.cend(), [&asked](const Field &field) { return asked.match(field.value).hasMatch(); }))
            continue;
        // What workers need to know is found out by the leader, in the Gather, before they start.
        for (int up = index; up >= 0; up = m_plan.nodes[up].parent) {
            if (isGather(m_plan.nodes[up]))
                index = up;
            if (up == node.parent)
                break;
        }
        if (!askers.contains(index))
            askers.append(index);
    }
    return askers;
}

QVector<int> Ledger::upwards(const QVector<int> &from, int top) const
{
    QVector<int> way;
    for (const int first : from)
        for (int up = m_plan.nodes[first].parent; up >= 0 && !way.contains(up); up = m_plan.nodes[up].parent) {
            way.append(up);
            if (up == top)
                break;
        }
    return way;
}

bool Ledger::writes(int top) const
{
    const auto all = below(top, -1);
    return std::any_of(all.cbegin(), all.cend(), [this](int index) { return m_plan.nodes[index].type == "ModifyTable"_L1; });
}

void Ledger::chargeApart(int index)
{
    const PlanNode &node = m_plan.nodes[index];
    double left = m_times.nodes[index].inclusiveUs;
    QVector<int> payers;
    if (node.isCte()) {
        payers = scansOf(index);
        left = takeByShare(payers, left);
        if (writes(index)) {
            m_afterRoot += left;
            return;
        }
    } else {
        payers = askersOf(index);
        // The first that asks waits for all of it.
        const auto whole = std::find_if(payers.cbegin(), payers.cend(), [&](int payer) { return time(payer) >= left; });
        left = whole != payers.cend() ? takeInOrder({*whole}, left) : takeByShare(payers, left);
        left = takeInOrder({node.parent}, left); // its output list is told by VERBOSE alone
    }
    // Averages of many loops are rounded: what the payer seems to lack stands above it.
    left = takeInOrder(upwards(payers, node.parent), left);
    left = takeByShare(below(node.parent, index), left);
    m_afterRoot += left;
    m_times.disagreementUs += std::max(0.0, left - m_times.nodes[index].uncertainUs);
}

// Those that fire after the statement's rows are no part of the root's time; BEFORE and INSTEAD OF are in the node that writes. EXPLAIN
// does not say which is which: constraints' fire after, of the others as many as the time after the root has room for.
void Ledger::chargeTriggers(double *room)
{
    QVector<const Trigger *> open;
    for (const Trigger &trigger : m_plan.triggers) {
        if (!trigger.timeUs)
            continue;
        m_times.entries.append({TimeEntry::Kind::Trigger, trigger.name.isEmpty() ? trigger.constraint : trigger.name, double(*trigger.timeUs), false});
        if (trigger.constraint.isEmpty())
            open.append(&trigger);
        else
            *room -= double(*trigger.timeUs);
    }
    const quint32 after = mostThatFit(open, m_plan.executionUs ? *room : std::numeric_limits<double>::max());
    for (qsizetype at = 0; at < open.size(); ++at) {
        const Trigger *trigger = open[at];
        const double us = double(*trigger->timeUs);
        if (at < maxTriggersTried && (after >> at & 1)) {
            *room -= us;
            continue;
        }
        QVector<int> named, writers;
        for (int index = 0; index < m_plan.nodes.size(); ++index) {
            if (m_plan.nodes[index].type != "ModifyTable"_L1)
                continue;
            writers.append(index);
            if (!trigger->relation.isEmpty() && m_plan.nodes[index].object == trigger->relation)
                named.append(index);
        }
        *room -= takeInOrder(writers, takeInOrder(named, us));
    }
}

void Ledger::addEntries()
{
    const auto add = [this](TimeEntry::Kind kind, double us, bool inNodes = false) { m_times.entries.append({kind, QString(), us, inNodes}); };
    double room = m_plan.executionUs ? double(*m_plan.executionUs) - (m_times.nodes.isEmpty() ? 0 : m_times.nodes.first().inclusiveUs) - m_afterRoot : 0;
    if (m_plan.planningUs)
        add(TimeEntry::Kind::Planning, double(*m_plan.planningUs));
    if (m_plan.serialization && m_plan.serialization->timeUs) {
        add(TimeEntry::Kind::Serialization, double(*m_plan.serialization->timeUs));
        room -= double(*m_plan.serialization->timeUs);
    }
    chargeTriggers(&room);
    if (m_plan.jit) {
        // Code is made when the executor starts; it is compiled when a node first needs it, which is in that node's time.
        const double made = double(m_plan.jit->generationUs.value_or(0));
        const double before = m_plan.executionUs ? std::clamp(made, 0.0, std::max(0.0, room)) : 0;
        if (before > 0)
            add(TimeEntry::Kind::JitGeneration, before);
        room -= before;
        const double rest =
            double(m_plan.jit->inliningUs.value_or(0) + m_plan.jit->optimizationUs.value_or(0) + m_plan.jit->emissionUs.value_or(0)) + made - before;
        if (rest > 0)
            add(TimeEntry::Kind::JitInNodes, rest, true);
    }
    if (!m_plan.executionUs)
        return;
    if (room < 0)
        m_times.disagreementUs += -room;
    else
        add(TimeEntry::Kind::StartAndEnd, room);
}

PlanTimes Ledger::make()
{
    if (!m_plan.nodes.isEmpty() && m_plan.nodes.first().actual && (m_plan.nodes.first().actual->totalUs || m_plan.nodes.first().neverExecuted())) {
        measure();
        for (int index = 0; index < m_plan.nodes.size(); ++index)
            fitChildren(index);
        for (int index = int(m_plan.nodes.size()) - 1; index > 0; --index) // the innermost first
            if (isApart(m_plan.nodes[index]) && m_times.nodes[index].inclusiveUs > 0)
                chargeApart(index);
    }
    addEntries();
    if (m_plan.executionUs)
        m_times.totalUs = double(*m_plan.executionUs) + double(m_plan.planningUs.value_or(0));
    else if (!m_times.nodes.isEmpty())
        m_times.totalUs = m_times.sumUs();
    if (m_times.nodes.isEmpty()) // without the nodes' times, what is left is no start and end
        m_times.entries.removeIf([](const TimeEntry &entry) { return entry.kind == TimeEntry::Kind::StartAndEnd; });
    return m_times;
}

} // namespace

double PlanTimes::sumUs() const
{
    double sum = 0;
    for (const NodeTime &node : nodes)
        sum += node.exclusiveUs;
    for (const TimeEntry &entry : entries)
        if (!entry.inNodes)
            sum += entry.us;
    return sum;
}

PlanTimes timesOf(const Plan &plan)
{
    return Ledger(plan).make();
}

} // namespace howdah::plan
