// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/migrations/lockpreviewview.h"

#include "base/units.h"
#include "migrations/lockmode.h"
#include "session/changeplan.h"
#include "ui/activity/cells.h"
#include "ui/widgets/emptystate.h"
#include "ui/widgets/errorbar.h"
#include "ui/widgets/keyedview.h"
#include "ui/widgets/label.h"
#include "ui/widgets/theme.h"

#include <QHBoxLayout>
#include <QPushButton>
#include <QStackedLayout>
#include <QVBoxLayout>

namespace howdah::ui
{

using namespace Qt::StringLiterals;
using namespace howdah::migrations;

namespace
{

QVector<KeyedColumn> columns()
{
    KeyedColumn statement{u"statement"_s, u"Statement"_s};
    statement.fixed = true;
    statement.stretch = true;
    statement.width = 260;
    KeyedColumn lock{u"lock"_s, u"Lock"_s};
    lock.width = 196;
    KeyedColumn blocks{u"blocks"_s, u"Keeps out"_s};
    blocks.width = 128;
    KeyedColumn work{u"work"_s, u"Reads and writes"_s};
    work.width = 190;
    KeyedColumn time{u"time"_s, u"There, about"_s, true};
    time.width = 96;
    return {statement, lock, blocks, work, time};
}

StateLook lookOf(const PreviewLock *lock)
{
    if (lock->mode == "ACCESS EXCLUSIVE"_L1)
        return StateLook::Critical;
    return lock->mode == "SHARE"_L1 || lock->mode == "SHARE ROW EXCLUSIVE"_L1 || lock->mode == "EXCLUSIVE"_L1 ? StateLook::Warning : StateLook::Ok;
}

QString workOf(const PreviewScan &scan)
{
    QStringList words;
    if (scan.rewritten)
        words << (scan.rewriteReason.isEmpty() ? u"rewritten"_s : u"rewritten: %1"_s.arg(scan.rewriteReason));
    if (scan.indexBuilt)
        words << u"index built"_s;
    if (scan.rows > 0)
        words << (scan.targetRows >= 0 ? u"reads about %1 rows there"_s.arg(units::count(double(scan.targetRows))) : u"reads its rows"_s);
    return words.join(u", "_s);
}

// A row a statement; below it each relation, with what is held already.
KeyedRow rowOf(const PreviewedStatement &statement)
{
    KeyedRow row;
    row.key = u"%1/%2/%3"_s.arg(statement.file).arg(statement.down).arg(statement.number);
    const PreviewLock *strongest = statement.strongest();
    // What an earlier one took keeps out while this runs too.
    const bool held = !strongest;
    for (const PreviewLock &one : statement.locks) {
        if (held && (!strongest || modeRank(one.mode) > modeRank(strongest->mode)))
            strongest = &one;
    }
    const QString shown = units::oneLine(session::masked(QString::fromUtf8(statement.text)));
    KeyedCell text = cells::plain(u"%1  %2"_s.arg(statement.number).arg(shown));
    text.tip = u"%1, line %2\n%3"_s.arg(statement.file).arg(statement.line).arg(session::masked(QString::fromUtf8(statement.text)));
    // What failed may have come no further than its first word, and of what is only looked at from outside a short lock may be missed.
    const bool known = !statement.error && !(statement.sampled && !strongest);
    KeyedCell lock = cells::plain(!strongest ? (known ? u"nothing"_s : u"not known"_s) : held ? strongest->mode + u", held"_s : strongest->mode);
    if (strongest)
        lock.mark = lookOf(strongest);
    else
        lock.mark = known ? StateLook::Ok : StateLook::Unknown;
    if (statement.error && strongest)
        lock.text += held ? u"; its own not known"_s : u", before it failed"_s;
    lock.muted = held;
    KeyedCell blocks = cells::plain(strongest ? strongest->blocks : known ? QString() : u"not known"_s);
    blocks.muted = !strongest;
    KeyedCell work, time;
    QStringList scans;
    for (const PreviewScan &scan : statement.scans) {
        if (const QString words = workOf(scan); !words.isEmpty())
            scans << u"%1: %2"_s.arg(scan.relation, words);
    }
    work.text = scans.join(u"; "_s);
    if (statement.error) {
        work.text = u"fails: "_s + units::oneLine(statement.error->message);
        work.mark = StateLook::Critical;
    }
    if (!statement.notTried.isEmpty()) {
        lock = cells::plain(u"not known"_s);
        lock.muted = true;
        work.text = u"not tried: "_s + statement.notTried;
        work.mark = StateLook::Warning;
    }
    if (statement.estimatedMs)
        time.text = *statement.estimatedMs < 1 ? u"under 1 ms"_s : units::duration(qint64(*statement.estimatedMs));
    else if (!statement.error)
        {
        time = cells::plain(u"not known"_s);
        time.muted = true;
    }
    time.tip = u"In the sandbox %1 ms, %2 of WAL"_s.arg(statement.ms, 0, 'f', 1).arg(units::bytes(double(statement.walBytes)))
        + (statement.note.isEmpty() ? QString() : u"\n"_s + statement.note);
    row.cells = {text, lock, blocks, work, time};
    for (const PreviewLock &one : statement.locks) {
        KeyedRow child;
        child.key = row.key + u'/' + one.relation + u'/' + one.mode;
        KeyedCell relation = cells::plain(one.relation);
        KeyedCell mode = cells::plain(one.newlyTaken ? one.mode : one.mode + u", held already"_s);
        mode.mark = lookOf(&one);
        mode.muted = !one.newlyTaken;
        KeyedCell did;
        for (const PreviewScan &scan : statement.scans) {
            if (scan.relation == one.relation)
                did.text = workOf(scan);
        }
        child.cells = {relation, mode, cells::plain(one.blocks), did};
        row.children.append(child);
    }
    for (const QString &victim : statement.victims) {
        KeyedRow child;
        child.key = row.key + u"/victim/"_s + victim;
        KeyedCell lost = cells::plain(u"dropped with it"_s);
        lost.mark = StateLook::Warning;
        child.cells = {cells::plain(victim), lost};
        row.children.append(child);
    }
    return row;
}

} // namespace

LockPreviewView::LockPreviewView(QWidget *parent)
    : QWidget(parent), m_empty(new QWidget),
      m_emptyState(new EmptyState(u"What each statement locks, reads and rewrites is not known yet"_s, u"Preview locks"_s,
                                  u"It is run in a scratch database with made-up rows, built from the migrations that are applied: by this machine's PostgreSQL 18, or by a container of the "
                                  "stack's image. The server itself is only asked for sizes, and for who would stand in the way now."_s)),
      m_error(new ErrorBar), m_seen(new QWidget), m_where(new PlainLabel({}, nullptr, "muted")), m_blockers(new PlainLabel), m_again(new QPushButton(u"Preview again"_s)),
      m_model(new KeyedModel(columns(), this)), m_table(new KeyedView(m_model, u"Statements and their locks"_s)), m_stack(new QStackedLayout(this))
{
    auto *empty = new QVBoxLayout(m_empty);
    empty->setContentsMargins(0, space::part, 0, 0);
    empty->addWidget(m_error);
    empty->addWidget(m_emptyState, 1);
    m_error->clear();
    m_error->setRetryVisible(false);
    m_where->setWordWrap(true);
    m_blockers->setWordWrap(true);
    m_blockers->setTextInteractionFlags(Qt::TextSelectableByMouse);
    setLook(m_again, "flat");
    auto *head = new QHBoxLayout;
    head->setSpacing(space::part);
    head->addWidget(m_blockers, 1);
    head->addWidget(m_again, 0, Qt::AlignTop);
    auto *seen = new QVBoxLayout(m_seen);
    seen->setContentsMargins(0, space::part, 0, 0);
    seen->setSpacing(space::inside);
    seen->addLayout(head);
    seen->addWidget(m_table, 1);
    seen->addWidget(m_where);
    m_stack->addWidget(m_empty);
    m_stack->addWidget(m_seen);
    connect(m_emptyState, &EmptyState::clicked, this, &LockPreviewView::previewWanted);
    connect(m_again, &QPushButton::clicked, this, &LockPreviewView::previewWanted);
}

QString LockPreviewView::blockersText() const
{
    return m_blockers->text();
}

void LockPreviewView::showNothing(const QString &why)
{
    m_error->clear();
    m_emptyState->setLine(why.isEmpty() ? u"What each statement locks, reads and rewrites is not known yet"_s : why);
    m_emptyState->setButton(why.isEmpty() ? u"Preview locks"_s : QString());
    m_stack->setCurrentWidget(m_empty);
}

void LockPreviewView::showStale()
{
    showNothing({});
    m_emptyState->setLine(u"The text was changed since its locks were previewed: what it locks now is not known"_s);
}

void LockPreviewView::showBusy()
{
    m_error->clear();
    m_emptyState->setLine(u"It is being tried in a sandbox: how far stands in the strip below"_s);
    m_emptyState->setButton({});
    m_stack->setCurrentWidget(m_empty);
}

void LockPreviewView::showError(const Error &error)
{
    showNothing({});
    if (error.kind != ErrorKind::Cancelled)
        m_error->showError(u"It could not be tried"_s, error);
}

void LockPreviewView::show(const Preview &preview)
{
    QVector<KeyedRow> rows;
    for (const PreviewedStatement &statement : preview.statements)
        rows.append(rowOf(statement));
    m_model->setRows(rows);
    m_where->setText(u"Seen in %1; %2%3"_s.arg(preview.where, preview.basis, preview.stopped.isEmpty() ? QString() : u". "_s + preview.stopped));
    QStringList who;
    for (const Blocker &one : preview.wouldBlockNow)
        who << one.text();
    if (!preview.blockersKnown)
        m_blockers->setText(who.isEmpty() ? u"Who would stand in the way on the server now is not known."_s
                                          : u"Would stand in the way now: %1. Who else is not known: the role may not see the transactions of all sessions."_s.arg(who.join(u"; "_s)));
    else
        m_blockers->setText(who.isEmpty() ? u"Nobody on the server would stand in the way now."_s : u"Would stand in the way now: "_s + who.join(u"; "_s));
    setRole(m_blockers, who.isEmpty() && preview.blockersKnown ? "" : "warning");
    m_stack->setCurrentWidget(m_seen);
}

} // namespace howdah::ui
