// SPDX-License-Identifier: GPL-3.0-or-later
#include "backup/physicalverify.h"

#include "backup/logical.h"
#include "backup/physical.h"

#include <QCryptographicHash>
#include <QDateTime>
#include <QScopeGuard>
#include <QUuid>

namespace howdah::backup
{

using namespace Qt::StringLiterals;

namespace
{

constexpr qsizetype mostManifest = 512 << 20;
constexpr int longMs = 60 * 60'000;

// Empty in a backup, so in no manifest; without most of them the server does not start. Of PostgreSQL 15 to 18.
const QStringList &folders()
{
    static const QStringList names{u"base"_s, u"global"_s, u"pg_commit_ts"_s, u"pg_dynshmem"_s, u"pg_logical"_s, u"pg_multixact"_s, u"pg_notify"_s, u"pg_replslot"_s, u"pg_serial"_s,
                                   u"pg_snapshots"_s, u"pg_stat"_s, u"pg_stat_tmp"_s, u"pg_subtrans"_s, u"pg_tblspc"_s, u"pg_twophase"_s, u"pg_wal"_s, u"pg_xact"_s};
    return names;
}

class Look
{
public:
    Look(const Repository &repository, const Backup &backup, const Backup *parent, const Progress &progress, const CancelToken &cancel)
        : m_repository(repository), m_backup(backup), m_parent(parent), m_progress(progress), m_cancel(cancel)
    {
    }
    // An error: could not be looked at. Findings stay in m_findings.
    Done run();
    const QStringList &findings() const { return m_findings; }

private:
    Done manifest();
    Done files();
    Done whatIsPassedOver();
    Done link();
    Done walOfTar();
    void tell(const QString &note, qint64 done = 0, qint64 total = 0) const
    {
        if (m_progress)
            m_progress({u"Verify %1"_s.arg(m_backup.id), note, done, total, total ? u"B"_s : QString()});
    }

