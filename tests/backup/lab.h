// SPDX-License-Identifier: GPL-3.0-or-later
// A container of the stack's image with a folder of this machine in it, /lab, where real clusters are made, backed up and recovered by lab.sh. Needs
// root. Removed with the object. For tests only.
#pragma once

#include "tool/process.h"

#include <QDir>
#include <QFile>
#include <QTemporaryDir>

#include <memory>

#include <unistd.h>

namespace howdah::test
{

class Lab
{
public:
    static std::unique_ptr<Lab> make(QString *why)
    {
        using namespace Qt::StringLiterals;
        std::unique_ptr<Lab> lab(new Lab);
        QFile::copy(qEnvironmentVariable("HOWDAH_SOURCE_DIR") + u"/tests/backup/lab.sh"_s, lab->path(u"lab.sh"_s));
        QFile::setPermissions(lab->m_dir.path(), QFile::Permissions(0x7755));
        if (::chown(QFile::encodeName(lab->m_dir.path()).constData(), 999, 999) != 0) {
            *why = u"needs root"_s;
            return nullptr;
        }
        const auto started = lab->docker({u"run"_s, u"--detach"_s, u"--rm"_s, u"--init"_s, u"--network"_s, u"none"_s, u"--user"_s, u"999:999"_s, u"--label"_s, u"howdah.lab=%1"_s.arg(::getpid()), u"--volume"_s, lab->m_dir.path() + u":/lab"_s,
                                          u"--entrypoint"_s, u"sleep"_s, u"howdah-postgres:18"_s, u"infinity"_s});
        if (!started) {
            *why = started.error().text();
            return nullptr;
        }
        lab->m_id = QString::fromLatin1(started->output.trimmed());
        return lab;
    }
    ~Lab()
    {
        using namespace Qt::StringLiterals;
        if (!m_id.isEmpty())
            std::ignore = docker({u"rm"_s, u"--force"_s, u"--volumes"_s, m_id});
    }
    Lab(const Lab &) = delete;
    Lab &operator=(const Lab &) = delete;

    QString id() const { return m_id; } // of the container
    QString path(const QString &below) const { return m_dir.filePath(below); } // on this machine
    // A verb of lab.sh: its output; of an error what it said, with "failed: " before it.
    QByteArray run(const QStringList &arguments, const QByteArray &input = {}) const
    {
        using namespace Qt::StringLiterals;
        const auto outcome = docker(QStringList{u"exec"_s, u"--interactive"_s, m_id, u"bash"_s, u"/lab/lab.sh"_s} + arguments, input);
        if (!outcome)
            return "failed: " + outcome.error().text().toUtf8();
        return outcome->exitCode == 0 ? outcome->output.trimmed() : "failed: " + outcome->errors + outcome->output;
    }
    QByteArray sql(const QString &cluster, const QByteArray &statement) const
    {
        using namespace Qt::StringLiterals;
        return run({u"sql"_s, cluster, u"-c"_s, QString::fromUtf8(statement)});
    }
    QByteArray shell(const QString &script) const
    {
        using namespace Qt::StringLiterals;
        const auto outcome = docker({u"exec"_s, u"--env"_s, u"PATH=/usr/lib/postgresql/18/bin:/usr/local/bin:/usr/bin:/bin"_s, m_id, u"bash"_s, u"-c"_s, script});
        return !outcome ? "failed: " + outcome.error().text().toUtf8() : outcome->exitCode == 0 ? outcome->output.trimmed() : "failed: " + outcome->errors + outcome->output;
    }

private:
    Lab() : m_dir(QStringLiteral("/dev/shm/howdah-lab-XXXXXX")) {} // in memory: it is about what is said, not about disks
    Result<tool::Outcome> docker(const QStringList &arguments, const QByteArray &input = {}) const
    {
        tool::Command command;
        command.program = QStringLiteral("docker");
        command.arguments = arguments;
        command.input = input;
        command.timeoutMs = 300'000;
        return tool::run(command);
    }
    QTemporaryDir m_dir;
    QString m_id;
};

} // namespace howdah::test
