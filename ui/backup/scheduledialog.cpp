// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/backup/scheduledialog.h"

#include "base/units.h"
#include "ui/backup/backuprows.h"
#include "ui/widgets/icon.h"
#include "ui/widgets/label.h"
#include "ui/widgets/theme.h"

#include <QCheckBox>
#include <QClipboard>
#include <QFormLayout>
#include <QGridLayout>
#include <QGuiApplication>
#include <QHBoxLayout>
#include <QLineEdit>
#include <QPushButton>
#include <QSpinBox>
#include <QTimeZone>
#include <QVBoxLayout>

namespace howdah::ui
{

using namespace Qt::StringLiterals;
using namespace howdah::backup;

QString runText(const TaskRun &run, qint64 nowMs)
{
    if (run.startMs == 0)
        return u"never"_s;
    const QString ago = u"%1 ago"_s.arg(units::duration(std::max<qint64>(nowMs - (run.endMs ? run.endMs : run.startMs), 0)));
    const QString words = run.words.isEmpty() ? QString() : u": "_s + run.words;
    switch (run.outcome) {
    case TaskRun::Outcome::Good: return u"done %1"_s.arg(ago);
    case TaskRun::Outcome::Findings: return u"found something %1%2"_s.arg(ago, words);
    case TaskRun::Outcome::Failed: return u"FAILED %1%2%3"_s.arg(ago, run.failures > 1 ? u", %1 times"_s.arg(run.failures) : QString(), words);
    case TaskRun::Outcome::None: break;
    }
    return u"begun %1; it runs, or its program was ended"_s.arg(ago);
}

ScheduleDialog::ScheduleDialog(const ScheduleFacts &facts, QWidget *parent)
    : QDialog(parent), m_facts(facts), m_on(new QCheckBox(u"On"_s)), m_fulls(new QSpinBox), m_days(new QSpinBox), m_wal(new QCheckBox(u"And the WAL that no backup needs any more"_s)),
      m_compress(new QCheckBox(u"Compressed"_s)), m_heartbeat(new QCheckBox(u"A transaction each minute while nobody else commits"_s)), m_zone(new QLineEdit(QString::fromLatin1(facts.schedule.zone))),
      m_database(new QLineEdit(facts.schedule.database)), m_problem(new PlainLabel({}, nullptr, "critical")), m_keep(new QPushButton(u"Keep this schedule"_s))
{
    setWindowTitle(u"Schedule of the backups"_s);
    setAttribute(Qt::WA_DeleteOnClose);
    setMinimumWidth(820);
    const Schedule &schedule = facts.schedule;
    auto *column = new QVBoxLayout(this);
    column->setContentsMargins(space::edge, space::group, space::edge, space::group);
    column->setSpacing(space::part);
    auto *head = new QHBoxLayout;
    head->setSpacing(space::group);
    m_on->setChecked(schedule.on);
    m_on->setAccessibleName(u"The schedule is on"_s);
    auto *into = new ElidedLabel(facts.isKept ? u"into %1"_s.arg(facts.place) : u"proposed; nothing is scheduled yet · into %1"_s.arg(facts.place), nullptr, "muted", Qt::ElideMiddle);
    into->setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Fixed);
    head->addWidget(m_on);
    head->addWidget(into, 1);
    column->addLayout(head);

