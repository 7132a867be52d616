// SPDX-License-Identifier: GPL-3.0-or-later
// howdahctl as people and scripts run it.
#pragma once

#include <QJsonDocument>
#include <QJsonObject>
#include <QProcess>

struct Program {
    int exitCode = -1;
    QByteArray output;
    QByteArray errors;

    static QString path() { return qEnvironmentVariable("HOWDAH_BIN_DIR") + QStringLiteral("/howdahctl"); }
    static Program run(const QStringList &arguments, const QByteArray &input = {}, int mostMs = 60'000)
    {
        QProcess process;
        process.start(path(), arguments);
        process.write(input);
        process.closeWriteChannel();
        const bool ended = process.waitForFinished(mostMs);
        return {ended && process.exitStatus() == QProcess::NormalExit ? process.exitCode() : -1, process.readAllStandardOutput(), process.readAllStandardError()};
    }
    // The one object on standard output; empty where it is not exactly one line that is an object.
    QJsonObject json() const
    {
        return output.count('\n') == 1 && output.endsWith('\n') ? QJsonDocument::fromJson(output).object() : QJsonObject();
    }
    QString error(const char *field) const { return json().value(QLatin1StringView("error")).toObject().value(QLatin1StringView(field)).toString(); }
};
