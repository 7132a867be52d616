// SPDX-License-Identifier: GPL-3.0-or-later
// What every verb of howdahctl stands on. The verb runs on a worker while the main loop turns (the keychain lives there).
// A verb file registers its CLI11 subcommands and, in their callbacks, chooses one action.
#pragma once

#include "base/canceltoken.h"
#include "base/exitcode.h"
#include "base/progress.h"
#include "base/result.h"
#include "pg/connection.h"
#include "session/profile.h"
#include "store/store.h"

#include <CLI/CLI.hpp>
#include <QJsonObject>

#include <functional>
#include <memory>

namespace howdah::ctl
{

struct Answer {
    QJsonObject json;  // --json: the one object on standard output
    QString text;      // otherwise: for people, on standard output
    ExitCode exit = ExitCode::Success;
};

// The server that the options name: saved, or from a URL, with --sslmode and --ca applied.
struct Target {
    session::Profile profile; // of a URL: no id, no name
    Secret password;          // from the URL or standard input; empty: from the keychain, or none
};

class Ctl
{
public:
    using Action = std::function<Result<Answer>(Ctl &)>;
    // The profile's own role; its monitor role; the own role with the user's settings, read-only where the profile is production, or a URL; the same, writing.
    enum class Link { Profile, Monitor, Editor, Writer };

    Ctl();
    ~Ctl();

    // Options of every verb, set by CLI11: --json, --profile NAME, --url URL (password from it, from PGPASSWORD never; the word
    // env: DATABASE_URL), --sslmode, --ca FILE, --password-stdin.
    bool json = false;
    std::string profileName = "local";
    std::string url;
    std::string sslMode;
    std::string caFile;
    bool passwordFromStdin = false;

    void choose(Action action);
    void useProfile(const QString &name); // from now on, whatever the options named: of a verb that goes to several servers

    // For actions, on the worker's thread:
    CancelToken cancel() const;     // fired by SIGINT and SIGTERM
    Progress progress() const;      // a line on standard error
    Result<store::Store *> store(); // opened once, on the worker's thread
    Result<session::Profile> profile();
    Result<Target> target();
    // A failure here makes exit code 3 of whatever kind it is (a locked keychain too), when the verb ends with it.
    Result<std::unique_ptr<pg::Connection>> connect(Link link = Link::Profile);
    // How another program gets to the same server, after connect(): the secret and the way, as the links had them.
    Result<pg::Prepared> prepared(const QString &role);
    Result<Secret> readSecret(const store::SecretKey &key); // waits for the keychain on the main loop
    Done writeSecret(const store::SecretKey &key, const Secret &secret);
    Done removeSecret(const store::SecretKey &key);

    int run(int argc, char **argv); // parses, runs, prints, returns the exit code

private:
    struct Core;
    std::unique_ptr<Core> m_core;
};

QString factLines(const QJsonObject &json); // "name  value" lines, the values below each other

void addVerbs(CLI::App &app, Ctl &ctl); // main.cpp: all of these

// One per verb file.
void addSessionVerbs(CLI::App &app, Ctl &ctl);  // check
void addProfileVerbs(CLI::App &app, Ctl &ctl);  // profile list|show|add|edit|remove|import|export
void addStackVerbs(CLI::App &app, Ctl &ctl);    // stack up|down|status|logs|destroy|demo
void addBackupVerbs(CLI::App &app, Ctl &ctl);   // backup create|list|verify|prune
void addPitrVerbs(CLI::App &app, Ctl &ctl);      // pitr …
void addBackupDumpVerbs(CLI::App &app, Ctl &ctl); // backup dump|contents|restore, behind addBackupVerbs()
void addBackupReadyVerbs(CLI::App &app, Ctl &ctl);    // backup ready|mark, behind addBackupVerbs()
void addBackupScheduleVerbs(CLI::App &app, Ctl &ctl); // backup schedule …, watch; behind addBackupVerbs()
void addCatalogVerbs(CLI::App &app, Ctl &ctl);  // catalog list
void addMetricsVerbs(CLI::App &app, Ctl &ctl);  // metrics sample
void addActivityVerbs(CLI::App &app, Ctl &ctl); // activity …
void addStatementVerbs(CLI::App &app, Ctl &ctl); // statements top|show|compare|record|advise|explain|try
void addTryVerb(CLI::App *statements, Ctl &ctl);  // statements try, called by addStatementVerbs()
void addHealthVerbs(CLI::App &app, Ctl &ctl);   // health, verify
void addServeVerb(CLI::App &app, Ctl &ctl);     // serve
void addQueryVerb(CLI::App &app, Ctl &ctl);     // query
void addExplainVerb(CLI::App &app, Ctl &ctl);   // explain
void addShellVerb(CLI::App &app, Ctl &ctl);     // shell
void addJournalVerb(CLI::App &app, Ctl &ctl);   // journal
void addMigrateVerbs(CLI::App &app, Ctl &ctl);  // migrate …
void addPlanVerb(CLI::App &app, Ctl &ctl);      // plan

} // namespace howdah::ctl
