// SPDX-License-Identifier: GPL-3.0-or-later
// --screenshots DIR: drives the real window through every pane as a user would, light and dark, at both sizes, and saves
// SCENE-THEME-WxH.png. One step a timer's turn, no nested loop. Window's thread.
#pragma once

#include "ui/shell/picturescene.h"

#include <QObject>
#include <QSize>
#include <QStringList>
#include <QTimer>
#include <QVector>

namespace howdah::ui
{

class MainWindow;

class PictureRun : public QObject
{
    Q_OBJECT
public:
    PictureRun(MainWindow *window, const QString &folder, QObject *parent = nullptr);
    void start();

signals:
    void finished(const QStringList &files); // all of them
    void failed(const QString &why);

private:
    struct Shot {
        qsizetype scene = 0;
        bool dark = false;
        QSize size;
    };

    void begin();
    void look();
    bool isReady(QString *waitsFor);
    void save();
    void leaveScene();

    MainWindow *m_window;
    QString m_folder;
    QVector<PictureScene> m_scenes;
    QVector<Shot> m_shots;
    qsizetype m_at = 0;
    int m_waitedMs = 0;
    int m_readyTurns = 0;
    QTimer m_timer;
    QStringList m_files;
};

} // namespace howdah::ui