    const Repository &m_repository;
    const Backup &m_backup;
    const Backup *m_parent;
    const Progress &m_progress;
    const CancelToken &m_cancel;
    BackupManifest m_manifest;
    QStringList m_findings;
};

Done Look::run()
{
    for (const auto step : {&Look::manifest, &Look::files, &Look::whatIsPassedOver, &Look::link, &Look::walOfTar}) {
        if (Done looked = (this->*step)(); !looked)
            return looked;
        if (step == &Look::manifest && !m_findings.isEmpty())
            return {}; // by a manifest that is not its own nothing can be told
    }
    return {};
}

Done Look::manifest()
{
    const auto text = m_repository.read(m_backup.data + "/backup_manifest"_L1, mostManifest, m_cancel);
    if (!text) {
        if (text.error().kind == ErrorKind::Cancelled || text.error().kind == ErrorKind::Timeout)
            return fail(text.error());
        m_findings << u"its manifest can't be read"_s;
        return {};
    }
    if (QCryptographicHash::hash(*text, QCryptographicHash::Sha256).toHex() != m_backup.manifestSha256) {
        m_findings << u"its manifest is not the one that was recorded when it was taken"_s;
        return {};
    }
    const auto parsed = BackupManifest::parse(*text);
    if (!parsed) {
        m_findings << parsed.error().message;
        return {};
    }
    m_manifest = *parsed;
    if (!m_manifest.systemIdentifier.isEmpty() && m_manifest.systemIdentifier != m_backup.systemIdentifier)
        m_findings << u"its manifest is of the cluster %1"_s.arg(m_manifest.systemIdentifier);
    if (m_manifest.incremental && m_backup.kind == BackupKind::Full)
        m_findings << u"it holds incremental files and says that it is a full backup"_s;
    return {};
}

Done Look::files()
{
    QStringList words{u"-P"_s};
    if (m_backup.tar)
        words << u"-n"_s; // it can't read WAL in tar files: walOfTar() does
    QByteArrayList said;
    Toolbox::Call call{u"pg_verifybackup"_s, words + QStringList{m_backup.data}, {}, 0, 1 << 20};
    call.onLine = [&](const QByteArray &line) {
        if (const auto bytes = kilobytesOf(line))
            tell({}, bytes->first, bytes->second);
        else if (!line.trimmed().isEmpty() && said.size() < 20)
            said << line.trimmed();
    };
    const auto ended = m_repository.toolbox().run(call, m_cancel);
    if (!ended)
        return fail(ended.error());
    if (ended->exitCode > 1) // 126, 127, 137: it did not look
        return fail(ErrorKind::Tool, u"failed"_s, u"pg_verifybackup ended with exit code %1"_s.arg(ended->exitCode), QString::fromUtf8(ended->lastLines.join('\n')));
    if (ended->exitCode != 0)
        m_findings << QString::fromUtf8(said.join('\n'));
    return {};
}

Done Look::whatIsPassedOver()
{
    if (m_backup.tar)
        return {};
    // pg_wal may be a link to a folder elsewhere, in what was copied by hand.
    const auto there = m_repository.toolbox().runChecked(
        {u"find"_s, {m_backup.data, u"-maxdepth"_s, u"1"_s, u"("_s, u"-xtype"_s, u"d"_s, u"-o"_s, u"-name"_s, u"*.signal"_s, u")"_s, u"-printf"_s, u"%f\\n"_s}, {}, 60'000}, m_cancel);
    if (!there)
        return fail(there.error());
    const QStringList names = QString::fromUtf8(there->output).split(u'\n');
    for (const QString &folder : folders()) {
        if (!names.contains(folder))
            m_findings << u"the folder %1 is missing: a server would not start on it"_s.arg(folder);
    }
    for (const QString &name : names) {
        if (name.endsWith(".signal"_L1))
            m_findings << u"%1 was put into it: a server would start otherwise than from a backup"_s.arg(name);
    }
    if (!m_manifest.autoConfSha256.isEmpty()) {
        const auto hash = m_repository.sha256Of(m_backup.data + "/postgresql.auto.conf"_L1, m_cancel);
        if (!hash && (hash.error().kind == ErrorKind::Cancelled || hash.error().kind == ErrorKind::Timeout))
            return fail(hash.error());
        if (!hash || *hash != m_manifest.autoConfSha256)
            m_findings << u"postgresql.auto.conf was changed since it was taken"_s;
    }
    return {};
}

Done Look::link()
{
    if (m_backup.kind != BackupKind::Incremental || m_backup.tar)
        return {};
    const auto text = m_repository.read(m_backup.data + "/backup_label"_L1, 64 << 10, m_cancel);
    if (!text)
        return fail(text.error());
    const auto label = BackupLabel::parse(*text);
    if (!label || !label->incrementalFrom)
        m_findings << u"its backup_label does not say what it builds on"_s;
    else if (m_parent && (*label->incrementalFrom != m_parent->startLsn || label->incrementalFromTimeline != m_parent->timeline))
        m_findings << u"it builds on a backup that starts at %1 of timeline %2, and %3 starts at %4 of %5"_s.arg(label->incrementalFrom->text()).arg(label->incrementalFromTimeline)
                          .arg(m_parent->id, m_parent->startLsn.text()).arg(m_parent->timeline);
    return {};
}

Done Look::walOfTar()
{
    if (!m_backup.tar)
        return {};
    const Toolbox &toolbox = m_repository.toolbox();
    const QString archive = m_backup.data + "/pg_wal.tar"_L1;
    const QString folder = m_repository.scratch() + "/.verify-"_L1 + QUuid::createUuid().toString(QUuid::WithoutBraces);
    if (Done made = m_repository.makeFolder(folder, m_cancel); !made)
        return made;
    const auto gone = qScopeGuard([&] { std::ignore = toolbox.run({u"rm"_s, {u"-rf"_s, u"--"_s, folder}, {}, longMs}); });
    const auto unpacked = toolbox.run({u"tar"_s, {u"--extract"_s, u"--no-same-owner"_s, u"--file"_s, archive, u"--directory"_s, folder}, {}, longMs}, m_cancel);
    if (!unpacked)
        return fail(unpacked.error());
    if (unpacked->exitCode != 0) {
        // Not whole is one thing, and a disk without room for its WAL another: it is listed without being written.
        const auto listed = toolbox.run({u"tar"_s, {u"--list"_s, u"--file"_s, archive}, {}, longMs}, m_cancel);
        if (!listed)
            return fail(listed.error());
        if (listed->exitCode == 0 || listed->exitCode > 2 || unpacked->exitCode > 2)
            return fail(Error{ErrorKind::Io, u"not_verified"_s, u"Its WAL could not be unpacked in %1, to be looked at"_s.arg(folder), QString::fromUtf8(unpacked->lastLines.join('\n')), u"Is there room? It was not verified, and that says nothing about it"_s, {}, {}});
        m_findings << u"pg_wal.tar is missing or not whole: without it the backup is not consistent"_s;
        return {};
    }
    for (const WalRange &range : m_manifest.wal) {
        tell(u"its WAL"_s);
        const auto read = toolbox.run({u"pg_waldump"_s, {u"--quiet"_s, u"--path"_s, folder, u"--timeline"_s, QString::number(range.timeline), u"--start"_s, range.start.text(), u"--end"_s, range.end.text()},
                                       {}, longMs}, m_cancel);
        if (!read)
            return fail(read.error());
        if (read->exitCode != 0)
            m_findings << u"its WAL from %1 to %2 can't be read: %3"_s.arg(range.start.text(), range.end.text(), QString::fromUtf8(read->lastLines.join('\n')));
    }
    return {};
}

} // namespace

Result<Verification> verifyOne(const Repository &repository, const Backup &backup, const Backup *parent, const Progress &progress, const CancelToken &cancel)
{
    Look look(repository, backup, parent, progress, cancel);
    if (Done looked = look.run(); !looked)
        return fail(Error(looked.error()).during(u"verify %1"_s.arg(backup.id)));
    Verification verdict;
    verdict.atMs = QDateTime::currentMSecsSinceEpoch();
    verdict.good = look.findings().isEmpty();
    verdict.words = !verdict.good ? look.findings().join(u'\n')
        : backup.tar              ? u"every file has the size and the checksum of the manifest, and its WAL is whole; postgresql.auto.conf, which the manifest's checksums leave out, is compared once the tar files are unpacked"_s
                                  : u"every file has the size and the checksum of the manifest, and its WAL is whole"_s;
    return verdict;
}

Result<QVector<LinkVerdict>> verifyEach(const Repository &repository, const Catalogue &catalogue, const QStringList &ids, const Progress &progress, const CancelToken &cancel)
{
    QVector<LinkVerdict> verdicts;
    for (const QString &id : ids) {
        const Backup *backup = catalogue.find(id);
        if (!backup)
            return fail(ErrorKind::Client, u"no_such_backup"_s, u"There is no backup %1"_s.arg(id));
        if (backup->state != BackupState::Complete) {
            verdicts << LinkVerdict{id, {QDateTime::currentMSecsSinceEpoch(), false, backup->stateWords}, false};
            continue;
        }
        const auto verdict = backup->kind == BackupKind::Dump ? verifyDump(repository, *backup, progress, cancel) : verifyOne(repository, *backup, catalogue.find(backup->parent), progress, cancel);
        if (!verdict)
            return fail(verdict.error());
        Backup now = *backup;
        now.verified = *verdict;
        // What can't be written down (a repository that may only be read, the stack's own) was seen all the same.
        verdicts << LinkVerdict{id, *verdict, bool(repository.saveRecord(now, cancel))};
    }
    return verdicts;
}

Result<QVector<LinkVerdict>> verifyChain(const Repository &repository, const Catalogue &catalogue, const QString &id, const Progress &progress, const CancelToken &cancel)
{
    const auto chain = catalogue.chain(id);
    if (!chain)
        return fail(chain.error());
    QStringList ids;
    for (const Backup *link : *chain)
        ids << link->id;
    return verifyEach(repository, catalogue, ids, progress, cancel);
}

} // namespace howdah::backup
