// SPDX-License-Identifier: GPL-3.0-or-later
// What went wrong, as a value. Built in one place per source (a PGresult: src/pg; a program: src/tool; SQLite and keychain: src/store)
// and worded for people in one place (Error::text). Any thread.
#pragma once

#include <QJsonObject>
#include <QString>

namespace howdah
{

enum class ErrorKind { Connection, Authentication, Tls, Protocol, Timeout, Cancelled, Sql, Permission, Keychain, Tool, Io, Client };

struct Error {
    ErrorKind kind = ErrorKind::Client;
    QString reason;   // a stable word within the kind: "expired_certificate", "wrong_host", "locked"
    QString message;  // one sentence a DBA could paste into a ticket
    QString detail;
    QString hint;     // what to do next
    QString sqlstate; // five characters, or empty where no server spoke
    QString context;  // what was being attempted: "connect to db1:5432"
    int position = 0; // character of the statement, 1-based; 0: none

    // "connect to db1:5432: password authentication failed (28P01). Detail. Hint."
    QString text() const;
    // {"kind", "reason", "sqlstate", "message"} and, where present, "detail", "hint", "context", "position".
    QJsonObject toJson() const;
    // Fills the context where none was set yet, so that the innermost attempt wins.
    Error during(const QString &attempt) &&;
};

QString errorKindName(ErrorKind kind); // "connection", "authentication", …

} // namespace howdah
