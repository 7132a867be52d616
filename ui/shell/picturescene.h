// SPDX-License-Identifier: GPL-3.0-or-later
// What a user would have done on a pane before its picture is taken. Window's thread.
#pragma once

#include <QString>
#include <QVector>

#include <functional>
#include <memory>

namespace howdah::ui
{

class Pane;
class Workspace;

struct PictureScene {
    QString name; // of its files
    QString pane; // the id
    // Asked at every turn of the run until it says yes, and then at every later picture of the same scene: does the next thing to be done
    // and says what it waits for. It keeps its own place.
    std::function<bool(Pane &, const Workspace &, QString *waitsFor)> ready;
    std::function<void(Pane &)> leave; // after the scene's last picture: nothing of it stays in the user's own store
};

// Every pane's, in the rail's order.
QVector<PictureScene> allPictureScenes();

} // namespace howdah::ui
