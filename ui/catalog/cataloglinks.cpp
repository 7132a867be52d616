// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/catalog/cataloglinks.h"

#include "base/async.h"

namespace howdah::ui
{

CatalogLinks::CatalogLinks(const PaneContext &context, QObject *parent) : CatalogSource(parent), m_context(context) {}

void CatalogLinks::read(const LevelRequest &request, const CancelToken &cancel, QObject *context, std::function<void(const Level &)> answer)
{
    run<QVector<catalog::Object>>(
        request.database,
        [request](pg::Connection &connection, const CancelToken &token) -> Level {
            switch (request.what) {
            case LevelRequest::What::Databases: return catalog::listDatabases(connection, token);
            case LevelRequest::What::Schemas: return catalog::listSchemas(connection, token);
            case LevelRequest::What::Parts: return catalog::listParts(connection, request.oid, token);
            case LevelRequest::What::SchemaContents: break;
            }
            Level relations = catalog::listRelations(connection, request.oid, token);
            if (!relations)
                return relations;
            const Level functions = catalog::listFunctions(connection, request.oid, token);
            if (!functions)
                return functions;
            return *relations + *functions;
        },
        cancel, context, std::move(answer));
}

void CatalogLinks::withSession(const QString &database, const SessionAnswer &answer)
{
    if (m_context.catalog && database == connectedDatabase())
        return answer(m_context.catalog);
    if (pg::Session *session = m_sessions.value(database))
        return answer(session);
    if (!m_context.catalogLink)
        return answer(fail(ErrorKind::Client, QStringLiteral("no_server"), QStringLiteral("No server is chosen")));
    answer(m_sessions[database] = m_context.catalogLink(database, this));
}

} // namespace howdah::ui
