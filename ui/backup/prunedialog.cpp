// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/backup/prunedialog.h"

#include "base/units.h"
#include "ui/activity/cells.h"
#include "ui/backup/backuprows.h"
#include "ui/widgets/keyedview.h"
#include "ui/widgets/label.h"
#include "ui/widgets/theme.h"

#include <QCheckBox>
#include <QFormLayout>
#include <QHBoxLayout>
#include <QPushButton>
#include <QSpinBox>
#include <QVBoxLayout>

namespace howdah::ui
{

using namespace Qt::StringLiterals;
using namespace howdah::backup;

namespace
{

QVector<KeyedColumn> columns()
{
    KeyedColumn id{u"id"_s, u"Backup"_s};
    id.fixed = true;
    id.width = 210;
    KeyedColumn what{u"what"_s, u"What becomes of it"_s};
    what.width = 130;
    KeyedColumn size{u"size"_s, u"Size"_s, true};
    size.width = 76;
    KeyedColumn why{u"why"_s, u"Why"_s};
    why.stretch = true;
    return {id, what, size, why};
}

} // namespace

PruneDialog::PruneDialog(const Catalogue &catalogue, const QString &systemIdentifier, bool hasArchive, qint64 nowMs, QWidget *parent)
    : QDialog(parent), m_catalogue(catalogue), m_systemIdentifier(systemIdentifier), m_nowMs(nowMs), m_fulls(new QSpinBox), m_days(new QSpinBox),
      m_wal(new QCheckBox(u"And the WAL that no backup here needs any more"_s)), m_items(new KeyedModel(columns(), this)), m_view(new KeyedView(m_items, u"What goes and what stays"_s)),
      m_words(new PlainLabel), m_remove(new QPushButton)
{
    setWindowTitle(u"Remove old backups"_s);
    setAttribute(Qt::WA_DeleteOnClose);
    resize(860, 520);
    m_fulls->setRange(0, 10'000);
    m_fulls->setSpecialValueText(u"not asked for"_s);
    m_fulls->setValue(4);
    m_fulls->setAccessibleName(u"Full backups to keep"_s);
    m_days->setRange(0, 36'500);
    m_days->setSpecialValueText(u"not asked for"_s);
    m_days->setSuffix(u" d"_s);
    m_days->setValue(14);
    m_days->setAccessibleName(u"Days of which every moment stays reachable"_s);
    m_wal->setEnabled(hasArchive);
    m_wal->setToolTip(tooltipText(hasArchive ? u"Not where backups lie in other folders too: these are not seen here"_s : u"There is no WAL archive in this place"_s));
    auto *form = new QFormLayout;
    form->setHorizontalSpacing(space::group);
    form->setVerticalSpacing(space::part);
    form->addRow(u"Full backups to keep, with what builds on them"_s, m_fulls);
    form->addRow(u"Days of which every moment stays reachable"_s, m_days);
    form->addRow(m_wal);
    m_words->setWordWrap(true);
    setLook(m_remove, "danger");
    m_remove->setAutoDefault(false);
    auto *cancel = new QPushButton(u"Cancel"_s);
    cancel->setDefault(true);
    auto *buttons = new QHBoxLayout;
    buttons->setSpacing(space::part);
    buttons->addWidget(m_remove);
    buttons->addStretch(1);
    buttons->addWidget(cancel);
    auto *column = new QVBoxLayout(this);
    column->setContentsMargins(space::edge, space::group, space::edge, space::group);
    column->setSpacing(space::part);
    column->addLayout(form);
    column->addWidget(m_view, 1);
    column->addWidget(m_words);
    column->addLayout(buttons);
    connect(cancel, &QPushButton::clicked, this, &QDialog::reject);
    connect(m_remove, &QPushButton::clicked, this, &QDialog::accept);
    for (QSpinBox *field : {m_fulls, m_days})
        connect(field, &QSpinBox::valueChanged, this, &PruneDialog::showPlan);
    connect(m_wal, &QCheckBox::toggled, this, &PruneDialog::showPlan);
    showPlan();
}

Retention PruneDialog::retention() const
{
    return {m_fulls->value(), m_days->value(), {}};
}

bool PruneDialog::wal() const
{
    return m_wal->isChecked();
}

void PruneDialog::showPlan()
{
    const auto plan = planPrune(m_catalogue, m_systemIdentifier, retention(), m_nowMs);
    QVector<KeyedRow> rows;
    qsizetype goes = 0;
    if (plan) {
        for (auto item = plan->items.crbegin(); item != plan->items.crend(); ++item) {
            KeyedRow row;
            row.key = item->backup.id;
            KeyedCell what = cells::plain(item->goes ? u"goes"_s : u"stays"_s);
            if (item->goes)
                what.mark = StateLook::Warning;
            const KeyedCell size = item->backup.bytes < 0 ? cells::count({}) : KeyedCell{units::bytes(double(item->backup.bytes)), qint64(item->backup.bytes), units::exact(double(item->backup.bytes)) + u" B"_s, false, {}, {}};
            row.cells = {cells::plain(item->backup.id), what, size, cells::plain(item->why)};
            rows.append(row);
            goes += item->goes ? 1 : 0;
        }
        m_words->setText(goes == 0 ? u"No backup goes."_s : u"%1%2 come free. What was removed can't be brought back."_s.arg(plan->bytesAreCertain ? QString() : u"At least "_s, units::bytes(double(plan->bytes))));
        setRole(m_words, "muted");
    } else {
        m_words->setText(plan.error().text());
        setRole(m_words, "warning");
    }
    m_items->setRows(rows);
    m_remove->setText(goes == 1 ? u"Remove 1 backup…"_s : goes > 1 ? u"Remove %1 backups…"_s.arg(goes) : wal() ? u"Remove old WAL…"_s : u"Remove…"_s);
    m_remove->setEnabled(plan && (goes > 0 || wal()));
}

} // namespace howdah::ui
