// SPDX-License-Identifier: GPL-3.0-or-later
#include "migrations/schemadump.h"

#include "migrations/foreignprogram.h"

#include <QDir>
#include <QRegularExpression>

namespace howdah::migrations
{

using namespace Qt::StringLiterals;

static constexpr int latestMajor = 30;
static constexpr qsizetype mostBytes = 256 << 20;

// It refuses a server that is newer than itself.
static Result<QString> pgDumpFor(int major, const CancelToken &cancel)
{
    QStringList places{qEnvironmentVariable("HOWDAH_PG_BIN", u"/nonexistent"_s)};
    for (int one = major; one <= latestMajor; ++one)
        places << u"/usr/lib/postgresql/%1/bin"_s.arg(one);
    places << QString();
    static const QRegularExpression version(u"\\(PostgreSQL\\) (\\d+)"_s);
    for (const QString &place : std::as_const(places)) {
        const auto program = tool::findProgram(place.isEmpty() ? u"pg_dump"_s : place + "/pg_dump"_L1);
        if (!program)
            continue;
        tool::Command ask;
        ask.program = *program;
        ask.arguments = QStringList{u"--version"_s};
        const auto said = tool::run(ask, cancel);
        if (!said && said.error().kind == ErrorKind::Cancelled)
            return fail(said.error());
        if (said && version.match(QString::fromUtf8(said->output)).captured(1).toInt() >= major)
            return *program;
    }
    return fail(ErrorKind::Tool, u"no_pg_dump"_s, u"There is no pg_dump of PostgreSQL %1 or later on this machine"_s.arg(major), u"Install postgresql-client-%1."_s.arg(major));
}

Result<QByteArray> dumpSchema(const ForeignAccess &access, int major, const CancelToken &cancel)
{
    const auto program = pgDumpFor(major, cancel);
    if (!program)
        return fail(program.error());
    ForeignProject itself;
    itself.tool = u"pg_dump"_s;
    itself.runsBy = *program;
    itself.folder = QDir::tempPath();
    auto call = foreignCall(itself, access, {u"--schema-only"_s, u"--no-tablespaces"_s, u"--no-security-labels"_s, u"--no-password"_s});
    if (!call)
        return fail(std::move(call.error()));
    call->command.timeoutMs = 10 * 60'000;
    call->command.maxOutput = mostBytes;
    const auto dumped = tool::runChecked(call->command, cancel);
    if (!dumped)
        return fail(dumped.error());
    if (dumped->truncated)
        return fail(ErrorKind::Tool, u"failed"_s, u"The schema is larger than %1 MB"_s.arg(mostBytes >> 20));
    return dumped->output;
}

} // namespace howdah::migrations
