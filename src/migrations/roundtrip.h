// SPDX-License-Identifier: GPL-3.0-or-later
// Whether the way back leads back: each migration up, down and up again in a scratch database, with a snapshot of the schema at every turn. A service on
// the links' thread. It sees the schema, not the rows: what a way back loses of them no snapshot tells.
#pragma once

#include "catalog/snapshot.h"
#include "migrations/scratch.h"

#include <functional>

namespace howdah::migrations
{

struct RoundTrip {
    enum class Verdict {
        Same,         // down leads back to where it was, and up again to where it had been
        Waived,       // "-- irreversible: reason"
        Differs,      // in `differences`
        Fails,        // in `error`: down, or up again
        NotTried      // not all of it was run, for the reasons in `left`
    };
    QString version;
    QString name;
    Verdict verdict = Verdict::NotTried;
    QString reason; // of Waived
    QStringList left = {}; // statements that were not run, and why
    bool again = false; // Differs, Fails: at the second up, and not at the way back
    QVector<catalog::Difference> differences; // from what was to be, to what is
    std::optional<Error> error;

    bool isFinding() const { return verdict == Verdict::Differs || verdict == Verdict::Fails; }
    QStringList words() const; // "the way back leaves index public.a_i", …
    QJsonObject toJson() const;
};
QString verdictText(RoundTrip::Verdict verdict); // "reversible", "irreversible, as it says", …

struct RoundTrips {
    QVector<RoundTrip> all; // in the files' order; of those that were asked for
    QStringList notSeen;    // what no snapshot tells
    QStringList left;       // of the base, and of migrations that were not asked for: what did not run
    bool passes() const;
    QJsonObject toJson() const;
    QString text() const;
};

// A scratch with what stands before the first migration, each time another: after one that does not lead back the next begins from a clean one.
using FreshBase = std::function<Result<std::unique_ptr<Scratch>>()>;
// `versions`: those that are tried; empty: all. Errors: Client/no_such_version, those of `fresh`, of the link; and where a migration fails on its way
// forth, since nothing can be said of any later one: its own, with file and line.
Result<RoundTrips> roundTrip(const FreshBase &fresh, const QVector<File> &files, const QStringList &versions, const QString &searchPath, const Progress &progress = {}, const CancelToken &cancel = {});

} // namespace howdah::migrations
