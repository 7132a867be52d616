// SPDX-License-Identifier: GPL-3.0-or-later
// A backslash command as psql reads it: its name and its arguments. Pure functions, any thread.
#pragma once

#include "query/variables.h"

namespace howdah::query
{

struct Metacommand {
    QString name;          // "dt+"
    QStringList arguments; // unquoted; "…" keeps its signs, as names need them
    QString rest;          // all behind the name, as it stands
};

// Errors: Client/unterminated_quote, Client/shell_refused (`…`).
Result<Metacommand> parseMetacommand(const QByteArray &text, const Variables &variables);

// \copy {relation [(columns)] | (query)} {from | to} {file | 'file' | program 'command' | stdin | stdout | pstdin | pstdout} [options]
struct CopyCommand {
    QByteArray statement; // COPY … FROM STDIN …, as it is sent
    bool from = false;
    enum class Place { File, Script, Terminal } place = Place::File;
    QString file;
};
Result<CopyCommand> parseCopy(const QString &rest); // Client/bad_command, Client/program_refused

// "on", "off", "1", "true" … as psql takes them, abbreviated too.
std::optional<bool> switchValue(const QString &text);

// psql's patterns of names: * and ?, "quoted", schema.name; as anchored regular expressions, nullopt where it has no such part.
struct NamePattern {
    std::optional<QByteArray> schema;
    std::optional<QByteArray> name;
};
NamePattern namePattern(const QString &pattern);

} // namespace howdah::query
