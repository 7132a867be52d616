// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/statements/statementfigures.h"

#include "base/units.h"
#include "ui/statements/statementrows.h"
#include "ui/widgets/label.h"
#include "ui/widgets/theme.h"

#include <QDateTime>
#include <QFormLayout>
#include <QVBoxLayout>

#include <algorithm>

namespace howdah::ui
{

using namespace Qt::StringLiterals;
using statements::Counters;
using statements::Measure;
using statements::TopList;
using statements::Total;

namespace
{

const QString notCounted = u"not counted by this version"_s;

QString perCall(qint64 value, const Counters &of, const QString &unit)
{
    const QString all = u"%1 %2"_s.arg(units::count(double(value)), unit);
    const qint64 calls = of[Measure::Calls];
    return calls == 0 ? all : u"%1, %2 a call"_s.arg(all, units::count(double(value) / double(calls)));
}

QString shareText(double share)
{
    return share > 0 && share < 0.0001 ? u"under 0.01 %"_s : units::ratio(share);
}

QString meanText(std::optional<double> mean, std::optional<double> deviation)
{
    if (!mean)
        return u"–"_s;
    return deviation ? u"%1 ± %2"_s.arg(millisecondsText(*mean), millisecondsText(*deviation)) : millisecondsText(*mean);
}

} // namespace

StatementFigures::StatementFigures(QWidget *parent) : QScrollArea(parent), m_load(new StatementLoad), m_facts(new QFormLayout)
{
    setFrameShape(QFrame::NoFrame);
    setWidgetResizable(true);
    setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    setAccessibleName(u"Figures of the statement"_s);
    auto *inside = new QWidget;
    auto *column = new QVBoxLayout(inside);
    column->setContentsMargins(0, space::part, space::inside, 0);
    column->setSpacing(space::part);
    m_facts->setContentsMargins(0, 0, 0, 0);
    m_facts->setHorizontalSpacing(space::group);
    m_facts->setVerticalSpacing(space::inside);
    m_facts->setLabelAlignment(Qt::AlignLeft);
    column->addWidget(m_load, 1);
    column->addLayout(m_facts);
    setWidget(inside);
    for (QWidget *one : {viewport(), inside})
        one->setAutoFillBackground(false); // it lies on a card
}

void StatementFigures::setFact(const QString &name, const QString &value, const QString &tip)
{
    PlainLabel *&label = m_values[name];
    if (!label) {
        label = new PlainLabel;
        label->setTextInteractionFlags(Qt::TextSelectableByMouse);
        label->setWordWrap(true);
        auto *caption = new PlainLabel(name, nullptr, "muted");
        caption->setFont(smallFont());
        m_facts->addRow(caption, label);
    }
    label->setText(value);
    label->setToolTip(tooltipText(tip));
    m_facts->setRowVisible(label, !value.isEmpty());
}

void StatementFigures::showNone(bool mayHaveRun)
{
    for (const QString &name : m_values.keys())
        setFact(name, {});
    setFact(u"Calls"_s, mayHaveRun ? u"not known of this time: it is not told apart, or was not recorded"_s : u"none in this time"_s);
}

void StatementFigures::show(const TopList &list, const Total &total)
{
    const Counters &of = total.counters;
    const auto knows = [&list](Measure measure) { return (list.gaps.known & statements::bitOf(measure)) != 0; };
    const auto share = statements::shareOf(statements::Order::Total, total, list);
    setFact(u"Time"_s, nanosecondsText(of[Measure::ExecTime]) + (share ? u", %1 of all"_s.arg(shareText(*share)) : QString()),
            u"%1 ms"_s.arg(double(of[Measure::ExecTime]) / 1e6, 0, 'f', 3));
    setFact(u"Calls"_s, units::exact(double(of[Measure::Calls])));
    setFact(u"Mean"_s, meanText(of.meanExecMs(), of.stddevExecMs()), u"Of this interval, with the standard deviation of its calls"_s);
    setFact(u"Rows"_s, perCall(of[Measure::Rows], of, u"rows"_s));
    setFact(u"Buffer hit"_s, hitText(of));
    setFact(u"Dirtied"_s, of[Measure::SharedDirtied] ? perCall(of[Measure::SharedDirtied], of, u"blocks"_s) : u"none"_s);
    setFact(u"Temporary files"_s, of[Measure::TempWritten] ? perCall(of[Measure::TempWritten], of, u"blocks written"_s) : u"none"_s,
            u"Sorts and hashes that did not fit into work_mem"_s);
    const auto several = [&of](Measure measure) { return units::count(double(of[measure])); };
    const QString bytes = units::bytes(double(of[Measure::WalBytes]));
    const QString wal = u"%1 in %2 records, %3 full pages"_s.arg(bytes, several(Measure::WalRecords), several(Measure::WalImages));
    setFact(u"WAL"_s, of[Measure::WalBytes] ? wal : u"none"_s);
    const auto io = statements::figureOf(statements::Order::Io, of, list.gaps.known);
    setFact(u"I/O time"_s, !io ? notCounted : *io > 0 ? nanosecondsText(qint64(*io)) : u"none, or track_io_timing is off"_s);
    const QString mean = meanText(of.meanPlanMs(), of.stddevPlanMs());
    const QString plans = u"%1 in %2 plans, mean %3"_s.arg(nanosecondsText(of[Measure::PlanTime]), several(Measure::Plans), mean);
    setFact(u"Planning"_s, !knows(Measure::PlanTime)  ? notCounted
                           : of[Measure::Plans] == 0 ? u"not tracked (pg_stat_statements.track_planning)"_s
                                                     : plans);
    const QString jit = u"%1 for %2 functions"_s.arg(nanosecondsText(of[Measure::JitTime]), several(Measure::JitFunctions));
    setFact(u"JIT"_s, !knows(Measure::JitTime) ? notCounted : of[Measure::JitTime] ? jit : u"none"_s);
    const QString workers = u"%1 of %2 that were planned"_s.arg(several(Measure::WorkersLaunched), several(Measure::WorkersWanted));
    setFact(u"Parallel workers"_s, !knows(Measure::WorkersWanted) ? u"counted since PostgreSQL 18"_s
                                   : of[Measure::WorkersWanted]   ? workers
                                                                  : u"none planned"_s);
    setFact(u"First seen"_s, total.firstMs ? QDateTime::fromMSecsSinceEpoch(total.firstMs).toString(u"yyyy-MM-dd HH:mm t"_s) : QString(),
            u"By this console, on this machine"_s);
}

} // namespace howdah::ui
