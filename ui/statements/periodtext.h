// SPDX-License-Identifier: GPL-3.0-or-later
// How this pane writes times, and what of them is not known. Any thread.
#pragma once

#include "statements/history.h"

#include <QDateTime>

namespace howdah::ui
{

// "14:02:10" of today; "2026-11-25 14:02" of another day.
inline QString momentText(qint64 atMs)
{
    const QDateTime at = QDateTime::fromMSecsSinceEpoch(atMs);
    return at.toString(at.date() == QDate::currentDate() ? QStringLiteral("HH:mm:ss") : QStringLiteral("yyyy-MM-dd HH:mm"));
}

// Without what is not permitted, which has a bar of its own.
inline QString missingText(statements::Gaps gaps)
{
    gaps.notPermitted = 0;
    return gaps.text();
}

// What of a list is missing, as a sentence's end; what may not be read is missing too.
inline QString completeness(const statements::Gaps &gaps)
{
    const QString missing = missingText(gaps);
    if (!missing.isEmpty())
        return QStringLiteral(". ") + missing;
    return gaps.notPermitted > 0 ? QStringLiteral(", without those that may not be read") : QStringLiteral(", nothing is missing");
}

// Of earlier days only the heaviest are told apart: one that is not in a list may have run all the same.
inline bool mayHaveRun(const statements::TopList &list, const statements::Key &key)
{
    return (key.toplevel ? list.others : list.nestedOthers).statements > 0 || !list.gaps.isComplete();
}

// Of a week with many restarts that is a page: all of it is for a tooltip.
inline QString shortened(const QString &text)
{
    constexpr qsizetype most = 320;
    return text.size() > most ? QString(text.left(most) + QStringLiteral(" …")) : text;
}

} // namespace howdah::ui
