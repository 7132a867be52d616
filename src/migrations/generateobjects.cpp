// SPDX-License-Identifier: GPL-3.0-or-later
// Schemas, types, sequences, functions, views, triggers, policies, comments and rights in SQL.
#include "migrations/generateparts.h"

#include "pg/quote.h"

#include <QJsonArray>

namespace howdah::migrations
{

using namespace Qt::StringLiterals;

QString literal(const QString &text)
{
    return QString::fromUtf8(pg::quoteLiteral(text).value_or("NULL"));
}

QString unquoted(const QString &name)
{
    return name.startsWith(u'"') ? name.mid(1, name.size() - 2).replace("\"\""_L1, "\""_L1) : name;
}

std::pair<QString, QString> splitLast(const QString &identity)
{
    bool inside = false;
    qsizetype dot = -1;
    for (qsizetype i = 0; i < identity.size(); ++i) {
        if (identity.at(i) == u'"')
            inside = !inside;
        else if (identity.at(i) == u'.' && !inside)
            dot = i;
    }
    return {identity.left(std::max<qsizetype>(dot, 0)), identity.mid(dot + 1)};
}

QStringList textsOf(const QJsonValue &array)
{
    QStringList texts;
    const QJsonArray all = array.toArray();
    for (const QJsonValue one : all)
        texts << one.toString();
    return texts;
}

bool isRelation(const QString &kind)
{
    return kind == "table"_L1 || kind == "view"_L1 || kind == "materialized view"_L1 || kind == "foreign table"_L1;
}

bool isPart(const QString &kind)
{
    return kind == "column"_L1 || kind == "constraint"_L1 || kind == "index"_L1 || kind == "trigger"_L1 || kind == "rule"_L1 || kind == "policy"_L1 || kind == "statistics"_L1;
}

bool isRoutine(const QString &kind)
{
    return kind == "function"_L1 || kind == "procedure"_L1 || kind == "aggregate"_L1;
}

bool isType(const QString &kind)
{
    return kind == "enum"_L1 || kind == "domain"_L1 || kind == "composite type"_L1 || kind == "range"_L1;
}

QString optionWords(const QJsonObject &options)
{
    QStringList words;
    for (auto one = options.constBegin(); one != options.constEnd(); ++one)
        words << one.key() + u'=' + literal(one.value().toString());
    return words.join(u", "_s);
}

static QString of(const QJsonObject &value, QLatin1StringView key)
{
    return value.value(key).toString();
}

QString sequenceWords(const QJsonObject &sequence)
{
    const QString type = of(sequence, "type"_L1), increment = of(sequence, "increment"_L1);
    const bool down = increment.startsWith(u'-');
    const QString most = type == "smallint"_L1 ? u"32767"_s : type == "integer"_L1 ? u"2147483647"_s : u"9223372036854775807"_s;
    const QString least = type == "smallint"_L1 ? u"-32768"_s : type == "integer"_L1 ? u"-2147483648"_s : u"-9223372036854775808"_s;
    QStringList words;
    if (sequence.contains("name"_L1))
        words << u"SEQUENCE NAME "_s + of(sequence, "name"_L1);
    if (increment != "1"_L1)
        words << u"INCREMENT BY "_s + increment;
    if (of(sequence, "min"_L1) != (down ? least : u"1"_s))
        words << u"MINVALUE "_s + of(sequence, "min"_L1);
    if (of(sequence, "max"_L1) != (down ? u"-1"_s : most))
        words << u"MAXVALUE "_s + of(sequence, "max"_L1);
    if (of(sequence, "start"_L1) != (down ? of(sequence, "max"_L1) : of(sequence, "min"_L1)))
        words << u"START WITH "_s + of(sequence, "start"_L1);
    if (of(sequence, "cache"_L1) != "1"_L1)
        words << u"CACHE "_s + of(sequence, "cache"_L1);
    if (sequence.value("cycle"_L1).toBool())
        words << u"CYCLE"_s;
    return words.join(u' ');
}

QString fullSequenceWords(const QJsonObject &sequence, const QString &before)
{
    const QStringList words{u"INCREMENT BY "_s + of(sequence, "increment"_L1), u"MINVALUE "_s + of(sequence, "min"_L1), u"MAXVALUE "_s + of(sequence, "max"_L1),
                            u"START WITH "_s + of(sequence, "start"_L1), u"CACHE "_s + of(sequence, "cache"_L1), sequence.value("cycle"_L1).toBool() ? u"CYCLE"_s : u"NO CYCLE"_s};
    return before + words.join(u' ' + before);
}

QStringList ownSequence(const Item &sequence)
{
    const QString owner = of(sequence.value, "owned_by"_L1);
    return {u"ALTER SEQUENCE %1 OWNED BY %2"_s.arg(sequence.identity, owner.isEmpty() ? u"NONE"_s : owner)}; // sql-ok: for the migration's file
}

// As DROP and COMMENT ON have it: "TABLE public.t", "TRIGGER x ON public.t".
static QString named(const QString &kind, const QString &identity)
{
    if (kind == "constraint"_L1 || kind == "trigger"_L1 || kind == "rule"_L1 || kind == "policy"_L1) {
        const auto [relation, name] = splitLast(identity);
        return kind.toUpper() + u' ' + name + u" ON "_s + relation;
    }
    if (kind == "enum"_L1 || kind == "composite type"_L1 || kind == "range"_L1)
        return u"TYPE "_s + identity;
    return kind.toUpper() + u' ' + identity;
}

// The kind and the identity of a key, where there may be an item and may be none (a view's column).
static std::pair<QString, QString> ofKey(const QString &key, const Snapshot &in)
{
    if (const Item *item = in.find(key))
        return {item->kind, item->identity};
    return {key.section(u' ', 0, 0), key.section(u' ', 1)};
}

static QString viewWords(const Item &view, const QString &head)
{
    QString query = of(view.value, "definition"_L1).trimmed();
    if (query.endsWith(u';'))
        query.chop(1);
    const QString options = optionWords(view.value.value("options"_L1).toObject());
    return u"%1 %2%3 AS\n%4%5"_s.arg(head, view.identity, options.isEmpty() ? QString() : u" WITH (%1)"_s.arg(options), query,
                                    view.value.contains("unpopulated"_L1) ? u"\n  WITH NO DATA"_s : QString());
}

static QStringList enableWords(const Item &item)
{
    const QString state = of(item.value, "enabled"_L1);
    return {u"ALTER TABLE %1 %2 %3 %4"_s.arg(item.parent, state == "disabled"_L1 ? u"DISABLE"_s : state.isEmpty() ? u"ENABLE"_s : u"ENABLE "_s + state.toUpper(), item.kind.toUpper(), item.name)}; // sql-ok: for the migration's file
}

static QString policyWords(const Item &policy)
{
    QString text = u"CREATE POLICY %1 ON %2%3 FOR %4 TO %5"_s.arg(policy.name, policy.parent, policy.value.contains("restrictive"_L1) ? u" AS RESTRICTIVE"_s : QString(), // sql-ok: for the migration's file
                                                                of(policy.value, "command"_L1), textsOf(policy.value.value("roles"_L1)).join(u", "_s));
    if (policy.value.contains("using"_L1))
        text += u" USING (%1)"_s.arg(of(policy.value, "using"_L1));
    if (policy.value.contains("check"_L1))
        text += u" WITH CHECK (%1)"_s.arg(of(policy.value, "check"_L1));
    return text;
}

static QString domainWords(const Item &domain)
{
    QString text = u"CREATE DOMAIN %1 AS %2"_s.arg(domain.identity, of(domain.value, "base"_L1)); // sql-ok: for the migration's file
    if (domain.value.contains("collation"_L1))
        text += u" COLLATE "_s + of(domain.value, "collation"_L1);
    if (domain.value.contains("default"_L1))
        text += u" DEFAULT "_s + of(domain.value, "default"_L1);
    if (domain.value.contains("not_null"_L1))
        text += u" NOT NULL"_s;
    const QJsonObject constraints = domain.value.value("constraints"_L1).toObject();
    for (auto one = constraints.constBegin(); one != constraints.constEnd(); ++one)
        text += u" CONSTRAINT %1 %2"_s.arg(one.key(), one.value().toString());
    return text;
}

static QStringList commentWords(const QString &on, const QString &text, const Snapshot &in)
{
    const auto [kind, identity] = ofKey(on, in);
    return {u"COMMENT ON %1 IS %2"_s.arg(named(kind, identity), text)};
}

QStringList createObject(const Item &item, const Snapshot &in)
{
    const QString definition = of(item.value, "definition"_L1).trimmed();
    if (item.kind == "schema"_L1)
        return {u"CREATE SCHEMA "_s + item.identity}; // sql-ok: for the migration's file
    if (item.kind == "extension"_L1) {
        const QString schema = of(item.value, "schema"_L1);
        return {u"CREATE EXTENSION %1%2 VERSION %3"_s.arg(item.identity, schema == "pg_catalog"_L1 ? QString() : u" WITH SCHEMA "_s + schema, literal(of(item.value, "version"_L1)))}; // sql-ok: for the migration's file
    }
    if (item.kind == "enum"_L1) {
        QStringList labels = textsOf(item.value.value("labels"_L1));
        for (QString &label : labels)
            label = literal(label);
        return {u"CREATE TYPE %1 AS ENUM (%2)"_s.arg(item.identity, labels.join(u", "_s))}; // sql-ok: for the migration's file
    }
    if (item.kind == "domain"_L1)
        return {domainWords(item)};
    if (item.kind == "composite type"_L1)
        return {u"CREATE TYPE %1 AS (%2)"_s.arg(item.identity, textsOf(item.value.value("attributes"_L1)).join(u", "_s))}; // sql-ok: for the migration's file
    if (item.kind == "sequence"_L1) {
        const QString words = sequenceWords(item.value), type = of(item.value, "type"_L1);
        return {u"CREATE SEQUENCE %1%2%3"_s.arg(item.identity, type == "bigint"_L1 ? QString() : u" AS "_s + type, words.isEmpty() ? QString() : u' ' + words)}; // sql-ok: for the migration's file
    }
    if (item.kind == "view"_L1)
        return {viewWords(item, u"CREATE VIEW"_s)}; // sql-ok: for the migration's file
    if (item.kind == "materialized view"_L1)
        return {viewWords(item, u"CREATE MATERIALIZED VIEW"_s)}; // sql-ok: for the migration's file
    if (item.kind == "policy"_L1)
        return {policyWords(item)};
    if (item.kind == "comment"_L1)
        return commentWords(item.parent, literal(of(item.value, "text"_L1)), in);
    QStringList all{definition.endsWith(u';') ? definition.chopped(1) : definition};
    if (item.value.contains("enabled"_L1))
        all << enableWords(item);
    return all;
}

QStringList dropObject(const Item &item, const Snapshot &in, bool concurrently)
{
    if (item.kind == "comment"_L1)
        return commentWords(item.parent, u"NULL"_s, in);
    if (item.kind == "column"_L1 || item.kind == "constraint"_L1)
        return {u"ALTER TABLE %1 DROP %2 %3"_s.arg(item.parent, item.kind.toUpper(), item.name)}; // sql-ok: for the migration's file
    return {u"DROP "_s + (concurrently && item.kind == "index"_L1 ? u"INDEX CONCURRENTLY "_s + item.identity : named(item.kind, item.identity))};
}

static QStringList alterEnum(const Item &from, const Item &to)
{
    const QStringList before = textsOf(from.value.value("labels"_L1)), after = textsOf(to.value.value("labels"_L1));
    QStringList all;
    for (qsizetype i = 0; i < after.size(); ++i) {
        if (before.contains(after.at(i)))
            continue;
        // IF NOT EXISTS, since the way back leaves it. Behind the one before it, which is there by then; before the first where it is the first.
        const QString place = i > 0 ? u" AFTER "_s + literal(after.at(i - 1)) : before.isEmpty() ? QString() : u" BEFORE "_s + literal(before.first());
        all << u"ALTER TYPE %1 ADD VALUE IF NOT EXISTS %2%3"_s.arg(to.identity, literal(after.at(i)), place); // sql-ok: for the migration's file
    }
    return all;
}

static QStringList alterDomain(const Item &from, const Item &to)
{
    const QString head = u"ALTER DOMAIN %1 "_s.arg(to.identity); // sql-ok: for the migration's file
    const QJsonObject before = from.value.value("constraints"_L1).toObject(), after = to.value.value("constraints"_L1).toObject();
    QStringList all;
    if (from.value.value("default"_L1) != to.value.value("default"_L1))
        all << head + (to.value.contains("default"_L1) ? u"SET DEFAULT "_s + of(to.value, "default"_L1) : u"DROP DEFAULT"_s); // sql-ok: for the migration's file
    for (auto one = before.constBegin(); one != before.constEnd(); ++one) {
        if (after.value(one.key()) != one.value() && after.value(one.key()).toString() + u" NOT VALID"_s != one.value().toString())
            all << head + u"DROP CONSTRAINT "_s + one.key(); // sql-ok: for the migration's file
    }
    for (auto one = after.constBegin(); one != after.constEnd(); ++one) {
        const QString now = one.value().toString(), was = before.value(one.key()).toString();
        if (was == now + u" NOT VALID"_s)
            all << head + u"VALIDATE CONSTRAINT "_s + one.key();
        else if (was != now)
            all << head + u"ADD CONSTRAINT %1 %2"_s.arg(one.key(), now);
    }
    if (from.value.contains("not_null"_L1) != to.value.contains("not_null"_L1))
        all << head + (to.value.contains("not_null"_L1) ? u"SET NOT NULL"_s : u"DROP NOT NULL"_s); // sql-ok: for the migration's file
    return all;
}

// At the end alone (generateunable.cpp).
static QStringList alterComposite(const Item &from, const Item &to)
{
    const QStringList before = textsOf(from.value.value("attributes"_L1)), after = textsOf(to.value.value("attributes"_L1));
    QStringList all;
    for (qsizetype i = after.size(); i < before.size(); ++i) {
        const QString &attribute = before.at(i);
        const qsizetype end = attribute.startsWith(u'"') ? attribute.lastIndexOf(u'"') + 1 : attribute.indexOf(u' ');
        all << u"ALTER TYPE %1 DROP ATTRIBUTE %2"_s.arg(to.identity, attribute.left(end)); // sql-ok: for the migration's file
    }
    for (qsizetype i = before.size(); i < after.size(); ++i)
        all << u"ALTER TYPE %1 ADD ATTRIBUTE %2"_s.arg(to.identity, after.at(i)); // sql-ok: for the migration's file
    return all;
}

QStringList alterObject(const Item &from, const Item &to, const Snapshot &in)
{
    if (to.kind == "enum"_L1)
        return alterEnum(from, to);
    if (to.kind == "domain"_L1)
        return alterDomain(from, to);
    if (to.kind == "composite type"_L1)
        return alterComposite(from, to);
    if (to.kind == "view"_L1)
        return {viewWords(to, u"CREATE OR REPLACE VIEW"_s)}; // sql-ok: for the migration's file
    if (to.kind == "comment"_L1)
        return createObject(to, in);
    if (isRoutine(to.kind))
        return createObject(to, in);
    if (to.kind == "trigger"_L1 || to.kind == "rule"_L1)
        return enableWords(to);
    if (to.kind == "constraint"_L1)
        return {u"ALTER TABLE %1 VALIDATE CONSTRAINT %2"_s.arg(to.parent, to.name)}; // sql-ok: for the migration's file
    if (to.kind == "statistics"_L1)
        return {u"ALTER STATISTICS %1 SET STATISTICS %2"_s.arg(to.identity).arg(to.value.value("target"_L1).toInt(-1))}; // sql-ok: for the migration's file
    QStringList all;
    if (to.kind == "extension"_L1) {
        if (from.value.value("schema"_L1) != to.value.value("schema"_L1))
            all << u"ALTER EXTENSION %1 SET SCHEMA %2"_s.arg(to.identity, of(to.value, "schema"_L1)); // sql-ok: for the migration's file
        if (from.value.value("version"_L1) != to.value.value("version"_L1))
            all << u"ALTER EXTENSION %1 UPDATE TO %2"_s.arg(to.identity, literal(of(to.value, "version"_L1))); // sql-ok: for the migration's file
    }
    if (to.kind == "sequence"_L1) {
        QJsonObject before = from.value, after = to.value;
        before.remove(u"owned_by"_s);
        after.remove(u"owned_by"_s);
        if (before != after) {
            const bool retyped = before.value("type"_L1) != after.value("type"_L1);
            all << u"ALTER SEQUENCE %1%2 %3"_s.arg(to.identity, retyped ? u" AS "_s + of(after, "type"_L1) : QString(), fullSequenceWords(after, {})); // sql-ok: for the migration's file
        }
    }
    return all;
}

QStringList changeGrant(const Item *from, const Item *to, const Snapshot &in)
{
    const Item &item = to ? *to : *from;
    const auto [kind, identity] = ofKey(item.parent, in);
    const QStringList usual = item.name != "PUBLIC"_L1 ? QStringList() : isRoutine(kind) ? QStringList{u"EXECUTE"_s} : isType(kind) ? QStringList{u"USAGE"_s} : QStringList();
    const QStringList before = from ? textsOf(from->value.value("privileges"_L1)) : usual, after = to ? textsOf(to->value.value("privileges"_L1)) : usual;
    const QString option = u" WITH GRANT OPTION"_s;
    QString on = u"TABLE "_s + identity, columns;
    if (kind == "column"_L1) {
        on = u"TABLE "_s + splitLast(identity).first;
        columns = u" (%1)"_s.arg(splitLast(identity).second);
    } else if (isRoutine(kind)) {
        on = (kind == "procedure"_L1 ? u"PROCEDURE "_s : u"FUNCTION "_s) + identity;
    } else if (kind == "schema"_L1 || kind == "sequence"_L1) {
        on = kind.toUpper() + u' ' + identity;
    } else if (isType(kind)) {
        on = u"TYPE "_s + identity;
    }
    QStringList plain, grantable, taken, optionTaken, all;
    for (const QString &one : before) {
        const QString bare = QString(one).remove(option);
        if (!after.contains(bare) && !after.contains(bare + option))
            taken << bare + columns;
        else if (one.endsWith(option) && !after.contains(one))
            optionTaken << bare + columns;
    }
    for (const QString &one : after) {
        if (!before.contains(one) && !(before.contains(one + option)))
            (one.endsWith(option) ? grantable : plain) << QString(one).remove(option) + columns;
    }
    if (!taken.isEmpty())
        all << u"REVOKE %1 ON %2 FROM %3"_s.arg(taken.join(u", "_s), on, item.name); // sql-ok: for the migration's file
    if (!optionTaken.isEmpty())
        all << u"REVOKE GRANT OPTION FOR %1 ON %2 FROM %3"_s.arg(optionTaken.join(u", "_s), on, item.name); // sql-ok: for the migration's file
    if (!plain.isEmpty())
        all << u"GRANT %1 ON %2 TO %3"_s.arg(plain.join(u", "_s), on, item.name); // sql-ok: for the migration's file
    if (!grantable.isEmpty())
        all << u"GRANT %1 ON %2 TO %3 WITH GRANT OPTION"_s.arg(grantable.join(u", "_s), on, item.name); // sql-ok: for the migration's file
    return all;
}

} // namespace howdah::migrations
