// SPDX-License-Identifier: GPL-3.0-or-later
// Looks for secrets where none may lie: as they are, as UTF-16, in base64 at any alignment, in hex.
#pragma once

#include <QByteArray>
#include <QByteArrayMatcher>
#include <QSet>
#include <QStringList>

#include <atomic>
#include <thread>
#include <vector>

namespace howdah::e2e
{

class Needles
{
public:
    explicit Needles(const QList<QByteArray> &secrets);
    bool areIn(const QByteArray &bytes) const;
    // The files below a folder that hold one, the folders' own names too. `skip`: names of folders not entered.
    QStringList filesWith(const QString &folder, const QStringList &skip = {}) const;
    bool areInFile(const QString &path) const;

    static QList<QByteArray> formsOf(const QByteArray &secret);

private:
    std::vector<QByteArrayMatcher> m_matchers;
};

// Arguments and environment of every process that this user may look at, from now on: those that live for a moment too.
class ProcessWatch
{
public:
    ProcessWatch();
    ~ProcessWatch();
    QList<QByteArray> stop(); // what was seen, each once

private:
    void look();

    QSet<QByteArray> m_seen;
    std::atomic<bool> m_stop = false;
    std::thread m_thread;
};

// The readable and writable memory of a process, for who may read it: what a core dump would hold.
bool memoryHolds(qint64 pid, const Needles &needles);

} // namespace howdah::e2e
