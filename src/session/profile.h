// SPDX-License-Identifier: GPL-3.0-or-later
// A saved server: where, as whom, how trusted, and what it is to us. Without secrets. Functions of a Store, on its thread.
#pragma once

#include "pg/connectionspec.h"
#include "session/otlpexport.h"
#include "store/keychain.h"
#include "store/store.h"

#include <QVector>

namespace howdah::session
{

enum class Environment { Development, Test, Production }; // unknown is production
QString environmentName(Environment environment);         // "development"
Environment environmentFromName(const QString &name);     // what is not known is production

struct Profile {
    QString id;          // uuid, no braces; made by saveProfile when empty
    QString name;        // unique: "local"
    pg::ConnectionSpec spec;
    QString monitorRole; // role of the monitor and control links; empty: the profile's own
    Environment environment = Environment::Production;
    QString stack;       // name of the stack it belongs to; empty: none
    // A program whose first line of output is the secret (a cloud's token): program and arguments, in which %h, %p, %d and %r stand for the
    // server's host, port, database and role, %% for a percent sign. Empty: the keychain. Never run by a shell.
    QStringList passwordCommand;
    int passwordExpiryS = 0; // the command's answer is good for so long; 0: asked for at every connect
    QString sshDestination;  // a host of the system's ssh, by its own configuration, through which TCP goes; empty: directly
    OtlpExport otlp;         // where its metrics go

    bool needsPassword() const; // of the keychain: not with a command, a certificate, a ticket or the kernel's word
    store::SecretKey secretKey() const;        // of spec.role
    store::SecretKey monitorSecretKey() const; // of monitorRole, or of spec.role where that is empty
    store::SecretKey otlpSecretKey() const;    // of the headers for otlp.endpoint: another endpoint is never sent them
    pg::ConnectionSpec editorSpec() const;     // the user's own session; read-only at first in production
    pg::ConnectionSpec monitorSpec() const;    // withRole(monitorRole), short keepalives, statement_timeout 5 s, lock_timeout 100 ms, read only
};

// What a profile may say: a name, an SSH destination that is no option, files and hosts that fit its ways. Client/bad_name, Client/bad_profile.
Done checkProfile(const Profile &profile);

Result<QVector<Profile>> readProfiles(store::Store &store); // by name
Result<Profile> readProfile(store::Store &store, const QString &name); // Client/no_such_profile
Result<Profile> saveProfile(store::Store &store, const Profile &profile); // Client/bad_name, Client/bad_profile, Client/name_taken
Done removeProfile(store::Store &store, const QString &id); // with its samples, history and drafts; the journal stays

} // namespace howdah::session
