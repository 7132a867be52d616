// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/backup/wizardsteps.h"

#include "ui/widgets/label.h"
#include "ui/widgets/stateword.h"
#include "ui/widgets/theme.h"

#include <QPainter>
#include <QStyledItemDelegate>

namespace howdah::ui
{

using namespace Qt::StringLiterals;
using State = WizardModel::State;

namespace
{

constexpr int rowHeight = 48;
enum Role { NoteRole = Qt::UserRole, StateRole, CurrentRole };

StateLook lookOf(State state)
{
    switch (state) {
    case State::Done: return StateLook::Ok;
    case State::Running: return StateLook::Busy;
    case State::Stale: return StateLook::Warning;
    case State::Blocked:
    case State::Failed: return StateLook::Critical;
    default: break;
    }
    return StateLook::Unknown;
}

QString wordOf(State state)
{
    switch (state) {
    case State::Done: return u"done"_s;
    case State::Running: return u"under way"_s;
    case State::Stale: return u"of another moment"_s;
    case State::Blocked: return u"can't be done"_s;
    case State::Failed: return u"failed"_s;
    case State::Open: return u"open"_s;
    case State::Skipped: return u"not of this intent"_s;
    case State::Waits: break;
    }
    return u"waits"_s;
}

class StepDelegate : public QStyledItemDelegate
{
public:
    using QStyledItemDelegate::QStyledItemDelegate;
    QSize sizeHint(const QStyleOptionViewItem &, const QModelIndex &) const override { return {180, rowHeight}; }
    void paint(QPainter *painter, const QStyleOptionViewItem &option, const QModelIndex &index) const override
    {
        const Colors &c = colors();
        const bool current = index.data(CurrentRole).toBool(), enabled = index.flags().testFlag(Qt::ItemIsEnabled);
        painter->save();
        painter->setRenderHint(QPainter::Antialiasing);
        const QRect box = option.rect.adjusted(2, 2, -2, -2);
        painter->setPen(option.state.testFlag(QStyle::State_HasFocus) ? QPen(c.accent) : QPen(Qt::NoPen));
        painter->setBrush(current ? QBrush(c.selection) : option.state.testFlag(QStyle::State_MouseOver) && enabled ? QBrush(c.raised) : QBrush(Qt::NoBrush));
        painter->drawRoundedRect(QRectF(box).adjusted(0.5, 0.5, -0.5, -0.5), space::radius, space::radius);
        paintStateMark(*painter, QRectF(box.left() + space::part, box.top() + space::part + 3, 10, 10), StateLook(index.data(StateRole).toInt()));
        const QRect words = box.adjusted(space::part + 10 + space::part, space::inside, -space::part, -space::inside);
        QFont font = textFont();
        font.setWeight(current ? QFont::DemiBold : QFont::Normal);
        painter->setFont(font);
        painter->setPen(enabled ? c.text : c.muted);
        const int half = words.height() / 2;
        painter->drawText(words.adjusted(0, 0, 0, -half), Qt::AlignLeft | Qt::AlignVCenter, QFontMetrics(font).elidedText(index.data().toString(), Qt::ElideRight, words.width()));
        painter->setFont(smallFont());
        painter->setPen(c.muted);
        painter->drawText(words.adjusted(0, half, 0, 0), Qt::AlignLeft | Qt::AlignVCenter, QFontMetrics(smallFont()).elidedText(index.data(NoteRole).toString(), Qt::ElideRight, words.width()));
        painter->restore();
    }
};

} // namespace

WizardSteps::WizardSteps(QWidget *parent) : QListWidget(parent)
{
    setAccessibleName(u"Steps of the recovery"_s);
    setItemDelegate(new StepDelegate(this));
    setMouseTracking(true);
    setTabKeyNavigation(false);
    setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    for (int step = 0; step < wizardSteps; ++step)
        addItem(u"%1  %2"_s.arg(step + 1).arg(wizardTitle(WizardStep(step))));
    const auto go = [this](const QListWidgetItem *item) {
        if (item->flags().testFlag(Qt::ItemIsEnabled))
            emit stepWanted(WizardStep(row(item)));
    };
    connect(this, &QListWidget::itemClicked, this, go);
    connect(this, &QListWidget::itemActivated, this, go);
}

void WizardSteps::show(const WizardModel &model, WizardStep current)
{
    for (int step = 0; step < wizardSteps; ++step) {
        QListWidgetItem *one = item(step);
        const WizardModel::State state = model.state(WizardStep(step));
        const QString note = model.note(WizardStep(step));
        one->setData(NoteRole, note);
        one->setData(StateRole, int(lookOf(state)));
        one->setData(CurrentRole, WizardStep(step) == current);
        one->setFlags(model.mayEnter(WizardStep(step)) ? Qt::ItemIsEnabled | Qt::ItemIsSelectable : Qt::NoItemFlags);
        one->setData(Qt::AccessibleTextRole, u"%1: %2, %3"_s.arg(wizardTitle(WizardStep(step)), wordOf(state), note));
        one->setToolTip(tooltipText(u"%1: %2"_s.arg(wordOf(state), note)));
    }
    if (m_shown != current) // who goes through the steps by keys is not put back at each refresh
        setCurrentRow(int(current));
    m_shown = current;
}

} // namespace howdah::ui
