// SPDX-License-Identifier: GPL-3.0-or-later
// What a long task says while it runs. Called on the task's own thread; the sink hands it on.
#pragma once

#include <QString>

#include <functional>

namespace howdah
{

struct ProgressStep {
    QString step;      // the real step: "Build the image", "Start postgres"
    QString note;      // its last line of output, or a figure
    qint64 done = 0;
    qint64 total = 0;  // 0: length unknown
    QString unit;      // "B", "objects"; empty: parts of the whole
};

using Progress = std::function<void(const ProgressStep &)>;

} // namespace howdah
