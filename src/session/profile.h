// SPDX-License-Identifier: GPL-3.0-or-later
// A saved server: where, as whom, how trusted, and what it is to us. Without secrets. Functions of a Store, on its thread.
#pragma once

#include "pg/connectionspec.h"
#include "store/keychain.h"
#include "store/store.h"

#include <QVector>

namespace howdah::session
{

enum class Environment { Development, Test, Production }; // unknown is production
QString environmentName(Environment environment);         // "development"

struct Profile {
    QString id;          // uuid, no braces; made by saveProfile when empty
    QString name;        // unique: "local"
    pg::ConnectionSpec spec;
    QString monitorRole; // role of the monitor and control links; empty: the profile's own
    Environment environment = Environment::Production;
    QString stack;       // name of the stack it belongs to; empty: none

    store::SecretKey secretKey() const;        // of spec.role
    store::SecretKey monitorSecretKey() const; // of monitorRole, or of spec.role where that is empty
    pg::ConnectionSpec editorSpec() const;     // the user's own session; read-only at first in production
    pg::ConnectionSpec monitorSpec() const;    // withRole(monitorRole), short keepalives, statement_timeout 5 s, lock_timeout 100 ms, read only
};

Result<QVector<Profile>> readProfiles(store::Store &store); // by name
Result<Profile> readProfile(store::Store &store, const QString &name); // Client/no_such_profile
Result<Profile> saveProfile(store::Store &store, const Profile &profile); // Client/bad_name, Client/name_taken
Done removeProfile(store::Store &store, const QString &id); // with its samples, history and drafts; the journal stays

} // namespace howdah::session
