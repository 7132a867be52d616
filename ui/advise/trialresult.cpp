// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/advise/trialresult.h"

#include "base/units.h"
#include "plan/finding.h"
#include "ui/plan/compareview.h"
#include "ui/statements/statementrows.h"
#include "ui/widgets/label.h"
#include "ui/widgets/stateword.h"
#include "ui/widgets/theme.h"

#include <QFrame>
#include <QGridLayout>
#include <QHBoxLayout>
#include <QScrollArea>
#include <QTabWidget>
#include <QVBoxLayout>

namespace howdah::ui
{

using namespace Qt::StringLiterals;
using trial::Judgement;
using trial::Measured;
using trial::Trial;

namespace
{

const QString dash = u"–"_s;

QString time(const std::optional<qint64> &us)
{
    return us ? usText(double(*us)) : dash;
}

QString blocks(const std::optional<qint64> &count)
{
    return count ? units::exact(double(*count)) : dash;
}

QString median(const Measured &measured)
{
    if (measured.medianUs)
        return time(measured.medianUs);
    return measured.overMs ? u"not done within %1"_s.arg(units::duration(*measured.overMs)) : u"not run"_s;
}

QString spread(const Measured &measured)
{
    return measured.ran ? u"%1 to %2"_s.arg(time(measured.fastestUs()), time(measured.slowestUs())) : dash;
}

// How the tables are read: "Seq Scan on orders".
QString readsOf(const plan::Plan &plan)
{
    constexpr qsizetype most = 4;
    QStringList reads;
    for (const plan::PlanNode &node : plan.nodes) {
        if (node.object.isEmpty() && node.index.isEmpty())
            continue;
        QString one = node.type;
        if (!node.object.isEmpty())
            one += u" on "_s + node.object;
        if (!node.index.isEmpty())
            one += u" by "_s + node.index;
        if (!reads.contains(one))
            reads << units::oneLine(one);
    }
    if (reads.size() > most)
        reads = reads.first(most) + QStringList{u"…"_s};
    return reads.isEmpty() ? dash : reads.join(u'\n');
}

StateLook lookOf(const Judgement &judgement)
{
    if (!judgement.measured) // the planner's word
        return StateLook::Unknown;
    switch (judgement.verdict) {
    case Judgement::Verdict::Faster: return StateLook::Ok;
    case Judgement::Verdict::Slower: return StateLook::Critical;
    case Judgement::Verdict::Same: return StateLook::Warning;
    case Judgement::Verdict::NotKnown: break;
    }
    return StateLook::Unknown;
}

QString verdictText(const Judgement &judgement)
{
    switch (judgement.verdict) {
    case Judgement::Verdict::Faster: return judgement.measured ? u"Faster"_s : u"Cheaper, by the planner"_s;
    case Judgement::Verdict::Slower: return judgement.measured ? u"Slower"_s : u"Dearer, by the planner"_s;
    case Judgement::Verdict::Same: return u"No difference"_s;
    case Judgement::Verdict::NotKnown: break;
    }
    return u"Not known"_s;
}

PlainLabel *wrapped(const QString &text, const char *role = nullptr)
{
    auto *label = new PlainLabel(shownText(text), nullptr, role);
    label->setWordWrap(true);
    label->setTextInteractionFlags(Qt::TextSelectableByMouse);
    return label;
}

class Table
{
public:
    Table() : m_frame(new QFrame), m_grid(new QGridLayout(m_frame))
    {
        m_frame->setProperty("card", true);
        m_frame->setAccessibleName(u"Before and after"_s);
        m_grid->setContentsMargins(space::group, space::part, space::group, space::part);
        m_grid->setHorizontalSpacing(space::edge);
        m_grid->setVerticalSpacing(space::inside);
        m_grid->setColumnStretch(1, 1);
        m_grid->setColumnStretch(2, 1);
        add(QString(), u"Before"_s, u"After"_s, "muted");
    }
    void add(const QString &name, const QString &before, const QString &after, const char *role = nullptr)
    {
        const int row = m_grid->rowCount();
        m_grid->addWidget(new PlainLabel(name, nullptr, "muted"), row, 0, Qt::AlignTop);
        int column = 1;
        for (const QString &value : {before, after}) {
            auto *label = wrapped(value, role);
            label->setWordWrap(true);
            if (!role)
                label->setFont(figureFont(13));
            label->setAccessibleName(u"%1 %2: %3"_s.arg(name, column == 1 ? u"before"_s : u"after"_s, value));
            m_grid->addWidget(label, row, column++, Qt::AlignTop);
        }
    }
    QWidget *widget() const { return m_frame; }

private:
    QFrame *m_frame;
    QGridLayout *m_grid;
};

QString madeText(const trial::Made &made)
{
    QString text = u"%1 %2"_s.arg(made.kind, made.name);
    if (made.bytes)
        text += u", %1"_s.arg(units::bytes(double(*made.bytes)));
    if (!made.valid)
        text += u", not valid"_s;
    if (made.used)
        text += *made.used ? u"; the plan uses it"_s : u"; the plan does not use it"_s;
    return text;
}

void addRemedy(const trial::RemedyRun &run, bool onLab, QVBoxLayout *column)
{
    auto *sql = wrapped(run.remedy.text);
    sql->setFont(fixedFont());
    column->addWidget(sql);
    QStringList words;
    if (run.tookMs)
        words << u"Took %1."_s.arg(units::duration(*run.tookMs));
    for (const trial::Made &made : run.made)
        words << (onLab ? u"Made: %1."_s : u"Supposed: %1."_s).arg(madeText(made));
    for (const QString &lock : run.remedy.locks)
        words << u"Locks: %1."_s.arg(lock);
    if (onLab && run.stays)
        words << u"It stays on the lab."_s;
    else if (onLab && !run.undo.isEmpty())
        words << u"Taken back: %1."_s.arg(run.undo.join(u"; "_s));
    if (!words.isEmpty())
        column->addWidget(wrapped(words.join(u' '), "muted"));
}

QWidget *figuresPage(const Trial &trial)
{
    const bool onLab = trial.on == Trial::On::Lab;
    auto *inside = new QWidget;
    auto *column = new QVBoxLayout(inside);
    column->setContentsMargins(0, space::part, space::part, 0);
    column->setSpacing(space::part);
    auto *state = new StateWord;
    state->setState(lookOf(trial.judgement), verdictText(trial.judgement));
    column->addWidget(state, 0, Qt::AlignLeft);
    column->addWidget(wrapped(trial.judgement.words, "title"));
    const QString as = trial.role.isEmpty() ? QString() : u", as "_s + trial.role;
    column->addWidget(wrapped((onLab ? u"On %1%2."_s : u"By HypoPG on %1%2."_s).arg(trial.where, as), "muted"));
    const Measured &before = trial.before, &after = trial.after;
    Table table;
    if (before.ran || after.ran || before.overMs || after.overMs) {
        table.add(u"Median time"_s, median(before), median(after));
        table.add(u"Fastest to slowest"_s, spread(before), spread(after));
        table.add(u"First run, not counted"_s, time(before.coldUs), time(after.coldUs));
        table.add(u"Blocks touched"_s, blocks(before.blocks.touched()), blocks(after.blocks.touched()));
        table.add(u"of them read"_s, blocks(before.blocks.read), blocks(after.blocks.read));
        if (before.blocks.tempWritten.value_or(0) > 0 || after.blocks.tempWritten.value_or(0) > 0)
            table.add(u"Temporary blocks written"_s, blocks(before.blocks.tempWritten), blocks(after.blocks.tempWritten));
    }
    const auto cost = [](const Measured &measured) { return measured.cost ? units::exact(qRound64(*measured.cost)) : dash; };
    table.add(u"Planner's cost"_s, cost(before), cost(after));
    table.add(u"Reads"_s, readsOf(before.plan), readsOf(after.plan));
    column->addWidget(table.widget());
    for (const trial::RemedyRun &run : trial.remedies)
        addRemedy(run, onLab, column);
    QStringList notes;
    for (const QString &reason : {before.reason, after.reason}) {
        if (!reason.isEmpty() && !notes.contains(reason))
            notes << reason;
    }
    notes += trial.notes;
    for (const QString &note : std::as_const(notes))
        column->addWidget(wrapped(note.endsWith(u'.') ? note : QString(note + u'.'), "muted"));
    column->addStretch(1);
    auto *area = new QScrollArea;
    area->setWidgetResizable(true);
    area->setFrameShape(QFrame::NoFrame);
    area->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    area->setAccessibleName(u"What the trial said"_s);
    area->setWidget(inside);
    return area;
}

} // namespace

TrialResult::TrialResult(QWidget *parent) : QWidget(parent), m_pages(new QTabWidget), m_plans(new CompareView(this))
{
    m_pages->setDocumentMode(true);
    m_pages->setAccessibleName(u"The trial"_s);
    m_plans->setClosable(false);
    m_plans->hide();
    auto *column = new QVBoxLayout(this);
    column->setContentsMargins(0, 0, 0, 0);
    column->addWidget(m_pages);
}

void TrialResult::show(const Trial &trial)
{
    while (m_pages->count() > 0) {
        QWidget *page = m_pages->widget(0);
        m_pages->removeTab(0);
        if (page != m_plans)
            delete page;
    }
    m_pages->addTab(figuresPage(trial), u"Before and after"_s);
    if (trial.before.plan.nodes.isEmpty() || trial.after.plan.nodes.isEmpty())
        return;
    const auto shared = [](const Measured &measured) { return figuresOf(measured.plan, plan::findingsOf(measured.plan)); };
    const auto name = [](const Measured &measured, const QString &when) -> QString {
        return when + (measured.ran ? u", the run of the median"_s : u", not run"_s);
    };
    m_plans->show(shared(trial.before), name(trial.before, u"before"_s), shared(trial.after), name(trial.after, u"after"_s));
    m_pages->addTab(m_plans, u"Plans"_s);
}

} // namespace howdah::ui
