// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/backup/swapvalues.h"

#include "base/units.h"

#include <QDateTime>

namespace howdah::ui
{

using namespace Qt::StringLiterals;
using namespace howdah::backup;

namespace
{

QString clockOf(qint64 ms)
{
    return QDateTime::fromMSecsSinceEpoch(ms).toString(u"HH:mm:ss"_s);
}

} // namespace

QVector<Finding> swapFindings(const SwapPlan &plan)
{
    QVector<Finding> all;
    const QStringList texts = plan.texts();
    for (qsizetype i = 0; i < texts.size(); ++i)
        all.append({StateLook::Unknown, u"%1. %2"_s.arg(i + 1).arg(swapStepText(SwapStep(i + 1))), texts.at(i), u"to do"_s});
    for (const QString &note : plan.notes)
        all.append({StateLook::Warning, u"To know"_s, note, u"note"_s});
    return all;
}

QVector<Finding> swapFindings(const Swap &swap, bool isRunning)
{
    QVector<Finding> all;
    for (int number = int(SwapStep::Prepare); number <= int(SwapStep::Backup); ++number) {
        const auto step = SwapStep(number);
        const QString text = swapStepText(step);
        std::optional<qint64> begun, done;
        for (const SwapLine &line : swap.lines) {
            if (line.what == text + u": begun"_s) {
                begun = line.atMs;
                done.reset();
            } else if (line.what == text + u": done"_s) {
                done = line.atMs;
            }
        }
        const bool isOver = swap.state == SwapState::Applied || swap.state == SwapState::Retired || swap.reached >= step;
        Finding finding{StateLook::Unknown, u"%1. %2"_s.arg(number).arg(text), {}, u"waits"_s};
        if (isOver) {
            finding.look = StateLook::Ok;
            finding.word = u"done"_s;
            if (done)
                finding.words = begun ? u"at %1, in %2"_s.arg(clockOf(*done), units::duration(*done - *begun)) : u"at %1"_s.arg(clockOf(*done));
            if (step == SwapStep::Archive && !swap.oldSegment.isEmpty())
                finding.words += u"; the old branch ends at %1, in %2"_s.arg(swap.oldLsn.text(), swap.oldSegment);
            if (step == SwapStep::Open && swap.unreachableMs())
                finding.words += u"; nobody was let in for %1"_s.arg(units::duration(*swap.unreachableMs()));
            if (step == SwapStep::Backup && swap.backup.isEmpty()) {
                finding.look = StateLook::Warning;
                finding.word = u"not taken"_s;
                finding.words = swap.failed.isEmpty() ? u"a full backup of the new branch is due"_s : swap.failed;
            } else if (step == SwapStep::Backup) {
                finding.words += u": %1"_s.arg(swap.backup);
            }
        } else if (number == int(swap.reached) + 1 && begun) {
            finding.look = isRunning ? StateLook::Busy : StateLook::Critical;
            finding.word = isRunning ? u"under way"_s : u"left midway"_s;
            finding.words = u"since %1"_s.arg(clockOf(*begun));
        }
        all.append(finding);
    }
    return all;
}

QString swapJournal(const Swap &swap)
{
    QStringList lines;
    for (const SwapLine &line : swap.lines)
        lines << clockOf(line.atMs) + u"  "_s + units::oneLine(line.what);
    return lines.join(u'\n');
}

QString swapTitle(const Swap &swap)
{
    switch (swap.state) {
    case SwapState::Applied: return u"The stack %1 runs on %2, timeline %3"_s.arg(swap.stack, swap.newVolume).arg(swap.newTimeline);
    case SwapState::RolledBack: return u"The stack %1 runs on %2, timeline %3, as before"_s.arg(swap.stack, swap.oldVolume).arg(swap.oldTimeline);
    case SwapState::Retired: return u"%1 is closed: what was not in use is removed"_s.arg(swap.id);
    case SwapState::Applying: return u"%1 is unfinished. The last step that ended well: %2"_s.arg(swap.id, swapStepText(swap.reached));
    case SwapState::RollingBack: break;
    }
    return u"%1 is on its way back, and not there yet"_s.arg(swap.id);
}

} // namespace howdah::ui
