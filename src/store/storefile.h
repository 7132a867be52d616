// SPDX-License-Identifier: GPL-3.0-or-later
// The store's file before it is worked with: found sound, made, upgraded on a copy, or moved aside. Internal to src/store.
//
// Every open store holds a shared lock on <file>.lock; who replaces the file must have it alone, or a writer in another program would
// go on writing into a file that no name leads to any more.
#pragma once

#include "store/copies.h"
#include "store/handle.h"

#include <memory>

namespace howdah::store
{

// The kernel drops it with the process, whatever ends it.
class FileLock
{
public:
    enum class Mode { Shared, Alone };

    FileLock() = default;
    ~FileLock();
    FileLock(FileLock &&other) noexcept;
    FileLock &operator=(FileLock &&other) noexcept;

    // Waits up to timeoutMs. Going from shared to alone lets go in between: look again afterwards. Errors: Io/store_busy, Io/store_failed.
    Done take(const QString &path, Mode mode, int timeoutMs);

private:
    int m_fd = -1;
};

struct OpenedFile {
    FileLock lock; // shared
    std::unique_ptr<Handle> handle;
    Repair repair;
};

// The schemas this program has (sql/store/schema_<n>.sql), ascending.
QList<int> schemaVersions();
Result<OpenedFile> openFile(const QString &path);

// Steps of making a file, for whoever in src/store makes one.
Done createFile(const QString &path);                          // empty, 0600; it is not there yet
Done copyBytes(const QString &from, const QString &to);        // durable only after syncPath
Done syncPath(const QString &path, int flags);                 // of open(2): O_DIRECTORY
Done moveFile(const QString &from, const QString &to);         // and the folder synced
Done migrate(Handle &handle, int from);                        // to this program's schema, one transaction each

} // namespace howdah::store
