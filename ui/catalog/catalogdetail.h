// SPDX-License-Identifier: GPL-3.0-or-later
// The side panel: what the selected object is, its sizes, its columns, its definition in the server's own words. Each is read when an object
// is shown and cancelled when another takes its place. Window's thread.
#pragma once

#include "activity/relationusers.h"
#include "ui/catalog/cataloglinks.h"

#include <QFrame>
#include <QTimer>

class QGridLayout;
class QPlainTextEdit;
class QPushButton;
class QSplitter;
class QStackedLayout;
class QTableWidget;

namespace howdah::ui
{

class ElidedLabel;
class ErrorBar;
class PlainLabel;
class RelationUsersView;
class SqlHighlighter;

class CatalogDetail : public QFrame
{
    Q_OBJECT
public:
    explicit CatalogDetail(CatalogLinks *links, QWidget *parent = nullptr);

    // The relation is the one a part belongs to; null for others. Values are copied.
    void showObject(const catalog::Object &object, const catalog::Object *relation, const QString &database);
    void showNothing();
    QString qualified() const { return m_qualified; }
    bool isRead() const { return m_open == 0; } // nothing is being read

    // As the answers come; apart from reading for tests and pictures.
    void showDefinition(const Result<QString> &definition);
    void showSizes(const Result<catalog::Sizes> &sizes);
    void showColumns(const Result<QVector<catalog::Object>> &parts);
    void showUsers(const Result<QVector<activity::RelationUser>> &users);
    RelationUsersView *users() const { return m_users; }

signals:
    void readDone();
    void sessionWanted(const QString &key); // of who uses a relation: to be shown where sessions are

private:
    void read();
    void readUsers(quint64 number);
    void addFact(const QString &name, const QString &value, const QString &exact = {});
    void setFact(const QString &name, const QString &value, const QString &exact = {});
    template<typename T>
    void answered(quint64 number, void (CatalogDetail::*place)(const Result<T> &), const Result<T> &result);

    CatalogLinks *m_links;
    catalog::Object m_object;
    QString m_database;
    QString m_qualified;
    QString m_definition;
    CancelToken m_cancel;
    quint64 m_shown = 0; // counts objects: a late answer for another is dropped
    int m_open = 0;
    bool m_widthsSet = false;      // once: from then on they are the user's
    bool m_splitIsTheUsers = false; // the handle was moved
    QTimer m_wait;

    QStackedLayout *m_pages;
    ElidedLabel *m_name;
    PlainLabel *m_kind;
    PlainLabel *m_comment;
    QGridLayout *m_facts;
    QHash<QString, PlainLabel *> m_factValues;
    ErrorBar *m_error;
    QSplitter *m_split;
    RelationUsersView *m_users;
    QTableWidget *m_columns;
    QPlainTextEdit *m_text;
    SqlHighlighter *m_highlighter;
    PlainLabel *m_longNote;
    QPushButton *m_copyDefinition;
};

} // namespace howdah::ui
