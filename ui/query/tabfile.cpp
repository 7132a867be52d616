// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/query/tabfile.h"

#include "base/async.h"
#include "base/savefile.h"

#include <QFile>
#include <QFileInfo>
#include <QStringDecoder>

namespace howdah::ui
{

namespace
{

constexpr qint64 largest = qint64(64) << 20;
constexpr int lookEachMs = 2000;

bool isUtf8(const QByteArray &bytes)
{
    QStringDecoder decoder(QStringDecoder::Utf8, QStringDecoder::Flag::Stateless);
    [[maybe_unused]] const QString decoded = decoder(bytes);
    return !decoder.hasError();
}

Result<QByteArray> readWhole(const QString &path)
{
    QFile file(path);
    if (!file.open(QIODevice::ReadOnly))
        return fail(ErrorKind::Io, QStringLiteral("open_failed"), QStringLiteral("%1 can't be read: %2").arg(path, file.errorString()));
    if (file.size() > largest)
        return fail(ErrorKind::Io, QStringLiteral("too_large"), QStringLiteral("%1 has more than 64 MB").arg(path),
                    QStringLiteral("Run it with \\i, or with howdahctl query -f."));
    QByteArray bytes = file.read(largest + 1);
    if (file.error() != QFileDevice::NoError)
        return fail(ErrorKind::Io, QStringLiteral("open_failed"), QStringLiteral("%1 can't be read: %2").arg(path, file.errorString()));
    if (bytes.startsWith("\xef\xbb\xbf"))
        bytes.remove(0, 3);
    if (!isUtf8(bytes))
        return fail(ErrorKind::Client, QStringLiteral("not_utf8"), QStringLiteral("%1 is not UTF-8").arg(path),
                    QStringLiteral("Convert it first: iconv -f LATIN1 -t UTF-8. Nothing was guessed."));
    if (bytes.contains('\0'))
        return fail(ErrorKind::Client, QStringLiteral("not_utf8"), QStringLiteral("%1 holds a NUL byte: it is no text").arg(path));
    return bytes;
}

} // namespace

TabFile::TabFile(Worker *worker, QObject *parent) : QObject(parent), m_worker(worker)
{
    m_timer.setInterval(lookEachMs);
    connect(&m_timer, &QTimer::timeout, this, &TabFile::look);
}

TabFile::Stamp TabFile::stampOf(const QString &path)
{
    const QFileInfo info(path);
    return {info.exists(), info.size(), info.lastModified()};
}

void TabFile::adopt(const QString &path)
{
    m_path = path;
    m_known = false;
    look();
}

void TabFile::read(const QString &path, std::function<void(const Result<QByteArray> &)> answer)
{
    using Read = std::pair<QByteArray, Stamp>;
    m_busy = true;
    const auto reading = m_worker->run([path]() -> Result<Read> {
        const Stamp stamp = stampOf(path);
        auto bytes = readWhole(path);
        if (!bytes)
            return fail(std::move(bytes.error()));
        return Read{std::move(*bytes), stamp};
    });
    async::onFinished(reading, this, [this, path, answer = std::move(answer)](const Result<Read> &read) {
        m_busy = false;
        if (!read)
            return answer(fail(read.error()));
        m_path = path;
        m_stamp = read->second;
        m_known = true;
        answer(read->first);
    });
}

void TabFile::save(const QString &path, const QByteArray &text, std::function<void(const Done &)> answer)
{
    m_busy = true;
    const auto saving = m_worker->run([path, text]() -> Result<Stamp> {
        constexpr int others = 0644;
        const QFileInfo there(path);
        const int mode = there.exists() ? int(there.permissions()) : others;
        // QFile::Permissions are hexadecimal digits (0x6644 is owner, user, group, other), not octal ones.
        const int octal = there.exists() ? ((mode >> 12 & 7) << 6 | (mode >> 4 & 7) << 3 | (mode & 7)) : others;
        if (auto saved = saveFile(path, text, octal); !saved)
            return fail(std::move(saved.error()));
        return stampOf(path);
    });
    async::onFinished(saving, this, [this, path, answer = std::move(answer)](const Result<Stamp> &stamp) {
        m_busy = false;
        if (!stamp)
            return answer(fail(stamp.error()));
        m_path = path;
        m_stamp = *stamp;
        m_known = true;
        answer({});
    });
}

void TabFile::watch(bool on)
{
    on ? m_timer.start() : m_timer.stop();
    if (on)
        look();
}

void TabFile::look()
{
    if (m_path.isEmpty() || m_busy)
        return;
    m_busy = true;
    const auto looking = m_worker->run([path = m_path]() -> Result<Stamp> { return stampOf(path); });
    async::onFinished(looking, this, [this, path = m_path](const Result<Stamp> &stamp) {
        m_busy = false;
        if (!stamp || path != m_path)
            return;
        const bool changed = m_known && !(*stamp == m_stamp);
        m_stamp = *stamp;
        m_known = true;
        if (changed)
            emit changedOnDisk(!stamp->exists);
    });
}

} // namespace howdah::ui
