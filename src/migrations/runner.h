// SPDX-License-Identifier: GPL-3.0-or-later
// One run over one link: what is behind up(), down() and the marks. Internal to src/migrations; the link's thread.
#pragma once

#include "migrations/run.h"
#include "session/commit.h"

namespace howdah::migrations
{

inline constexpr qint64 lockKey = 0x686F776461680001; // the runners' advisory lock: "howdah" and a number; nobody else's

class Runner
{
public:
    Runner(pg::Connection &connection, const Folder &folder, const RunOptions &options, const Tell &tell, const CancelToken &cancel);

    Run up(const Upwards &wanted);
    Run down(const Downwards &wanted);
    Run redo();
    // Makes ready, takes the lock, and gives it back after `work`.
    Run locked(const std::function<Done()> &work);
    const Folder &folder() const { return m_folder; }
    const Ledger &ledger() const { return m_ledger; }
    // A version is marked, with its line in the ledger, in one transaction.
    Result<File> begunFile(const QString &version) const; // of one that was begun, as the ledger has it
    static QString statementHash(const Section &section, int index);
    Done markStatement(const File &file, const Event &interrupted, bool stands);
    Done mark(const File &file, Direction direction, const QString &kind, const QString &message, bool writesVersion);

private:
    // One migration's way in one direction.
    struct Way {
        const File *file = nullptr;
        const Section *section = nullptr;
        Direction direction = Direction::Up;
        int tries = 1;
    };

    Done ready();
    Done takeLock();
    Done keepLock(); // a migration may have given it back (DISCARD ALL)
    Done refresh();
    Done asPlanned(const QStringList &now) const;
    Done noneInterrupted(const QString &but) const;
    Done downOne(const QString &version);

    Done go(const Way &way);
    Done inTransaction(Way &way);
    Done oneTry(const Way &way, bool &committing, session::CommitTicket &ticket);
    Done check(const Way &way); // the migration's own script
    Done oneByOne(Way &way);
    Done takeUp(const Way &way, int &done, QStringList &hashes, QStringList &before);
    Done cutOff(const Way &way, int &done, QStringList &hashes);
    Done statement(const Way &way, int index);
    Done afterLostCommit(const Way &way, const session::CommitTicket &ticket, const Error &lost);
    static bool triesAgain(const Error &error);
    Done again(Way &way, const Error &error, const std::function<Done()> &before);
    Done setTimeouts(const Section &section, bool patient);
    static bool changesSession(const Section &section);
    Done restoreSettings(const Section &section);
    struct InvalidIndex {
        QString name;
        QByteArray drop; // the statement
    };
    Result<QVector<InvalidIndex>> invalidIndexes(const Section &section); // of those that its CONCURRENTLYs make
    Done dropLeftBehind(const Way &way, const QStringList &before);
    Event eventOf(const Way &way, const QString &kind) const;
    Done fails(const Way &way, const Event &event, Error error);
    void tellOf(const Way &way, Told::What what, int statement = 0, const QString &text = {}, qint64 ms = 0) const;

    pg::Connection &m_connection;
    const Folder &m_folder;
    const RunOptions &m_options;
    const Tell &m_tell;
    const CancelToken &m_cancel;
    Ledger m_ledger;
    Run m_run;
    std::unique_ptr<Watch> m_watch;
    std::pair<int, int> m_timeouts{-1, -1}; // as they are set now
    bool m_prepares = true; // the ledger's statements; false once a migration may have dropped what was prepared
    const QString m_who = thisClient();
};

} // namespace howdah::migrations
