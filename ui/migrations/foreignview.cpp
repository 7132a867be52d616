// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/migrations/foreignview.h"

#include "ui/activity/cells.h"
#include "ui/migrations/timeline.h"
#include "ui/widgets/label.h"
#include "ui/widgets/theme.h"

#include <QVBoxLayout>

#include <algorithm>

namespace howdah::ui
{

using namespace Qt::StringLiterals;
using namespace howdah::migrations;

namespace
{

QVector<KeyedColumn> columns()
{
    KeyedColumn id{u"id"_s, u"Migration"_s};
    id.fixed = true;
    id.width = 180;
    KeyedColumn title{u"title"_s, u"What it does"_s};
    title.stretch = true;
    title.width = 200;
    KeyedColumn state{u"state"_s, u"State"_s};
    state.width = 110;
    KeyedColumn head{u"head"_s, u"Head of"_s};
    head.width = 120;
    KeyedColumn parents{u"parents"_s, u"Stands on"_s};
    parents.fixed = true;
    parents.width = 170;
    KeyedColumn when{u"when"_s, u"Applied"_s};
    when.width = 136;
    KeyedColumn who{u"who"_s, u"By"_s};
    who.width = 110;
    who.hidden = true;
    return {id, title, state, head, parents, when, who};
}

// As people write it.
QString nameOf(const QString &tool)
{
    static const QHash<QString, QString> names{{u"alembic"_s, u"Alembic"_s}, {u"sqitch"_s, u"Sqitch"_s}, {u"flyway"_s, u"Flyway"_s}, {u"liquibase"_s, u"Liquibase"_s}, {u"rails"_s, u"Rails"_s},
                                               {u"prisma"_s, u"Prisma"_s}, {u"django"_s, u"Django"_s}, {u"drizzle"_s, u"Drizzle"_s}, {u"supabase"_s, u"Supabase"_s},
                                               {u"efcore"_s, u"Entity Framework Core"_s}, {u"atlas"_s, u"Atlas"_s}, {u"knex"_s, u"Knex"_s}, {u"graphile-migrate"_s, u"Graphile Migrate"_s}};
    return names.value(tool, tool);
}

KeyedRow rowOf(const ForeignProject &project, const ForeignMigration &one)
{
    KeyedRow row;
    row.key = one.key.isEmpty() ? one.id : one.key;
    KeyedCell id = cells::plain(one.id);
    id.tip = one.note.isEmpty() ? one.id : u"%1\n%2"_s.arg(one.id, one.note);
    KeyedCell title = cells::plain(one.title.isEmpty() ? one.note : one.note.isEmpty() ? one.title : u"%1 (%2)"_s.arg(one.title, one.note));
    KeyedCell state = cells::plain(!project.asked ? u"not known"_s : one.applied ? u"applied"_s : u"pending"_s);
    state.mark = project.asked && one.applied ? StateLook::Ok : StateLook::Unknown;
    QStringList heads;
    if (project.asked && project.heads.contains(one.id))
        heads << u"database"_s;
    if (project.fileHeads.contains(one.id))
        heads << u"files"_s;
    KeyedCell when;
    if (one.appliedMs) {
        when.text = whenText(*one.appliedMs);
        when.tip = whenTip(*one.appliedMs);
        when.sort = *one.appliedMs;
    } else if (project.asked && one.applied) {
        when = cells::plain(u"not known"_s);
        when.muted = true;
    }
    row.cells = {id, title, state, cells::plain(heads.join(u", "_s)), cells::plain(one.parents.join(u", "_s)), when, cells::plain(one.who)};
    return row;
}

QString whatText(const ForeignProject &project, const QString &others)
{
    QString text = u"A project of %1, in %2. "_s.arg(nameOf(project.tool), project.folder.isEmpty() ? project.place : project.folder);
    if (!project.table.isEmpty())
        text += u"What is applied stands in its table %1. "_s.arg(project.table);
    text += u"It is shown here and not changed: its own program runs it, `%1`"_s.arg(project.runsBy);
    text += project.canRun ? u"; `howdahctl migrate up --folder …` calls that program for you, and keeps other runs away meanwhile."_s : u"."_s;
    return others.isEmpty() ? text : text + u' ' + others;
}

QString standsText(const ForeignProject &project)
{
    if (!project.asked)
        return u"What is applied is not known."_s;
    QString text = project.heads.isEmpty() ? u"Nothing is applied"_s : project.heads.size() == 1 ? u"The database stands at %1"_s.arg(project.heads.constFirst()) : u"The database stands at %1 heads: %2"_s.arg(project.heads.size()).arg(project.heads.join(u", "_s));
    if (project.folder.isEmpty())
        return text + u"; its files are not here."_s;
    if (project.fileHeads.size() > 1)
        text += u"; the files end in %1 heads: %2"_s.arg(project.fileHeads.size()).arg(project.fileHeads.join(u", "_s));
    else if (!project.fileHeads.isEmpty())
        text += u"; the files end at %1"_s.arg(project.fileHeads.constFirst());
    return text + u"; %1 pending."_s.arg(project.pending.size());
}

} // namespace

ForeignView::ForeignView(QWidget *parent)
    : QWidget(parent), m_title(new PlainLabel({}, nullptr, "title")), m_what(new PlainLabel), m_stands(new PlainLabel), m_problems(new PlainLabel({}, nullptr, "warning")),
      m_model(new KeyedModel(columns(), this)), m_table(new KeyedView(m_model, u"Another tool's migrations, the newest on top"_s))
{
    for (PlainLabel *label : {m_what, m_stands, m_problems}) {
        label->setWordWrap(true);
        label->setTextInteractionFlags(Qt::TextSelectableByMouse);
    }
    auto *column = new QVBoxLayout(this);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(space::part);
    for (QWidget *one : std::initializer_list<QWidget *>{m_title, m_what, m_stands, m_problems})
        column->addWidget(one);
    column->addWidget(m_table, 1);
}

void ForeignView::show(const QVector<ForeignProject> &projects)
{
    const auto runs = std::find_if(projects.cbegin(), projects.cend(), [](const ForeignProject &one) { return !one.folder.isEmpty() && one.canRun; });
    const ForeignProject &project = runs == projects.cend() ? projects.constFirst() : *runs;
    QStringList others;
    for (const ForeignProject &one : projects) {
        if (&one != &project)
            others << u"%1 (%2)"_s.arg(nameOf(one.tool), one.place);
    }
    m_title->setText(nameOf(project.tool));
    m_what->setText(whatText(project, others.isEmpty() ? QString() : u"There is also %1."_s.arg(others.join(u", "_s))));
    m_stands->setText(standsText(project));
    m_problems->setText(project.problems.join(u'\n'));
    m_problems->setVisible(!project.problems.isEmpty());
    QVector<KeyedRow> rows;
    for (auto one = project.migrations.crbegin(); one != project.migrations.crend(); ++one)
        rows.append(rowOf(project, *one));
    m_model->setRows(rows);
}

} // namespace howdah::ui
