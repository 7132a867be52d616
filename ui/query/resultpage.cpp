// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/query/resultpage.h"

#include "base/units.h"
#include "query/hazards.h"
#include "ui/query/cellview.h"
#include "ui/query/resultgrid.h"

#include <QVBoxLayout>

namespace howdah::ui
{

namespace
{

constexpr int growthMs = 200;

// What stands behind FROM: a name to tell tabs apart by.
QString nameOf(const QString &statement)
{
    const QString flat = statement.left(2000).simplified();
    const qsizetype from = flat.indexOf(QLatin1StringView(" from "), 0, Qt::CaseInsensitive);
    if (from < 0)
        return {};
    QString name = flat.mid(from + 6).section(QLatin1Char(' '), 0, 0);
    while (!name.isEmpty() && QStringLiteral(";,()").contains(name.back()))
        name.chop(1);
    return name.startsWith(QLatin1Char('(')) || name.size() > 24 ? QString() : units::oneLine(name);
}

} // namespace

ResultPage::ResultPage(std::shared_ptr<query::ResultStore> store, int number, const QString &statement, QWidget *parent)
    : QWidget(parent), m_store(std::move(store)), m_number(number), m_name(nameOf(statement)), m_grid(new ResultGrid(this))
{
    auto *column = new QVBoxLayout(this);
    column->setContentsMargins(0, 0, 0, 0);
    column->addWidget(m_grid);
    m_grid->setStore(m_store);
    m_grid->setRelation(query::plainRelation(statement.toUtf8()));
    setFocusProxy(m_grid);
    m_tick.setInterval(growthMs);
    connect(&m_tick, &QTimer::timeout, this, &ResultPage::grew);
    m_tick.start();
}

QString ResultPage::title() const
{
    const QString rows = units::exact(double(m_store->rowCount())) + (m_store->isFinished() ? QString() : QStringLiteral("…"));
    const QString name = m_name.isEmpty() ? QStringLiteral("Result %1").arg(m_number) : QStringLiteral("%1 · %2").arg(m_number).arg(m_name);
    return QStringLiteral("%1 (%2%3)").arg(name, rows, m_store->error() ? QStringLiteral(", incomplete") : QString());
}

void ResultPage::end()
{
    m_tick.stop();
}

void ResultPage::setNote(const QString &note)
{
    m_grid->setNote(note);
}

void ResultPage::repaintNow()
{
    m_grid->cells()->viewport()->repaint();
}

} // namespace howdah::ui
