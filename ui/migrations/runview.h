// SPDX-License-Identifier: GPL-3.0-or-later
// A run while it goes: each migration and how far it is, who stands in the way and who waits for us. And when it has ended: what was done, or what failed,
// where, what stands now, and the ways on. Window's thread.
#pragma once

#include "migrations/run.h"
#include "ui/widgets/stateword.h"

#include <QElapsedTimer>
#include <QTimer>
#include <QWidget>

class QFrame;
class QHBoxLayout;
class QProgressBar;
class QPushButton;
class QVBoxLayout;

namespace howdah::ui
{

class ElidedLabel;
class KeyedModel;
class KeyedView;
class PlainLabel;

// A way on after a failure: what its button says, and what it stands for.
enum class WayOn { RunAgain, OpenFile, ShowBlocker, OutOfOrder, Adopt, StatementDone, StatementNotDone, Applied, NotApplied, Back };
struct WayOnButton {
    WayOn way = WayOn::RunAgain;
    QString text;
};
// Those that fit what ended it; the first is the one that most will want.
QVector<WayOnButton> waysOn(const migrations::Run &run, bool blockerKnown);
// What stands now, in a sentence.
QString whatStands(const migrations::Run &run);

class RunView : public QWidget
{
    Q_OBJECT
public:
    explicit RunView(QWidget *parent = nullptr);

    void begin(const QString &title, const QStringList &names);
    void take(const migrations::Told &told);
    void end(const migrations::Run &run);
    // Of the server's own progress views: "building index: 4,200 of 12,000 blocks"; share < 0: not counted.
    void setServerProgress(const QString &text, double share);
    bool isEnded() const { return m_ended; }
    int blockerPid() const { return m_blockerPid; }
    const migrations::Run &run() const { return m_run; }
    KeyedView *steps() const { return m_steps; }

signals:
    void giveUp();
    void wayChosen(howdah::ui::WayOn way);

private:
    void showRows();
    void showElapsed();
    void setWays(const QVector<WayOnButton> &ways);
    void buildBlocked();
    void buildFailed();

    struct Line {
        QString name;
        QString text;
        StateLook look = StateLook::Unknown;
        qint64 ms = -1;
    };
    QVector<Line> m_lines;
    int m_at = -1; // the one that runs
    migrations::Run m_run;
    bool m_ended = false;
    int m_blockerPid = 0;
    QElapsedTimer m_clock;
    QTimer m_tick;

    PlainLabel *m_title;
    PlainLabel *m_elapsed;
    QPushButton *m_giveUp;
    QPushButton *m_close;
    QFrame *m_blocked;
    PlainLabel *m_blockedBy;
    PlainLabel *m_waiting;
    QPushButton *m_showBlocker;
    QFrame *m_failed;
    PlainLabel *m_failedWhat;
    PlainLabel *m_failedWhy;
    PlainLabel *m_failedStands;
    QHBoxLayout *m_ways;
    QPushButton *m_firstWay = nullptr;
    QWidget *m_server;
    QProgressBar *m_serverBar;
    PlainLabel *m_serverText;
    KeyedModel *m_model;
    KeyedView *m_steps;
    KeyedModel *m_newsModel;
    KeyedView *m_news;
    int m_newsCount = 0;
    QVector<std::pair<QString, QString>> m_newsLines;
};

} // namespace howdah::ui
