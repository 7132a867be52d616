// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/plan/plannodepanel.h"

#include "base/units.h"
#include "ui/plan/planrows.h"
#include "ui/widgets/label.h"
#include "ui/widgets/theme.h"

#include <QClipboard>
#include <QGridLayout>
#include <QGuiApplication>
#include <QHBoxLayout>
#include <QPushButton>
#include <QScrollArea>
#include <QVBoxLayout>

#include <algorithm>

namespace howdah::ui
{

using namespace Qt::StringLiterals;
using plan::Field;

namespace
{

constexpr qsizetype mostShown = 4000;  // characters of a value; Copy has all of it
constexpr qsizetype mostFields = 200;  // of a section
constexpr int narrow = 320;            // pixels

bool hasLongWord(const QString &text)
{
    constexpr qsizetype room = 7; // characters, beside a name, in the narrowest
    qsizetype length = 0;
    for (const QChar c : text.left(mostShown)) {
        length = c.isSpace() ? 0 : length + 1;
        if (length > room)
            return true;
    }
    return false;
}

bool isCondition(const QString &name)
{
    if (name.startsWith("Rows Removed"_L1))
        return false;
    static constexpr QLatin1StringView ends[] = {"Cond"_L1, "Filter"_L1, "Key"_L1, "Keys"_L1, "Call"_L1, "Order By"_L1, "SQL"_L1, "Window"_L1};
    return std::any_of(std::begin(ends), std::end(ends), [&name](QLatin1StringView end) { return name.endsWith(end); });
}

bool isBuffers(const QString &name)
{
    return name.endsWith("Blocks"_L1) || name.contains("I/O "_L1) || name.startsWith("WAL "_L1);
}

QString decimals(double value)
{
    return value == double(qint64(value)) ? units::exact(value) : QString::number(value, 'f', 2);
}

QString msText(qint64 us)
{
    return QString::number(double(us) / 1000, 'f', 3) + u" ms"_s;
}

void addMs(QVector<Field> *to, const QString &name, std::optional<qint64> us)
{
    if (us)
        to->append({name, msText(*us)});
}

QVector<Field> actualFields(const plan::Actual &actual)
{
    if (actual.loops == 0)
        return {{u"Loops"_s, u"never executed"_s}};
    QVector<Field> fields;
    addMs(&fields, u"Until the first row, a loop"_s, actual.startupUs);
    addMs(&fields, u"Until the last row, a loop"_s, actual.totalUs);
    fields.append({u"Rows, a loop"_s, decimals(double(actual.rowsHundredths) / 100)});
    fields.append({u"Loops"_s, units::exact(double(actual.loops))});
    return fields;
}

QVector<Field> ownBuffers(const NodeFigures &figures)
{
    QVector<Field> fields;
    const auto add = [&fields](const QString &name, std::optional<qint64> blocks) {
        if (blocks && *blocks > 0)
            fields.append({name, units::exact(double(*blocks)) + u" blocks, "_s + units::bytes(double(*blocks) * 8192)});
    };
    add(u"Hit"_s, figures.hit);
    add(u"Read"_s, figures.read);
    add(u"Dirtied"_s, figures.dirtied);
    add(u"Written"_s, figures.written);
    add(u"Temporary files"_s, figures.temp);
    if (figures.walBytes && *figures.walBytes > 0)
        fields.append({u"WAL"_s, units::exact(double(*figures.walBytes)) + u" bytes"_s});
    if (figures.ioUs && *figures.ioUs > 0)
        fields.append({u"I/O time"_s, usText(*figures.ioUs)});
    if (fields.isEmpty() && figures.hit)
        fields.append({u"Blocks"_s, u"none"_s});
    return fields;
}

} // namespace

PlanNodePanel::PlanNodePanel(QWidget *parent)
    : QFrame(parent), m_title(new PlainLabel({}, nullptr, "title")), m_note(new PlainLabel({}, nullptr, "muted")), m_copy(new QPushButton(u"Copy"_s)),
      m_area(new QScrollArea)
{
    setProperty("card", true);
    setAccessibleName(u"The node"_s);
    m_title->setWordWrap(true);
    m_title->setTextInteractionFlags(Qt::TextSelectableByMouse);
    m_note->setWordWrap(true);
    m_copy->setToolTip(u"Copy all that is told of the node"_s);
    setLook(m_copy, "flat");
    m_area->setWidgetResizable(true);
    m_area->setFrameShape(QFrame::NoFrame);
    m_area->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    m_area->setAccessibleName(u"Fields of the node"_s);
    auto *head = new QHBoxLayout;
    head->setSpacing(space::part);
    head->addWidget(m_title, 1);
    head->addWidget(m_copy, 0, Qt::AlignTop);
    auto *column = new QVBoxLayout(this);
    column->setContentsMargins(space::group, space::part, space::part, space::part);
    column->setSpacing(space::part);
    column->addLayout(head);
    column->addWidget(m_note);
    column->addWidget(m_area, 1);
    setMinimumWidth(200);
    connect(m_copy, &QPushButton::clicked, this, [this] { QGuiApplication::clipboard()->setText(m_text); });
    showNothing();
}

QVector<PlanNodePanel::Section> PlanNodePanel::sectionsOfNode(const PlanFigures &all, int index, QString *note)
{
    const plan::PlanNode &node = all.plan.nodes[index];
    const NodeFigures &figures = all.nodes[index];
    QVector<Section> sections;
    Section time{u"Time and rows"_s, {}};
    if (figures.ownUs && !node.neverExecuted()) {
        time.fields.append({u"Own time"_s, usText(*figures.ownUs) + (figures.share ? u", %1 of the whole"_s.arg(units::ratio(*figures.share)) : QString())});
        time.fields.append({u"Total time, with what is below"_s, usText(*figures.totalUs)});
        if (all.times.nodes[index].processes > 1)
            time.fields.append({u"Shared by processes"_s, decimals(all.times.nodes[index].processes)});
    }
    if (figures.rows && !node.neverExecuted())
        time.fields.append({u"Rows, all loops"_s, units::exact(*figures.rows)});
    if (node.actual)
        time.fields += actualFields(*node.actual);
    if (node.planRows)
        time.fields.append({u"Planned rows, a loop"_s, units::exact(*node.planRows)});
    if (figures.estimateFactor)
        time.fields.append({u"Estimate"_s, factorText(*figures.estimateFactor)});
    if (node.totalCost)
        time.fields.append({u"Cost"_s, u"%1 to %2"_s.arg(decimals(node.startupCost.value_or(0)), decimals(*node.totalCost))});
    if (node.width)
        time.fields.append({u"Width of a row"_s, u"%1 bytes"_s.arg(*node.width)});
    sections.append(time);
    Section conditions{u"Conditions"_s, {}}, buffers{u"Buffers, WAL and I/O, with what is below"_s, {}}, rest{u"All else"_s, {}};
    for (const Field &field : node.fields.all) {
        if (isBuffers(field.name)) {
            if (field.value != "0"_L1 && field.value != "0.000"_L1)
                buffers.fields.append(field);
        } else {
            (isCondition(field.name) ? conditions : rest).fields.append(field);
        }
    }
    sections.append(conditions);
    sections.append({u"Its own blocks"_s, node.neverExecuted() ? QVector<Field>() : ownBuffers(figures)});
    sections.append(buffers);
    const auto tell = [&rest](const QString &name, const QString &value) {
        if (!value.isEmpty())
            rest.fields.append({name, value});
    };
    tell(u"Schema"_s, node.schema);
    tell(u"Relation"_s, node.object);
    tell(u"Alias"_s, node.alias);
    tell(u"Index"_s, node.index);
    tell(u"To its parent"_s, node.relationship);
    tell(u"Subplan"_s, node.subplan);
    if (node.parallelAware)
        tell(u"Parallel aware"_s, u"true"_s);
    sections.append(rest);
    for (const plan::WorkerShare &worker : node.workers) {
        Section section{u"Worker %1"_s.arg(worker.number), {}};
        if (worker.actual)
            section.fields += actualFields(*worker.actual);
        section.fields += worker.fields.all;
        sections.append(section);
    }
    if (node.neverExecuted())
        *note = u"Never executed: what stands above it did not need its rows."_s;
    else if (!figures.words.isEmpty())
        *note = figures.words.join(u", "_s);
    else if (!node.actual)
        *note = u"Estimated: the statement was not run."_s;
    return sections;
}

QVector<PlanNodePanel::Section> PlanNodePanel::sectionsOf(const PlanFigures &all, const QString &key, QString *title, QString *note)
{
    const plan::Plan &plan = all.plan;
    if (const int node = nodeOfKey(key); node >= 0 && node < plan.nodes.size()) {
        *title = all.nodes[node].head;
        return sectionsOfNode(all, node, note);
    }
    if (key == "planning"_L1) {
        *title = u"Planning"_s;
        Section section{u"Of the planner"_s, {}};
        addMs(&section.fields, u"Time"_s, plan.planningUs);
        section.fields += plan.planning.all;
        return {section};
    }
    if (key == "settings"_L1) {
        *title = u"Settings"_s;
        *note = u"Changed from what the server comes with, and of weight for the plan."_s;
        return {{u"Settings"_s, plan.settings.all}};
    }
    if (key.startsWith("jit"_L1) && plan.jit) {
        *title = u"JIT"_s;
        *note = u"Of the leader and all workers together."_s;
        Section section{u"Compiling"_s, {{u"Functions"_s, QString::number(plan.jit->functions)}}};
        addMs(&section.fields, u"Generation"_s, plan.jit->generationUs);
        addMs(&section.fields, u"Deforming, in it"_s, plan.jit->deformUs);
        addMs(&section.fields, u"Inlining"_s, plan.jit->inliningUs);
        addMs(&section.fields, u"Optimization"_s, plan.jit->optimizationUs);
        addMs(&section.fields, u"Emission"_s, plan.jit->emissionUs);
        addMs(&section.fields, u"Total"_s, plan.jit->totalUs);
        return {section, {u"Options"_s, plan.jit->options.all}};
    }
    if (key.startsWith("trigger "_L1)) {
        const plan::Trigger trigger = plan.triggers.value(key.sliced(8).toInt());
        *title = trigger.name.isEmpty() ? u"Trigger for constraint %1"_s.arg(trigger.constraint) : u"Trigger %1"_s.arg(trigger.name);
        Section section{u"Trigger"_s, {}};
        addMs(&section.fields, u"Time, all calls"_s, trigger.timeUs);
        section.fields.append({u"Calls"_s, units::exact(double(trigger.calls))});
        if (trigger.timeUs && trigger.calls > 0)
            section.fields.append({u"Time of a call"_s, usText(double(*trigger.timeUs) / double(trigger.calls))});
        if (!trigger.relation.isEmpty())
            section.fields.append({u"On"_s, trigger.relation});
        if (!trigger.constraint.isEmpty())
            section.fields.append({u"Constraint"_s, trigger.constraint});
        return {section};
    }
    if (key == "serialization"_L1 && plan.serialization) {
        *title = u"Serialization"_s;
        *note = u"Turning the rows into what would be sent."_s;
        Section section{u"Serialization"_s, {{u"Format"_s, plan.serialization->format}}};
        addMs(&section.fields, u"Time"_s, plan.serialization->timeUs);
        section.fields += plan.serialization->fields.all;
        return {section};
    }
    if (key == "start and end"_L1) {
        *title = u"Start and end"_s;
        *note = u"Of the statement's time what is of no node: opening and closing, triggers' set-up, and what the server does not tell."_s;
    }
    return {};
}

void PlanNodePanel::showNothing()
{
    m_text.clear();
    m_title->setText(u"No node is selected"_s);
    m_note->setText(u"Select one to see all that the plan tells of it."_s);
    m_note->show();
    m_copy->setEnabled(false);
    m_plan.reset();
    m_key.clear();
    setInside(new QWidget);
}

void PlanNodePanel::setInside(QWidget *inside)
{
    m_area->setWidget(inside);
    inside->setAutoFillBackground(false); // the card's
}

void PlanNodePanel::resizeEvent(QResizeEvent *event)
{
    QFrame::resizeEvent(event);
    if (const bool now = width() < narrow; now != m_narrow) {
        m_narrow = now;
        if (m_plan)
            show(SharedPlan(m_plan), QString(m_key));
    }
}

void PlanNodePanel::show(const SharedPlan &plan, const QString &key)
{
    QString title, note;
    const auto sections = plan ? sectionsOf(*plan, key, &title, &note) : QVector<Section>();
    if (title.isEmpty())
        return showNothing();
    m_plan = plan;
    m_key = key;
    m_title->setText(units::oneLine(title.left(400)));
    m_note->setText(note);
    m_note->setVisible(!note.isEmpty());
    m_copy->setEnabled(true);
    m_text = title + u'\n' + (note.isEmpty() ? QString() : note + u'\n');
    auto *inside = new QWidget;
    auto *grid = new QGridLayout(inside);
    grid->setContentsMargins(0, 0, space::part, 0);
    grid->setHorizontalSpacing(space::part);
    grid->setVerticalSpacing(space::inside);
    grid->setColumnStretch(1, 1);
    int row = 0;
    for (const Section &section : sections) {
        if (section.fields.isEmpty())
            continue;
        auto *caption = new PlainLabel(section.title);
        caption->setFont(smallFont());
        caption->setWordWrap(true);
        if (row > 0)
            grid->setRowMinimumHeight(row++, space::inside);
        grid->addWidget(caption, row++, 0, 1, 2);
        m_text += u'\n' + section.title + u'\n';
        const bool conditions = section.title == "Conditions"_L1;
        for (qsizetype i = 0; i < section.fields.size(); ++i) {
            const Field &field = section.fields.at(i);
            m_text += u"  %1: %2\n"_s.arg(field.name, field.value);
            if (i > mostFields)
                continue;
            if (i == mostFields) {
                grid->addWidget(new PlainLabel(u"… %1 more; Copy has them"_s.arg(section.fields.size() - mostFields), nullptr, "muted"), row++, 0, 1, 2);
                continue;
            }
            auto *name = new PlainLabel(units::oneLine(field.name.left(80)), nullptr, "muted");
            name->setFont(smallFont());
            name->setWordWrap(true);
            const bool cut = field.value.size() > mostShown;
            auto *value =
                new PlainLabel((cut ? QString(field.value.left(mostShown) + u"… %1 characters in all; Copy has them"_s.arg(field.value.size())) : field.value));
            value->setWordWrap(true);
            value->setTextInteractionFlags(Qt::TextSelectableByMouse);
            value->setFont(conditions ? fixedFont() : figureFont(12));
            value->setMinimumWidth(0);
            value->setSizePolicy(QSizePolicy::Ignored, QSizePolicy::Preferred);
            value->setAlignment(Qt::AlignLeft | Qt::AlignTop);
            // Below its name where a word of it would be cut beside it.
            if (conditions || (m_narrow && hasLongWord(field.value))) {
                grid->addWidget(name, row++, 0, 1, 2);
                grid->addWidget(value, row++, 0, 1, 2);
            } else {
                name->setMinimumWidth(110);
                grid->addWidget(name, row, 0, Qt::AlignTop);
                grid->addWidget(value, row++, 1);
            }
        }
    }
    grid->setRowStretch(row, 1);
    setInside(inside);
}

} // namespace howdah::ui
