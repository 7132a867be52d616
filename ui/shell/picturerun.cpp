// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/shell/picturerun.h"

#include "ui/shell/connectionbar.h"
#include "ui/shell/mainwindow.h"
#include "ui/shell/panestack.h"
#include "ui/shell/rail.h"

#include <QDir>
#include <QTreeView>

namespace howdah::ui
{

namespace
{

constexpr int turnMs = 50;
constexpr int deadlineMs = 20'000;
constexpr int calmTurns = 4;   // ready so often in a row: layouts and late answers have come to rest
constexpr int leastSamples = 9; // eight points of a rate

QModelIndex childBeginning(const QAbstractItemModel *model, const QModelIndex &parent, const QString &beginning)
{
    for (int row = 0; row < model->rowCount(parent); ++row) {
        const QModelIndex child = model->index(row, 0, parent);
        if (child.data().toString().startsWith(beginning))
            return child;
    }
    return {};
}

} // namespace

PictureRun::PictureRun(MainWindow *window, const QString &folder, QObject *parent) : QObject(parent), m_window(window), m_folder(folder)
{
    for (const QSize size : {QSize(1600, 1000), QSize(1100, 700)}) {
        for (const bool dark : {false, true}) {
            for (const PaneDescriptor &pane : allPanes())
                m_shots.append({pane.id, dark, size});
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
    m_window->rail()->button(shot.pane)->click();
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
                    .arg(m_shots.at(m_at).pane)
                    .arg(deadlineMs / 1000)
                    .arg(waitsFor, m_window->connectionBar()->stateText(),
                         trouble ? QStringLiteral(", ") + trouble->error.text() : QString()));
}

bool PictureRun::isReady(QString *waitsFor)
{
    const Shot &shot = m_shots.at(m_at);
    Pane *pane = m_window->panes()->currentPane();
    if (!pane || m_window->panes()->currentId() != shot.pane) {
        *waitsFor = QStringLiteral("it is not open");
        return false;
    }
    if (shot.pane == QLatin1StringView("overview") && m_window->workspace()->samples() < leastSamples) {
        *waitsFor = QStringLiteral("%1 of %2 samples").arg(m_window->workspace()->samples()).arg(leastSamples);
        return false;
    }
    auto *tree = pane->findChild<QTreeView *>();
    if (shot.pane == QLatin1StringView("catalog") && !m_treeOpen && tree)
        return openTree(tree, waitsFor);
    *waitsFor = QStringLiteral("it waits for its first answer");
    return pane->isSettled() && m_window->size() == shot.size;
}

// The tables of public, the first one selected, so that its details show. One level a turn, as the answers come.
bool PictureRun::openTree(QTreeView *tree, QString *waitsFor)
{
    const QString database = m_window->workspace()->profile().spec.database;
    QModelIndex at;
    for (const QString &step : {database, QStringLiteral("Schemas"), QStringLiteral("public"), QStringLiteral("Tables")}) {
        const QModelIndex child = childBeginning(tree->model(), at, step);
        // A tree without a row for schemas has them below the database.
        if (!child.isValid() && step == QLatin1StringView("Schemas") && childBeginning(tree->model(), at, QStringLiteral("public")).isValid())
            continue;
        if (!child.isValid()) {
            *waitsFor = QStringLiteral("no “%1” in the tree").arg(step);
            return false;
        }
        tree->expand(child);
        at = child;
    }
    QModelIndex table = childBeginning(tree->model(), at, QStringLiteral("projects"));
    if (!table.isValid() && tree->model()->rowCount(at) > 0)
        table = tree->model()->index(0, 0, at);
    if (!table.isValid()) {
        *waitsFor = QStringLiteral("no table in the tree");
        return false;
    }
    tree->setCurrentIndex(table);
    tree->scrollTo(table);
    tree->expand(table);
    m_treeOpen = true;
    return false; // its details come
}

void PictureRun::save()
{
    const Shot &shot = m_shots.at(m_at);
    const QString name = QStringLiteral("%1-%2-%3x%4.png")
                             .arg(shot.pane, shot.dark ? QStringLiteral("dark") : QStringLiteral("light"))
                             .arg(shot.size.width())
                             .arg(shot.size.height());
    const QString path = QDir(m_folder).filePath(name);
    if (!m_window->grab().save(path)) {
        m_timer.stop();
        emit failed(QStringLiteral("%1 can't be written").arg(path));
        return;
    }
    m_files.append(path);
    if (++m_at < m_shots.size())
        return begin();
    m_timer.stop();
    emit finished(m_files);
}

} // namespace howdah::ui
