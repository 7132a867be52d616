// SPDX-License-Identifier: GPL-3.0-or-later
// \d and its kin, by SQL files of our own: what psql's users look for, in columns like psql's.
#include "query/runner.h"

namespace howdah::query
{

namespace
{
pg::Param optional(const std::optional<QByteArray> &text)
{
    pg::Param param;
    param.value = text;
    return param;
}
} // namespace

// A query of ours, shown as a result of this piece.
Result<pg::Rows> Runner::show(const QString &file, const pg::Params &params, const QString &title)
{
    auto rows = m_connection.runFile(file, params, {}, m_cancel);
    if (!rows)
        return rows;
    if (!title.isEmpty())
        m_output.message(m_index, title);
    if (pg::RowSink *sink = m_output.resultBegins(m_index, rows->columns()); sink && !rows->isEmpty() && !sink->push(*rows))
        return fail(ErrorKind::Cancelled, QStringLiteral("cancelled"), QStringLiteral("Cancelled"));
    m_output.resultEnds(m_index, rows->commandTag());
    return rows;
}

Done Runner::list(const char *file, const pg::Params &params, const QString &title, const QString &pattern)
{
    const auto rows = m_connection.runFile(QString::fromLatin1(file), params, {}, m_cancel);
    if (!rows)
        return fail(rows.error());
    if (rows->isEmpty() && !pattern.isEmpty()) {
        m_output.warning(m_index, QStringLiteral("Did not find anything named \"%1\".").arg(pattern));
        return {};
    }
    m_output.message(m_index, title);
    if (pg::RowSink *sink = m_output.resultBegins(m_index, rows->columns()); sink && !rows->isEmpty())
        sink->push(*rows);
    m_output.resultEnds(m_index, rows->commandTag());
    return {};
}

// \d, \dt, \dvm …: the letters say which kinds.
Done Runner::relations(const QString &letters, const QString &pattern, bool more, bool system)
{
    QByteArrayList kinds;
    const auto add = [&](char letter, const char *relkinds) {
        if (letters.contains(QLatin1Char(letter)))
            kinds << relkinds;
    };
    add('t', "r,p");
    add('v', "v");
    add('m', "m");
    add('s', "S");
    add('E', "f");
    add('i', "i,I");
    const NamePattern parts = namePattern(pattern);
    const bool all = system || !pattern.isEmpty();
    if (letters == QLatin1StringView("i"))
        return list("query/list_indexes", {optional(parts.schema), optional(parts.name), all}, QStringLiteral("List of relations"), pattern);
    const pg::Params params{optional(parts.schema), optional(parts.name), all, QByteArray('{' + kinds.join(',') + '}')};
    const auto rows = m_connection.runFile(more ? QStringLiteral("query/list_relations_more") : QStringLiteral("query/list_relations"), params, {}, m_cancel);
    if (!rows)
        return fail(rows.error());
    if (rows->isEmpty()) {
        m_output.warning(m_index, pattern.isEmpty() ? QStringLiteral("Did not find any relations.") : QStringLiteral("Did not find any relation named \"%1\".").arg(pattern));
        return {};
    }
    m_output.message(m_index, QStringLiteral("List of relations"));
    if (pg::RowSink *sink = m_output.resultBegins(m_index, rows->columns()))
        sink->push(*rows);
    m_output.resultEnds(m_index, rows->commandTag());
    return {};
}

// \d NAME: columns as a table, the rest in lines as psql writes them.
Done Runner::describeRelations(const QString &pattern, bool more, bool system)
{
    const NamePattern parts = namePattern(pattern);
    const auto found = m_connection.runFile(QStringLiteral("query/describe_find"), {optional(parts.schema), optional(parts.name), system || !pattern.isEmpty()}, {}, m_cancel);
    if (!found)
        return fail(found.error());
    if (found->isEmpty())
        return fail(ErrorKind::Client, QStringLiteral("not_found"), QStringLiteral("Did not find any relation named \"%1\".").arg(pattern));
    for (qsizetype i = 0; i < found->size(); ++i) {
        const QString oid = found->text(i, 0);
        QString type = found->text(i, 3);
        const QString columnsOf = type == QLatin1StringView("sequence") ? QStringLiteral("query/describe_sequence")
            : more                                                      ? QStringLiteral("query/describe_columns_more")
                                                                        : QStringLiteral("query/describe_columns");
        type[0] = type[0].toUpper();
        const QString title = QStringLiteral("%1 \"%2.%3\"").arg(type, found->text(i, 1), found->text(i, 2));
        const auto columns = show(columnsOf, {oid}, title);
        if (!columns)
            return fail(columns.error());
        const auto lines = m_connection.runFile(QStringLiteral("query/describe_parts"), {oid}, {}, m_cancel);
        if (!lines)
            return fail(lines.error());
        QStringList text;
        QString part;
        for (qsizetype line = 0; line < lines->size(); ++line) {
            if (lines->text(line, 0) != part) {
                part = lines->text(line, 0);
                text << part + QLatin1Char(':');
            }
            text << QStringLiteral("    ") + lines->text(line, 1);
        }
        if (!text.isEmpty())
            m_output.message(m_index, text.join(QLatin1Char('\n')));
    }
    return {};
}

std::optional<Done> Runner::describe(const Metacommand &command)
{
    QString name = command.name;
    const QString pattern = command.arguments.value(0);
    if (name == QLatin1StringView("sf") || name == QLatin1StringView("sv")) {
        const auto rows = m_connection.runFile(name == QLatin1StringView("sf") ? QStringLiteral("query/function_source") : QStringLiteral("query/view_source"),
                                               {command.rest}, {}, m_cancel);
        if (!rows)
            return fail(rows.error());
        m_output.message(m_index, rows->text(0, 0).trimmed());
        return Done();
    }
    const bool more = name.contains(QLatin1Char('+'));
    name.remove(QLatin1Char('+'));
    const bool system = name.size() > 1 && name.endsWith(QLatin1Char('S'));
    if (system)
        name.chop(1);
    const NamePattern parts = namePattern(pattern);
    const pg::Params named{optional(parts.schema), optional(parts.name), system || !pattern.isEmpty()};
    if (name == QLatin1StringView("l") || name == QLatin1StringView("list"))
        return list(more ? "query/list_databases_more" : "query/list_databases", {optional(parts.name)}, QStringLiteral("List of databases"), pattern);
    if (name == QLatin1StringView("z"))
        return list("query/list_privileges", named, QStringLiteral("Access privileges"), pattern);
    if (!name.startsWith(QLatin1Char('d')))
        return {};
    const QString what = name.mid(1);
    if (what.isEmpty())
        return pattern.isEmpty() ? relations(QStringLiteral("tvmsE"), pattern, more, system) : describeRelations(pattern, more, system);
    if (what == QLatin1StringView("f") || what == QLatin1StringView("fn") || what == QLatin1StringView("a"))
        return list(more ? "query/list_functions_more" : "query/list_functions", named, QStringLiteral("List of functions"), pattern);
    if (what == QLatin1StringView("n"))
        return list("query/list_schemas", {optional(parts.name), system || !pattern.isEmpty()}, QStringLiteral("List of schemas"), pattern);
    if (what == QLatin1StringView("u") || what == QLatin1StringView("g"))
        return list("query/list_roles", {optional(parts.name), system || !pattern.isEmpty()}, QStringLiteral("List of roles"), pattern);
    if (what == QLatin1StringView("T"))
        return list("query/list_types", named, QStringLiteral("List of data types"), pattern);
    if (what == QLatin1StringView("x"))
        return list("query/list_extensions", {optional(parts.name)}, QStringLiteral("List of installed extensions"), pattern);
    if (what == QLatin1StringView("b"))
        return list("query/list_tablespaces", {optional(parts.name)}, QStringLiteral("List of tablespaces"), pattern);
    if (what == QLatin1StringView("p"))
        return list("query/list_privileges", named, QStringLiteral("Access privileges"), pattern);
    for (const QChar letter : what) {
        if (!QStringLiteral("tvmsEi").contains(letter))
            return {};
    }
    return relations(what, pattern, more, system);
}

} // namespace howdah::query
