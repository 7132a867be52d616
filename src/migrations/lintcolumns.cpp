// SPDX-License-Identifier: GPL-3.0-or-later
// Columns that are added, dropped, renamed or made NOT NULL: hazards 12 to 21, 25 to 27.
#include "migrations/lintparts.h"

#include <optional>

namespace howdah::migrations
{

using namespace Qt::StringLiterals;
using K = Ddl::Kind;
using A = Action::Kind;
using C = Constraint::Kind;
using G = Column::Generated;

bool callsVolatile(const QByteArray &expression, bool *unknown)
{
    static const QSet<QByteArray> isVolatile{"gen_random_uuid", "uuid_generate_v1", "uuid_generate_v1mc", "uuid_generate_v4", "uuidv4", "uuidv7", "clock_timestamp",
        "timeofday", "random", "random_normal", "nextval", "setval", "currval", "lastval", "setseed", "pg_sleep", "gen_salt", "gen_random_bytes"};
    static const QSet<QByteArray> isNot{"now", "transaction_timestamp", "statement_timestamp", "current_timestamp", "current_time", "localtime", "localtimestamp",
        "date_trunc", "date_part", "extract", "make_date", "make_interval", "make_timestamp", "make_timestamptz", "to_timestamp", "to_date", "to_char", "jsonb_build_object",
        "jsonb_build_array", "json_build_object", "json_build_array", "to_jsonb", "to_json", "lower", "upper", "md5", "coalesce", "nullif", "greatest", "least", "cast", "row",
        "array", "length", "abs", "round", "floor", "ceil", "repeat", "concat", "substring", "left", "right", "trim", "current_setting", "current_schema", "int4range", "int8range",
        "numrange", "tsrange", "tstzrange", "daterange", "to_tsvector", "encode", "decode", "timezone", "numeric", "varchar", "char", "character", "bit", "decimal", "timestamp", "time",
        "interval", "in", "and", "or", "not"};
    const query::StatementTokens words(expression);
    for (int i = 0; i + 1 < words.size(); ++i) {
        const QByteArray word = words.word(i);
        if (words[i].kind != query::Token::Kind::Word || !words.is(i + 1, "("))
            continue;
        if (isVolatile.contains(word))
            return true;
        if (unknown && !isNot.contains(word) && !words.is(i - 1, "::"))
            *unknown = true;
    }
    return false;
}

static bool plainType(const QString &type)
{
    static const QSet<QString> known{u"int"_s, u"bigint"_s, u"smallint"_s, u"text"_s, u"varchar"_s, u"char"_s, u"name"_s, u"numeric"_s, u"float4"_s, u"float8"_s, u"boolean"_s,
        u"date"_s, u"time"_s, u"timetz"_s, u"timestamp"_s, u"timestamptz"_s, u"interval"_s, u"uuid"_s, u"json"_s, u"jsonb"_s, u"bytea"_s, u"inet"_s, u"cidr"_s, u"macaddr"_s,
        u"macaddr8"_s, u"money"_s, u"xml"_s, u"bit"_s, u"bit varying"_s, u"varbit"_s, u"point"_s, u"line"_s, u"lseg"_s, u"box"_s, u"path"_s, u"polygon"_s, u"circle"_s, u"tsvector"_s,
        u"tsquery"_s, u"oid"_s, u"regclass"_s, u"regtype"_s, u"regproc"_s, u"regrole"_s, u"xid"_s, u"xid8"_s, u"pg_lsn"_s, u"jsonpath"_s, u"int4range"_s, u"int8range"_s, u"numrange"_s,
        u"tsrange"_s, u"tstzrange"_s, u"daterange"_s, u"int4multirange"_s, u"int8multirange"_s, u"nummultirange"_s, u"tsmultirange"_s, u"tstzmultirange"_s, u"datemultirange"_s,
        u"citext"_s, u"hstore"_s, u"ltree"_s, u"geometry"_s, u"geography"_s, u"vector"_s, u"serial"_s, u"bigserial"_s, u"smallserial"_s};
    QString base = type;
    for (const QChar open : {u'(', u'['})
        base = base.section(open, 0, 0);
    return known.contains(base.mid(base.lastIndexOf(u'.') + 1));
}

static void generatedKind(LintedSection &section, int i, const Column &column)
{
    const bool before18 = section.facts().serverMajor < 18;
    if (column.generated == G::Implicit) {
        Finding &finding = section.add(17, i, before18 ? Level::Error : Level::Warning);
        section.fix(finding, i, column.generatedEnd, 0, before18 ? " STORED" : " VIRTUAL");
    } else if (column.generated == G::Virtual && before18) {
        section.add(17, i, Level::Error, 0, -1, u"this server knows no VIRTUAL"_s);
    }
}

static void addColumn(LintedSection &section, int i, const QString &table, const Action &action)
{
    const Column &column = action.column;
    const Level level = section.blocking(table);
    const auto add = [&](int hazard, Level of, const QString &more = {}) { section.add(hazard, i, of, action.begin, action.end, more); };
    const bool filled = (column.hasDefault && column.defaultText != "null") || column.generated != G::No || column.serial();
    bool key = false;
    for (const Constraint &constraint : column.constraints) {
        switch (constraint.kind) {
        case C::Check:
            if (!constraint.notEnforced)
                add(19, level);
            break;
        case C::ForeignKey: add(20, Level::Warning); break;
        case C::Unique: add(11, level); break;
        case C::PrimaryKey:
            add(12, level);
            key = true;
            break;
        default: break;
        }
    }
    if ((column.notNull || key) && !filled)
        add(13, section.isEmpty(table) ? Level::Note : Level::Error);
    bool unknown = false;
    if (callsVolatile(column.defaultText, &unknown))
        add(14, level);
    else if (unknown)
        add(14, Level::Note, u"whether its function is volatile is not known"_s);
    if (column.serial() || column.generated == G::Identity)
        add(15, level);
    if (column.generated == G::Stored)
        add(16, level);
    if (section.checkedDomains.contains(column.type))
        add(18, level);
    else if (!plainType(column.type) && !section.newTypes.contains(column.type) && !section.newDomains.contains(column.type))
        add(18, Level::Note, u"whether its type is such a domain is not known"_s);
}

// A CHECK (column IS NOT NULL) that was validated; nullopt: one was validated whose words are not seen.
static std::optional<bool> provenNotNull(const LintedSection &section, const QString &table, const QString &column)
{
    std::optional<bool> proven = false;
    for (const Unproven &pending : section.proven) {
        if (!sameRelation(pending.relation, table))
            continue;
        const Constraint &constraint = pending.constraint;
        if (constraint.kind == C::NotNull && constraint.columns.contains(column))
            return true;
        if (constraint.kind == C::Check && QString::fromUtf8(constraint.expression).remove(u'"') == QString(column).remove(u'"') + u" is not null"_s)
            return true;
        if (constraint.kind == C::Check && constraint.expression.isEmpty())
            proven.reset();
    }
    return proven;
}

static void setNotNull(LintedSection &section, int i, const QString &table, const Action &action)
{
    for (const Unproven &pending : section.notValidAt(section.statements()[size_t(i)].ddl, action)) {
        if (pending.constraint.kind == C::NotNull && sameRelation(pending.relation, table) && pending.constraint.columns.contains(action.object)) {
            section.add(26, i, section.blocking(table), action.begin, action.end);
            return;
        }
    }
    const std::optional<bool> proven = provenNotNull(section, table, action.object);
    if (!proven)
        section.add(25, i, Level::Note, action.begin, action.end, u"unless what was validated is CHECK (… IS NOT NULL)"_s);
    else if (!*proven)
        section.add(25, i, section.blocking(table), action.begin, action.end);
}

void columnRules(LintedSection &section, int i)
{
    const Ddl &ddl = section.statements()[size_t(i)].ddl;
    for (const Column &column : ddl.columnsMade)
        generatedKind(section, i, column);
    for (const Action &action : ddl.actions) {
        if (action.kind == A::AddColumn)
            generatedKind(section, i, action.column);
    }
    const QString table = ddl.relations.value(0);
    if (ddl.kind != K::Alter || !(ddl.object == "table"_L1 || ddl.object == "foreign table"_L1) || !section.isOld(table))
        return;
    for (const Action &action : ddl.actions) {
        switch (action.kind) {
        case A::AddColumn: addColumn(section, i, table, action); break;
        case A::DropColumn: section.add(21, i, section.inDown(Level::Warning), action.begin, action.end); break;
        case A::SetNotNull: setNotNull(section, i, table, action); break;
        case A::DropNotNull: section.add(27, i, Level::Note, action.begin, action.end); break;
        case A::SetExpression:
            section.add(16, i, section.blocking(table), action.begin, action.end, u"unless the column is VIRTUAL"_s);
            break;
        default: break;
        }
    }
}

} // namespace howdah::migrations