    auto *grid = new QGridLayout;
    grid->setHorizontalSpacing(space::group);
    grid->setVerticalSpacing(space::part);
    grid->setColumnStretch(3, 1);
    int row = 0;
    for (const QString &title : {u"What"_s, u"How often"_s, u"Next"_s, u"Last"_s})
        grid->addWidget(new PlainLabel(title, nullptr, "small"), 0, row++);
    row = 1;
    for (const ScheduledTask task : scheduledTasks) {
        auto *field = new QLineEdit(schedule.rhythm(task).text());
        field->setFixedWidth(150);
        field->setAccessibleName(u"How often: "_s + taskTitle(task));
        field->setToolTip(u"off, every 6 hours, daily 02:00, every 7 days 04:00, sun 02:00"_s);
        auto *next = new PlainLabel;
        auto *last = new ElidedLabel(runText(facts.runs.value(task), facts.nowMs), nullptr, facts.runs.value(task).outcome == TaskRun::Outcome::Failed ? "critical" : "muted");
        last->setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Fixed);
        grid->addWidget(new PlainLabel(taskTitle(task)), row, 0);
        grid->addWidget(field, row, 1);
        grid->addWidget(next, row, 2);
        grid->addWidget(last, row++, 3);
        m_rhythms.insert(task, field);
        m_next.insert(task, next);
        connect(field, &QLineEdit::textChanged, this, &ScheduleDialog::check);
    }
    column->addLayout(grid);

    auto *form = new QFormLayout;
    form->setHorizontalSpacing(space::group);
    form->setVerticalSpacing(space::part);
    for (QSpinBox *field : {m_fulls, m_days}) {
        field->setSpecialValueText(u"not asked for"_s);
        field->setMinimumWidth(140);
    }
    m_fulls->setRange(0, 10'000);
    m_fulls->setValue(schedule.retention.fulls);
    m_fulls->setAccessibleName(u"Full backups to keep"_s);
    m_days->setRange(0, 36'500);
    m_days->setValue(schedule.retention.days);
    m_days->setSuffix(u" d"_s);
    m_days->setAccessibleName(u"Days of which every moment stays reachable"_s);
    auto *kept = new QHBoxLayout;
    kept->setSpacing(space::group);
    kept->addWidget(m_fulls);
    kept->addWidget(new PlainLabel(u"full ones, and every moment of"_s));
    kept->addWidget(m_days);
    kept->addStretch();
    m_wal->setChecked(schedule.pruneWal);
    form->addRow(u"Kept"_s, kept);
    form->addRow(QString(), m_wal);
    m_zone->setAccessibleName(u"Time zone"_s);
    form->addRow(u"Time zone"_s, m_zone);
    m_database->setAccessibleName(u"Database of the dumps"_s);
    m_database->setPlaceholderText(u"the profile's"_s);
    form->addRow(u"Database of the dumps"_s, m_database);
    m_compress->setChecked(schedule.compress);
    m_heartbeat->setChecked(schedule.heartbeat);
    m_heartbeat->setToolTip(u"A moment can be reached only where a commit follows it"_s);
    auto *checks = new QHBoxLayout;
    checks->setSpacing(space::group);
    checks->addWidget(m_compress);
    checks->addWidget(m_heartbeat);
    checks->addStretch();
    form->addRow(checks);
    column->addLayout(form);

    const QString command = u"howdahctl watch"_s;
    auto *who = new QHBoxLayout;
    who->setSpacing(space::inside);
    who->addWidget(new PlainLabel(u"It is done by"_s, nullptr, "muted"));
    who->addWidget(new PlainLabel(command, nullptr, "fixed"));
    auto *copy = new QPushButton;
    copy->setIcon(icon(u"copy"_s));
    copy->setIconSize({14, 14});
    copy->setAccessibleName(u"Copy: "_s + command);
    setLook(copy, "icon");
    who->addWidget(copy);
    who->addWidget(new PlainLabel(u"while it runs, and not by this window."_s, nullptr, "muted"));
    who->addStretch();
    column->addLayout(who);
    m_problem->setWordWrap(true);
    column->addWidget(m_problem);
    setLook(m_keep, "primary");
    m_keep->setDefault(true);
    auto *cancel = new QPushButton(u"Cancel"_s);
    auto *buttons = new QHBoxLayout;
    buttons->setSpacing(space::part);
    buttons->addStretch(1);
    buttons->addWidget(cancel);
    buttons->addWidget(m_keep);
    column->addLayout(buttons);
    connect(copy, &QPushButton::clicked, this, [command] { QGuiApplication::clipboard()->setText(command); });
    connect(cancel, &QPushButton::clicked, this, &QDialog::reject);
    connect(m_keep, &QPushButton::clicked, this, &QDialog::accept);
    connect(m_on, &QCheckBox::toggled, this, &ScheduleDialog::check);
    connect(m_zone, &QLineEdit::textChanged, this, &ScheduleDialog::check);
    for (QSpinBox *field : {m_fulls, m_days})
        connect(field, &QSpinBox::valueChanged, this, &ScheduleDialog::check);
    check();
}

QString ScheduleDialog::nextText(ScheduledTask task, const Schedule &schedule) const
{
    if (!schedule.on || schedule.rhythm(task).isOff())
        return u"–"_s;
    for (const DueTask &due : dueTasks(schedule, m_facts.runs, m_facts.nowMs)) {
        if (due.task == task)
            return due.missed > 0 ? u"due now, %1 missed"_s.arg(due.missed) : u"due now"_s;
    }
    const auto next = nextMs(schedule, m_facts.runs, task, m_facts.nowMs);
    return next ? zonedTime(*next) : u"–"_s;
}

void ScheduleDialog::check()
{
    QString problem;
    for (const ScheduledTask task : scheduledTasks) {
        if (const auto rhythm = Rhythm::parse(m_rhythms.value(task)->text()); !rhythm && problem.isEmpty())
            problem = u"%1: %2"_s.arg(taskTitle(task), rhythm.error().message);
    }
    if (problem.isEmpty() && !QTimeZone(m_zone->text().trimmed().toLatin1()).isValid())
        problem = u"There is no time zone %1"_s.arg(m_zone->text());
    const Schedule now = schedule();
    if (problem.isEmpty())
        problem = scheduleProblem(now);
    for (const ScheduledTask task : scheduledTasks)
        m_next.value(task)->setText(problem.isEmpty() ? nextText(task, now) : u"–"_s);
    m_problem->setText(problem);
    m_problem->setVisible(!problem.isEmpty());
    m_keep->setEnabled(problem.isEmpty());
}

Schedule ScheduleDialog::schedule() const
{
    Schedule schedule = m_facts.schedule;
    schedule.on = m_on->isChecked();
    schedule.zone = m_zone->text().trimmed().toLatin1();
    for (const ScheduledTask task : scheduledTasks)
        schedule.rhythms.insert(task, Rhythm::parse(m_rhythms.value(task)->text()).value_or(Rhythm()));
    schedule.retention.fulls = m_fulls->value();
    schedule.retention.days = m_days->value();
    schedule.pruneWal = m_wal->isChecked();
    schedule.compress = m_compress->isChecked();
    schedule.heartbeat = m_heartbeat->isChecked();
    schedule.database = m_database->text().trimmed();
    // What it missed before it was switched on it did not miss.
    if (schedule.on && !m_facts.schedule.on)
        schedule.sinceMs = m_facts.nowMs;
    return schedule;
}

} // namespace howdah::ui
