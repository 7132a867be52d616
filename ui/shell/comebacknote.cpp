// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/shell/comebacknote.h"

#include "ui/shell/workspace.h"
#include "ui/widgets/label.h"
#include "ui/widgets/stateword.h"
#include "ui/widgets/theme.h"

#include <QDateTime>
#include <QHBoxLayout>
#include <QPainter>
#include <QPushButton>

namespace howdah::ui
{

namespace
{

int weightOf(pg::Comeback comeback)
{
    switch (comeback) {
    case pg::Comeback::First:
    case pg::Comeback::Same: return 1;
    case pg::Comeback::Unknown: return 2;
    case pg::Comeback::Restarted: return 3;
    case pg::Comeback::OtherHost: return 4;
    case pg::Comeback::FailedOver: return 5;
    case pg::Comeback::OtherServer: return 6;
    }
    return 2;
}

} // namespace

ComebackNote::ComebackNote(QWidget *parent)
    : QFrame(parent), m_label(new ElidedLabel({}, this)), m_dismiss(new QPushButton(QStringLiteral("Dismiss"), this))
{
    setAccessibleName(QStringLiteral("What came back"));
    m_dismiss->setAccessibleName(QStringLiteral("Dismiss what came back"));
    auto *row = new QHBoxLayout(this);
    row->setContentsMargins(space::group + 20, space::inside, space::part, space::inside);
    row->setSpacing(space::part);
    row->addWidget(m_label, 1);
    row->addWidget(m_dismiss);
    connect(m_dismiss, &QPushButton::clicked, this, &ComebackNote::dismiss);
    hide();
}

void ComebackNote::setWorkspace(Workspace *workspace)
{
    if (m_workspace)
        m_workspace->disconnect(this);
    m_workspace = workspace;
    m_seen.clear();
    dismiss();
    if (workspace) {
        connect(workspace, &Workspace::linkChanged, this, &ComebackNote::look);
        look();
    }
}

QString ComebackNote::text() const
{
    return isHidden() ? QString() : m_label->fullText();
}

QString ComebackNote::textOf(const pg::LinkStatus &now, pg::TransactionState lostIn, bool wasStandby)
{
    QStringList said;
    if (const QString what = pg::comebackText(now.comeback); !what.isEmpty())
        said << what;
    if (now.facts.inRecovery && !wasStandby)
        said << QStringLiteral("it is a standby now and takes no writes");
    else if (!now.facts.inRecovery && wasStandby)
        said << QStringLiteral("it was a standby and is a primary now");
    if (lostIn == pg::TransactionState::Open || lostIn == pg::TransactionState::Failed)
        said << QStringLiteral("the transaction open at the loss was rolled back");
    else if (lostIn == pg::TransactionState::Unknown)
        said << QStringLiteral("what became of the transaction open at the loss is not known");
    return said.join(QStringLiteral("; "));
}

void ComebackNote::look()
{
    for (const pg::Session *session : {m_workspace->context().monitor, m_workspace->context().catalog}) {
        if (!session)
            continue;
        const pg::LinkStatus status = session->status();
        Seen &seen = m_seen[session];
        if (status.state == pg::LinkState::Lost)
            seen.lostIn = status.lostIn;
        if (status.state != pg::LinkState::Connected || status.generation == seen.generation) {
            if (status.state == pg::LinkState::Connected)
                seen.standby = status.facts.inRecovery; // promoted while it stood
            continue;
        }
        const Seen before = std::exchange(seen, Seen{status.generation, pg::TransactionState::Idle, status.facts.inRecovery});
        if (status.comeback == pg::Comeback::First)
            continue;
        // A first link that came and went while the window was busy was never seen here: of its standby nothing is known.
        const QString text = textOf(status, before.lostIn, before.generation == 0 ? status.facts.inRecovery : before.standby);
        const int weight = weightOf(status.comeback);
        if (text.isEmpty() || (isVisible() && weight < m_weight))
            continue;
        m_weight = weight;
        m_label->setText(QStringLiteral("Connected again at %1: %2.").arg(QDateTime::fromMSecsSinceEpoch(status.sinceMs).toString(QStringLiteral("HH:mm:ss")), text));
        show();
    }
}

void ComebackNote::dismiss()
{
    m_weight = 0;
    m_label->setText({});
    hide();
}

void ComebackNote::paintEvent(QPaintEvent *)
{
    QPainter painter(this);
    painter.fillRect(rect(), colors().surface);
    for (const int y : {0, height() - 1})
        painter.fillRect(0, y, width(), 1, colors().border);
    painter.setRenderHint(QPainter::Antialiasing);
    paintStateMark(painter, QRectF(space::group, (height() - 10) / 2.0, 10, 10), StateLook::Warning);
}

} // namespace howdah::ui
