// SPDX-License-Identifier: GPL-3.0-or-later
// Sqitch: a plan whose lines are chained by hashes, psql scripts beside it, and a registry. Source of the formats: Sqitch 1.3 to 1.6, its manual and the plan's
// grammar, read for their facts; measured with Debian's.
#include "migrations/foreignparts.h"

#include <QCryptographicHash>
#include <QHash>
#include <QRegularExpression>

namespace howdah::migrations
{

using namespace Qt::StringLiterals;

namespace
{

struct Change {
    QString name;
    QString id;
    QString title; // the note
    QStringList requirements;
    QStringList conflicts;
    QStringList tags;
    QString planner;
    QString date;
    QString script; // of deploy, "name.sql", "name@tag.sql"
};

struct Plan {
    QString project;
    QString uri;
    QVector<Change> changes;
    QStringList problems;
};

// As git writes it: [section "sub"], key = value. Keys are "section.sub.key".
QHash<QString, QString> readConf(const QByteArray &text)
{
    QHash<QString, QString> values;
    QString section;
    static const QRegularExpression head(uR"re(^\[\s*([^\s\]"]+)(?:\s+"([^"]*)")?\s*\])re"_s), pair(uR"(^([A-Za-z][\w-]*)\s*=\s*(.*?)\s*$)"_s);
    const QStringList lines = QString::fromUtf8(text).split(u'\n');
    for (const QString &raw : lines) {
        const QString line = raw.trimmed();
        if (const auto found = head.match(line); found.hasMatch()) {
            section = found.captured(1).toLower() + (found.captured(2).isEmpty() ? QString() : u'.' + found.captured(2));
        } else if (const auto is = pair.match(line); is.hasMatch()) {
            QString value = is.captured(2);
            if (value.size() >= 2 && value.startsWith(u'"') && value.endsWith(u'"'))
                value = value.sliced(1, value.size() - 2);
            values.insert(section + u'.' + is.captured(1).toLower(), value);
        }
    }
    return values;
}

QString idOf(const Plan &plan, const Change &change, const QString &parent)
{
    QStringList lines{u"project "_s + plan.project};
    if (!plan.uri.isEmpty())
        lines << u"uri "_s + plan.uri;
    lines << u"change "_s + change.name;
    if (!parent.isEmpty())
        lines << u"parent "_s + parent;
    lines << u"planner "_s + change.planner << u"date "_s + change.date;
    if (!change.requirements.isEmpty())
        lines << u"requires\n  + "_s + change.requirements.join(u"\n  + "_s);
    if (!change.conflicts.isEmpty())
        lines << u"conflicts\n  - "_s + change.conflicts.join(u"\n  - "_s);
    if (!change.title.isEmpty())
        lines << QString() << change.title;
    const QByteArray info = lines.join(u'\n').toUtf8();
    return QString::fromLatin1(QCryptographicHash::hash(QByteArray("change " + QByteArray::number(info.size()) + '\0' + info), QCryptographicHash::Sha1).toHex());
}

