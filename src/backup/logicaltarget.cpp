// SPDX-License-Identifier: GPL-3.0-or-later
#include "backup/logicaltarget.h"

#include "backup/logicalrun.h"
#include "pg/quote.h"

#include <QJsonDocument>
#include <QSet>

namespace howdah::backup
{

using namespace Qt::StringLiterals;

namespace
{

constexpr qsizetype mostNamed = 20;

// Of a key: what goes by DROP TABLE and the like, with whatever hangs on it.
bool isRelation(const QString &key)
{
    return key.startsWith(u"TABLE"_s + u'\0') || key.startsWith(u"FOREIGN TABLE"_s + u'\0') || key.startsWith(u"MATERIALIZED VIEW"_s + u'\0') || key.startsWith(u"VIEW"_s + u'\0');
}

} // namespace

QString someOf(const QStringList &names)
{
    QStringList shown;
    for (const QString &name : names.mid(0, mostNamed))
        shown << listedName(name);
    return shown.join(u", "_s) + (names.size() > mostNamed ? u" and %1 more"_s.arg(names.size() - mostNamed) : QString());
}

Result<QByteArray> psql(const Toolbox &toolbox, const PhysicalSource &source, const QString &database, const QByteArray &text, const CancelToken &cancel)
{
    const Toolbox::Call call{u"psql"_s,
                             QStringList{u"-X"_s, u"-q"_s, u"-At"_s, u"-v"_s, u"ON_ERROR_STOP=1"_s, u"-v"_s, u"VERBOSITY=terse"_s} + connectionWords(source, u"howdah-backup"_s, database)
                                 + QStringList{u"-f"_s, u"-"_s},
                             text, 10 * 60'000, 256 << 20, {u"PGCLIENTENCODING=UTF8"_s, u"PGOPTIONS=-c search_path="_s}};
    return toolbox.runChecked(call, cancel).map([](const tool::Outcome &said) { return said.output; });
}

Result<QJsonArray> ask(const Toolbox &toolbox, const PhysicalSource &source, const QString &database, const QString &file, const CancelToken &cancel)
{
    const auto statement = pg::sqlFile("backup/"_L1 + file, toolbox.versionNum());
    if (!statement)
        return fail(statement.error());
    // Without a search path, as pg_dump: a type's name is told with its schema.
    const auto said = psql(toolbox, source, database, statement->text + ";\n", cancel);
    if (!said)
        return fail(Error(said.error()).during(u"ask %1"_s.arg(source.name)));
    QJsonArray values;
    for (const QByteArray &line : said->split('\n')) {
        if (line.isEmpty())
            continue;
        QJsonParseError error;
        const QJsonDocument value = QJsonDocument::fromJson(line, &error);
        if (error.error != QJsonParseError::NoError)
            return fail(ErrorKind::Protocol, u"bad_answer"_s, u"%1 said what is not understood"_s.arg(source.name));
        values.append(value.isArray() ? QJsonValue(value.array()) : QJsonValue(value.object()));
    }
    return values;
}

QString keyOf(const QString &kind, const QString &schema, const QString &name)
{
    return kind + u'\0' + (schema.isEmpty() ? u"-"_s : listedName(schema)) + u' ' + listedName(name);
}

QString ownerOf(const DumpEntry &entry, const QStringList &known)
{
    const QString line = QString::fromUtf8(entry.line);
    QString owner;
    for (const QString &role : known) {
        if (role.size() > owner.size() && line.endsWith(u' ' + listedName(role)))
            owner = role;
    }
    return owner.isEmpty() ? entry.owner : owner;
}

QString keyOf(const DumpEntry &entry, const QStringList &known)
{
    QString body = QString::fromUtf8(entry.line).section(u' ', 3).mid(entry.kind.size() + 1);
    body.chop(listedName(ownerOf(entry, known)).size() + 1);
    return entry.kind + u'\0' + body;
}

Result<QStringList> goesAlong(const Toolbox &toolbox, const RestorePlan &plan, const CancelToken &cancel)
{
    const auto rows = ask(toolbox, plan.source, plan.options.database, u"restore_dropped"_s, cancel);
    if (!rows)
        return fail(rows.error());
    QSet<qint64> dropped;
    QSet<QString> dumped;
    for (auto it = plan.before.keyBegin(); it != plan.before.keyEnd(); ++it) {
        if (isRelation(*it))
            dropped.insert(plan.before.value(*it));
    }
    for (const DumpEntry &entry : plan.entries)
        dumped.insert(keyOf(entry, plan.known));
    QStringList partitions, parts;
    for (const QJsonValue &row : *rows) {
        const QString kind = row.toArray().at(1).toString(), schema = row.toArray().at(2).toString(), name = row.toArray().at(3).toString();
        if (!dropped.contains(row.toArray().at(0).toInteger()))
            continue;
        if (kind == "PARTITION"_L1 && !dropped.contains(row.toArray().at(4).toInteger()))
            partitions << QString(pg::displayIdentifier(schema) + u'.' + pg::displayIdentifier(name));
        else if (kind != "PARTITION"_L1 && !dumped.contains(keyOf(kind, schema, name)))
            parts << kind.toLower() + u' ' + schema + u'.' + name;
    }
    partitions.removeDuplicates();
    if (!partitions.isEmpty())
        return fail(ErrorKind::Client, u"would_drop"_s, u"With its table %1 would be dropped, rows and all, which the dump does not have"_s.arg(someOf(partitions)),
                    u"Detach the partition first, or restore into a new database (--create)"_s);
    parts.sort();
    return parts;
}

} // namespace howdah::backup
