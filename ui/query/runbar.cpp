// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/query/runbar.h"

#include "base/units.h"
#include "ui/widgets/icon.h"
#include "ui/widgets/label.h"
#include "ui/widgets/stateword.h"
#include "ui/widgets/theme.h"

#include <QCheckBox>
#include <QHBoxLayout>
#include <QMenu>
#include <QPushButton>

namespace howdah::ui
{

namespace
{
constexpr int tickMs = 100;
constexpr qint64 tellsAfterMs = 300; // what is over sooner needs no clock
}

RunBar::RunBar(QWidget *parent)
    : QWidget(parent), m_run(new QPushButton(QStringLiteral("Run"), this)), m_script(new QPushButton(QStringLiteral("Run script"), this)),
      m_cancel(new QPushButton(QStringLiteral("Cancel"), this)),
      m_export(new QPushButton(QStringLiteral("Export query\u2026"), this)), m_giveUp(new QPushButton(QStringLiteral("Give up the link"), this)),
      m_goOn(new QCheckBox(QStringLiteral("Go on at errors"), this)), m_state(new StateWord(this)), m_result(new ElidedLabel({}, this, "muted"))
{
    setProperty("bar", true);
    setAttribute(Qt::WA_StyledBackground);
    setLook(m_run, "primary");
    m_run->setToolTip(QStringLiteral("Run the statement at the cursor, or the selection (Ctrl+Enter)"));
    m_script->setToolTip(QStringLiteral("Run the whole text (Ctrl+Shift+Enter)"));
    m_cancel->setToolTip(QStringLiteral("Cancel what runs (Esc)"));
    m_cancel->setIcon(icon(QStringLiteral("stop")));
    m_giveUp->setToolTip(QStringLiteral("Close this link without waiting for the server; what it was doing may go on there"));
    m_export->setToolTip(QStringLiteral("Run the statement at the cursor, or the selection, for a file (Ctrl+Shift+E)"));
    auto *formats = new QMenu(this);
    const auto add = [this, formats](const QString &text, query::Format format, bool forSpreadsheets = false) {
        formats->addAction(text, this, [this, format, forSpreadsheets] { emit exportWanted(format, forSpreadsheets); });
    };
    add(QStringLiteral("To &CSV…"), query::Format::Csv);
    add(QStringLiteral("To CSV for &spreadsheets, formulas kept from running…"), query::Format::Csv, true);
    add(QStringLiteral("To &tab-separated values…"), query::Format::Tsv);
    add(QStringLiteral("To &JSON…"), query::Format::Json);
    add(QStringLiteral("To JSON &lines…"), query::Format::Ndjson);
    m_export->setMenu(formats);
    m_goOn->setToolTip(QStringLiteral("A script runs on after a statement that failed"));
    setLook(m_giveUp, "danger");
    m_result->setAlignment(Qt::AlignRight | Qt::AlignVCenter);

    auto *row = new QHBoxLayout(this);
    row->setContentsMargins(space::group, space::inside + 2, space::group, space::inside);
    row->setSpacing(space::part);
    for (QWidget *widget : std::initializer_list<QWidget *>{m_run, m_script, m_cancel, m_giveUp})
        row->addWidget(widget);
    row->addWidget(m_export);
    row->addSpacing(space::part);
    row->addWidget(m_goOn);
    row->addSpacing(space::part);
    row->addWidget(m_state);
    row->addWidget(m_result, 1);
    m_tick.setInterval(tickMs);
    connect(&m_tick, &QTimer::timeout, this, &RunBar::refresh);
    connect(m_run, &QPushButton::clicked, this, &RunBar::runStatement);
    connect(m_script, &QPushButton::clicked, this, &RunBar::runScript);
    connect(m_cancel, &QPushButton::clicked, this, &RunBar::cancel);
    connect(m_giveUp, &QPushButton::clicked, this, &RunBar::giveUp);
    setPhase(Phase::Idle, 0);
}

void RunBar::setPhase(Phase phase, qint64 elapsedMs)
{
    const bool begins = m_phase == Phase::Idle && phase != Phase::Idle;
    m_phase = phase;
    m_before = elapsedMs;
    m_since.start();
    if (begins) {
        m_statement = 0;
        m_of = 0;
        m_rows = 0;
        m_result->setText({});
    }
    refresh();
}

void RunBar::setProgress(int statement, int of, qint64 rows)
{
    m_statement = statement;
    m_of = of;
    m_rows = rows;
    refresh();
}

void RunBar::setResult(const QString &text, bool bad)
{
    m_result->setText(text);
    setRole(m_result, bad ? "critical" : "muted");
}

bool RunBar::goesOn() const
{
    return m_goOn->isChecked();
}

void RunBar::openExportMenu()
{
    if (!m_export->isEnabled())
        return;
    QMenu *formats = m_export->menu();
    formats->popup(m_export->mapToGlobal(QPoint(0, m_export->height())));
    formats->setActiveAction(formats->actions().constFirst());
}

void RunBar::refresh()
{
    const bool busy = m_phase != Phase::Idle;
    m_run->setEnabled(!busy);
    m_script->setEnabled(!busy);
    m_export->setEnabled(!busy);
    m_cancel->setEnabled(busy && m_phase != Phase::Cancelling);
    m_giveUp->setVisible(m_phase == Phase::NoAnswer || (m_phase == Phase::Cancelling && m_since.elapsed() > 5000));
    busy ? m_tick.start() : m_tick.stop();
    const qint64 elapsed = m_before + m_since.elapsed();
    m_state->setVisible(busy && elapsed >= tellsAfterMs);
    QString text;
    switch (m_phase) {
    case Phase::Idle: return;
    case Phase::Connecting: text = QStringLiteral("connecting"); break;
    case Phase::Running: text = QStringLiteral("running"); break;
    case Phase::Cancelling: text = QStringLiteral("cancelling, the server was asked"); break;
    case Phase::NoAnswer: text = QStringLiteral("no answer from the server"); break;
    }
    if (m_of > 1)
        text += QStringLiteral(" · statement %1 of %2").arg(m_statement).arg(m_of);
    if (m_rows > 0)
        text += QStringLiteral(" · %1 rows").arg(units::exact(double(m_rows)));
    text += QStringLiteral(" · ") + units::duration(elapsed);
    m_state->setState(m_phase == Phase::NoAnswer ? StateLook::Warning : StateLook::Busy, text);
}

} // namespace howdah::ui
