// SPDX-License-Identifier: GPL-3.0-or-later
// A file that is written piece by piece and has its name only once it is whole: until then it is another one beside it, removed when commit() does
// not come. Each write's length is checked (see savefile.h). Its mode is that of the file it replaces, else what the umask leaves.
// One thread at a time, never the window's.
#pragma once

#include "base/result.h"

#include <QByteArrayView>

#include <memory>

namespace howdah
{

class PartFile
{
public:
    static Result<std::unique_ptr<PartFile>> open(const QString &path); // Io/not_written
    ~PartFile();
    PartFile(const PartFile &) = delete;
    PartFile &operator=(const PartFile &) = delete;

    Done write(QByteArrayView bytes); // Io/disk_full, Io/not_written: commit() then fails too
    Done commit();                    // synced, then renamed
    qint64 bytes() const { return m_bytes; }

private:
    PartFile(QString path, QString part, int fd) : m_path(std::move(path)), m_part(std::move(part)), m_fd(fd) {}
    Error failure(int error) const;

    QString m_path;
    QString m_part;
    int m_fd;
    qint64 m_bytes = 0;
    bool m_failed = false;
};

} // namespace howdah
