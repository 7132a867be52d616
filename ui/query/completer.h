// SPDX-License-Identifier: GPL-3.0-or-later
// What could stand at the cursor, offered while typing and by Ctrl+Space. The catalog's words are read on the catalog link in the background;
// until they are there only keywords are offered. Window's thread.
#pragma once

#include "ui/shell/pane.h"

#include <QObject>
#include <QTimer>

namespace howdah::ui
{

class SqlEditor;

// The words of one database, shared by all tabs.
class CatalogWords : public QObject
{
    Q_OBJECT
public:
    explicit CatalogWords(const PaneContext &context, QObject *parent = nullptr);
    void read(); // anew

signals:
    void changed();

private:
    PaneContext m_context;
};

class Completer : public QObject
{
    Q_OBJECT
public:
    Completer(SqlEditor *editor, CatalogWords *words, QObject *parent = nullptr);

private:
    SqlEditor *m_editor;
    CatalogWords *m_words;
};

} // namespace howdah::ui
