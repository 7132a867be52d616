// SPDX-License-Identifier: GPL-3.0-or-later
#include "e2e/program.h"

#include <QJsonDocument>

namespace howdah::e2e
{

QJsonObject Ran::json() const
{
    // One line, nothing else: what a script may rely on.
    return output.count('\n') == 1 ? QJsonDocument::fromJson(output).object() : QJsonObject();
}

QString binary(const QString &name)
{
    return qEnvironmentVariable("HOWDAH_BIN_DIR") + QLatin1Char('/') + name;
}

Ran run(const QString &program, const QStringList &arguments, const QByteArray &input, int timeoutMs)
{
    QProcess process;
    process.start(program, arguments);
    if (!process.waitForStarted())
        return {-1, {}, process.errorString().toUtf8()};
    process.write(input);
    process.closeWriteChannel();
    const bool inTime = process.waitForFinished(timeoutMs);
    if (!inTime) {
        process.kill();
        process.waitForFinished();
    }
    Ran ran{inTime && process.exitStatus() == QProcess::NormalExit ? process.exitCode() : -1, process.readAllStandardOutput(),
            process.readAllStandardError()};
    if (!inTime)
        ran.errors += "\nnot over after " + QByteArray::number(timeoutMs) + " ms";
    return ran;
}

Ran howdahctl(const QStringList &arguments, const QByteArray &input, int timeoutMs)
{
    return run(binary(QStringLiteral("howdahctl")), arguments, input, timeoutMs);
}

QStringList words(const QString &line)
{
    return line.split(QLatin1Char(' '), Qt::SkipEmptyParts);
}

} // namespace howdah::e2e
