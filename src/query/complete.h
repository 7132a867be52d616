// SPDX-License-Identifier: GPL-3.0-or-later
// What could stand at a cursor: columns by the statement's tables and their aliases, tables, schemas, functions, keywords. Works on tokens, so a
// statement that is half written is no hindrance. Pure functions, any thread; positions are bytes of UTF-8.
#pragma once

#include <QByteArray>
#include <QHash>
#include <QStringList>
#include <QVector>

#include <functional>
#include <memory>
#include <optional>

namespace howdah::query
{

struct RelationName {
    QString schema; // empty: as the search_path finds it
    QString name;
    bool operator==(const RelationName &) const = default;
};
inline size_t qHash(const RelationName &name, size_t seed = 0) { return qHashMulti(seed, name.schema, name.name); }

struct ColumnName {
    QString name;
    QString type;
};

// The names of one database. Never changed once it is shared.
struct CatalogNames {
    struct Entry {
        QString schema;
        QString name;
        QString detail;     // "table", "integer, text"
        bool onPath = true; // found without its schema
    };
    QVector<Entry> relations;
    QVector<Entry> functions;
    QStringList schemas;
};

struct Suggestion {
    enum class Kind { Column, Alias, Relation, Schema, Function, Keyword };
    Kind kind;
    QString text;   // as it is put in: quoted where it must be
    QString detail;
    bool operator==(const Suggestion &) const = default;
};

struct Completion {
    qsizetype begin = 0;              // of the word that is being written; what is taken replaces [begin, cursor)
    bool qualified = false;           // behind a dot: worth showing without being asked
    QVector<Suggestion> suggestions;  // best first; at most `mostSuggestions`
};
constexpr qsizetype mostSuggestions = 200;

struct CompletionSources {
    std::shared_ptr<const CatalogNames> names; // null: not read yet
    QByteArrayList keywords;                   // small letters
    // Columns of a relation; nullopt: not known yet. Called for those in scope only.
    std::function<std::optional<QVector<ColumnName>>(const RelationName &)> columns;
};
Completion complete(const QByteArray &text, qsizetype cursor, const CompletionSources &sources);

} // namespace howdah::query
