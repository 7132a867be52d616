// SPDX-License-Identifier: GPL-3.0-or-later
// catalog list
#include "ctl/ctl.h"

#include "base/units.h"
#include "catalog/objects.h"

#include <QJsonArray>

namespace howdah::ctl
{

using namespace Qt::StringLiterals;

static QString shown(const QJsonObject &object, QLatin1StringView key)
{
    return units::oneLine(object.value(key).toString());
}

// schema / relation with its columns / functions, indented; names on one line each whatever they hold.
static QString treeText(const QJsonObject &catalog)
{
    QString text;
    const QJsonArray schemas = catalog.value("schemas"_L1).toArray();
    for (const QJsonValue &entry : schemas) {
        const QJsonObject schema = entry.toObject();
        text += shown(schema, "name"_L1) + u'\n';
        const QJsonArray relations = schema.value("relations"_L1).toArray();
        for (const QJsonValue &relationEntry : relations) {
            const QJsonObject relation = relationEntry.toObject();
            text += u"  %1  (%2)\n"_s.arg(shown(relation, "name"_L1), shown(relation, "kind"_L1));
            const QJsonArray columns = relation.value("columns"_L1).toArray();
            for (const QJsonValue &columnEntry : columns) {
                const QJsonObject column = columnEntry.toObject();
                text += u"    %1  %2%3\n"_s.arg(shown(column, "name"_L1), shown(column, "type"_L1),
                                                column.value("not_null"_L1).toBool() ? u" not null"_s : QString());
            }
            for (const auto &group : {"indexes"_L1, "constraints"_L1, "triggers"_L1, "policies"_L1}) {
                const QJsonArray parts = relation.value(group).toArray();
                for (const QJsonValue &part : parts)
                    text += u"    [%1] %2  %3\n"_s.arg(group, shown(part.toObject(), "name"_L1), shown(part.toObject(), "definition"_L1));
            }
        }
        const QJsonArray functions = schema.value("functions"_L1).toArray();
        for (const QJsonValue &functionEntry : functions) {
            const QJsonObject function = functionEntry.toObject();
            text += u"  %1(%2)  (%3)\n"_s.arg(shown(function, "name"_L1), shown(function, "arguments"_L1), shown(function, "kind"_L1));
        }
    }
    return text.isEmpty() ? u"No schemas of its own.\n"_s : text;
}

static Result<Answer> listCatalog(Ctl &ctl, bool system)
{
    auto connection = ctl.connect();
    if (!connection)
        return fail(std::move(connection.error()));
    const auto catalog = catalog::catalogJson(**connection, system, ctl.cancel());
    if (!catalog)
        return fail(catalog.error());
    return Answer{*catalog, ctl.json ? QString() : treeText(*catalog), ExitCode::Success};
}

void addCatalogVerbs(CLI::App &app, Ctl &ctl)
{
    CLI::App *catalog = app.add_subcommand("catalog", "The objects of a database");
    catalog->require_subcommand(1);
    CLI::App *list = catalog->add_subcommand("list", "Schemas, relations with their parts, functions");
    auto system = std::make_shared<bool>(false);
    list->add_flag("--system", *system, "With pg_catalog, information_schema and pg_toast");
    list->callback([&ctl, system] { ctl.choose([system](Ctl &c) { return listCatalog(c, *system); }); });
}

} // namespace howdah::ctl
