// SPDX-License-Identifier: GPL-3.0-or-later
#include "backup/swapcopy.h"

#include "backup/controldata.h"

#include <QRegularExpression>

namespace howdah::backup
{

using namespace Qt::StringLiterals;

namespace
{
constexpr auto home = "/var/lib/postgresql"_L1;
}

Result<CopyFacts> copyFactsOf(const QByteArray &said)
{
    const auto values = parseControlData(said);
    CopyFacts facts;
    facts.systemIdentifier = values.value(u"Database system identifier"_s);
    facts.timeline = Timeline(values.value(u"Latest checkpoint's TimeLineID"_s).toUInt());
    facts.checkpoint = Lsn::parse(values.value(u"Latest checkpoint location"_s)).value_or(Lsn());
    facts.lastSegment = values.value(u"Latest checkpoint's REDO WAL file"_s);
    facts.shutDown = values.value(u"Database cluster state"_s) == "shut down"_L1;
    if (facts.systemIdentifier.isEmpty() || facts.timeline == 0 || facts.checkpoint.isNone() || facts.lastSegment.size() != 24)
        return fail(ErrorKind::Client, u"bad_copy"_s, u"The copy does not say what it is"_s, u"Rehearse again"_s);
    return facts;
}

QStringList completeSegments(const QStringList &walFiles, Timeline timeline, const QString &lastSegment)
{
    static const QRegularExpression segment(u"^[0-9A-F]{24}\\z"_s);
    const QString prefix = u"%1"_s.arg(timeline, 8, 16, QChar(u'0')).toUpper();
    QStringList complete;
    for (const QString &name : walFiles) {
        if (segment.match(name).hasMatch() && name.startsWith(prefix) && name < lastSegment)
            complete << name;
    }
    complete.sort();
    return complete;
}

QByteArray withoutRecoverySettings(const QByteArray &conf)
{
    static const QRegularExpression ours(u"^\\s*(?:recovery_\\w+|restore_command|archive_cleanup_command|primary_conninfo|primary_slot_name|standby_mode)\\s*(?:=|\\s)"_s, QRegularExpression::CaseInsensitiveOption);
    QByteArray kept;
    for (const QByteArray &line : conf.split('\n')) {
        if (!ours.match(QString::fromUtf8(line)).hasMatch())
            kept += line + '\n';
    }
    if (kept.endsWith('\n'))
        kept.chop(1); // of the split
    return kept;
}

Result<CopyFacts> prepareCopy(const QString &volume, const QString &image, int major, const Progress &progress, const CancelToken &cancel)
{
    const auto engine = stack::findDocker(cancel);
    if (!engine)
        return fail(engine.error());
    // Docker would make one that is missing.
    if (const auto there = tool::runChecked(engine->command({u"volume"_s, u"inspect"_s, volume}), cancel); !there)
        return fail(stack::dockerError(there.error()));
    // Copied from a folder of this machine it is that folder's owner's.
    const auto owned = tool::runChecked(engine->command({u"run"_s, u"--rm"_s, u"--network"_s, u"none"_s, u"--user"_s, u"0:0"_s, u"--cap-drop"_s, u"ALL"_s, u"--cap-add"_s, u"CHOWN"_s, u"--cap-add"_s, u"DAC_READ_SEARCH"_s, u"--volume"_s,
                                                         volume + u':' + home, u"--entrypoint"_s, u"chown"_s, image, u"--recursive"_s, u"--no-dereference"_s, Toolbox::imageUser, home}, 10 * 60'000),
                                        cancel);
    if (!owned)
        return fail(stack::dockerError(owned.error()));
    ToolboxChoice choice;
    choice.major = major;
    choice.image = image;
    choice.places = {{volume, home, true}};
    auto made = Toolbox::inImage(choice, progress, cancel);
    if (!made)
        return fail(std::move(made.error()));
    const Toolbox &toolbox = **made;
    const QString data = u"%1/%2/docker"_s.arg(home).arg(major);
    const auto run = [&](const QString &program, const QStringList &arguments, const QByteArray &input = {}) { return toolbox.runChecked({program, arguments, input, 10 * 60'000}, cancel); };
    const auto control = run(u"pg_controldata"_s, {data});
    if (!control)
        return fail(control.error());
    auto facts = copyFactsOf(control->output);
    if (!facts)
        return facts;
    if (!facts->shutDown)
        return fail(ErrorKind::Client, u"bad_copy"_s, u"The server of the copy did not end as it should"_s, u"Rehearse again"_s);
    // The rehearsal put production's aside; of one that was cut short here it may be back already.
    const auto aside = toolbox.run({u"cat"_s, {home + "/postgresql.auto.conf"_L1}}, cancel);
    if (!aside)
        return fail(aside.error());
    const auto own = run(u"cat"_s, {data + "/postgresql.auto.conf"_L1});
    const auto &conf = own && aside->exitCode == 0 ? aside : own;
    const auto wal = conf ? run(u"ls"_s, {data + "/pg_wal"_L1, data + "/pg_wal/archive_status"_L1}) : conf;
    if (!wal)
        return fail(wal.error());
    const QStringList files = QString::fromUtf8(wal->output).split(u'\n');
    QStringList ready;
    const QString history = historyName(facts->timeline);
    for (const QString &name : completeSegments(files, facts->timeline, facts->lastSegment) + (files.contains(history) ? QStringList{history} : QStringList())) {
        if (!files.contains(name + ".done"_L1))
            ready << data + "/pg_wal/archive_status/"_L1 + name + ".ready"_L1;
    }
    if (const QByteArray kept = withoutRecoverySettings(conf->output); kept != own->output) {
        // A new file takes the old one's place: there is none of half a length at any time.
        const QString part = data + "/postgresql.auto.conf.howdah"_L1;
        if (const auto written = run(u"install"_s, {u"-m"_s, u"0600"_s, u"/dev/stdin"_s, part}, kept); !written)
            return fail(written.error());
        if (const auto named = run(u"mv"_s, {part, data + "/postgresql.auto.conf"_L1}); !named)
            return fail(named.error());
    }
    if (!ready.isEmpty()) {
        if (const auto marked = run(u"touch"_s, ready); !marked)
            return fail(marked.error());
    }
    QStringList gone{u"-f"_s, data + "/recovery.signal"_L1, data + "/standby.signal"_L1};
    for (const char *name : {"restore.sh", "postgresql.conf", "pg_ident.conf", "pg_hba.conf", "postgresql.auto.conf"})
        gone << home + u'/' + QLatin1StringView(name);
    if (const auto removed = run(u"rm"_s, gone); !removed)
        return fail(removed.error());
    if (const auto durable = run(u"sync"_s, {u"-f"_s, data}); !durable)
        return fail(durable.error());
    return facts;
}

} // namespace howdah::backup
