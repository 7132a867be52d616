// SPDX-License-Identifier: GPL-3.0-or-later
// One run of a script: what runPieces() is made of. Internal to src/query. On the link's thread.
#pragma once

#include "query/hazards.h"
#include "query/metacommand.h"
#include "query/run.h"
#include "session/commit.h"

namespace howdah::query
{

class Runner
{
public:
    Runner(pg::Connection &connection, Output &output, const RunOptions &options, const CancelToken &cancel);
    Result<RunSummary> run(const std::vector<Piece> &pieces);

private:
    enum class Next { Go, Stop, Quit, Lost };
    // How the \g family sends a statement.
    struct Sending {
        enum class As { Plain, Gset, Gexec, Gdesc } as = As::Plain;
        QString prefix;            // of \gset
        std::optional<Display> display;
    };
    struct Text {
        QByteArray text; // as it is sent
        bool several = false;
        QByteArray copyData;
        bool hasCopyData = false;
    };
    struct File {
        QString name;
        QString folder;
    };
    class Results; // runresults.cpp: the connection's sink

    Next all(std::vector<Piece> pieces, const std::optional<Source> &source);
    Next one(const Piece &piece);
    Next statement(const Piece &piece);
    Next command(const Piece &piece);
    enum class What { Statement, Command };
    Next end(StatementEnd end, What what = What::Statement);
    Result<Sending> sendingOf(const QByteArray &sender);
    StatementEnd send(const Text &text, const Sending &sending);
    StatementEnd execute(const Text &text, Results &results);
    Done beginIfNeeded(const QByteArray &text);
    void tellFate(const Nature &nature, const std::optional<session::CommitTicket> &ticket, pg::TransactionState before, bool several, StatementEnd &end);
    void describeResult(const QByteArray &text, StatementEnd &end);
    void gset(const std::vector<pg::Rows> &rows, const QString &prefix, StatementEnd &end);
    void gexec(const std::vector<pg::Rows> &rows, StatementEnd &end);
    void placeError(StatementEnd &end, const Piece &piece, const Interpolated &sent, const Piece *part) const;

    // runcommands.cpp: backslash commands. The error fails the command as a statement's would.
    Done meta(const Metacommand &command, const Piece &piece);
    Done condition(const QByteArray &text);
    Done setVariable(const Metacommand &command);
    Done include(const Metacommand &command, bool relative);
    Done copy(const Metacommand &command, const Piece &piece);
    Done copyToFile(const CopyCommand &copy);
    Done setDisplay(const Display &wanted, const QString &said);
    Done switchDisplay(bool Display::*what, const QString &argument, const QString &name);
    Done expanded(const QString &argument);
    void echo(QStringList words, bool warning);
    Done pset(const QStringList &arguments);
    Done again(const QByteArray &sender);
    Done filesAllowed(const QString &command) const;
    QString absolute(const QString &path, bool relative) const;
    QString connectionText() const;

    // rundescribe.cpp: \d and its kin.
    std::optional<Done> describe(const Metacommand &command); // nullopt: none of them
    Done list(const char *file, const pg::Params &params, const QString &title, const QString &pattern);
    Done relations(const QString &letters, const QString &pattern, bool more, bool system);
    Done describeRelations(const QString &pattern, bool more, bool system);
    Result<pg::Rows> show(const QString &file, const pg::Params &params, const QString &title);

    bool active() const;
    bool truthy(const QString &name) const;
    QString variable(const QString &name) const { return m_summary.variables.value(name); }

    pg::Connection &m_connection;
    Output &m_output;
    const RunOptions &m_options;
    CancelToken m_cancel;
    RunSummary m_summary;
    int m_index = 0;
    std::vector<File> m_files;  // \i inside \i
    // \if: whether this branch runs, and whether one of its kind already did.
    struct Branch {
        bool runs = false;
        bool taken = false;
        bool otherwise = false; // behind \else
    };
    std::vector<Branch> m_branches;
    size_t m_branchBase = 0;    // those of the files outside
    QString m_folder;           // \cd
    QString m_restricted;       // the key of \restrict
    bool m_quit = false;
    std::optional<File> m_toInclude;
    QByteArray m_toIncludeText;
    std::optional<Error> m_lost;
    std::optional<Text> m_last; // for \g alone
    pg::Params m_bound;         // \bind, for the next statement
    bool m_hasBound = false;
    QString m_echo;             // of \echo -n
    StatementEnd m_commandEnd;  // what a command that runs a statement has to tell of it
};

Error refusal(const QString &why, const QString &hint = {}); // Client/refused_command
QString psqlHasIt(); // the hint of a command that Howdah leaves to psql

// psql's rule of what must not be preceded by a BEGIN of ours: it begins or ends a transaction, or can't run in one.
bool needsNoBegin(const QByteArray &text);

} // namespace howdah::query
