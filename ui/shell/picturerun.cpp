// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/shell/picturerun.h"

#include "ui/shell/connectionbar.h"
#include "ui/shell/mainwindow.h"
#include "ui/shell/panestack.h"
#include "ui/shell/rail.h"

#include <QDir>

#include <algorithm>

namespace howdah::ui
{

namespace
{

constexpr int turnMs = 50;
constexpr int deadlineMs = 20'000;
constexpr int calmTurns = 4;   // ready so often in a row: layouts and late answers have come to rest

} // namespace

PictureRun::PictureRun(MainWindow *window, const QString &folder, QObject *parent) : QObject(parent), m_window(window), m_folder(folder), m_scenes(allPictureScenes())
{
    for (const QSize size : {QSize(1600, 1000), QSize(1100, 700)}) {
        for (const bool dark : {false, true}) {
            for (qsizetype scene = 0; scene < m_scenes.size(); ++scene)
                m_shots.append({scene, dark, size});
        }
    }
    m_timer.setInterval(turnMs);
    connect(&m_timer, &QTimer::timeout, this, &PictureRun::look);
}

void PictureRun::start()
{
    if (!QDir().mkpath(m_folder)) {
        emit failed(QStringLiteral("The folder %1 can't be made").arg(m_folder));
        return;
    }
    begin();
    m_timer.start();
}

void PictureRun::begin()
{
    const Shot &shot = m_shots.at(m_at);
    m_waitedMs = 0;
    m_readyTurns = 0;
    m_window->resize(shot.size);
    theme().setChoice(shot.dark ? Theme::Choice::Dark : Theme::Choice::Light);
    m_window->rail()->button(m_scenes.at(shot.scene).pane)->click();
}

void PictureRun::look()
{
    QString waitsFor;
    m_readyTurns = isReady(&waitsFor) ? m_readyTurns + 1 : 0;
    m_waitedMs += turnMs;
    if (m_readyTurns >= calmTurns)
        return save();
    if (m_waitedMs < deadlineMs)
        return;
    m_timer.stop();
    const auto trouble = m_window->workspace() ? m_window->workspace()->trouble() : std::nullopt;
    emit failed(QStringLiteral("The pane %1 had no content after %2 s: %3; the connection: %4%5")
                    .arg(m_scenes.at(m_shots.at(m_at).scene).name)
                    .arg(deadlineMs / 1000)
                    .arg(waitsFor, m_window->connectionBar()->stateText(),
                         trouble ? QStringLiteral(", ") + trouble->error.text() : QString()));
}

bool PictureRun::isReady(QString *waitsFor)
{
    const Shot &shot = m_shots.at(m_at);
    const PictureScene &scene = m_scenes.at(shot.scene);
    Pane *pane = m_window->panes()->currentPane();
    if (!pane || m_window->panes()->currentId() != scene.pane) {
        *waitsFor = QStringLiteral("it is not open");
        return false;
    }
    if (scene.ready && !scene.ready(*pane, *m_window->workspace(), waitsFor))
        return false;
    *waitsFor = QStringLiteral("it waits for its first answer");
    return pane->isSettled() && m_window->size() == shot.size;
}

void PictureRun::save()
{
    const Shot &shot = m_shots.at(m_at);
    const QString name = QStringLiteral("%1-%2-%3x%4.png")
                             .arg(m_scenes.at(shot.scene).name, shot.dark ? QStringLiteral("dark") : QStringLiteral("light"))
                             .arg(shot.size.width())
                             .arg(shot.size.height());
    const QString path = QDir(m_folder).filePath(name);
    if (!m_window->grab().save(path)) {
        m_timer.stop();
        emit failed(QStringLiteral("%1 can't be written").arg(path));
        return;
    }
    m_files.append(path);
    leaveScene();
    if (++m_at < m_shots.size())
        return begin();
    m_timer.stop();
    emit finished(m_files);
}

// The scene's last picture is taken while its pane is shown: what it did there is put back.
void PictureRun::leaveScene()
{
    const qsizetype scene = m_shots.at(m_at).scene;
    const bool comesAgain = std::any_of(m_shots.cbegin() + m_at + 1, m_shots.cend(), [scene](const Shot &shot) { return shot.scene == scene; });
    if (!comesAgain && m_scenes.at(scene).leave)
        m_scenes.at(scene).leave(*m_window->panes()->currentPane());
}

} // namespace howdah::ui
