// SPDX-License-Identifier: GPL-3.0-or-later
// Takes from a pasted plan what stands around it: psql's heading, borders (ascii, unicode, old-ascii), continuations, "(12 rows)"; the
// quotes of a grid's copy; a log line's prefix and tabs. What is left are the plan's own lines, each with its number in the pasted text.
// Pure functions, any thread.
#pragma once

#include <QStringList>
#include <QVector>

#include <optional>

namespace howdah::plan
{

struct PastedLines {
    QStringList lines;   // never with a '\r' at the end
    QVector<int> numbers; // of each, 1-based, in what was pasted
    bool json = false;
    std::optional<qint64> durationUs; // "duration: 1.234 ms  plan:" of auto_explain
};

PastedLines unwrapPasted(const QString &text);

} // namespace howdah::plan
