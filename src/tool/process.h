// SPDX-License-Identifier: GPL-3.0-or-later
// The only place that starts a program. Argument lists, never a shell; environment scrubbed to PATH, HOME, LANG=C.UTF-8, XDG_*, DOCKER_*,
// TMPDIR and what the call adds (no PG*, no LD_*); secrets go by standard input; output bounded; a deadline; cancel ends the whole process
// group (TERM, then KILL after 5 s). Blocking: any thread but the window's.
#pragma once

#include "base/canceltoken.h"
#include "base/result.h"

#include <QByteArray>
#include <QByteArrayList>
#include <QStringList>

#include <functional>

namespace howdah::tool
{

struct Command {
    QString program;                 // absolute, or found on PATH once by findProgram
    QStringList arguments;
    QStringList environment;         // "NAME=value" added to the scrubbed one
    QString workingDirectory;
    QByteArray input;                // written to standard input, then closed
    int timeoutMs = 60'000;          // 0: none
    int graceMs = 5'000;             // from TERM to KILL, at cancel and at the deadline
    qsizetype maxOutput = 4 << 20;   // bytes kept of each stream; the rest is read and dropped (truncated says so)
    std::function<void(const QByteArray &line)> onLine; // each line of either stream, on the calling thread
    bool secretOutput = false; // standard output is a secret: kept in Outcome::output alone, never cut into lines, never in an error
};

struct Outcome {
    int exitCode = 0;
    QByteArray output;
    QByteArray errors;
    bool truncated = false;
    QByteArrayList lastLines; // the last 20 of both streams, as they came
};

// Ends with Outcome whatever the exit code; Errors: Tool/not_found, Tool/not_started, Timeout/tool, Cancelled.
Result<Outcome> run(const Command &command, const CancelToken &cancel = {});
// As run(), and an exit code other than 0 is Tool/failed with the last lines it said as detail.
Result<Outcome> runChecked(const Command &command, const CancelToken &cancel = {});
Result<QString> findProgram(const QString &name, const QStringList &places = {}); // Tool/not_found
QString commandLine(const Command &command); // for people and for the journal; quoted as a POSIX shell reads it

} // namespace howdah::tool
