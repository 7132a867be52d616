// SPDX-License-Identifier: GPL-3.0-or-later
// The journal of a swap: <data folder>/swaps/<id>.json, written before and after each of its steps, so that whoever finds it knows how far it got. No
// secret. Blocking; any thread but the window's.
#pragma once

#include "backup/walname.h"
#include "base/result.h"

#include <QJsonObject>
#include <QStringList>
#include <QVector>

#include <optional>

namespace howdah::backup
{

// In this order. Up to Stop nothing of the stack's has changed that a start does not bring back; from Switch on the copy is the stack's data.
enum class SwapStep { None, Prepare, Fence, Archive, Stop, Switch, Start, Prove, Open, Backup };
QString swapStepText(SwapStep step); // "Fence the server off"

enum class SwapState {
    Applying,    // or was, when its program was ended
    Applied,
    RollingBack, // or was
    RolledBack,  // the stack runs on its old volume; the copy is kept, and can be put in again
    Retired      // the volume that was not in use is removed: there is no way back
};

struct SwapLine {
    qint64 atMs = 0;
    QString what; // "Fence the server off: begun"
    bool operator==(const SwapLine &) const = default;
};

struct Swap {
    QString id;          // "swap-20261127T021154Z"
    QString stack;
    QString rehearsal;
    QString oldVolume;
    QString newVolume;
    QString image;
    int major = 18;
    QString systemIdentifier;
    Timeline oldTimeline = 0;
    Timeline newTimeline = 0;
    QStringList databases; // of the copy, sorted
    Lsn oldLsn;            // up to where the old branch was written when it was fenced off
    QString oldSegment;    // that holds it, and is in the archive
    Lsn newLsn;            // of the copy's last checkpoint: it may not be behind that
    SwapState state = SwapState::Applying;
    SwapStep reached = SwapStep::None; // the last that ended well
    QString backup;        // the first of the new branch
    QString failed;        // why it was taken back, or what went wrong behind it
    QVector<SwapLine> lines;

    // Between the fence and everybody let in again, the last time it was done; nullopt: it was not.
    std::optional<qint64> unreachableMs() const;
    bool isUnfinished() const { return state == SwapState::Applying || state == SwapState::RollingBack; }
    QJsonObject toJson() const;
    static Result<Swap> fromJson(const QJsonObject &json); // Client/bad_record
    QString text() const; // for people
};

Done writeSwap(const Swap &swap);
Result<Swap> readSwap(const QString &id); // Client/no_such_swap, Client/bad_record
Result<QVector<Swap>> swaps();            // oldest first; one that is not understood is an error, never left out

} // namespace howdah::backup
