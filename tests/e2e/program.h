// SPDX-License-Identifier: GPL-3.0-or-later
// The programs as a user starts them, from the build under test. Blocking; the environment is the test's own.
#pragma once

#include <QJsonObject>
#include <QProcess>
#include <QStringList>

namespace howdah::e2e
{

struct Ran {
    int exit = -1; // -1: not started, killed, or not over in time
    QByteArray output;
    QByteArray errors;
    QJsonObject json() const; // standard output as the one JSON object it must be; empty: it is not
    QByteArray all() const { return "exit " + QByteArray::number(exit) + "\n" + output + errors; }
};

QString binary(const QString &name); // below $HOWDAH_BIN_DIR
Ran run(const QString &program, const QStringList &arguments, const QByteArray &input = {}, int timeoutMs = 60'000);
Ran howdahctl(const QStringList &arguments, const QByteArray &input = {}, int timeoutMs = 60'000);

// "a b c" -> {"a", "b", "c"}: command lines stay readable.
QStringList words(const QString &line);

} // namespace howdah::e2e