Plan readPlan(const QByteArray &text)
{
    Plan plan;
    static const QRegularExpression pragma(uR"(^\s*%\s*([\w-]+)\s*=\s*(.*?)\s*$)"_s);
    static const QRegularExpression item(uR"(^\s*([@+]?)\s*(\S+?)(?:\s+\[\s*([^\]]*?)\s*\])?\s+(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ)\s+(.+?>)\s*(?:#\s*(.*?))?\s*$)"_s);
    int number = 0;
    const QStringList lines = QString::fromUtf8(text).split(u'\n');
    for (const QString &line : lines) {
        ++number;
        const QString trimmed = line.trimmed();
        if (trimmed.isEmpty() || trimmed.startsWith(u'#'))
            continue;
        if (const auto is = pragma.match(line); is.hasMatch()) {
            if (is.captured(1) == "project"_L1)
                plan.project = is.captured(2);
            else if (is.captured(1) == "uri"_L1)
                plan.uri = is.captured(2);
            continue;
        }
        const auto found = item.match(line);
        if (!found.hasMatch()) {
            plan.problems << u"Line %1 of the plan was not understood"_s.arg(number);
            continue;
        }
        if (found.captured(1) == "@"_L1) {
            if (!plan.changes.isEmpty())
                plan.changes.last().tags << u'@' + found.captured(2);
            continue;
        }
        Change change;
        change.name = found.captured(2);
        const QStringList dependencies = found.captured(3).split(u' ', Qt::SkipEmptyParts);
        for (const QString &one : dependencies)
            one.startsWith(u'!') ? change.conflicts << one.mid(1) : change.requirements << one;
        change.date = found.captured(4);
        change.planner = found.captured(5);
        change.title = found.captured(6).replace(u"\\n"_s, u"\n"_s);
        change.id = idOf(plan, change, plan.changes.isEmpty() ? QString() : plan.changes.constLast().id);
        plan.changes.append(change);
    }
    // One that was reworked later has its own scripts, named by the first tag behind it.
    for (qsizetype i = 0; i < plan.changes.size(); ++i) {
        Change &change = plan.changes[i];
        change.script = change.name + u".sql"_s;
        const bool again = std::any_of(plan.changes.cbegin() + i + 1, plan.changes.cend(), [&](const Change &later) { return later.name == change.name; });
        for (qsizetype behind = i; again && behind < plan.changes.size(); ++behind) {
            if (plan.changes.at(behind).tags.isEmpty())
                continue;
            change.script = change.name + plan.changes.at(behind).tags.constFirst() + u".sql"_s;
            break;
        }
    }
    return plan;
}


// The registry that has this project; without one, each project that it has.
QVector<QJsonObject> deployedOf(const ForeignTable &changes, const QString &project)
{
    QVector<QJsonObject> rows;
    for (const QJsonObject &row : changes.rows) {
        if (row.value("project"_L1).toString() == project)
            rows.append(row);
    }
    std::stable_sort(rows.begin(), rows.end(), [](const QJsonObject &a, const QJsonObject &b) {
        return momentOf(a.value("committed_at"_L1)).value_or(0) < momentOf(b.value("committed_at"_L1)).value_or(0);
    });
    return rows;
}

ForeignRow rowOf(const QJsonObject &row)
{
    return {row.value("change"_L1).toString(), row.value("note"_L1).toString(), momentOf(row.value("committed_at"_L1)),
            u"%1 <%2>"_s.arg(row.value("committer_name"_L1).toString(), row.value("committer_email"_L1).toString()), row.value("change_id"_L1).toString()};
}

QString deployFolder(const QString &root, const QHash<QString, QString> &conf)
{
    const QString top = conf.value(u"engine.pg.top_dir"_s, conf.value(u"core.top_dir"_s, u"."_s));
    const QString deploy = conf.value(u"engine.pg.deploy_dir"_s, conf.value(u"core.deploy_dir"_s));
    return QDir::cleanPath(QDir(root).filePath(deploy.isEmpty() ? top + u"/deploy"_s : deploy));
}

