// SPDX-License-Identifier: GPL-3.0-or-later
// "Import servers": pg_service.conf, .pgpass and another Howdah's profiles, read once; a table shows what each would become and what is refused,
// before anything is saved. Files are read on a worker. Window's thread.
#pragma once

#include "session/importfiles.h"
#include "ui/shell/pane.h"

#include <QDialog>
#include <QTimer>

class QComboBox;
class QFormLayout;
class QLineEdit;
class QPushButton;
class QTreeWidget;
class QTreeWidgetItem;

namespace howdah::ui
{

class ErrorBar;
class PlainLabel;

class ImportDialog : public QDialog
{
    Q_OBJECT
public:
    ImportDialog(const PaneContext &context, QWidget *parent);
    void reject() override; // not while it saves: a profile is not left without its password

signals:
    void imported(); // there are new profiles in the store

private:
    void layOut();
    QLineEdit *addFile(QFormLayout *form, const QString &label, const QString &filter);
    session::ImportFiles files() const;
    void look();
    void showOffers(const QVector<session::OfferedProfile> &offers);
    void showRow(int row);
    void showDetail();
    void tell();
    session::Environment environmentOf(const session::OfferedProfile &offer) const;
    bool isWanted(int row) const;
    void save();
    void saved(const QVector<int> &rows, const QVector<Result<session::Profile>> &made);
    void keepNext();

    struct Row {
        session::OfferedProfile offer;
        QTreeWidgetItem *item = nullptr;
        bool isSaved = false;
        QString outcome; // of its saving
        bool isTrouble = false;
    };

    PaneContext m_context;
    Worker m_worker; // its own: a slow disk must not hold up the stack
    int m_looked = 0; // an answer of an earlier look is not shown
    bool m_reading = false;
    bool m_saving = false;
    session::ImportFiles m_shown; // what the table is of
    QVector<Row> m_rows;
    QVector<int> m_toKeep; // rows whose password is still to go to the keychain
    QTimer m_rest;
    QLineEdit *m_service;
    QLineEdit *m_pass;
    QLineEdit *m_export;
    QComboBox *m_environment;
    QTreeWidget *m_table;
    PlainLabel *m_detail;
    PlainLabel *m_said;
    ErrorBar *m_error;
    QPushButton *m_open;
    QPushButton *m_import;
    QPushButton *m_close;
};

} // namespace howdah::ui
