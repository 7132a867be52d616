// SPDX-License-Identifier: GPL-3.0-or-later
// Does a policy filter what a statement returned? The relations are told by the statement's tokens, so what stands behind a view or in a
// function is not seen: help, not proof. On the link that ran it, since its role and search_path decide.
#pragma once

#include "pg/connection.h"

namespace howdah::query
{

struct FilteredRelation {
    QString relation; // "public.orders", as the server quotes it
    QString role;
};

// schema (or empty) and name, as the server would fold them: each name in the text that could be a relation's. Pure.
QVector<std::pair<QString, QString>> relationNames(const QByteArray &statement);
// Reads the catalog only, behind a savepoint where a transaction is open; asks nothing in a failed one.
Result<QVector<FilteredRelation>> filteredRelations(pg::Connection &connection, const QVector<std::pair<QString, QString>> &names,
                                                    const CancelToken &cancel = {});

} // namespace howdah::query
