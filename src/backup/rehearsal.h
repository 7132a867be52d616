// SPDX-License-Identifier: GPL-3.0-or-later
// A recovery tried where it hurts nobody: a container of the server's image without a network, on a volume of its own, with the backups and the archive
// shown for reading only and nothing archived, brought to the target, promoted and looked at. It stays until it is dropped: to be compared, to rescue rows
// from, to take the place of the stack's data. Blocking; any thread but the window's.
#pragma once

#include "backup/controldata.h"
#include "backup/engine.h"
#include "backup/toolbox.h"
#include "backup/verdict.h"
#include "pg/connectionspec.h"

#include <functional>
#include <memory>
#include <optional>

namespace howdah::backup
{

// Another engine than PostgreSQL's own tools over the root and the archive.
struct RehearsalEngine {
    QString name; // "pgBackRest 2.60.0 (…)"
    std::function<std::unique_ptr<BackupEngine>(const Toolbox &toolbox)> make; // that sees the places, and the rehearsal's own volume to write into
    QByteArray restoreScript; // what restore_command calls: exit code 1 says "not in the archive", above 125 that it can't be told
};

struct RehearsalChoice {
    QString stack;               // whose data's place the copy may take; empty: nobody's
    QString image;               // of the server, of the backup's major
    int major = 18;
    QVector<Place> places;       // of the backups and the archive; writable or not, they are shown for reading only
    QString root, archive;       // as containers see them
    QString repository;          // for people: "volume howdah_archive"
    quint64 segmentSize = 0;
    std::optional<RehearsalEngine> engine;
    Verdict verdict;             // a good one
    qsizetype segments = 0;      // that are replayed: what progress counts
    RecoveryFloors floors{};     // what the server needs at least, as far as it is known before its control file is here
    QString superuser = QStringLiteral("postgres");
    QStringList probes;          // SQL, each of which is to answer one true
    QString database = QStringLiteral("postgres"); // where the probes are asked
    QByteArray settings;         // lines for its postgresql.conf, of what plans depend on: see labs.h; empty: PostgreSQL's own
    QString drillOf;             // the cluster whose drill it is; empty: none
    qint64 keptFree = 1LL << 30; // bytes that are to be left where the copy goes to: production's data and WAL may lie on the same disk
    int silenceMs = 15 * 60'000; // a recovery that says nothing for so long is given up
};

struct RehearsalPlan {
    QString id;                  // "rehearsal-20261127T021154Z-5f0c91d2": of the container, the volume, the record
    RehearsalChoice choice;
    QStringList server;          // postgres' arguments, each in the place of whatever its files say
    QByteArray restoreScript;    // what restore_command calls
    QString text() const;        // everything that will be done, as commands
};
// What leads a server to the target, as lines of postgresql.auto.conf: the one target and its like set, the others (of which an earlier recovery may have left
// one, and two are an error) emptied, and what the server needs at least.
QStringList targetSettingsOf(const RehearsalChoice &choice);
// What restore_command calls with %f and %p: it tells "not there" (1) from "can't be read" (126), and takes no segment of another size.
QByteArray restoreScriptOf(const QString &archive, quint64 segmentSize);
// Errors: Client/not_reachable where the verdict is not good.
Result<RehearsalPlan> planRehearsal(const RehearsalChoice &choice, qint64 nowMs);
bool isRehearsalId(const QString &id); // ours: nothing else is ever a path's or a command's part

struct RehearsalCheck {
    QString name;
    std::optional<bool> good; // nullopt: it can't be told, which proves nothing and is no fault
    QString words;
};

struct Rehearsal {
    QString id;
    Verdict verdict;
    QString image;
    QString socketFolder;        // of this machine
    QString superuser;
    QString lab;                 // the name under which it is kept; empty: none
    QStringList changed;         // what was done to it since and stays, or may; of a lab
    QString drillOf;             // the cluster whose drill it was; empty: none
    QString stopped;             // the server's own words: "recovery stopping before commit of transaction 756, time …"
    Timeline timeline = 0;       // that it made of its own
    qint64 atMs = 0, copyMs = 0, replayMs = 0, checkMs = 0; // when it began, and how long the parts took
    QVector<RehearsalCheck> before; // what the pre-flight told, by its codes: of the copy itself it proves nothing
    QVector<RehearsalCheck> checks; // of the copy

    bool isGood() const; // something of the copy was found good, and nothing at fault
    QStringList faults() const; // the checks that are not good, with their words
    qint64 recoveryMs() const { return copyMs + replayMs; } // what a recovery costs: copy and replay
    pg::ConnectionSpec spec(const QString &database) const; // by its socket, nobody else's
    QJsonObject toJson() const;
    static Result<Rehearsal> fromJson(const QJsonObject &json);
};

// Errors: Client/preflight (preflight.h) before anything is made; Client/rehearsal_failed with the server's last lines (what was made for it is gone then), Client/no_progress likewise,
// Client/id_taken (what bears that id already stays as it is), Client/not_sound and others of materialising, those of docker, Cancelled.
Result<Rehearsal> rehearse(const RehearsalPlan &plan, const Progress &progress = {}, const CancelToken &cancel = {});
// Those that stand, oldest first; of one that a killed program left unfinished nothing is known but its name.
struct Standing {
    QString id;
    bool running = false;
    std::optional<Rehearsal> rehearsal; // nullopt: unfinished
};
Result<QVector<Standing>> standingRehearsals(const CancelToken &cancel = {});
// The one that is meant: by its id, or, where that is empty, the only one there is. Errors: Client/no_such_rehearsal; Client/not_good where a check of it
// failed, unless `despiteChecks`.
Result<Rehearsal> usableRehearsal(const QVector<Standing> &standing, const QString &id, bool despiteChecks);
// Its container, its volume, its record. Errors: Client/no_such_rehearsal, Client/in_use (the data of a stack lies in it), those of docker.
Done dropRehearsal(const QString &id, const CancelToken &cancel = {});

} // namespace howdah::backup
