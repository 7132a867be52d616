// SPDX-License-Identifier: GPL-3.0-or-later
// A migration as a file: dbmate's format, unchanged, so that nobody is locked in. `-- migrate:up` and `-- migrate:down`, both required, with options
// behind them; what is ours stands in comments and in options that dbmate passes over. Pure functions, any thread.
// Source of the format: dbmate 2.35, pkg/dbmate/parser.go, read for its facts; measured with its binary.
#pragma once

#include "base/result.h"
#include "query/splitter.h"

#include <QByteArray>
#include <QString>
#include <QVector>

#include <optional>

namespace howdah::migrations
{

struct Section {
    QByteArray text;         // behind the directive's line, to the next directive or the end
    qsizetype begin = 0;     // of text, in bytes of the file's
    int line = 1;            // of text's first line
    bool transaction = true; // false: `transaction:false`
    std::optional<int> lockTimeoutMs; // `lock_timeout:3s`; nullopt: what the run says
    std::optional<int> statementTimeoutMs;
    std::vector<query::Piece> statements; // their places are of `text`
};

struct File {
    QString name;     // "20260105090000_create_users.sql"
    QString version;  // its leading digits: the key in schema_migrations
    QByteArray text;  // without a byte order mark, lines ended by LF
    QString sha256;   // of text, in hex
    QString meaning;  // of its tokens and options alone: an edit of comments or spaces leaves it as it is
    QString purpose;  // of "-- Purpose: …"; empty: not told
    QString irreversible; // of "-- irreversible: …", the reason why there is no way back; empty: none
    Section up;
    Section down;

    QString title() const; // "create users"
    bool isRepeatable() const; // no migration, but a file that is run again whenever its statements have changed: its version is "repeatable/NAME"
    int lineAt(qsizetype offset) const; // of text, from 1
};

// Errors, all Client and all with the line: bad_name, no_up, no_down, two_sections (several of one direction), before_up (something that is no comment
// before the first), bad_option, meta_command (of psql), transaction_control (BEGIN, COMMIT and the like: the run's own affair), bad_encoding.
Result<File> parseFile(const QString &name, const QByteArray &bytes);
// One without sections: all of it is `up`. Errors: meta_command, transaction_control, bad_encoding.
Result<File> parsePlain(const QString &name, const QString &version, const QByteArray &bytes);
inline constexpr auto repeatablePrefix = "repeatable/";
bool isMigrationName(const QString &name); // digits first, ".sql" last
bool isOlder(const QString &version, const QString &than); // as numbers, whatever their length
// "3s", "500ms", "10min", "0"; nullopt: none of these.
std::optional<int> milliseconds(const QString &text);

} // namespace howdah::migrations
