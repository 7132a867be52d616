// SPDX-License-Identifier: GPL-3.0-or-later
// The corpus as psql runs it, and its errors as values.
#pragma once

#include "pg/connectionspec.h"
#include "session/program.h"

#include <QFile>
#include <QRegularExpression>

namespace howdah::test
{

using namespace Qt::StringLiterals;

// "42703 line 1 column 8: column "x" does not exist"; without a place: the first part and the message.
using Errors = QStringList;

inline QString errorLine(const QString &sqlstate, const QString &message, int line, qsizetype column)
{
    return line > 0 ? u"%1 at %2:%3: %4"_s.arg(sqlstate).arg(line).arg(column).arg(message) : u"%1: %2"_s.arg(sqlstate, message);
}

// psql -v VERBOSITY=verbose: "psql:FILE:12: ERROR:  42703: message", "LINE 2: text", a caret below.
inline Errors errorsOfPsql(const QByteArray &bytes)
{
    static const QRegularExpression head(u"^psql:[^:]+:\\d+: (?:ERROR|FATAL):  ([0-9A-Z]{5}): (.*)$"_s);
    static const QRegularExpression place(u"^LINE (\\d+): "_s);
    Errors errors;
    const QStringList lines = QString::fromUtf8(bytes).split(u'\n');
    for (qsizetype i = 0; i < lines.size(); ++i) {
        const auto error = head.match(lines.at(i));
        if (!error.hasMatch())
            continue;
        int line = 0;
        qsizetype column = 0;
        for (qsizetype k = i + 1; k < lines.size() && !lines.at(k).startsWith("psql:"_L1); ++k) {
            const auto at = place.match(lines.at(k));
            if (!at.hasMatch())
                continue;
            line = at.captured(1).toInt();
            column = lines.value(k + 1).indexOf(u'^') - at.capturedLength() + 1;
            break;
        }
        errors.append(errorLine(error.captured(1), error.captured(2), line, column));
    }
    return errors;
}

// With the errors' SQLSTATE.
inline Program runPsql(const pg::ConnectionSpec &spec, const QString &database, const QStringList &more)
{
    QProcess process;
    QProcessEnvironment environment = QProcessEnvironment::systemEnvironment();
    environment.insert(u"LC_ALL"_s, u"C.UTF-8"_s);
    environment.insert(u"PGCLIENTENCODING"_s, u"UTF8"_s);
    process.setProcessEnvironment(environment);
    process.setStandardInputFile(QProcess::nullDevice());
    process.start(u"psql"_s, QStringList{u"-X"_s, u"-h"_s, spec.host, u"-p"_s, QString::number(spec.port), u"-U"_s, u"postgres"_s, u"-d"_s, database, u"-v"_s,
                                        u"VERBOSITY=verbose"_s} + more);
    const bool ended = process.waitForFinished(60'000);
    return {ended ? process.exitCode() : -1, process.readAllStandardOutput(), process.readAllStandardError()};
}

inline QByteArray readFile(const QString &path)
{
    QFile file(path);
    return file.open(QIODevice::ReadOnly) ? file.readAll() : QByteArray();
}

} // namespace howdah::test
