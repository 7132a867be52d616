// SPDX-License-Identifier: GPL-3.0-or-later
// What is remembered of a stack between two programs: stack.json in its folder below paths::dataDir(). No secret. Any thread but the window's.
#pragma once

#include "stack/stack.h"

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
};

// Lower case letters, digits, - and _; begins with a letter or digit; at most 40: also the name of a compose project. Client/bad_name.
Done checkName(const QString &name);
QString folderOf(const QString &name);
QString caFileOf(const QString &name);
Result<Record> readRecord(const QString &name); // Io/stack_record: there, but not readable
Done writeRecord(const Record &record);
Done removeFolder(const QString &name);

} // namespace howdah::stack
