// SPDX-License-Identifier: GPL-3.0-or-later
// One shell that stays and runs a program after another, where starting costs more than they do (`docker exec`: some 70 ms). What is asked goes to it line by
// line on its standard input; nothing is interpreted but by quoting. A line of a random mark ends each answer, so that neither what a program says nor what it
// leaves unread can be taken for an answer. Blocking: any thread but the window's; one at a time.
#pragma once

#include "base/canceltoken.h"
#include "tool/process.h"

#include <memory>

namespace howdah::tool
{

class Shell
{
public:
    // `starts` ends in the words that run a POSIX shell: `sh -c script() NAME` is added. The shell writes its process's number into the file NAME, and that
    // process leads the group of all that it runs (as in a container). Of the command, timeoutMs and the rest are not used. Errors: those of tool::run.
    static Result<std::unique_ptr<Shell>> start(Command starts, const QString &name);
    ~Shell(); // its input ends, and so does it
    Shell(const Shell &) = delete;
    Shell &operator=(const Shell &) = delete;

    struct Call {
        QStringList words;       // the program and what it's told; NAME=value in front of it by `env`
        QByteArray input = {};   // small: it may stay unread
        int timeoutMs = 60'000; // 0: none
        qsizetype maxOutput = 4 << 20; // of each stream
    };
    // As tool::run. Where the shell itself has ended (a container that stopped): its exit code, not 0, with what it said. After that, a cancel or a timeout it is
    // of no use any more, and what it runs may still run: that is for who started it, by the file NAME.
    Result<Outcome> run(const Call &call, const CancelToken &cancel = {});
    bool isUsable() const; // looks whether it still runs

private:
    struct Child;
    explicit Shell(std::unique_ptr<Child> child);
    std::unique_ptr<Child> m_child;
    bool m_usable = true;
};

} // namespace howdah::tool
