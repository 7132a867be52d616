// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/plan/planfigures.h"

#include "base/units.h"
#include "plan/report.h"

#include <algorithm>
#include <cmath>

namespace howdah::ui
{

using namespace Qt::StringLiterals;
using plan::PlanNode;

namespace
{

using Names = std::initializer_list<QStringView>;

std::optional<double> sumOf(const PlanNode &node, Names names)
{
    std::optional<double> sum;
    for (const QStringView name : names)
        if (const auto value = node.fields.real(name))
            sum = sum.value_or(0) + *value;
    return sum;
}

// Of what EXPLAIN tells with all that is below: the node's own. Text leaves out what is 0.
double ownOf(const plan::Plan &plan, const PlanNode &node, Names names)
{
    double own = sumOf(node, names).value_or(0);
    for (const int child : node.children)
        own -= sumOf(plan.nodes[child], names).value_or(0);
    return std::max(0.0, own);
}

bool tells(const plan::Plan &plan, Names names)
{
    return std::any_of(plan.nodes.cbegin(), plan.nodes.cend(), [names](const PlanNode &node) { return sumOf(node, names).has_value(); });
}

const Names hitNames{u"Shared Hit Blocks", u"Local Hit Blocks"}, readNames{u"Shared Read Blocks", u"Local Read Blocks"},
    dirtiedNames{u"Shared Dirtied Blocks", u"Local Dirtied Blocks"}, writtenNames{u"Shared Written Blocks", u"Local Written Blocks"},
    tempNames{u"Temp Read Blocks", u"Temp Written Blocks"}, walNames{u"WAL Bytes"},
    ioNames{u"Shared I/O Read Time", u"Shared I/O Write Time", u"Local I/O Read Time", u"Local I/O Write Time", u"Temp I/O Read Time", u"Temp I/O Write Time"};

double ownCost(const plan::Plan &plan, const PlanNode &node)
{
    double own = node.totalCost.value_or(0);
    for (const int child : node.children)
        own -= plan.nodes[child].totalCost.value_or(0);
    return std::max(0.0, own); // a LIMIT costs less than what is below it
}

std::optional<double> factorOf(const PlanNode &node)
{
    if (!node.actual || node.actual->loops == 0 || !node.planRows)
        return std::nullopt;
    // The planner never says less than one row.
    return std::max(1.0, double(node.actual->rowsHundredths) / 100) / std::max(1.0, *node.planRows);
}

} // namespace

SharedPlan figuresOf(const plan::Plan &plan, const QVector<plan::Finding> &findings)
{
    auto all = std::make_shared<PlanFigures>();
    all->plan = plan;
    all->findings = findings;
    all->times = plan::timesOf(plan);
    all->measured = plan.analyzed();
    all->timed = !all->times.nodes.isEmpty();
    all->hasBuffers = tells(plan, hitNames) || tells(plan, readNames);
    all->hasIoTimes = tells(plan, ioNames);
    all->hasTemp = tells(plan, tempNames);
    all->hasWal = tells(plan, walNames);
    double costs = 0;
    for (const PlanNode &node : plan.nodes)
        costs += ownCost(plan, node);
    const double totalUs = all->times.totalUs.value_or(0);
    all->nodes.resize(plan.nodes.size());
    for (int index = 0; index < plan.nodes.size(); ++index) {
        const PlanNode &node = plan.nodes[index];
        NodeFigures &figures = all->nodes[index];
        figures.head = plan::headOf(node).left(400);
        figures.planRows = node.planRows;
        if (node.totalCost)
            figures.ownCost = ownCost(plan, node);
        if (node.actual) {
            figures.rows = node.actual->rows();
            figures.loops = node.actual->loops;
            figures.estimateFactor = factorOf(node);
        }
        if (all->timed) {
            figures.ownUs = all->times.nodes[index].exclusiveUs;
            figures.totalUs = all->times.nodes[index].inclusiveUs;
            if (totalUs > 0)
                figures.share = std::clamp(*figures.ownUs / totalUs, 0.0, 1.0);
        } else if (figures.ownCost && costs > 0) {
            figures.share = *figures.ownCost / costs;
        }
        const auto count = [&](bool told, Names names, std::optional<qint64> NodeFigures::*into) {
            if (told)
                figures.*into = qint64(ownOf(plan, node, names));
        };
        count(all->hasBuffers, hitNames, &NodeFigures::hit);
        count(all->hasBuffers, readNames, &NodeFigures::read);
        count(all->hasBuffers, dirtiedNames, &NodeFigures::dirtied);
        count(all->hasBuffers, writtenNames, &NodeFigures::written);
        count(all->hasTemp, tempNames, &NodeFigures::temp);
        count(all->hasWal, walNames, &NodeFigures::walBytes);
        if (all->hasIoTimes)
            figures.ioUs = ownOf(plan, node, ioNames) * 1000;
        figures.workersPlanned = node.fields.count(u"Workers Planned");
        figures.workersLaunched = node.fields.count(u"Workers Launched");
        all->hasWorkers = all->hasWorkers || figures.workersPlanned;
        figures.heavy = figures.share.value_or(0) >= heavyShare;
        if (figures.heavy)
            figures.words << u"heavy"_s;
        if (node.neverExecuted())
            figures.words << u"never executed"_s;
        if (node.disabled())
            figures.words << u"disabled"_s;
        if (figures.isMisestimated())
            figures.words << u"rows %1"_s.arg(factorText(*figures.estimateFactor));
    }
    for (const plan::Finding &finding : findings) {
        if (finding.node < 0 || finding.node >= all->nodes.size())
            continue;
        QStringList &words = all->nodes[finding.node].words;
        if (const QString word = findingText(finding.kind); !words.contains(word))
            words << word;
    }
    return all;
}

QString usText(double us)
{
    const auto three = [](double value) { return QString::number(value, 'f', value < 10 ? 2 : value < 100 ? 1 : 0); };
    if (us <= 0)
        return u"0 ms"_s;
    if (us < 1000)
        return QString::number(us, 'f', us < 10 ? 1 : 0) + u" µs"_s;
    if (us < 1'000'000)
        return three(us / 1000) + u" ms"_s;
    return us < 60e6 ? three(us / 1e6) + u" s"_s : units::duration(qint64(us / 1000));
}

QString factorText(double factor)
{
    const double by = factor >= 1 ? factor : 1 / factor;
    if (by < 1.05)
        return u"as estimated"_s;
    const QString number = by < 10 ? QString::number(by, 'f', 1) : units::count(std::round(by));
    return factor > 1 ? u"%1 × more than estimated"_s.arg(number) : u"%1 × fewer than estimated"_s.arg(number);
}

QString findingText(plan::Finding::Kind kind)
{
    return plan::findingName(kind).replace(u'_', u' ');
}

QString summaryText(const PlanFigures &figures)
{
    const plan::Plan &plan = figures.plan;
    QStringList words;
    if (plan.executionUs)
        words << u"Execution %1"_s.arg(usText(double(*plan.executionUs)));
    else if (figures.measured && figures.times.totalUs)
        words << u"%1 in all"_s.arg(usText(*figures.times.totalUs));
    if (plan.planningUs)
        words << u"planning %1"_s.arg(usText(double(*plan.planningUs)));
    if (!figures.measured)
        words << u"estimated, not run%1"_s.arg(plan.nodes.constFirst().totalCost ? u": cost %1"_s.arg(units::exact(*plan.nodes.constFirst().totalCost))
                                                                                 : QString());
    else if (!figures.timed)
        words << u"run without timing"_s;
    if (plan.jit && plan.jit->totalUs)
        words << u"JIT %1"_s.arg(usText(double(*plan.jit->totalUs)));
    if (!plan.triggers.isEmpty())
        words << (plan.triggers.size() == 1 ? u"1 trigger"_s : u"%1 triggers"_s.arg(plan.triggers.size()));
    words << (plan.nodes.size() == 1 ? u"1 node"_s : u"%1 nodes"_s.arg(plan.nodes.size()));
    if (figures.findings.isEmpty())
        words << u"no findings"_s;
    else
        words << (figures.findings.size() == 1 ? u"1 finding"_s : u"%1 findings"_s.arg(figures.findings.size()));
    QString text = words.join(u", "_s);
    text[0] = text[0].toUpper();
    return text;
}

} // namespace howdah::ui
