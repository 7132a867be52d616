// SPDX-License-Identifier: GPL-3.0-or-later
#include "e2e/leaks.h"

#include <QDir>
#include <QFile>

#include <algorithm>
#include <chrono>

#include <fcntl.h>
#include <unistd.h>

namespace howdah::e2e
{

using namespace Qt::StringLiterals;

QList<QByteArray> Needles::formsOf(const QByteArray &secret)
{
    QList<QByteArray> forms{secret, secret.toHex(), secret.toHex().toUpper()};
    QByteArray wide;
    for (const char c : secret)
        wide.append(c).append('\0');
    forms << wide;
    for (int offset = 0; offset < 3; ++offset) {
        // Whatever stands before and after shares the outer characters of base64 with it: only those within are certain.
        const QByteArray text = QByteArray(QByteArray(offset, 'x') + secret).toBase64(QByteArray::OmitTrailingEquals);
        const qsizetype begin = offset == 0 ? 0 : offset + 1;
        const qsizetype bits = (offset + secret.size()) * 8;
        forms << text.mid(begin, bits / 6 - begin);
    }
    return forms;
}

Needles::Needles(const QList<QByteArray> &secrets)
{
    for (const QByteArray &secret : secrets) {
        for (const QByteArray &form : formsOf(secret))
            m_matchers.emplace_back(form);
    }
}

bool Needles::areIn(const QByteArray &bytes) const
{
    return std::any_of(m_matchers.begin(), m_matchers.end(), [&](const QByteArrayMatcher &matcher) { return matcher.indexIn(bytes) >= 0; });
}

bool Needles::areInFile(const QString &path) const
{
    QFile file(path);
    return file.open(QIODevice::ReadOnly) && areIn(file.readAll());
}

QStringList Needles::filesWith(const QString &folder, const QStringList &skip) const
{
    QStringList found;
    const QFileInfoList entries = QDir(folder).entryInfoList(QDir::AllEntries | QDir::Hidden | QDir::System | QDir::NoDotAndDotDot);
    for (const QFileInfo &entry : entries) {
        if (areIn(QFile::encodeName(entry.fileName())))
            found << entry.filePath();
        if (entry.isSymLink())
            continue;
        if (entry.isDir() && !skip.contains(entry.fileName()))
            found << filesWith(entry.filePath(), skip);
        else if (entry.isFile() && areInFile(entry.filePath())) // no pipe, no socket: they would wait
            found << entry.filePath();
    }
    return found;
}

ProcessWatch::ProcessWatch()
{
    m_thread = std::thread([this] {
        while (!m_stop) {
            look();
            std::this_thread::sleep_for(std::chrono::milliseconds(15));
        }
    });
}

ProcessWatch::~ProcessWatch()
{
    stop();
}

QList<QByteArray> ProcessWatch::stop()
{
    m_stop = true;
    if (m_thread.joinable())
        m_thread.join();
    return m_seen.values();
}

void ProcessWatch::look()
{
    const QStringList processes = QDir(u"/proc"_s).entryList({u"[0-9]*"_s}, QDir::Dirs);
    for (const QString &pid : processes) {
        for (const auto &name : {"/cmdline"_L1, "/environ"_L1}) {
            QFile file(u"/proc/"_s + pid + name);
            if (file.open(QIODevice::ReadOnly))
                m_seen.insert(file.readAll());
        }
    }
}

bool memoryHolds(qint64 pid, const Needles &needles)
{
    QFile maps(u"/proc/%1/maps"_s.arg(pid));
    const int memory = ::open(qPrintable(u"/proc/%1/mem"_s.arg(pid)), O_RDONLY | O_CLOEXEC);
    bool found = false;
    if (memory >= 0 && maps.open(QIODevice::ReadOnly)) {
        const QList<QByteArray> lines = maps.readAll().split('\n');
        for (const QByteArray &line : lines) {
            const QList<QByteArray> fields = line.split(' ');
            if (found || !fields.value(1).startsWith("rw"))
                continue;
            const QList<QByteArray> range = fields.first().split('-');
            const qulonglong begin = range.value(0).toULongLong(nullptr, 16);
            const qulonglong size = range.value(1).toULongLong(nullptr, 16) - begin;
            if (size > (64ULL << 20))
                continue;
            QByteArray bytes(qsizetype(size), Qt::Uninitialized);
            const ssize_t got = ::pread(memory, bytes.data(), size, off_t(begin));
            bytes.truncate(qMax<ssize_t>(0, got));
            found = needles.areIn(bytes);
        }
    }
    if (memory >= 0)
        ::close(memory);
    return found;
}

} // namespace howdah::e2e
