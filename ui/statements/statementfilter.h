// SPDX-License-Identifier: GPL-3.0-or-later
// Which statements are looked at: by text, database and role, with the console's own or without. Window's thread.
#pragma once

#include "statements/ranking.h"

#include <QTimer>
#include <QWidget>

class QCheckBox;
class QComboBox;
class QHBoxLayout;
class QLineEdit;

namespace howdah::ui
{

class StatementFilter : public QWidget
{
    Q_OBJECT
public:
    explicit StatementFilter(QWidget *parent = nullptr);

    statements::Filter filter() const;
    QHBoxLayout *row() const { return m_row; } // the pane adds its own to its end
    void learn(const statements::TopList &list); // whose statements there are to choose from; what is chosen stays
    void clear();                 // nothing is filtered, but the console's own
    void setOwn(bool own);
    QLineEdit *word() const { return m_word; }

signals:
    void changed(); // of a word that is typed: when the typing pauses

private:
    void fill(QComboBox *box, const QString &all, QStringList names);

    QHBoxLayout *m_row;
    QLineEdit *m_word;
    QComboBox *m_database;
    QComboBox *m_role;
    QCheckBox *m_own;
    QTimer m_pause;
};

} // namespace howdah::ui
