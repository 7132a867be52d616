// SPDX-License-Identifier: GPL-3.0-or-later
// A disk of a few hundred kilobytes (tmpfs), to be filled or made read-only. Needs root. Its folder holds the test's pid; what dead tests
// left behind goes when the next is made. For tests only.
#pragma once

#include <QString>

#include <memory>

namespace howdah::test
{

class SmallDisk
{
public:
    static std::unique_ptr<SmallDisk> make(int kilobytes, QString *why);
    ~SmallDisk();
    SmallDisk(const SmallDisk &) = delete;
    SmallDisk &operator=(const SmallDisk &) = delete;

    QString folder() const { return m_folder; }
    bool fill(qint64 leaveBytes = 0); // with a file of no meaning
    bool makeRoom();                  // takes it away
    bool setReadOnly(bool readOnly);  // false too when a file is open for writing

private:
    SmallDisk() = default;
    QString m_folder;
};

} // namespace howdah::test
