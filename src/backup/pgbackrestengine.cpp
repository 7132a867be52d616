// SPDX-License-Identifier: GPL-3.0-or-later
#include "backup/pgbackrestengine.h"

#include <QDateTime>
#include <QRegularExpression>
#include <QScopeGuard>

namespace howdah::backup
{

using namespace Qt::StringLiterals;

PgBackRestEngine::PgBackRestEngine(const Toolbox &toolbox, QStringList options, QString stanza, QString where, QString name)
    : m_toolbox(toolbox), m_options(std::move(options)), m_stanza(std::move(stanza)), m_where(std::move(where)), m_name(std::move(name))
{
}

PgBackRestEngine::PgBackRestEngine(const PgBackRestPlace &place, const QString &stanza)
    : PgBackRestEngine(*place.toolbox, place.options + QStringList{u"--repo=%1"_s.arg(place.repo)}, stanza, u"pgBackRest stanza %1 in %2"_s.arg(stanza, place.path), place.name())
{
}

Result<PgBackRestStanza> PgBackRestEngine::stanza(const CancelToken &cancel)
{
    const auto said = m_toolbox.runChecked({u"pgbackrest"_s, m_options + QStringList{u"--output=json"_s, u"info"_s}, {}, 5 * 60'000, 64 << 20}, cancel);
    if (!said)
        return fail(said.error());
    static const QRegularExpression number(u"^--repo=(\\d+)$"_s);
    const auto stanzas = parsePgBackRestInfo(said->output, number.match(m_options.constLast()).captured(1).toInt());
    if (!stanzas)
        return fail(stanzas.error());
    QStringList names;
    for (const PgBackRestStanza &one : *stanzas) {
        names << one.name;
        if (one.name == m_stanza)
            return one;
    }
    return fail(ErrorKind::Client, u"no_such_stanza"_s, u"There is no stanza %1 (%2)"_s.arg(m_stanza, m_where), names.isEmpty() ? u"There is none at all"_s : u"There are: %1"_s.arg(names.join(u", "_s)));
}

Result<Catalogue> PgBackRestEngine::list(const CancelToken &cancel)
{
    auto found = stanza(cancel);
    if (!found)
        return fail(std::move(found.error()));
    const auto size = segmentSize(cancel);
    if (!size)
        return fail(size.error());
    Catalogue catalogue;
    catalogue.backups = std::move(found->backups);
    for (Backup &backup : catalogue.backups) {
        backup.toolsWhere = m_name;
        backup.segmentSize = quint32(*size);
    }
    return catalogue;
}

Result<Backup> PgBackRestEngine::take(BackupKind, const Progress &, const CancelToken &)
{
    return fail(ErrorKind::Client, u"not_supported"_s, u"%1 is only read: pgBackRest takes its backups itself"_s.arg(m_where), u"pgbackrest --stanza=%1 backup, where it is set up"_s.arg(m_stanza));
}

Result<Verification> PgBackRestEngine::verify(const QString &id, const Progress &progress, const CancelToken &cancel)
{
    const auto catalogue = list(cancel);
    if (!catalogue)
        return fail(catalogue.error());
    const auto chain = catalogue->chain(id);
    if (!chain)
        return fail(chain.error());
    Verification all;
    all.good = true;
    QStringList bad;
    for (const Backup *link : *chain) {
        if (progress)
            progress({u"Verify %1"_s.arg(link->id), m_name, 0, 0, {}});
        const auto said = m_toolbox.run({u"pgbackrest"_s, words({u"--set="_s + link->id, u"--output=text"_s, u"--verbose"_s, u"verify"_s}), {}, 0, 4 << 20}, cancel);
        if (!said)
            return fail(said.error());
        const QString text = QString::fromUtf8(said->output).trimmed();
        static const QRegularExpression ok(u"^\\s*status: ok\\s*$"_s, QRegularExpression::MultilineOption);
        if (said->exitCode != 0 || !ok.match(text).hasMatch())
            bad << u"%1: %2"_s.arg(link->id, text.isEmpty() ? QString::fromUtf8(said->lastLines.join(' ')) : text.left(2000));
    }
    all.good = bad.isEmpty();
    all.words = all.good ? u"pgBackRest's verify finds nothing wrong with %1 (a segment of WAL that is not there it does not see)"_s.arg(id) : bad.join(u'\n');
    all.atMs = QDateTime::currentMSecsSinceEpoch();
    return all;
}

Result<Materialised> PgBackRestEngine::materialise(const QString &id, const QString &folder, const Progress &progress, const CancelToken &cancel)
{
    const auto there = m_toolbox.run({u"test"_s, {u"-e"_s, folder, u"-o"_s, u"-L"_s, folder}, {}}, cancel);
    if (!there)
        return fail(there.error());
    if (there->exitCode != 1)
        return fail(ErrorKind::Client, u"folder_there"_s, u"%1 is there already"_s.arg(folder));
    const auto catalogue = list(cancel);
    if (!catalogue)
        return fail(catalogue.error());
    const auto chain = catalogue->chain(id);
    if (!chain)
        return fail(chain.error());
    const QString part = folder + ".part"_L1, spaces = folder + ".tablespaces"_L1;
    const auto remove = [&](const QStringList &what) { std::ignore = m_toolbox.run({u"rm"_s, QStringList{u"-rf"_s, u"--one-file-system"_s, u"--"_s} + what, {}, 0}); };
    auto nothingStays = qScopeGuard([&] { remove({part, spaces}); });
    remove({part}); // of a killed one
    if (auto made = m_toolbox.runChecked({u"install"_s, {u"-d"_s, u"-m"_s, u"0700"_s, u"--"_s, part}, {}}, cancel); !made)
        return fail(std::move(made.error()));
    Materialised made;
    made.folder = folder;
    for (const Backup *link : *chain)
        made.links << link->id;
    const QString step = u"Restore %1 by pgBackRest"_s.arg(id);
    if (progress)
        progress({step, m_name, 0, 0, {}});
    // None of what the configuration may say of a restore counts here: no link out of the folder, no database left out, no host but this. "none": no signal
    // file and no settings; where it is to be brought to is said by who starts it.
    QStringList options{u"--set="_s + id,      u"--pg1-path="_s + part,       u"--type=none"_s,       u"--archive-mode=off"_s,       u"--tablespace-map-all="_s + spaces, u"--no-link-all"_s,
                        u"--no-delta"_s,       u"--reset-pg1-host"_s,         u"--reset-link-map"_s,  u"--reset-tablespace-map"_s,   u"--reset-db-include"_s,             u"--reset-db-exclude"_s,
                        u"--process-max=2"_s,  u"--lock-path=/tmp/pgbackrest"_s, u"restore"_s};
    options = words(options);
    options.replaceInStrings(u"--log-level-stderr=warn"_s, u"--log-level-stderr=detail"_s); // no option is taken twice
    Toolbox::Call call{u"pgbackrest"_s, options, {}, 0, 1 << 20};
    call.onLine = [&](const QByteArray &line) {
        // "restore file /…/base/5/2619 (8KB, 99.97%) checksum …"
        static const QRegularExpression percent(u"\\(\\S+, (\\d+)(?:\\.\\d+)?%\\)"_s);
        if (const auto match = percent.match(QString::fromUtf8(line)); match.hasMatch() && progress)
            progress({step, {}, match.captured(1).toLongLong(), 100, {}});
    };
    const auto ended = m_toolbox.run(call, cancel);
    if (!ended)
        return fail(Error(ended.error()).during(step));
    if (ended->exitCode != 0) {
        const auto verdict = verify(id, progress, cancel);
        if (!verdict && verdict.error().kind == ErrorKind::Cancelled)
            return fail(verdict.error());
        QByteArrayList last;
        for (const QByteArray &line : ended->lastLines) {
            if (line.contains("ERROR") || line.contains("WARN"))
                last << line.trimmed();
        }
        const QString words = QString::fromUtf8((last.isEmpty() ? ended->lastLines : last).join('\n'));
        if (verdict && !verdict->good)
            return fail(ErrorKind::Io, u"not_sound"_s, u"The backup %1 is not sound: %2"_s.arg(id, words), u"Nothing was restored. Another full backup may be"_s);
        return fail(stack::dockerError(Error{ErrorKind::Tool, u"failed"_s, u"pgBackRest's restore ended with exit code %1"_s.arg(ended->exitCode), words, {}, {}, step, 0}));
    }
    // Not before it is whole and on the disk does it have a name under which a server could be started.
    for (const auto &[program, arguments] :
         {std::pair(u"rm"_s, QStringList{u"-f"_s, u"--"_s, part + "/recovery.signal"_L1, part + "/standby.signal"_L1}), std::pair(u"test"_s, QStringList{u"-f"_s, part + "/backup_label"_L1}),
          std::pair(u"find"_s, QStringList{part, u"-exec"_s, u"sync"_s, u"--"_s, u"{}"_s, u"+"_s}), std::pair(u"mv"_s, QStringList{u"-T"_s, u"--no-clobber"_s, u"--"_s, part, folder}),
          std::pair(u"test"_s, QStringList{u"-e"_s, folder + "/backup_label"_L1})}) {
        if (auto done = m_toolbox.runChecked({program, arguments, {}, 0}, cancel); !done)
            return fail(std::move(done.error()));
    }
    nothingStays.dismiss();
    return made;
}

} // namespace howdah::backup
