// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/plan/planrows.h"

#include "base/units.h"
#include "plan/report.h"

#include <QDateTime>

#include <algorithm>
#include <cmath>

namespace howdah::ui
{

using namespace Qt::StringLiterals;

namespace
{

enum Column { Node, Own, Total, Rows, Loops, Planned, Estimate, Words, Buffers, Read, IoTime, Temp, Wal, Workers, OwnCost, TotalCost };

const QString notTold = u"The plan does not tell it"_s;

KeyedCell unknown(const QString &why = notTold)
{
    return {u"–"_s, QVariant(), why, true, {}, {}};
}

KeyedCell none()
{
    return {QString(), QVariant(0.0), u"none"_s, true, {}, {}};
}

KeyedCell time(std::optional<double> us, std::optional<double> share, bool bar)
{
    if (!us)
        return unknown(u"Not measured: EXPLAIN (ANALYZE) does"_s);
    const QString of = share ? u", %1 of the whole"_s.arg(units::ratio(*share)) : QString();
    return {usText(*us), QVariant(*us), u"%1 ms%2"_s.arg(*us / 1000, 0, 'f', 3).arg(of), false, {}, bar ? share : std::nullopt};
}

KeyedCell count(std::optional<double> value, const QString &unit, const QString &more = {})
{
    if (!value)
        return unknown();
    return {units::count(*value), QVariant(*value), units::exact(*value) + u' ' + unit + more, false, {}, {}};
}

KeyedCell blocks(std::optional<qint64> value, const QString &tip = {})
{
    if (!value)
        return unknown();
    if (*value == 0)
        return none();
    return {units::count(double(*value)), QVariant(double(*value)), tip.isEmpty() ? units::exact(double(*value)) + u" blocks"_s : tip, false, {}, {}};
}

KeyedCell rowsCell(const plan::PlanNode &node, const NodeFigures &figures)
{
    if (node.neverExecuted())
        return {u"–"_s, QVariant(), u"Never executed"_s, true, {}, {}};
    if (!figures.rows)
        return unknown(u"Not run: EXPLAIN (ANALYZE) counts"_s);
    const double each = double(node.actual->rowsHundredths) / 100;
    return count(figures.rows, u"rows"_s,
                 node.actual->loops > 1
                     ? u": %1 a loop, %2 loops"_s.arg(each, 0, 'f', each == std::floor(each) ? 0 : 2).arg(units::exact(double(node.actual->loops)))
                     : QString());
}

KeyedCell estimateCell(const NodeFigures &figures)
{
    if (!figures.estimateFactor)
        return unknown(u"Not run, or never executed"_s);
    const double factor = *figures.estimateFactor, by = factor >= 1 ? factor : 1 / factor;
    KeyedCell cell{by < 1.05 ? u"1 ×"_s
                             : u"%1 × %2"_s.arg(by < 10 ? QString::number(by, 'f', 1) : units::count(std::round(by)), factor > 1 ? u"more"_s : u"fewer"_s),
                   QVariant(by),
                   u"Rows of a loop: "_s + factorText(factor),
                   by < 2,
                   {},
                   {}};
    if (figures.isMisestimated())
        cell.mark = StateLook::Warning;
    return cell;
}

KeyedCell workersCell(const NodeFigures &figures)
{
    if (!figures.workersPlanned)
        return none();
    if (!figures.workersLaunched)
        return {u"%1"_s.arg(*figures.workersPlanned), QVariant(double(*figures.workersPlanned)), u"%1 planned"_s.arg(*figures.workersPlanned), false, {}, {}};
    KeyedCell cell{u"%1 of %2"_s.arg(*figures.workersLaunched).arg(*figures.workersPlanned),
                   QVariant(double(*figures.workersLaunched)),
                   u"%1 launched of %2 planned"_s.arg(*figures.workersLaunched).arg(*figures.workersPlanned),
                   false,
                   {},
                   {}};
    if (*figures.workersLaunched < *figures.workersPlanned)
        cell.mark = StateLook::Warning;
    return cell;
}

QVector<KeyedCell> nodeCells(const PlanFigures &all, int index)
{
    const plan::PlanNode &node = all.plan.nodes[index];
    const NodeFigures &figures = all.nodes[index];
    KeyedCell name{figures.head, {}, figures.head, node.neverExecuted(), {}, {}};
    if (figures.heavy)
        name.mark = StateLook::Warning;
    const QString words = figures.words.join(u", "_s);
    const QString buffers =
        u"%1 hit, %2 read, %3 dirtied, %4 written"_s.arg(units::exact(double(figures.hit.value_or(0))), units::exact(double(figures.read.value_or(0))),
                                                         units::exact(double(figures.dirtied.value_or(0))), units::exact(double(figures.written.value_or(0))));
    const auto cost = [](std::optional<double> value, std::optional<double> share) {
        return value ? KeyedCell{units::count(*value), QVariant(*value), units::exact(*value), false, {}, share} : unknown();
    };
    return {name,
            time(figures.ownUs, figures.share, true),
            time(figures.totalUs, {}, false),
            rowsCell(node, figures),
            figures.loops ? count(double(*figures.loops), u"loops"_s) : unknown(),
            count(figures.planRows, u"rows of a loop"_s),
            estimateCell(figures),
            KeyedCell{words, QVariant(words), words, node.neverExecuted(), {}, {}},
            blocks(figures.buffers(), buffers),
            blocks(figures.read),
            figures.ioUs && *figures.ioUs > 0 ? time(figures.ioUs, {}, false)
            : figures.ioUs                    ? none()
                                              : unknown(),
            blocks(figures.temp, figures.temp ? u"%1 blocks of temporary files, read and written"_s.arg(units::exact(double(*figures.temp))) : QString()),
            figures.walBytes ? *figures.walBytes ? KeyedCell{units::bytes(double(*figures.walBytes)),
                                                             QVariant(double(*figures.walBytes)),
                                                             units::exact(double(*figures.walBytes)) + u" bytes"_s,
                                                             false,
                                                             {},
                                                             {}}
                                                 : none()
                             : unknown(),
            workersCell(figures),
            cost(figures.ownCost, all.timed ? std::nullopt : figures.share),
            cost(node.totalCost, {})};
}

// What is of no node.
KeyedRow wholeRow(const QString &key, const QString &name, std::optional<double> us, const PlanFigures &all, const QString &words)
{
    KeyedRow row;
    row.key = key;
    row.cells = {{units::oneLine(name.left(200)), {}, name.left(2000), true, {}, {}}};
    const double whole = all.times.totalUs.value_or(0);
    row.cells += us ? time(us, whole > 0 ? std::optional(std::clamp(*us / whole, 0.0, 1.0)) : std::nullopt, true) : KeyedCell{};
    for (int column = Total; column < Words; ++column)
        row.cells += KeyedCell{};
    row.cells += KeyedCell{words, {}, words, true, {}, {}};
    return row;
}

QVector<KeyedRow> wholeRows(const PlanFigures &all)
{
    QVector<KeyedRow> rows;
    int trigger = 0;
    for (const plan::TimeEntry &entry : all.times.entries) {
        const QString words = entry.inNodes ? u"within the nodes' own times"_s : QString();
        switch (entry.kind) {
        case plan::TimeEntry::Kind::Planning: rows << wholeRow(u"planning"_s, u"Planning"_s, entry.us, all, words); break;
        case plan::TimeEntry::Kind::Trigger: ++trigger; break; // below, also those without a time
        case plan::TimeEntry::Kind::JitGeneration: rows << wholeRow(u"jit"_s, u"JIT before the nodes"_s, entry.us, all, words); break;
        case plan::TimeEntry::Kind::JitInNodes: rows << wholeRow(u"jit in nodes"_s, u"JIT in the nodes"_s, entry.us, all, words); break;
        case plan::TimeEntry::Kind::Serialization: rows << wholeRow(u"serialization"_s, u"Serialization"_s, entry.us, all, words); break;
        case plan::TimeEntry::Kind::StartAndEnd: rows << wholeRow(u"start and end"_s, u"Start and end"_s, entry.us, all, words); break;
        }
    }
    Q_UNUSED(trigger)
    constexpr qsizetype mostTriggers = 200;
    for (qsizetype i = 0; i < std::min(all.plan.triggers.size(), mostTriggers); ++i) {
        const plan::Trigger &one = all.plan.triggers[i];
        const QString name = one.name.isEmpty() ? u"Trigger for constraint %1"_s.arg(one.constraint) : u"Trigger %1"_s.arg(one.name);
        rows << wholeRow(u"trigger %1"_s.arg(i), one.relation.isEmpty() ? name : name + u" on "_s + one.relation,
                         one.timeUs ? std::optional(double(*one.timeUs)) : std::nullopt, all, u"%1 calls"_s.arg(units::exact(double(one.calls))));
    }
    const bool hasPlanning = std::any_of(rows.cbegin(), rows.cend(), [](const KeyedRow &row) { return row.key == "planning"_L1; });
    if (!hasPlanning && (all.plan.planningUs || !all.plan.planning.all.isEmpty()))
        rows << wholeRow(u"planning"_s, u"Planning"_s, all.plan.planningUs ? std::optional(double(*all.plan.planningUs)) : std::nullopt, all, {});
    const bool hasJit = std::any_of(rows.cbegin(), rows.cend(), [](const KeyedRow &row) { return row.key.startsWith("jit"_L1); });
    if (all.plan.jit && !hasJit)
        rows << wholeRow(u"jit"_s, u"JIT"_s, {}, all, u"%1 functions"_s.arg(all.plan.jit->functions));
    if (!all.plan.settings.all.isEmpty())
        rows << wholeRow(u"settings"_s,
                         all.plan.settings.all.size() == 1 ? u"1 setting is changed"_s : u"%1 settings are changed"_s.arg(all.plan.settings.all.size()), {},
                         all, {});
    if (all.plan.nodes.size() > mostTreeNodes)
        rows << wholeRow(u"rest"_s,
                         u"%1 further nodes are not shown here: they are in the text"_s.arg(units::exact(double(all.plan.nodes.size() - mostTreeNodes))), {},
                         all, {});
    return rows;
}

// Bounded by the depth that is parsed.
KeyedRow nodeRow(const PlanFigures &all, int index)
{
    KeyedRow row;
    row.key = nodeKey(index);
    row.cells = nodeCells(all, index);
    for (const int child : all.plan.nodes[index].children)
        if (child < mostTreeNodes)
            row.children.append(nodeRow(all, child));
    return row;
}

KeyedCell wasIs(const QString &text, bool differs)
{
    KeyedCell cell{text, QVariant(text), text, !differs, {}, {}};
    if (differs)
        cell.mark = StateLook::Warning;
    return cell;
}

template<typename Figure>
QString change(const std::optional<Figure> &was, const std::optional<Figure> &is, bool both, QString (*word)(double))
{
    const auto one = [word](const std::optional<Figure> &figure) { return figure ? word(double(*figure)) : u"–"_s; };
    return both ? u"%1 → %2"_s.arg(one(was), one(is)) : one(was ? was : is);
}

QString countText(double value)
{
    return units::count(value);
}

} // namespace

QString nodeKey(int node)
{
    return u'n' + QString::number(node);
}

int nodeOfKey(const QString &key)
{
    bool number = false;
    const int node = key.startsWith(u'n') ? key.sliced(1).toInt(&number) : -1;
    return number ? node : -1;
}

QVector<KeyedColumn> planColumns()
{
    return {{u"node"_s, u"Node"_s, false, false, 300, false, true},
            {u"own"_s, u"Own time"_s, true, false, 88, false, false},
            {u"total"_s, u"Total time"_s, true, false, 80, false, false},
            {u"rows"_s, u"Rows"_s, true, false, 72, false, false},
            {u"loops"_s, u"Loops"_s, true, false, 56, false, false},
            {u"planned"_s, u"Planned rows"_s, true, false, 72, true, false},
            {u"estimate"_s, u"Estimate"_s, true, false, 120, false, false},
            {u"words"_s, u"What stands out"_s, false, false, 150, false, false},
            {u"buffers"_s, u"Buffers"_s, true, false, 64, false, false},
            {u"read"_s, u"Read"_s, true, false, 56, false, false},
            {u"io"_s, u"I/O time"_s, true, false, 72, false, false},
            {u"temp"_s, u"Temp"_s, true, false, 56, false, false},
            {u"wal"_s, u"WAL"_s, true, false, 64, false, false},
            {u"workers"_s, u"Workers"_s, true, false, 64, false, false},
            {u"owncost"_s, u"Own cost"_s, true, false, 80, true, false},
            {u"cost"_s, u"Cost"_s, true, false, 72, true, false}};
}

QVector<bool> columnsOf(const PlanFigures &all)
{
    const auto any = [&all](auto has) { return std::any_of(all.nodes.cbegin(), all.nodes.cend(), has); };
    const bool spills = any([](const NodeFigures &node) { return node.temp.value_or(0) > 0; });
    return {true,
            all.timed,
            all.timed,
            all.measured,
            all.measured,
            !all.measured && any([](const NodeFigures &node) { return node.planRows.has_value(); }),
            all.measured && any([](const NodeFigures &node) { return node.estimateFactor.has_value(); }),
            any([](const NodeFigures &node) { return !node.words.isEmpty(); }) || !all.plan.triggers.isEmpty(),
            all.hasBuffers,
            all.hasBuffers && any([](const NodeFigures &node) { return node.read.value_or(0) > 0; }),
            all.hasIoTimes && any([](const NodeFigures &node) { return node.ioUs.value_or(0) > 0; }),
            spills,
            all.hasWal && any([](const NodeFigures &node) { return node.walBytes.value_or(0) > 0; }),
            all.hasWorkers,
            !all.timed && any([](const NodeFigures &node) { return node.ownCost.has_value(); }),
            !all.timed && any([](const NodeFigures &node) { return node.ownCost.has_value(); })};
}

QVector<KeyedRow> planRows(const PlanFigures &figures)
{
    QVector<KeyedRow> rows;
    if (!figures.plan.nodes.isEmpty())
        rows.append(nodeRow(figures, 0));
    return rows + wholeRows(figures);
}

QVector<KeyedColumn> comparisonColumns()
{
    return {{u"before"_s, u"Earlier"_s, false, false, 220, false, true},
            {u"after"_s, u"Later"_s, false, false, 260, false, false},
            {u"differs"_s, u"What differs"_s, false, false, 150, false, false},
            {u"own"_s, u"Own time"_s, true, false, 150, false, false},
            {u"rows"_s, u"Rows"_s, true, false, 130, false, false},
            {u"buffers"_s, u"Buffers"_s, true, false, 130, false, false}};
}

QVector<KeyedRow> comparisonRows(const PlanFigures &before, const PlanFigures &after, const plan::PlanComparison &comparison)
{
    const auto name = [](const PlanFigures &figures, int node, const QString &without) {
        if (node < 0)
            return KeyedCell{without, {}, without, true, {}, {}};
        const QString head = QString(qsizetype(std::min(figures.plan.nodes[node].depth, 30)) * 2, u' ') + figures.nodes[node].head;
        return KeyedCell{head, {}, figures.nodes[node].head, false, {}, {}};
    };
    QVector<KeyedRow> rows;
    for (qsizetype i = 0; i < std::min<qsizetype>(comparison.pairs.size(), mostTreeNodes); ++i) {
        const plan::NodePair &pair = comparison.pairs[i];
        const bool both = pair.before >= 0 && pair.after >= 0;
        const QString words = pair.before < 0  ? u"only later"_s
                              : pair.after < 0 ? u"only earlier"_s
                              : pair.differs   ? plan::differenceWords(pair.differs).join(u", "_s)
                                               : u"the same"_s;
        KeyedRow row;
        row.key = QString::number(i);
        row.cells = {name(before, pair.before, u"not there"_s),
                     name(after, pair.after, u"not there"_s),
                     wasIs(words, !both || pair.differs & (plan::NodePair::Type | plan::NodePair::Relation | plan::NodePair::Index)),
                     wasIs(change(pair.was.exclusiveUs, pair.is.exclusiveUs, both, usText), pair.differs & plan::NodePair::Time),
                     wasIs(change(pair.was.rows ? pair.was.rows : pair.was.planRows, pair.is.rows ? pair.is.rows : pair.is.planRows, both, countText),
                           pair.differs & plan::NodePair::Rows),
                     wasIs(change(pair.was.buffers, pair.is.buffers, both, countText), pair.differs & plan::NodePair::Buffers)};
        rows.append(row);
    }
    return rows;
}

QVector<KeyedColumn> keptColumns()
{
    return {{u"at"_s, u"Seen"_s, false, false, 112, false, false},
            {u"total"_s, u"Time"_s, true, false, 72, false, false},
            {u"statement"_s, u"Statement"_s, false, false, 120, false, true},
            {u"origin"_s, u"How"_s, false, false, 76, false, false},
            {u"root"_s, u"Begins with"_s, false, false, 120, true, false}};
}

QVector<KeyedRow> keptRows(const QVector<explain::KeptPlan> &plans)
{
    QVector<KeyedRow> rows;
    for (const explain::KeptPlan &plan : plans) {
        const QDateTime at = QDateTime::fromMSecsSinceEpoch(plan.atMs);
        const bool today = at.date() == QDate::currentDate();
        const QString text = units::oneLine(plan.text.left(300).simplified());
        KeyedRow row;
        row.key = QString::number(plan.id);
        row.cells = {
            {at.toString(today ? u"HH:mm:ss"_s : u"yyyy-MM-dd HH:mm"_s),
             QVariant(double(plan.id)),
             at.toString(u"yyyy-MM-dd HH:mm:ss t"_s) + u'\n' + at.toUTC().toString(Qt::ISODate),
             false,
             {},
             {}},
            plan.totalUs
                ? time(plan.totalUs, {}, false)
                : KeyedCell{u"–"_s, QVariant(), plan.cost ? u"Not measured; cost %1"_s.arg(units::exact(*plan.cost)) : u"Not measured"_s, true, {}, {}},
            text.isEmpty() ? KeyedCell{plan.root, {}, u"Its statement is not known"_s, true, {}, {}} : KeyedCell{text, {}, plan.text.left(1000), false, {}, {}},
            {explain::originName(plan.origin),
             {},
             plan.database.isEmpty() ? explain::originName(plan.origin) : u"%1, in %2"_s.arg(explain::originName(plan.origin), plan.database),
             false,
             {},
             {}},
            {plan.root, {}, u"%1, %2 nodes"_s.arg(plan.root).arg(plan.nodes), false, {}, {}}};
        rows.append(row);
    }
    return rows;
}

} // namespace howdah::ui
