// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/backup/wizardmoment.h"

#include "backup/moment.h"
#include "ui/activity/cells.h"
#include "ui/backup/windowstrip.h"
#include "ui/backup/wizardfind.h"
#include "ui/backup/wizardtyped.h"
#include "ui/widgets/keyedview.h"
#include "ui/widgets/theme.h"

#include <QScrollArea>
#include <QTabWidget>
#include <QVBoxLayout>

namespace howdah::ui
{

using namespace Qt::StringLiterals;
using namespace howdah::backup;

namespace
{

const QString latestKey = u"latest"_s;

QVector<KeyedColumn> pointColumns()
{
    KeyedColumn name{u"name"_s, u"Restore point"_s};
    name.stretch = true;
    KeyedColumn at{u"at"_s, u"Made at"_s};
    at.width = 230;
    KeyedColumn lsn{u"lsn"_s, u"LSN"_s};
    lsn.fixed = true;
    lsn.width = 120;
    return {name, at, lsn};
}

} // namespace

WizardMoment::WizardMoment(WizardModel *model, WizardFlow *flow)
    : WizardPage(model, flow), m_window(prose({}, "muted")), m_strip(new WindowStrip), m_tabs(new QTabWidget), m_find(new WizardFind(flow)), m_typed(new WizardTyped), m_pointModel(new KeyedModel(pointColumns(), this)),
      m_points(new KeyedView(m_pointModel, u"Restore points"_s)), m_chosen(prose())
{
    m_tabs->setAccessibleName(u"Ways to the moment"_s);
    m_tabs->addTab(m_find, u"Find the transaction"_s);
    m_tabs->addTab(m_typed, u"Type the moment"_s);
    m_tabs->addTab(m_points, u"Restore points"_s);
    m_points->setRootIsDecorated(false);
    auto *column = pageColumn(this);
    auto *scroll = new QScrollArea; // of many branches
    scroll->setWidgetResizable(true);
    scroll->setFrameShape(QFrame::NoFrame);
    scroll->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    scroll->setFocusPolicy(Qt::NoFocus);
    scroll->setWidget(m_strip);
    m_stripArea = scroll;
    m_stripArea->hide();
    column->addWidget(m_window);
    column->addWidget(m_stripArea);
    column->addWidget(m_tabs, 1);
    column->addWidget(m_chosen);
    connect(m_strip, &WindowStrip::momentPicked, this, [this](qint64 us, quint32 timeline) {
        PitrTarget target;
        target.kind = PitrTarget::Kind::Time;
        target.us = us;
        if (timeline)
            target.timeline = timeline;
        m_tabs->setCurrentWidget(m_typed);
        choose(target, {});
    });
    connect(m_find, &WizardFind::picked, this, &WizardMoment::choose);
    connect(m_typed, &WizardTyped::picked, this, [this](qint64 us) {
        PitrTarget target;
        target.kind = PitrTarget::Kind::Time;
        target.us = us;
        choose(target, {});
    });
    // A moment of before does not stay in force beside a text that is refused.
    connect(m_typed, &WizardTyped::withdrawn, this, [this] {
        if (!m_model->target() || m_model->target()->kind != PitrTarget::Kind::Time)
            return;
        m_model->forgetTarget();
        emit modelChanged();
    });
    connect(m_points->selectionModel(), &QItemSelectionModel::selectionChanged, this, [this] {
        const QString key = m_points->currentKey();
        if (!m_points->selectionModel()->isSelected(m_points->currentIndex())) // it merely got the focus
            return;
        PitrTarget target;
        if (key == latestKey) {
            target.kind = PitrTarget::Kind::Latest;
        } else {
            if (key.isEmpty())
                return;
            target.kind = PitrTarget::Kind::Name;
            target.name = key.section(u'/', 1);
            // The server stops at the first of a name: of two of them this one is meant by where it lies.
            const auto &all = m_flow->facts()->restorePoints;
            const auto of = std::count_if(all.cbegin(), all.cend(), [&](const WalEvent &one) { return QString::fromUtf8(one.name) == target.name; });
            const qsizetype index = key.section(u'/', 0, 0).toLongLong() - 1;
            if (of > 1 && index >= 0 && index < all.size()) {
                target.kind = PitrTarget::Kind::Lsn;
                target.lsn = all.at(index).begin;
                return choose(target, u"restore point “%1” of %2"_s.arg(units::oneLine(target.name), momentText(all.at(index).atUs)));
            }
        }
        choose(target, {});
    });
}

void WizardMoment::choose(const PitrTarget &target, const QString &origin)
{
    m_model->chooseTarget(target, origin);
    emit modelChanged();
}

void WizardMoment::showFacts()
{
    const auto &facts = m_flow->facts();
    if (!facts)
        return;
    const bool none = facts->islands.isEmpty();
    m_window->setText(u"No moment can be reached from %1 and %2"_s.arg(facts->repository, facts->archive));
    m_window->setVisible(none);
    setRole(m_window, none ? "critical" : "muted");
    m_strip->setValues(facts->strip);
    m_stripArea->setFixedHeight(std::min(m_strip->sizeHint().height(), 180));
    m_stripArea->show();
    showPoints(*facts);
    refresh();
}

void WizardMoment::showPoints(const WizardFacts &facts)
{
    QVector<KeyedRow> rows;
    KeyedRow latest;
    latest.key = latestKey;
    latest.cells = {cells::plain(u"The last commit that can be had"_s), cells::text({}), cells::text({})};
    int number = 0;
    for (const WalEvent &point : facts.restorePoints) {
        KeyedRow row;
        const QString name = QString::fromUtf8(point.name);
        row.key = u"%1/%2"_s.arg(++number).arg(name);
        KeyedCell at = cells::plain(momentText(point.atUs, QTimeZone::systemTimeZone()));
        at.tip = u"UTC: %1"_s.arg(momentText(point.atUs));
        at.sort = double(point.atUs);
        row.cells = {cells::plain(units::oneLine(name)), at, cells::plain(point.begin.text())};
        rows.prepend(row);
    }
    rows.prepend(latest);
    m_pointModel->setRows(rows);
    m_tabs->setTabText(2, number ? u"Restore points (%1)"_s.arg(number) : u"Restore points"_s);
}

void WizardMoment::showFound(const Found &found)
{
    m_find->show(found);
}

void WizardMoment::refresh()
{
    m_find->setSearching(m_flow->isBusy());
    if (!m_flow->facts())
        m_window->setText(m_flow->isBusy() ? u"The backups and the archive are being read"_s : u"What the backups and the archive hold is not known"_s);
    m_chosen->setText(m_model->target() ? u"Chosen: %1"_s.arg(m_model->targetText()) : u"No moment is chosen yet"_s);
    setRole(m_chosen, m_model->target() ? "" : "muted");
    const auto &target = m_model->target();
    if (target && target->kind == PitrTarget::Kind::Time) {
        m_typed->setMoment(target->us);
        m_strip->setPicked(target->us, target->timeline.value_or(m_strip->pickedTimeline()));
    } else {
        m_strip->clearPicked();
    }
}

} // namespace howdah::ui
