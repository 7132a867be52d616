// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/query/transactionbar.h"

#include "base/units.h"
#include "ui/widgets/icon.h"
#include "ui/widgets/label.h"
#include "ui/widgets/stateword.h"
#include "ui/widgets/theme.h"

#include <QCheckBox>
#include <QDateTime>
#include <QHBoxLayout>
#include <QPushButton>

namespace howdah::ui
{

namespace
{

constexpr int tickMs = 1000;

QString plural(qint64 count, const QString &one, const QString &many)
{
    return units::exact(double(count)) + QLatin1Char(' ') + (count == 1 ? one : many);
}

QString clock(qint64 ms)
{
    const qint64 s = qMax<qint64>(0, ms) / 1000;
    return s < 60 ? QStringLiteral("%1 s").arg(s) : units::duration(s * 1000);
}

StateLook lookOf(pg::TransactionState state)
{
    switch (state) {
    case pg::TransactionState::Idle: return StateLook::Ok;
    case pg::TransactionState::Running: return StateLook::Busy;
    case pg::TransactionState::Open: return StateLook::Warning;
    case pg::TransactionState::Failed: return StateLook::Critical;
    case pg::TransactionState::Unknown: break;
    }
    return StateLook::Unknown;
}

// The layer in a word; the sentence is its tooltip.
QString badgeText(session::ReadOnlyLayer layer, bool unlocked)
{
    switch (layer) {
    case session::ReadOnlyLayer::None: return unlocked ? QStringLiteral("read-write, unlocked") : QString();
    case session::ReadOnlyLayer::Warning: return QStringLiteral("read-only: warning only");
    case session::ReadOnlyLayer::SessionSetting: return QStringLiteral("read-only: session setting");
    case session::ReadOnlyLayer::Recovery: return QStringLiteral("read-only: standby");
    case session::ReadOnlyLayer::RoleRights: return QStringLiteral("read-only: role's rights");
    }
    return {};
}

} // namespace

QString transactionText(const LinkView &view, qint64 nowMs)
{
    switch (view.link) {
    case pg::LinkState::Closed: return QStringLiteral("not connected; connects at the first run");
    case pg::LinkState::Connecting: return QStringLiteral("connecting");
    case pg::LinkState::Lost: return QStringLiteral("link lost");
    case pg::LinkState::NoAnswer: return QStringLiteral("no answer from the server");
    case pg::LinkState::Connected: break;
    }
    QString text;
    switch (view.transaction) {
    case pg::TransactionState::Idle: return view.busy ? QStringLiteral("running") : QStringLiteral("no transaction");
    case pg::TransactionState::Unknown: return QStringLiteral("transaction: unknown");
    case pg::TransactionState::Failed: text = QStringLiteral("transaction failed %1 ago: only a rollback is taken").arg(clock(nowMs - view.sinceMs)); break;
    case pg::TransactionState::Running:
    case pg::TransactionState::Open: text = QStringLiteral("in transaction %1").arg(clock(nowMs - view.sinceMs)); break;
    }
    if (view.transaction != pg::TransactionState::Failed)
        text += QStringLiteral(" · ") + plural(view.rows, QStringLiteral("row changed"), QStringLiteral("rows changed"));
    return text;
}

TransactionBar::TransactionBar(QWidget *parent)
    : QWidget(parent), m_state(new StateWord(this)), m_who(new ElidedLabel({}, this, "fixed")),
      m_new(new PlainLabel(QStringLiteral("new session"), this)), m_badge(new ElidedLabel({}, this, "muted")), m_lock(new QPushButton(this)),
      m_manual(new QCheckBox(QStringLiteral("Manual commit"), this)), m_commit(new QPushButton(QStringLiteral("Commit"), this)),
      m_rollback(new QPushButton(QStringLiteral("Roll back"), this))
{
    setProperty("bar", true);
    setAttribute(Qt::WA_StyledBackground);
    m_who->setToolTip(QStringLiteral("This tab's own link"));
    m_manual->setToolTip(QStringLiteral("Each run begins a transaction that stays open until Commit or Roll back; each statement has a savepoint"));
    setLook(m_lock, "flat");
    setLook(m_commit, "primary");
    m_commit->setToolTip(QStringLiteral("Ctrl+Alt+C"));
    m_rollback->setToolTip(QStringLiteral("Ctrl+Alt+R"));

    auto *row = new QHBoxLayout(this);
    row->setContentsMargins(space::group, space::inside, space::part, space::inside);
    row->setSpacing(space::part);
    // Before the words, which grow with the time: a button does not move under the mouse.
    row->addWidget(m_commit);
    row->addWidget(m_rollback);
    row->addWidget(m_state);
    row->addStretch(1);
    row->addWidget(m_new);
    row->addWidget(m_badge);
    row->addWidget(m_lock);
    row->addWidget(m_manual);
    row->addSpacing(space::inside);
    row->addWidget(m_who);

    m_tick.setInterval(tickMs);
    connect(&m_tick, &QTimer::timeout, this, &TransactionBar::refresh);
    connect(m_commit, &QPushButton::clicked, this, &TransactionBar::commit);
    connect(m_rollback, &QPushButton::clicked, this, &TransactionBar::rollback);
    connect(m_manual, &QCheckBox::toggled, this, &TransactionBar::manualCommitChanged);
    connect(m_lock, &QPushButton::clicked, this, [this] {
        if (m_view.unlocked)
            emit lockWanted();
        else
            emit unlockWanted();
    });
    refresh();
}

void TransactionBar::setView(const LinkView &view)
{
    m_view = view;
    refresh();
}

void TransactionBar::setManualCommit(bool on)
{
    const QSignalBlocker quiet(m_manual);
    m_manual->setChecked(on);
}

bool TransactionBar::isManualCommit() const
{
    return m_manual->isChecked();
}

void TransactionBar::refresh()
{
    const bool connected = m_view.link == pg::LinkState::Connected;
    const bool open = connected && (m_view.transaction == pg::TransactionState::Open || m_view.transaction == pg::TransactionState::Failed);
    StateLook look = connected ? lookOf(m_view.transaction) : StateLook::Unknown;
    if (m_view.link == pg::LinkState::Lost)
        look = StateLook::Critical;
    else if (m_view.link == pg::LinkState::NoAnswer)
        look = StateLook::Warning;
    else if (m_view.link == pg::LinkState::Connecting || (connected && m_view.busy && m_view.transaction == pg::TransactionState::Idle))
        look = StateLook::Busy;
    m_state->setState(look, transactionText(m_view, QDateTime::currentMSecsSinceEpoch()));
    m_commit->setVisible(open);
    m_commit->setEnabled(!m_view.busy && m_view.transaction == pg::TransactionState::Open);
    m_rollback->setVisible(open);
    m_rollback->setEnabled(!m_view.busy);
    m_who->setText(QStringLiteral("%1@%2").arg(units::oneLine(m_view.role), units::oneLine(m_view.database)));
    m_who->setVisible(!m_view.role.isEmpty());
    m_new->setVisible(m_view.newSession);
    m_new->setToolTip(QStringLiteral("Another session than the one before: its transaction, SET and temporary tables are gone"));
    const QString badge = badgeText(m_view.readOnly, m_view.unlocked);
    m_badge->setText(badge);
    m_badge->setVisible(!badge.isEmpty());
    m_badge->setToolTip(tooltipText(session::readOnlyText(m_view.readOnly)));
    m_lock->setVisible(m_view.guarded && (m_view.unlocked || m_view.readOnly == session::ReadOnlyLayer::SessionSetting || m_view.link == pg::LinkState::Closed));
    m_lock->setText(m_view.unlocked ? QStringLiteral("Lock again") : QStringLiteral("Unlock…"));
    m_lock->setIcon(icon(m_view.unlocked ? QStringLiteral("lock") : QStringLiteral("unlock")));
    m_lock->setEnabled(!m_view.busy && !open);
    open ? m_tick.start() : m_tick.stop();
}

} // namespace howdah::ui
