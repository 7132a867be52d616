// SPDX-License-Identifier: GPL-3.0-or-later
// What could stand at the cursor, offered while typing and by Ctrl+Space; Tab takes it, Enter only where it was asked for or chosen by arrow keys.
// The catalog's words are read on the catalog link in the background; until they are there only keywords are offered. Window's thread.
#pragma once

#include "query/complete.h"
#include "ui/shell/pane.h"

#include <QElapsedTimer>
#include <QObject>
#include <QSet>

namespace howdah::ui
{

class SqlEditor;

// The words of one database, shared by all tabs. Read when first wanted; the columns of a relation when it is first met.
class CatalogWords : public QObject
{
    Q_OBJECT
public:
    explicit CatalogWords(const PaneContext &context, QObject *parent = nullptr);
    void read(); // anew, when they are next wanted

    // What is known; what is not begins to be read, and changed() tells of it.
    std::shared_ptr<const query::CatalogNames> names();
    std::optional<QVector<query::ColumnName>> columns(const query::RelationName &relation);

signals:
    void changed();

private:
    std::optional<query::RelationName> resolved(const query::RelationName &relation) const;

    PaneContext m_context;
    std::shared_ptr<const query::CatalogNames> m_names;
    QHash<query::RelationName, QVector<query::ColumnName>> m_columns;
    QSet<query::RelationName> m_asked;
    bool m_stale = true;
    bool m_reading = false;
    quint64 m_version = 0;      // of what was asked for: an older answer is dropped
    QElapsedTimer m_sinceError; // a server that can't answer is not asked at each key
};

class Completer : public QObject
{
    Q_OBJECT
public:
    Completer(SqlEditor *editor, CatalogWords *words, QObject *parent = nullptr);
    void ran(const QByteArray &tag); // a statement ended: the catalog may be another

private:
    void typed();
    void offer(bool asked);
    void take(const QByteArray &item);

    SqlEditor *m_editor;
    CatalogWords *m_words;
    query::Completion m_shown;
    bool m_asked = false; // by key
    qsizetype m_cursor = -1; // where it was asked for
};

} // namespace howdah::ui
