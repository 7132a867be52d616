// SPDX-License-Identifier: GPL-3.0-or-later
// Another server's WAL by pg_receivewal and a slot: as a unit of systemd that always runs, and never from a desktop (a closed lid would pin WAL until production
// stops). No secret is in the unit: the password lies in a pgpass file of the machine where it runs, handed over by systemd as the service's own (libpq reads none that a group may). planReceive() asks the server;
// blocking, any thread but the window's. The unit's text is pure.
#pragma once

#include "pg/connection.h"
#include "session/changeplan.h"

namespace howdah::backup
{

struct ReceiveChoice {
    pg::ConnectionSpec spec;   // the server; of its role and password nothing is taken but where `role` is empty
    QString serverName;        // for people
    QString role;              // with REPLICATION; empty: the spec's
    QString slot = QStringLiteral("howdah_receive");
    QString folder;            // absolute, of the machine where it runs: an archive of segments, and of nothing else
    QString passFile;          // absolute, a pgpass file of that machine, readable by root alone; empty: /etc/howdah/<slot>.pgpass
    QString programs;          // the folder of pg_receivewal; empty: /usr/lib/postgresql/<major>/bin
    QString user = QStringLiteral("postgres"); // that the unit runs as there
    session::Environment environment = session::Environment::Production;
};

struct ReceivePlan {
    QString unit;              // the file's text
    session::ChangePlan change; // what makes the slot; no steps: it is there
    QStringList notes;         // what else is to be done, in words
};
// Errors: Client/slot_unbounded (max_slot_wal_keep_size is -1), Client/slot_taken (logical, lost, or read by somebody), Client/not_supported (a way in that
// pg_receivewal has not from a unit), Client/usage (a name or a path that can't be one), Permission/not_permitted (the role may not replicate), those of the link.
Result<ReceivePlan> planReceive(pg::Connection &connection, const ReceiveChoice &choice, const CancelToken &cancel = {});
// The unit alone. Exposed for tests.
QString receiveUnit(const ReceiveChoice &choice, int major);

} // namespace howdah::backup
