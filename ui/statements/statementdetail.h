// SPDX-License-Identifier: GPL-3.0-or-later
// One statement of the list: its text, and pages of what is known of it: its figures and how they went, what it waited for, who else runs the same.
// Other rooms add pages of theirs (its plan, what would help it). Window's thread.
#pragma once

#include "activity/waits.h"
#include "statements/history.h"

#include <QFrame>

class QPlainTextEdit;
class QPushButton;
class QTabWidget;

namespace howdah::ui
{

class ElidedLabel;
class PlainLabel;
class StatementFigures;
class StatementLoad;
class StatementRuns;
class StatementWaits;

// What a page needs to know of the statement that is shown.
struct ChosenStatement {
    statements::Key key;
    QString text;        // as it is kept: masked; its beginning where it is longer; empty: not known
    bool isWhole = true; // the text, with its literals
    QString database;    // names; empty: not known any more
    QString role;
};

class StatementDetail : public QFrame
{
    Q_OBJECT
public:
    explicit StatementDetail(QWidget *parent = nullptr);

    // Of a statement that did nothing in this list its figures are said to be none.
    void show(const statements::TopList &list, const statements::Key &key);
    void setWaits(const activity::WaitAverages &averages, bool mayReadAll); // of this statement alone, in the same interval
    void showNothing();
    const std::optional<statements::Key> &statement() const { return m_key; }
    StatementLoad *load() const;
    QString text() const { return m_statement; }

    // A further page behind those that stand, owned from now on. It hears of the statement by the two signals below, and is shown one from the next on.
    void addPage(const QString &title, QWidget *page);
    void setPage(QWidget *page);
    QTabWidget *pages() const { return m_pages; }

signals:
    void statementShown(const howdah::ui::ChosenStatement &chosen); // another one, or its text has come
    void statementLeft();                                           // none is shown any more
    void closed();
    void waitsWanted();                    // of all statements
    void keyWanted(const QString &key);    // statements::keyText(): another one is to be shown
    void planWanted(const howdah::ui::ChosenStatement &chosen); // of one whose text is whole

private:
    void showText(const std::optional<statements::Text> &text);

    std::optional<statements::Key> m_key;
    QString m_statement;
    qsizetype m_length = 0; // of all of it, in characters
    ChosenStatement m_chosen; // as it was told last
    ElidedLabel *m_title;
    PlainLabel *m_who;
    QPlainTextEdit *m_text;
    QPushButton *m_copy;
    QPushButton *m_plan;
    QTabWidget *m_pages;
    StatementFigures *m_figures;
    StatementWaits *m_waits;
    StatementRuns *m_runs;
};

} // namespace howdah::ui
