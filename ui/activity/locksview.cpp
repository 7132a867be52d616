// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/activity/locksview.h"

#include "base/units.h"
#include "ui/activity/lockpicture.h"
#include "ui/activity/rows.h"
#include "ui/widgets/emptystate.h"
#include "ui/widgets/keyedview.h"
#include "ui/widgets/label.h"
#include "ui/widgets/theme.h"

#include <QHBoxLayout>
#include <QPushButton>
#include <QScrollArea>
#include <QStackedLayout>
#include <QVBoxLayout>

namespace howdah::ui
{

using namespace Qt::StringLiterals;

LocksView::LocksView(QWidget *parent)
    : QWidget(parent), m_model(new KeyedModel(lockColumns(), this)), m_view(new KeyedView(m_model, u"Who waits for whom"_s)), m_picture(new LockPicture),
      m_words(new PlainLabel), m_asPicture(new QPushButton(u"As a picture"_s)),
      m_nobody(new EmptyState(u"Nobody waits for a lock. Who does stands here, below whom they wait for."_s, {}, {})), m_pages(new QStackedLayout)
{
    m_view->setObjectName(u"locks"_s);
    m_asPicture->setCheckable(true);
    m_asPicture->setToolTip(u"The same tree as boxes, who blocks at the left (Ctrl+Shift+P)"_s);
    auto *scroll = new QScrollArea;
    scroll->setWidget(m_picture);
    scroll->setWidgetResizable(false);
    scroll->setFocusPolicy(Qt::NoFocus);
    auto *bar = new QHBoxLayout;
    bar->setSpacing(space::part);
    bar->addWidget(m_words, 1);
    bar->addWidget(m_asPicture);
    auto *column = new QVBoxLayout(this);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(space::part);
    column->addLayout(bar);
    column->addLayout(m_pages, 1);
    // Now that it has a parent: before, the first page would be shown as a window of its own.
    m_pages->addWidget(m_nobody);
    m_pages->addWidget(m_view);
    m_pages->addWidget(scroll);

    connect(m_asPicture, &QPushButton::toggled, this, [this](bool on) {
        if (m_pages->currentIndex() != 0)
            m_pages->setCurrentIndex(on ? 2 : 1);
    });
    connect(m_view, &KeyedView::currentKeyChanged, this, [this](const QString &key) {
        m_picture->select(key);
        emit currentKeyChanged(key);
    });
    connect(m_picture, &LockPicture::currentKeyChanged, m_view, &KeyedView::select);
}

void LocksView::show(const activity::LockTree &tree)
{
    const QVector<KeyedRow> rows = lockRows(tree);
    m_model->setRows(rows);
    m_picture->setRows(rows);
    if (tree.waiting == 0 || rows.isEmpty()) {
        m_words->clear();
        m_pages->setCurrentIndex(0);
        m_opened = false;
        return;
    }
    m_pages->setCurrentIndex(m_asPicture->isChecked() ? 2 : 1);
    if (!m_opened)
        m_view->expandToDepth(1);
    m_opened = true;
    std::optional<qint64> longest;
    for (const activity::LockNode &node : tree.nodes) {
        if (node.waitingMs && (!longest || *node.waitingMs > *longest))
            longest = node.waitingMs;
    }
    const qsizetype roots = tree.roots.size();
    m_words->setText(u"%1 for a lock, held up by %2%3"_s.arg(tree.waiting == 1 ? u"1 session waits"_s : u"%1 sessions wait"_s.arg(tree.waiting),
                                                         roots == 1 ? u"one"_s : QString::number(roots),
                                                         longest ? u"; the longest for %1"_s.arg(units::duration(*longest)) : QString()));
}

void LocksView::select(const QString &key)
{
    m_view->select(key);
}

} // namespace howdah::ui
