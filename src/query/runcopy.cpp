// SPDX-License-Identifier: GPL-3.0-or-later
// \copy: COPY with a file of this machine.
#include "base/partfile.h"
#include "query/runresults.h"

#include <QFile>

namespace howdah::query
{

Done Runner::copy(const Metacommand &command, const Piece &piece)
{
    auto copy = parseCopy(command.rest);
    if (!copy)
        return fail(std::move(copy.error()));
    if (copy->place == CopyCommand::Place::File) {
        if (Done allowed = filesAllowed(command.name); !allowed)
            return allowed;
        copy->file = absolute(copy->file, false);
        if (!copy->from)
            return copyToFile(*copy);
    }
    Results results(m_output, m_index);
    QFile file(copy->file);
    if (copy->from && copy->place == CopyCommand::Place::File) {
        if (!file.open(QIODevice::ReadOnly))
            return fail(ErrorKind::Io, QStringLiteral("no_such_file"), QStringLiteral("%1: %2").arg(copy->file, file.errorString()));
        results.copyFrom([&file]() -> Result<QByteArray> {
            constexpr qint64 blockBytes = 256 * 1024;
            QByteArray block(blockBytes, Qt::Uninitialized);
            const qint64 read = file.read(block.data(), blockBytes);
            if (read < 0)
                return fail(ErrorKind::Io, QStringLiteral("not_read"), QStringLiteral("%1 could not be read: %2").arg(file.fileName(), file.errorString()));
            block.truncate(read);
            return block;
        });
    } else if (copy->from && piece.hasCopyData && copy->place == CopyCommand::Place::Script) {
        results.copyFrom([data = piece.copyData]() mutable -> Result<QByteArray> { return std::exchange(data, {}); });
    } else if (copy->from && m_options.copyInput) {
        results.copyFrom(m_options.copyInput);
    }
    m_commandEnd = execute({copy->statement, false, {}, false}, results);
    if (m_commandEnd.error)
        return fail(*m_commandEnd.error);
    return {};
}

// The file has its name only when all of it is there.
Done Runner::copyToFile(const CopyCommand &copy)
{
    auto file = PartFile::open(copy.file);
    if (!file)
        return fail(std::move(file.error()));
    Done written;
    Results results(m_output, m_index);
    results.copyTo([&](QByteArrayView bytes) {
        written = (*file)->write(bytes);
        return bool(written);
    });
    m_commandEnd = execute({copy.statement, false, {}, false}, results);
    if (!written)
        return written;
    if (m_commandEnd.error)
        return fail(*m_commandEnd.error);
    return (*file)->commit();
}

} // namespace howdah::query
