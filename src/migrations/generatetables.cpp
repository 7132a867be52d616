// SPDX-License-Identifier: GPL-3.0-or-later
// Tables, columns, constraints and indexes in SQL.
#include "migrations/generateparts.h"

#include "migrations/lintparts.h"
#include "pg/quote.h"

#include <QJsonArray>
#include <QRegularExpression>

namespace howdah::migrations
{

using namespace Qt::StringLiterals;

static QString of(const Item &item, QLatin1StringView key)
{
    return item.value.value(key).toString();
}

static QString alter(const QString &table, const QString &what)
{
    return u"ALTER TABLE %1 %2"_s.arg(table, what); // sql-ok: for the migration's file
}

static QString alterOf(const Item &column, const QString &what)
{
    return alter(column.parent, u"ALTER COLUMN %1 %2"_s.arg(column.name, what)); // sql-ok: for the migration's file
}

QString notNullName(const Item &column)
{
    const QString name = of(column, "not_null_name"_L1);
    return !name.isEmpty() ? name : pg::displayIdentifier(unquoted(splitLast(column.parent).second) + u'_' + unquoted(column.name) + u"_not_null"_s);
}

static QString typeOf(const Item &column)
{
    const QString collation = of(column, "collation"_L1);
    return of(column, "type"_L1) + (collation.isEmpty() ? QString() : u" COLLATE "_s + collation);
}

static QString identityWords(const Item &column)
{
    const QString words = sequenceWords(column.value.value("sequence"_L1).toObject());
    return u"GENERATED %1 AS IDENTITY"_s.arg(of(column, "identity"_L1)) + (words.isEmpty() ? QString() : u" (%1)"_s.arg(words));
}

// As it stands in CREATE TABLE and in ADD COLUMN.
static QString columnWords(const Item &column)
{
    QString text = column.name + u' ' + typeOf(column);
    if (const QString expression = of(column, "generated"_L1); !expression.isEmpty())
        text += u" GENERATED ALWAYS AS (%1) %2"_s.arg(expression, of(column, "generated_kind"_L1));
    else if (const QString value = of(column, "default"_L1); !value.isEmpty())
        text += u" DEFAULT "_s + value;
    if (column.value.contains("identity"_L1))
        text += u' ' + identityWords(column);
    if (of(column, "not_null"_L1) == "valid"_L1) {
        if (const QString name = of(column, "not_null_name"_L1); !name.isEmpty())
            text += u" CONSTRAINT "_s + name;
        text += column.value.contains("not_null_no_inherit"_L1) ? u" NOT NULL NO INHERIT"_s : u" NOT NULL"_s;
    }
    return text;
}

static QString addNotNull(const Item &column, bool valid)
{
    return alter(column.parent, u"ADD CONSTRAINT %1 NOT NULL %2%3%4"_s.arg(notNullName(column), column.name,
                                                                         column.value.contains("not_null_no_inherit"_L1) ? u" NO INHERIT"_s : QString(), valid ? QString() : u" NOT VALID"_s));
}

// What only ALTER can say of a column that was just made.
static QStringList columnMore(const Item &column)
{
    QStringList more;
    if (of(column, "not_null"_L1) == "not valid"_L1)
        more << addNotNull(column, false);
    if (const QString storage = of(column, "storage"_L1); !storage.isEmpty())
        more << alterOf(column, u"SET STORAGE "_s + storage); // sql-ok: for the migration's file
    if (const QString compression = of(column, "compression"_L1); !compression.isEmpty())
        more << alterOf(column, u"SET COMPRESSION "_s + compression); // sql-ok: for the migration's file
    if (column.value.contains("statistics"_L1))
        more << alterOf(column, u"SET STATISTICS %1"_s.arg(column.value.value("statistics"_L1).toInt())); // sql-ok: for the migration's file
    if (column.value.contains("options"_L1))
        more << alterOf(column, u"SET (%1)"_s.arg(optionWords(column.value.value("options"_L1).toObject()))); // sql-ok: for the migration's file
    return more;
}

// What a table was made without.
static QStringList tableMore(const Item &from, const Item &table)
{
    QStringList more;
    const auto flag = [&](QLatin1StringView key, const QString &on, const QString &off) {
        const bool is = table.value.value(key).toBool();
        if (is != from.value.value(key).toBool())
            more << alter(table.identity, is ? on : off);
    };
    flag("row_security"_L1, u"ENABLE ROW LEVEL SECURITY"_s, u"DISABLE ROW LEVEL SECURITY"_s);
    flag("force_row_security"_L1, u"FORCE ROW LEVEL SECURITY"_s, u"NO FORCE ROW LEVEL SECURITY"_s);
    if (const QString identity = of(table, "replica_identity"_L1); identity != of(from, "replica_identity"_L1))
        more << alter(table.identity, u"REPLICA IDENTITY %1"_s.arg(identity.isEmpty() ? u"DEFAULT"_s : identity.toUpper()));
    return more;
}

QStringList createTable(const Item &table, const QVector<const Item *> &columns, const QVector<const Item *> &constraints)
{
    QStringList lines, more;
    for (const Item *column : columns) {
        lines << u"    "_s + columnWords(*column);
        more << columnMore(*column);
    }
    for (const Item *constraint : constraints)
        lines << u"    CONSTRAINT %1 %2"_s.arg(constraint->name, of(*constraint, "definition"_L1));
    QString text = u"CREATE %1TABLE %2 ("_s.arg(of(table, "persistence"_L1) == "unlogged"_L1 ? u"UNLOGGED "_s : QString(), table.identity); // sql-ok: for the migration's file
    text += lines.isEmpty() ? u")"_s : u'\n' + lines.join(u",\n"_s) + u"\n)"_s;
    if (const QJsonObject options = table.value.value("options"_L1).toObject(); !options.isEmpty())
        text += u" WITH (%1)"_s.arg(optionWords(options));
    return QStringList{text} + more + tableMore(Item(), table);
}

// To a table that may have rows.
QStringList createColumn(const Item &column)
{
    Item first = column;
    QStringList later;
    // A value of its own for each row would write the whole table anew: those that are there stay NULL.
    bool unknown = false;
    if (const QByteArray value = of(column, "default"_L1).toUtf8(); !value.isEmpty() && (callsVolatile(value, &unknown) || unknown) && of(column, "not_null"_L1) != "valid"_L1) {
        first.value.remove(u"default"_s);
        later << setDefault(column);
    }
    const bool bare = !column.value.contains("default"_L1) && !column.value.contains("identity"_L1) && !column.value.contains("generated"_L1);
    const QString warned = bare && of(column, "not_null"_L1) == "valid"_L1 ? u"-- fails where the table has rows: there is no value for them\n"_s : QString();
    return QStringList{warned + alter(column.parent, u"ADD COLUMN "_s + columnWords(first))} + later + columnMore(column);
}

static QRegularExpressionMatch keyForm(const Item &constraint)
{
    static const QRegularExpression form(u"^(PRIMARY KEY|UNIQUE)( NULLS NOT DISTINCT)? (\\([^()]*\\))( INCLUDE \\([^()]*\\))?((?: NOT)? DEFERRABLE.*)?$"_s);
    const QString type = of(constraint, "type"_L1);
    return type == "primary key"_L1 || type == "unique"_L1 ? form.match(of(constraint, "definition"_L1)) : QRegularExpressionMatch();
}

QStringList createConstraint(const Item &constraint, bool takesIndex)
{
    if (takesIndex) {
        const auto match = keyForm(constraint);
        return {alter(constraint.parent, u"ADD CONSTRAINT %1 %2 USING INDEX %1%3"_s.arg(constraint.name, match.captured(1), match.captured(5)))};
    }
    return {alter(constraint.parent, u"ADD CONSTRAINT %1 %2"_s.arg(constraint.name, of(constraint, "definition"_L1)))};
}

std::optional<Item> indexFor(const Item &constraint)
{
    const auto match = constraint.kind == "constraint"_L1 ? keyForm(constraint) : QRegularExpressionMatch();
    if (!match.hasMatch())
        return std::nullopt;
    const QString text = u"CREATE UNIQUE INDEX %1 ON %2 USING btree %3%4%5"_s.arg(constraint.name, constraint.parent, match.captured(3), match.captured(4), match.captured(2)); // sql-ok: for the migration's file
    return Item{u"index"_s, splitLast(constraint.parent).first + u'.' + constraint.name, constraint.parent, constraint.name, 0, {{u"definition"_s, text}, {u"unique"_s, true}}};
}

QStringList createIndex(const Item &index, bool concurrently)
{
    QString definition = of(index, "definition"_L1);
    if (concurrently)
        definition.replace(definition.indexOf(" INDEX "_L1), 7, u" INDEX CONCURRENTLY "_s);
    return {definition};
}

static QStringList alterOptions(const QString &head, const QJsonObject &from, const QJsonObject &to)
{
    QStringList gone, all;
    for (auto one = from.constBegin(); one != from.constEnd(); ++one) {
        if (!to.contains(one.key()))
            gone << one.key();
    }
    if (!gone.isEmpty())
        all << head + u"RESET (%1)"_s.arg(gone.join(u", "_s));
    QJsonObject changed = to;
    for (auto one = from.constBegin(); one != from.constEnd(); ++one) {
        if (to.value(one.key()) == one.value())
            changed.remove(one.key());
    }
    if (!changed.isEmpty())
        all << head + u"SET (%1)"_s.arg(optionWords(changed)); // sql-ok: for the migration's file
    return all;
}

QStringList alterTable(const Item &from, const Item &to)
{
    const QString head = u"ALTER %1 %2 "_s.arg(to.kind.toUpper(), to.identity); // sql-ok: for the migration's file
    QStringList all = alterOptions(head, from.value.value("options"_L1).toObject(), to.value.value("options"_L1).toObject());
    if (of(from, "persistence"_L1) != of(to, "persistence"_L1))
        all << head + (of(to, "persistence"_L1) == "unlogged"_L1 ? u"SET UNLOGGED"_s : u"SET LOGGED"_s); // sql-ok: for the migration's file
    return to.kind == "table"_L1 ? all + tableMore(from, to) : all;
}

QString dropDefault(const Item &column)
{
    return alterOf(column, u"DROP DEFAULT"_s); // sql-ok: for the migration's file
}

QString setDefault(const Item &column)
{
    return alterOf(column, u"SET DEFAULT "_s + of(column, "default"_L1)); // sql-ok: for the migration's file
}

static QStringList alterNotNull(const Item &from, const Item &to)
{
    const QString before = of(from, "not_null"_L1), after = of(to, "not_null"_L1);
    const QString oldName = notNullName(from), newName = notNullName(to);
    const bool named = to.value.contains("not_null_name"_L1) || to.value.contains("not_null_no_inherit"_L1);
    QStringList all;
    const bool sameInherit = from.value.value("not_null_no_inherit"_L1) == to.value.value("not_null_no_inherit"_L1);
    if (!before.isEmpty() && (after.isEmpty() || (before == "valid"_L1 && after == "not valid"_L1) || (!sameInherit && !after.isEmpty()))) {
        all << alterOf(to, u"DROP NOT NULL"_s); // sql-ok: for the migration's file
        if (!after.isEmpty())
            all << addNotNull(to, after == "valid"_L1);
        return all;
    }
    if (before.isEmpty() && after == "not valid"_L1)
        all << addNotNull(to, false);
    else if (before.isEmpty() && after == "valid"_L1)
        all << (named ? addNotNull(to, true) : alterOf(to, u"SET NOT NULL"_s)); // sql-ok: for the migration's file
    else if (!after.isEmpty() && oldName != newName)
        all << alter(to.parent, u"RENAME CONSTRAINT %1 TO %2"_s.arg(oldName, newName));
    if (before == "not valid"_L1 && after == "valid"_L1)
        all << alter(to.parent, u"VALIDATE CONSTRAINT "_s + newName);
    return all;
}

QStringList alterColumn(const Item &from, const Item &to, const GenerateOptions &options)
{
    QStringList all;
    const bool retyped = typeOf(from) != typeOf(to), wasIdentity = from.value.contains("identity"_L1), isIdentity = to.value.contains("identity"_L1);
    const QString oldDefault = of(from, "default"_L1), newDefault = of(to, "default"_L1);
    const bool clears = !oldDefault.isEmpty() && (retyped || newDefault.isEmpty());
    if (clears)
        all << dropDefault(to);
    if (wasIdentity && !isIdentity)
        all << alterOf(to, u"DROP IDENTITY"_s); // sql-ok: for the migration's file
    if (retyped) {
        const bool other = of(from, "type"_L1) != of(to, "type"_L1); // else: of another collation
        const TypeChange change = other ? changeType(to.name, of(from, "type"_L1), of(to, "type"_L1), options) : TypeChange();
        all << change.warned + alterOf(to, u"TYPE "_s + typeOf(to) + change.how);
    }
    all << alterNotNull(from, to);
    if (!newDefault.isEmpty() && (clears || oldDefault != newDefault))
        all << setDefault(to);
    if (isIdentity && !wasIdentity)
        all << alterOf(to, u"ADD "_s + identityWords(to));
    if (isIdentity && wasIdentity) {
        if (of(from, "identity"_L1) != of(to, "identity"_L1))
            all << alterOf(to, u"SET GENERATED "_s + of(to, "identity"_L1)); // sql-ok: for the migration's file
        QJsonObject before = from.value.value("sequence"_L1).toObject(), after = to.value.value("sequence"_L1).toObject();
        if (before.take("name"_L1) != after.value("name"_L1)) {
            const QString usual = splitLast(to.parent).first + u'.' + pg::displayIdentifier(unquoted(splitLast(to.parent).second) + u'_' + unquoted(to.name) + u"_seq"_s);
            const QString old = from.value.value("sequence"_L1).toObject().value("name"_L1).toString(), now = after.value("name"_L1).toString();
            all << u"ALTER SEQUENCE %1 RENAME TO %2"_s.arg(old.isEmpty() ? usual : old, splitLast(now.isEmpty() ? usual : now).second); // sql-ok: for the migration's file
        }
        after.remove(u"name"_s);
        if (before != after)
            all << alterOf(to, fullSequenceWords(after, u"SET "_s));
    }
    if (of(from, "storage"_L1) != of(to, "storage"_L1) || (retyped && to.value.contains("storage"_L1)))
        all << alterOf(to, u"SET STORAGE "_s + (of(to, "storage"_L1).isEmpty() ? u"DEFAULT"_s : of(to, "storage"_L1))); // sql-ok: for the migration's file
    if (of(from, "compression"_L1) != of(to, "compression"_L1))
        all << alterOf(to, u"SET COMPRESSION "_s + (of(to, "compression"_L1).isEmpty() ? u"DEFAULT"_s : of(to, "compression"_L1))); // sql-ok: for the migration's file
    if (from.value.value("statistics"_L1) != to.value.value("statistics"_L1))
        all << alterOf(to, u"SET STATISTICS %1"_s.arg(to.value.value("statistics"_L1).toInt(-1))); // sql-ok: for the migration's file
    all << alterOptions(u"ALTER TABLE %1 ALTER COLUMN %2 "_s.arg(to.parent, to.name), from.value.value("options"_L1).toObject(), to.value.value("options"_L1).toObject()); // sql-ok: for the migration's file
    return all;
}

} // namespace howdah::migrations
