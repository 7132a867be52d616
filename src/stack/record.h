// SPDX-License-Identifier: GPL-3.0-or-later
// What is remembered of a stack between two programs: stack.json in its folder below paths::dataDir(). No secret. Any thread but the window's.
#pragma once

#include "stack/stack.h"

#include <QLockFile>

#include <memory>

namespace howdah::stack
{

struct Record {
    QString name;
    Backend backend = Backend::Docker;
    QString backendReason; // why the local backend was taken
    quint16 port = 0;      // 0: none yet
    QString image;         // "howdah-postgres:18"
    QString baseImage;     // "postgres:18"; of a local cluster the binaries' folder
    bool exists = false;   // a file was there: an earlier start got at least so far
    QString dataVolume;    // of Docker, where the server's data lies; empty: compose's own, <name>_data
    QStringList keptVolumes; // that hold, or are to hold, data of this stack too: what a swap put aside or is about to put in
    QString swap;          // the unfinished swap of its data; nothing else may start the stack meanwhile
    bool fenced = false;   // not kept: the server listens inside its container alone

    QString data() const { return dataVolume.isEmpty() ? name + QStringLiteral("_data") : dataVolume; }
};

// Lower case letters, digits, - and _; begins with a letter or digit; at most 40: also the name of a compose project. Client/bad_name.
Done checkName(const QString &name);
QString folderOf(const QString &name);
QString caFileOf(const QString &name);
Result<Record> readRecord(const QString &name); // Io/stack_record: there, but not readable
Done writeRecord(const Record &record);
Done removeFolder(const QString &name);
// What changes a stack excludes what else does, between programs too; a dead holder's lock is taken over. Tool/busy.
Result<std::unique_ptr<QLockFile>> lockStack(const QString &name);
// Of the stack whose data lies, or is kept, in this volume; empty: of none.
QString stackOfVolume(const QString &volume);

} // namespace howdah::stack
