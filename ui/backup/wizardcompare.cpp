// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/backup/wizardcompare.h"

#include "ui/activity/cells.h"
#include "ui/widgets/keyedview.h"
#include "ui/widgets/theme.h"

#include <QHBoxLayout>
#include <QProgressBar>
#include <QPushButton>
#include <QSplitter>
#include <QTabWidget>
#include <QVBoxLayout>

namespace howdah::ui
{

using namespace Qt::StringLiterals;
using namespace howdah::backup;
using TableState = TableComparison::State;

namespace
{

QVector<KeyedColumn> tableColumns()
{
    KeyedColumn table{u"table"_s, u"Table"_s};
    table.stretch = true;
    table.width = 130;
    KeyedColumn state{u"state"_s, u"State"_s};
    state.width = 104;
    KeyedColumn copy{u"copy"_s, u"Only copy"_s, true};
    copy.width = 88;
    KeyedColumn live{u"live"_s, u"Only live"_s, true};
    live.width = 84;
    KeyedColumn changed{u"changed"_s, u"Changed"_s, true};
    changed.width = 80;
    KeyedColumn rows{u"rows"_s, u"Rows in live"_s, true};
    rows.width = 96;
    return {table, state, copy, live, changed, rows};
}

QVector<KeyedColumn> rowColumns()
{
    KeyedColumn what{u"what"_s, u"Where"_s};
    what.width = 96;
    KeyedColumn key{u"key"_s, u"Key"_s};
    key.width = 80;
    KeyedColumn values{u"values"_s, u"Values"_s};
    values.stretch = true;
    return {what, key, values};
}

QVector<KeyedColumn> otherColumns()
{
    KeyedColumn kind{u"kind"_s, u"Of"_s};
    kind.width = 128;
    KeyedColumn words{u"words"_s, u"What differs, or was not compared"_s};
    words.stretch = true;
    return {kind, words};
}

KeyedCell stateCell(const TableComparison &table)
{
    KeyedCell cell;
    switch (table.state) {
    case TableState::Equal: cell = cells::plain(u"equal"_s); cell.mark = StateLook::Ok; break;
    case TableState::Different: cell = cells::plain(u"differ"_s); cell.mark = StateLook::Warning; break;
    case TableState::OnlyLive: cell = cells::plain(u"only in live"_s); cell.mark = StateLook::Warning; break;
    case TableState::OnlyRehearsed: cell = cells::plain(u"only in the copy"_s); cell.mark = StateLook::Warning; break;
    case TableState::NotPermitted: cell = cells::plain(u"not permitted"_s); cell.mark = StateLook::Unknown; break;
    case TableState::NotCompared: cell = cells::plain(u"not compared"_s); cell.mark = StateLook::Unknown; break;
    }
    cell.tip = table.why.isEmpty() ? table.text() : table.why;
    return cell;
}

int rankOf(TableState state)
{
    switch (state) {
    case TableState::Different: return 0;
    case TableState::OnlyRehearsed: return 1;
    case TableState::OnlyLive: return 2;
    case TableState::NotPermitted: return 3;
    case TableState::NotCompared: return 4;
    case TableState::Equal: break;
    }
    return 5;
}

QString valuesText(const QJsonObject &row)
{
    QStringList all;
    for (auto value = row.begin(); value != row.end(); ++value)
        all << u"%1 = %2"_s.arg(value.key(), value->isNull() ? u"NULL"_s : value->toString());
    return units::oneLine(all.join(u", "_s));
}

QString keyText(const QJsonArray &key)
{
    QStringList all;
    for (const QJsonValue &part : key)
        all << part.toString();
    return units::oneLine(all.join(u", "_s));
}

} // namespace

QString exampleText(const RowExample &example)
{
    if (example.what != RowExample::What::Changed)
        return valuesText(example.what == RowExample::What::OnlyLive ? example.live : example.rehearsed);
    QStringList all;
    for (auto value = example.rehearsed.begin(); value != example.rehearsed.end(); ++value) {
        const QJsonValue live = example.live.value(value.key());
        if (live != *value)
            all << u"%1: %2 in live, %3 in the copy"_s.arg(value.key(), live.isNull() ? u"NULL"_s : live.toString(), value->isNull() ? u"NULL"_s : value->toString());
    }
    return units::oneLine(all.isEmpty() ? u"they differ behind what is shown of long values"_s : all.join(u", "_s));
}

WizardCompare::WizardCompare(WizardModel *model, WizardFlow *flow)
    : WizardPage(model, flow), m_state(new StateWord), m_words(prose()), m_begin(new QPushButton(u"Compare live with the copy"_s)), m_cancel(new QPushButton(u"Cancel"_s)),
      m_another(new QPushButton(u"Another moment…"_s)), m_bar(new QProgressBar), m_step(new PlainLabel({}, nullptr, "muted")), m_split(new QSplitter(Qt::Vertical)),
      m_tableModel(new KeyedModel(tableColumns(), this)), m_tables(new KeyedView(m_tableModel, u"Tables of live and the copy"_s)), m_tabs(new QTabWidget), m_notes(prose({}, "muted")),
      m_rowModel(new KeyedModel(rowColumns(), this)), m_rows(new KeyedView(m_rowModel, u"Rows that differ"_s)), m_otherModel(new KeyedModel(otherColumns(), this)),
      m_others(new KeyedView(m_otherModel, u"Definitions and sequences that differ"_s))
{
    m_another->setToolTip(u"An earlier or a later one: what is here stays until it is rehearsed"_s);
    m_bar->setTextVisible(false);
    m_bar->setAccessibleName(u"How far the comparison is"_s);
    auto *head = new QHBoxLayout;
    head->setSpacing(space::part);
    head->addWidget(m_state, 0, Qt::AlignTop);
    head->addSpacing(space::part);
    head->addWidget(m_words, 1);
    head->addWidget(m_another, 0, Qt::AlignTop);
    head->addWidget(m_begin, 0, Qt::AlignTop);
    head->addWidget(m_cancel, 0, Qt::AlignTop);
    auto *rows = new QWidget;
    auto *rowsColumn = pageColumn(rows);
    rowsColumn->setContentsMargins(0, space::part, 0, 0);
    rowsColumn->addWidget(m_notes);
    rowsColumn->addWidget(m_rows, 1);
    for (KeyedView *view : {m_tables, m_rows, m_others})
        view->setRootIsDecorated(false);
    m_tabs->addTab(rows, u"Rows"_s);
    m_tabs->addTab(m_others, u"Definitions"_s);
    m_split->setChildrenCollapsible(false);
    m_split->setHandleWidth(space::part);
    m_split->setStyleSheet(u"QSplitter::handle { background: transparent; }"_s);
    m_split->addWidget(m_tables);
    m_split->addWidget(m_tabs);
    auto *column = pageColumn(this);
    column->addLayout(head);
    column->addWidget(m_bar);
    column->addWidget(m_step);
    column->addWidget(m_split, 1);
    connect(m_begin, &QPushButton::clicked, this, [this] {
        if (m_model->rehearsal())
            m_flow->compare(*m_model->rehearsal());
    });
    connect(m_cancel, &QPushButton::clicked, m_flow, &WizardFlow::cancel);
    connect(m_another, &QPushButton::clicked, this, [this] { emit stepWanted(WizardStep::Moment); });
    connect(m_tables, &KeyedView::currentKeyChanged, this, &WizardCompare::showTable);
}

QString WizardCompare::goOn() const
{
    return m_model->intent == RecoveryIntent::Rescue ? u"Pick what comes back"_s : m_model->intent == RecoveryIntent::JustLook ? u"Go on to the end"_s : m_model->isSwap() ? u"Go on to the swap"_s : u"Show the runbook"_s;
}

void WizardCompare::showProgress(const ProgressStep &how)
{
    m_bar->setRange(0, how.total > 0 ? 1000 : 0);
    if (how.total > 0)
        m_bar->setValue(int(std::min<qint64>(1000, how.done * 1000 / how.total)));
    m_step->setText(stepText(how));
}

void WizardCompare::showComparison()
{
    const Comparison *seen = m_model->comparison();
    const int number = seen ? m_model->comparisonNumber() : 0;
    if (number == m_shown)
        return;
    m_shown = number;
    QVector<KeyedRow> tables, others;
    QVector<const TableComparison *> order;
    if (seen) {
        for (const TableComparison &table : seen->tables)
            order << &table;
    }
    std::stable_sort(order.begin(), order.end(), [](const TableComparison *one, const TableComparison *other) {
        // What the copy has and live has not is what was lost.
        const auto key = [](const TableComparison *table) { return std::pair(rankOf(table->state), table->onlyRehearsed.value_or(0) + table->changed.value_or(0) > 0 ? 0 : 1); };
        return key(one) < key(other);
    });
    const auto count = [](std::optional<qint64> value, bool equal) { return equal ? cells::some(0) : cells::count(value, u"rows"_s); };
    for (const TableComparison *table : std::as_const(order)) {
        const bool equal = table->state == TableState::Equal;
        KeyedRow row;
        row.key = table->table.text();
        row.cells = {cells::plain(units::oneLine(table->table.text())), stateCell(*table), count(table->onlyRehearsed, equal), count(table->onlyLive, equal), count(table->changed, equal),
                     cells::count(table->live ? std::optional(table->live->rows) : std::nullopt, u"rows"_s)};
        tables << row;
    }
    m_tableModel->setRows(tables);
    const auto other = [&](const QString &kind, const QString &words) {
        KeyedRow row;
        row.key = u"%1"_s.arg(others.size());
        row.cells = {cells::plain(kind), cells::plain(units::oneLine(words))};
        others << row;
    };
    if (seen) {
        if (seen->sameCluster == false)
            other(u"cluster"_s, u"the copy is of another cluster than live"_s);
        if (seen->largeObjects && seen->largeObjects->state != TableState::Equal)
            other(u"large objects"_s, seen->largeObjects->text());
        for (const catalog::Difference &difference : seen->schema)
            other(u"definition"_s, difference.text());
        for (const QString &words : seen->schemaNotSeen)
            other(u"not seen"_s, words);
        for (const SequenceComparison &one : seen->sequences)
            other(u"sequence"_s, u"%1: %2 in live, %3 in the copy"_s.arg(one.sequence.text(), one.live.text(), one.rehearsed.text()));
        for (const QString &words : seen->notCompared)
            other(u"not compared"_s, words);
    }
    m_otherModel->setRows(others);
    m_tabs->setTabText(1, u"Definitions and sequences (%1)"_s.arg(others.size()));
    if (!order.isEmpty())
        m_tables->select(order.constFirst()->table.text());
    else
        showTable({});
}

void WizardCompare::showTable(const QString &key)
{
    QVector<KeyedRow> rows;
    QStringList notes;
    if (const Comparison *seen = m_model->comparison()) {
        for (const TableComparison &table : seen->tables) {
            if (table.table.text() != key)
                continue;
            for (const RowExample &example : table.examples) {
                KeyedRow row;
                row.key = QString::number(rows.size());
                const QString where = example.what == RowExample::What::OnlyRehearsed ? u"only copy"_s : example.what == RowExample::What::OnlyLive ? u"only live"_s : u"changed"_s;
                row.cells = {cells::plain(where), cells::text(keyText(example.key)), cells::plain(exampleText(example))};
                rows << row;
            }
            if (!table.why.isEmpty())
                notes << table.why;
            const qint64 all = table.onlyLive.value_or(0) + table.onlyRehearsed.value_or(0) + table.changed.value_or(0);
            if (all > rows.size() && !rows.isEmpty())
                notes << u"%1 of %2 rows that differ are shown"_s.arg(rows.size()).arg(units::exact(double(all)));
            notes << table.notes;
        }
    }
    m_rowModel->setRows(rows);
    m_tabs->setTabText(0, key.isEmpty() ? u"Rows"_s : u"Rows of %1"_s.arg(units::oneLine(key)));
    m_notes->setText(notes.join(u"; "_s));
    m_notes->setVisible(!notes.isEmpty());
}

void WizardCompare::refresh()
{
    using State = WizardModel::State;
    const State state = m_model->state(WizardStep::Compare);
    const bool running = state == State::Running;
    const Comparison *seen = m_model->comparison();
    m_begin->setVisible(!running);
    m_begin->setText(seen ? u"Compare again"_s : u"Compare live with the copy"_s);
    m_begin->setEnabled(!m_flow->isBusy() && m_model->rehearsal() && !m_model->isDropped());
    setLook(m_begin, seen ? "" : "primary");
    m_cancel->setVisible(running);
    m_another->setVisible(!running);
    m_bar->setVisible(running);
    m_step->setVisible(running);
    if (!running) {
        m_bar->setRange(0, 0);
        m_step->clear();
    }
    showComparison();
    if (running) {
        m_state->setState(StateLook::Busy, u"Under way"_s);
        m_words->setText(u"Each side is read in one snapshot"_s);
    } else if (!seen) {
        m_state->setState(StateLook::Unknown, u"Not compared"_s);
        m_words->setText(u"Definitions, row counts and hashes; then which rows"_s);
    } else {
        const Comparison::Answer answer = seen->answer();
        m_state->setState(answer == Comparison::Answer::Equal ? StateLook::Ok : answer == Comparison::Answer::Different ? StateLook::Warning : StateLook::Unknown,
                          answer == Comparison::Answer::Equal ? u"Equal"_s : answer == Comparison::Answer::Different ? u"They differ"_s : u"Not all compared"_s);
        m_words->setText(u"%1; compared in %2%3"_s.arg(m_model->note(WizardStep::Compare), units::duration(seen->tookMs), state == State::Stale ? u". The copy is of another moment than the one that is chosen now"_s : QString()));
    }
}

} // namespace howdah::ui