void fillFromPlan(ForeignProject &project, const Plan &plan, const QVector<QJsonObject> &deployed, const QString &scripts)
{
    const auto rowById = [&](const QString &id) {
        return std::find_if(deployed.cbegin(), deployed.cend(), [&](const QJsonObject &row) { return row.value("change_id"_L1).toString() == id; });
    };
    QStringList seen;
    for (const Change &change : plan.changes) {
        ForeignMigration one;
        one.id = change.script.chopped(4);
        one.key = change.id;
        one.title = change.title;
        if (!project.migrations.isEmpty())
            one.parents << project.migrations.constLast().id;
        QStringList notes = change.tags;
        if (!change.requirements.isEmpty())
            notes << u"requires %1"_s.arg(change.requirements.join(u", "_s));
        if (!change.conflicts.isEmpty())
            notes << u"conflicts with %1"_s.arg(change.conflicts.join(u", "_s));
        notes << change.id;
        one.note = notes.join(u"; "_s);
        const QString path = QDir(scripts).filePath(change.script);
        const QByteArray script = readSmall(path);
        if (script.isNull())
            addProblem(project, u"%1 has no deploy script that could be read: %2"_s.arg(one.id, path));
        if (const auto row = rowById(change.id); row != deployed.cend()) {
            seen << change.id;
            const ForeignRow read = rowOf(*row);
            one.applied = true;
            one.appliedMs = read.ms;
            one.who = read.who;
            const QString hash = row->value("script_hash"_L1).toString();
            // Registries of old have the change's id there.
            if (!script.isNull() && !hash.isEmpty() && hash != change.id && hash != QString::fromLatin1(QCryptographicHash::hash(script, QCryptographicHash::Sha1).toHex()))
                addProblem(project, u"The deploy script of %1 was edited since it was deployed"_s.arg(one.id));
            project.heads = {one.id};
        } else if (const auto other = std::find_if(deployed.cbegin(), deployed.cend(), [&](const QJsonObject &deployedRow) { return deployedRow.value("change"_L1).toString() == change.name && std::none_of(plan.changes.cbegin(), plan.changes.cend(), [&](const Change &any) { return any.id == deployedRow.value("change_id"_L1).toString(); }); }); other != deployed.cend()) {
            addProblem(project, u"%1 is deployed as %2, and in the plan it is %3: the plan was rewritten, or it is another's"_s.arg(change.name, other->value("change_id"_L1).toString().left(12), change.id.left(12)));
        }
        project.migrations.append(one);
    }
    for (const QJsonObject &row : deployed) {
        const ForeignRow read = rowOf(row);
        if (seen.contains(read.note))
            continue;
        ForeignMigration lost{read.id + u" ("_s + read.note.left(12) + u')', read.note, read.title, {}, true, read.ms, read.who, false, u"not in the plan"_s};
        project.migrations.append(lost);
        project.heads << lost.id;
        addProblem(project, u"%1 is deployed, and not in the plan"_s.arg(lost.id));
    }
}

} // namespace

QVector<ForeignProject> sqitchProjects(const ForeignSources &sources)
{
    QVector<ForeignProject> projects;
    QVector<const ForeignTable *> registries = sources.withColumns({"change_id"_L1, "script_hash"_L1, "committed_at"_L1});
    const QHash<QString, QString> conf = readConf(sources.folder.isEmpty() ? QByteArray() : readSmall(QDir(sources.folder).filePath(u"sqitch.conf"_s)));
    const QString planFile = conf.value(u"engine.pg.plan_file"_s, conf.value(u"core.plan_file"_s, QDir(conf.value(u"core.top_dir"_s, u"."_s)).filePath(u"sqitch.plan"_s)));
    const QByteArray text = sources.folder.isEmpty() ? QByteArray() : readSmall(QDir(sources.folder).filePath(planFile));
    QString ours;
    if (!text.isNull()) {
        const Plan plan = readPlan(text);
        ours = plan.project;
        const QString schema = conf.value(u"engine.pg.registry"_s, u"sqitch"_s);
        const auto found = std::find_if(registries.cbegin(), registries.cend(), [&](const ForeignTable *one) { return one->schema == schema; });
        const ForeignTable *table = found != registries.cend() ? *found : registries.value(0);
        ForeignProject project = projectOf(u"sqitch"_s, sources, sources.folder, table);
        project.canRun = conf.value(u"core.engine"_s, u"pg"_s) == "pg"_L1;
        if (!project.canRun)
            addProblem(project, u"It is a project of the engine %1, not of PostgreSQL"_s.arg(conf.value(u"core.engine"_s)));
        project.problems += plan.problems;
        project.scripts = deployFolder(sources.folder, conf);
        fillFromPlan(project, plan, table ? deployedOf(*table, plan.project) : QVector<QJsonObject>(), project.scripts);
        finish(project);
        projects.append(project);
    }
    // Projects that a registry has, and of which there is no plan here.
    for (const ForeignTable *table : std::as_const(registries)) {
        QStringList names;
        for (const QJsonObject &row : table->rows) {
            const QString name = row.value("project"_L1).toString();
            if (!names.contains(name) && name != ours)
                names << name;
        }
        for (const QString &name : std::as_const(names)) {
            ForeignProject project = projectOf(u"sqitch"_s, sources, {}, table);
            QVector<ForeignRow> rows;
            for (const QJsonObject &row : deployedOf(*table, name))
                rows.append(rowOf(row));
            fillLine(project, {}, rows);
            project.place += u" (project %1)"_s.arg(name);
            projects.append(project);
        }
    }
    return projects;
}

} // namespace howdah::migrations
