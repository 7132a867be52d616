// SPDX-License-Identifier: GPL-3.0-or-later
// The buttons of a tab: run, cancel, what an error does; how far a run is. Window's thread.
#pragma once

#include "query/rowwriter.h"

#include <QElapsedTimer>
#include <QTimer>
#include <QWidget>

class QCheckBox;
class QPushButton;

namespace howdah::ui
{

class ElidedLabel;
class StateWord;

class RunBar : public QWidget
{
    Q_OBJECT
public:
    explicit RunBar(QWidget *parent = nullptr);
    enum class Phase { Idle, Connecting, Running, Cancelling, NoAnswer };
    void setPhase(Phase phase, qint64 elapsedMs); // counts on from there
    void setProgress(int statement, int of, qint64 rows); // statement from 1
    void setResult(const QString &text, bool bad);        // of the last run, until the next
    bool goesOn() const;
    void openExportMenu(); // as a click on it

signals:
    void runStatement();
    void runScript();
    void cancel();
    void giveUp();
    void exportWanted(howdah::query::Format format, bool forSpreadsheets);

private:
    void refresh();

    QPushButton *m_run;
    QPushButton *m_script;
    QPushButton *m_cancel;
    QPushButton *m_export;
    QPushButton *m_giveUp;
    QCheckBox *m_goOn;
    StateWord *m_state;
    ElidedLabel *m_result;
    Phase m_phase = Phase::Idle;
    QElapsedTimer m_since;
    qint64 m_before = 0;
    int m_statement = 0;
    int m_of = 0;
    qint64 m_rows = 0;
    QTimer m_tick;
};

} // namespace howdah::ui
