// SPDX-License-Identifier: GPL-3.0-or-later
// A remedy tried on a lab: the statement is measured, the remedy is really run, the statement is measured again, and what was made is dropped. Values, and
// one runner: on the link's thread; the link is the trial's own (its search_path, role and settings are changed), to the lab's copy of the statement's
// database, as a superuser. Never to be given a link to a server that others use.
#pragma once

#include "plan/compare.h"
#include "trial/judgement.h"
#include "trial/remedy.h"

namespace howdah::trial
{

// What a remedy made: an index, extended statistics; of HypoPG an index that is none.
struct Made {
    QString kind;     // "index", "statistics"
    QString name;     // with its schema, quoted where it needs it
    QString relation; // likewise; empty: not told
    std::optional<qint64> bytes; // of an index, built or estimated
    bool valid = true;
    bool partitioned = false;
    bool expressions = false; // what it is of has no statistics before ANALYZE
    std::optional<bool> used; // of an index: by the plan afterwards
    QStringList indexNames;   // as plans name it: of a partitioned one each partition's
    qint64 adopted = 0;       // indexes of partitions that were there before, and are its own now: dropped with it
};

struct RemedyRun {
    Remedy remedy;
    std::optional<qint64> tookMs; // on the lab; nullopt: it was not really run
    QVector<Made> made;
    QStringList undo;     // what took it back
    bool stays = false;   // on the lab: it can't be taken back, or was not
};

// In place of a text: what is left of runs of a statement that writes.
inline constexpr auto writtenRuns = "dead rows of a statement that writes, whose runs were rolled back";

struct Trial {
    enum class On { Lab, HypoPg };
    On on = On::Lab;
    QString where; // "the lab trial, PostgreSQL 18.1"
    QString role;  // as whom the statement was measured; empty: as the link's own
    Measured before, after;
    QVector<RemedyRun> remedies;
    plan::PlanComparison comparison;
    Judgement judgement;
    QStringList stays; // on the lab, or may: texts of remedies, writtenRuns
    QStringList notes; // in words
};

struct TrialRequest {
    explain::Request statement; // its mode is the runner's own; consent: that a writing statement is run, and rolled back
    QStringList remedies;
    int runs = 3;               // that count
    QString where;              // for people
    QString role;               // as whom the statement is measured; empty: as the link's own, past row security
    int remedyTimeoutMs = 0;    // of each; 0: none
};

// What of it will stay on the lab, whatever becomes of the trial. Errors: those of remediesOf().
Result<QStringList> lastingOf(const TrialRequest &request);

// Errors: those of remediesOf() and measure(); Client/busy, where another trial runs in that database; of a remedy the server's, with what it made dropped again;
// where that failed too, the detail says what stays. `stays`: Trial::stays, also of a trial that failed.
Result<Trial> tryOnLab(pg::Connection &connection, const TrialRequest &request, const Progress &progress = {}, const CancelToken &cancel = {},
                       QStringList *stays = nullptr);

} // namespace howdah::trial
