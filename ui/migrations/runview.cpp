// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/migrations/runview.h"

#include "base/units.h"
#include "ui/activity/cells.h"
#include "ui/widgets/keyedview.h"
#include "ui/widgets/label.h"
#include "ui/widgets/theme.h"

#include <QFrame>
#include <QHBoxLayout>
#include <QProgressBar>
#include <QPushButton>
#include <QVBoxLayout>

#include <algorithm>

namespace howdah::ui
{

using namespace Qt::StringLiterals;
using namespace howdah::migrations;

namespace
{

QVector<KeyedColumn> stepColumns()
{
    KeyedColumn name{u"name"_s, u"Migration"_s};
    name.width = 320;
    KeyedColumn state{u"state"_s, u"How far"_s};
    state.stretch = true;
    KeyedColumn took{u"took"_s, u"Took"_s, true};
    took.width = 88;
    return {name, state, took};
}

QVector<KeyedColumn> newsColumns()
{
    KeyedColumn at{u"at"_s, u"After"_s, true};
    at.width = 72;
    KeyedColumn text{u"text"_s, u"What the run and the server said"_s};
    text.stretch = true;
    return {at, text};
}

PlainLabel *wrapped(const char *role = nullptr)
{
    auto *label = new PlainLabel({}, nullptr, role);
    label->setWordWrap(true);
    label->setTextInteractionFlags(Qt::TextSelectableByMouse);
    return label;
}

} // namespace

RunView::RunView(QWidget *parent)
    : QWidget(parent), m_title(new PlainLabel({}, nullptr, "title")), m_elapsed(new PlainLabel({}, nullptr, "muted")), m_giveUp(new QPushButton(u"Give up"_s)), m_close(new QPushButton(u"Close"_s)),
      m_blocked(new QFrame), m_blockedBy(wrapped()), m_waiting(wrapped("warning")), m_showBlocker(new QPushButton(u"Show in Activity"_s)), m_failed(new QFrame), m_failedWhat(wrapped("title")),
      m_failedWhy(wrapped()), m_failedStands(wrapped("muted")), m_ways(new QHBoxLayout), m_server(new QWidget), m_serverBar(new QProgressBar), m_serverText(new PlainLabel({}, nullptr, "muted")),
      m_model(new KeyedModel(stepColumns(), this)), m_steps(new KeyedView(m_model, u"The migrations of this run"_s)), m_newsModel(new KeyedModel(newsColumns(), this)),
      m_news(new KeyedView(m_newsModel, u"What the run and the server said"_s))
{
    m_giveUp->setToolTip(u"The statement that runs is cancelled on the server; a migration with a transaction is rolled back (Esc)"_s);
    m_close->setToolTip(u"Back to the migrations (Esc)"_s);
    auto *head = new QHBoxLayout;
    head->setSpacing(space::part);
    head->addWidget(m_title);
    head->addWidget(m_elapsed);
    head->addStretch(1);
    head->addWidget(m_giveUp);
    head->addWidget(m_close);
    buildBlocked();
    buildFailed();
    m_serverBar->setTextVisible(false);
    m_serverBar->setFixedWidth(160);
    m_serverBar->setAccessibleName(u"How far the server is with this statement"_s);
    auto *server = new QHBoxLayout(m_server);
    server->setContentsMargins(0, 0, 0, 0);
    server->setSpacing(space::part);
    server->addWidget(m_serverBar);
    server->addWidget(m_serverText, 1);
    m_server->hide();
    m_steps->setRootIsDecorated(false);
    m_news->setRootIsDecorated(false);
    auto *column = new QVBoxLayout(this);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(space::part);
    column->addLayout(head);
    column->addWidget(m_failed);
    column->addWidget(m_blocked);
    column->addWidget(m_server);
    column->addWidget(m_steps, 2);
    column->addWidget(m_news, 1);
    connect(m_giveUp, &QPushButton::clicked, this, &RunView::giveUp);
    connect(m_close, &QPushButton::clicked, this, [this] { emit wayChosen(WayOn::Back); });
    connect(m_showBlocker, &QPushButton::clicked, this, [this] { emit wayChosen(WayOn::ShowBlocker); });
    m_tick.setInterval(200);
    connect(&m_tick, &QTimer::timeout, this, [this] { showElapsed(); });
}

void RunView::buildBlocked()
{
    m_blocked->setProperty("card", true);
    m_blocked->setAccessibleName(u"Who stands in the way"_s);
    auto *words = new QVBoxLayout;
    words->setSpacing(space::inside);
    words->addWidget(m_blockedBy);
    words->addWidget(m_waiting);
    auto *row = new QHBoxLayout(m_blocked);
    row->setContentsMargins(space::part, space::part, space::part, space::part);
    row->setSpacing(space::part);
    row->addLayout(words, 1);
    row->addWidget(m_showBlocker, 0, Qt::AlignTop);
    m_blocked->hide();
}

void RunView::buildFailed()
{
    m_failed->setProperty("card", true);
    m_failed->setAccessibleName(u"What failed, and the ways on"_s);
    auto *column = new QVBoxLayout(m_failed);
    column->setContentsMargins(space::group, space::group, space::group, space::group);
    column->setSpacing(space::part);
    column->addWidget(m_failedWhat);
    column->addWidget(m_failedWhy);
    column->addWidget(m_failedStands);
    m_ways->setSpacing(space::part);
    column->addLayout(m_ways);
    m_failed->hide();
}

void RunView::begin(const QString &title, const QStringList &names)
{
    m_lines.clear();
    for (const QString &name : names)
        m_lines.append({name, u"to be run"_s, StateLook::Unknown, -1});
    m_at = -1;
    m_run = {};
    m_ended = false;
    m_blockerPid = 0;
    m_newsCount = 0;
    m_newsLines.clear();
    m_newsModel->setRows({});
    m_news->hide();
    m_title->setText(title);
    m_failed->hide();
    m_blocked->hide();
    m_server->hide();
    m_giveUp->show();
    m_giveUp->setEnabled(true);
    m_close->hide();
    m_clock.start();
    m_tick.start();
    showElapsed();
    showRows();
}

void RunView::take(const Told &told)
{
    if (m_ended)
        return;
    using What = Told::What;
    const auto say = [this](const QString &text) {
        m_newsLines.append({units::duration(m_clock.elapsed()), text});
        if (m_newsLines.size() > 500)
            m_newsLines.removeFirst();
        QVector<KeyedRow> rows;
        for (qsizetype i = 0; i < m_newsLines.size(); ++i) {
            KeyedRow row;
            row.key = QString::number(m_newsCount - int(m_newsLines.size()) + int(i) + 1);
            row.cells = {cells::plain(m_newsLines.at(i).first), cells::plain(m_newsLines.at(i).second)};
            rows.prepend(row);
        }
        ++m_newsCount;
        m_newsModel->setRows(rows);
        m_news->show();
    };
    switch (told.what) {
    case What::Waits:
        m_blockedBy->setText(u"Another run of migrations is under way: "_s + told.text);
        m_waiting->clear();
        m_showBlocker->hide();
        m_blocked->show();
        break;
    case What::Begins:
        m_blocked->hide();
        for (int i = m_at + 1; i < int(m_lines.size()); ++i) {
            if (m_lines.at(i).name == told.name) {
                m_at = i;
                break;
            }
        }
        if (m_at >= 0) {
            m_lines[m_at].text = u"begins"_s;
            m_lines[m_at].look = StateLook::Busy;
        }
        break;
    case What::Statement:
        if (m_at >= 0)
            m_lines[m_at].text = u"statement %1 of %2: %3"_s.arg(told.statement).arg(told.statements).arg(told.text);
        break;
    case What::Blocked:
        m_blockerPid = told.pid;
        m_blockedBy->setText(u"Waits for "_s + told.text);
        m_waiting->setText(told.waiting == 0 ? QString() : told.waiting == 1 ? u"1 session waits for this run"_s : u"%1 sessions wait for this run"_s.arg(told.waiting));
        m_waiting->setVisible(told.waiting > 0);
        m_showBlocker->setVisible(told.pid != 0);
        m_blocked->show();
        break;
    case What::Free:
        m_blocked->setVisible(told.waiting > 0);
        m_blockedBy->setText(u"Nobody stands in the way"_s);
        m_waiting->setText(told.waiting == 1 ? u"1 session waits for this run"_s : u"%1 sessions wait for this run"_s.arg(told.waiting));
        m_showBlocker->hide();
        break;
    case What::TriesAgain: say(u"The lock was not had in time. Try %1 in %2: %3"_s.arg(told.statement).arg(units::duration(told.ms), told.text)); break;
    case What::Notice: say(units::oneLine(told.text)); break;
    case What::Dropped: say(u"Drops the invalid index %1"_s.arg(told.text)); break;
    case What::Done:
        if (m_at >= 0) {
            m_lines[m_at].text = u"done"_s;
            m_lines[m_at].look = StateLook::Ok;
            m_lines[m_at].ms = told.ms;
        }
        m_server->hide();
        break;
    }
    showRows();
}

void RunView::setServerProgress(const QString &text, double share)
{
    m_server->setVisible(!text.isEmpty() && !m_ended);
    m_serverText->setText(text);
    m_serverBar->setRange(0, share < 0 ? 0 : 1000);
    m_serverBar->setValue(share < 0 ? 0 : int(share * 1000));
}

void RunView::end(const Run &run)
{
    m_run = run;
    m_ended = true;
    m_tick.stop();
    showElapsed();
    m_blocked->hide();
    m_server->hide();
    m_giveUp->hide();
    m_close->show();
    // What was marked, and what no Done was told of.
    for (const Step &step : run.done) {
        for (Line &line : m_lines) {
            if (line.name == step.name && line.look != StateLook::Ok) {
                line.text = step.marked ? u"marked"_s : u"done"_s;
                line.look = StateLook::Ok;
                line.ms = step.marked ? -1 : step.ms;
                break;
            }
        }
    }
    const bool cancelled = run.error && run.error->kind == ErrorKind::Cancelled;
    for (Line &line : m_lines) {
        if (run.error && run.failedAt && line.name == run.failedAt->name && line.look != StateLook::Ok) {
            line.text = cancelled ? u"given up"_s : run.error->message;
            line.look = cancelled ? StateLook::Warning : StateLook::Critical;
        } else if (run.error && line.look != StateLook::Ok) {
            line.text = u"not begun"_s;
            line.look = StateLook::Unknown;
        }
    }
    m_failed->setVisible(run.error.has_value());
    if (run.error) {
        const QString at = run.failedAt ? run.failedAt->line > 0 ? u"%1, line %2, statement %3 of %4"_s.arg(run.failedAt->name).arg(run.failedAt->line).arg(run.failedAt->statement).arg(run.failedAt->statements)
                                                                  : run.failedAt->name
                                        : QString();
        m_failedWhat->setText(cancelled ? u"Given up"_s : run.error->reason == "outcome_unknown"_L1 ? u"What became of it is not known"_s : u"It failed"_s);
        if (!at.isEmpty())
            m_failedWhat->setText(m_failedWhat->text() + u": "_s + at);
        QString why = units::oneLine(run.error->message);
        if (!run.error->sqlstate.isEmpty())
            why += u" (%1)"_s.arg(run.error->sqlstate);
        if (!run.error->hint.isEmpty())
            why += u"\n"_s + run.error->hint;
        m_failedWhy->setText(why);
        m_failedStands->setText(whatStands(run));
        setWays(waysOn(run, m_blockerPid != 0));
    }
    showRows();
    (m_firstWay && run.error ? m_firstWay : m_close)->setFocus(Qt::OtherFocusReason);
}

void RunView::setWays(const QVector<WayOnButton> &ways)
{
    while (QLayoutItem *item = m_ways->takeAt(0)) {
        if (item->widget())
            item->widget()->deleteLater();
        delete item;
    }
    for (const WayOnButton &way : ways) {
        auto *button = new QPushButton(way.text, m_failed);
        if (m_ways->count() == 0) {
            setLook(button, "primary");
            m_firstWay = button;
        }
        connect(button, &QPushButton::clicked, this, [this, what = way.way] { emit wayChosen(what); });
        m_ways->addWidget(button);
    }
    m_ways->addStretch(1);
}

void RunView::showElapsed()
{
    m_elapsed->setText(m_ended ? u"ended after %1"_s.arg(units::duration(m_clock.elapsed())) : units::duration(m_clock.elapsed() / 100 * 100));
}

void RunView::showRows()
{
    QVector<KeyedRow> rows;
    for (int i = 0; i < int(m_lines.size()); ++i) {
        const Line &line = m_lines.at(i);
        KeyedCell state = cells::plain(units::oneLine(line.text));
        state.mark = line.look;
        KeyedCell took;
        if (line.ms >= 0) {
            took.text = units::duration(line.ms);
            took.tip = u"%1 ms"_s.arg(line.ms);
        }
        KeyedRow row;
        row.key = u"%1 %2"_s.arg(i).arg(line.name);
        row.cells = {cells::plain(line.name), state, took};
        rows.append(row);
    }
    m_model->setRows(rows);
}

} // namespace howdah::ui
