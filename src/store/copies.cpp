// SPDX-License-Identifier: GPL-3.0-or-later
#include "store/copies.h"

#include "base/paths.h"
#include "store/soundness.h"
#include "store/storefile.h"

#include <QDateTime>
#include <QDir>
#include <QFile>
#include <QFileInfo>
#include <QJsonDocument>

#include <unistd.h>

namespace howdah::store
{

static constexpr int keptCopies = 7;
static constexpr qint64 dayMs = 24 * 3'600'000;
static const QString timeFormat = QStringLiteral("yyyyMMdd-HHmmss");

static QString copiesFolder(const QString &storePath)
{
    return QFileInfo(storePath).absolutePath() + QStringLiteral("/copies");
}

QVector<Copy> copiesOf(const QString &storePath)
{
    const QFileInfo store(storePath);
    const QString before = store.completeBaseName() + QLatin1Char('.');
    const QString after = QLatin1Char('.') + store.suffix();
    QVector<Copy> copies;
    const QDir folder(copiesFolder(storePath));
    for (const QString &name : folder.entryList(QDir::Files, QDir::Name | QDir::Reversed)) {
        if (!name.startsWith(before) || !name.endsWith(after))
            continue;
        QDateTime taken = QDateTime::fromString(name.mid(before.size(), name.size() - before.size() - after.size()), timeFormat);
        taken.setTimeSpec(Qt::UTC);
        if (taken.isValid())
            copies.append({folder.filePath(name), taken.toMSecsSinceEpoch()});
    }
    return copies;
}

// Of a store: the file and what SQLite keeps beside it.
static void removeFile(const QString &path)
{
    for (const auto *part : {"", "-wal", "-shm", "-journal"})
        QFile::remove(path + QLatin1StringView(part));
}

static Done fillCopy(Handle &copy, const QString &storePath)
{
    Done done = migrate(copy, 0);
    if (done)
        done = copy.runAll(QStringLiteral("attach"), {storePath});
    if (done)
        done = copy.command(QStringLiteral("BEGIN"));
    if (done)
        done = copy.runAll(QStringLiteral("keep")); // one transaction: of one moment
    if (done)
        done = copy.command(QStringLiteral("COMMIT"));
    if (done)
        done = copy.runAll(QStringLiteral("detach"));
    return done;
}

Result<bool> copyIfDue(const QString &storePath)
{
    const qint64 now = QDateTime::currentMSecsSinceEpoch();
    const QVector<Copy> there = copiesOf(storePath);
    // A copy from the future is one of a clock that was wrong.
    if (!QFileInfo::exists(storePath) || (!there.isEmpty() && there.first().takenMs <= now && now - there.first().takenMs < dayMs))
        return false;
    FileLock lock; // nobody puts another file in its place meanwhile
    if (const auto locked = lock.take(storePath, FileLock::Mode::Shared, 0); !locked)
        return fail(locked.error());
    const int newest = schemaVersions().last();
    {
        Handle store(storePath);
        if (const auto opened = store.open(); !opened)
            return fail(opened.error());
        const auto whose = identity(store);
        if (!whose)
            return fail(whose.error());
        if (!whose->isOurs() || whose->version != newest)
            return false; // an older program's, which it may still need; or none at all, which the next open tells
        const auto fault = firstFault(store, newest, Depth::Whole);
        const bool damaged = fault ? !fault->isEmpty() : fault.error().reason == QLatin1StringView("store_damaged");
        if (damaged)
            suspectFile(storePath);
        if (!fault)
            return fail(fault.error());
        if (damaged)
            return fail(ErrorKind::Io, QStringLiteral("store_damaged"), QStringLiteral("Howdah's store %1 is damaged: %2").arg(storePath, *fault),
                        QStringLiteral("It is repaired the next time Howdah starts"));
    }
    const QString folder = copiesFolder(storePath);
    if (auto made = paths::makePrivateDir(folder); !made)
        return fail(std::move(made.error()));
    const QFileInfo store(storePath);
    const QString path = folder + QLatin1Char('/') + store.completeBaseName() + QLatin1Char('.')
        + QDateTime::fromMSecsSinceEpoch(now, Qt::UTC).toString(timeFormat) + QLatin1Char('.') + store.suffix();
    const QString made = path + QStringLiteral(".new-") + QString::number(::getpid());
    const auto work = [&]() -> Done {
        if (const auto created = createFile(made); !created)
            return created;
        {
            Handle copy(made);
            Done done = copy.open();
            if (done)
                done = fillCopy(copy, storePath);
            if (!done)
                return done;
            const auto fault = firstFault(copy, newest, Depth::Whole);
            if (!fault)
                return fail(fault.error());
            if (!fault->isEmpty())
                return fail(ErrorKind::Io, QStringLiteral("store_failed"), QStringLiteral("The copy of the store is not sound: ") + *fault);
        }
        if (const auto synced = syncPath(made, 0); !synced)
            return synced;
        return moveFile(made, path);
    };
    if (const auto done = work(); !done) {
        removeFile(made);
        return fail(done.error());
    }
    const QVector<Copy> all = copiesOf(storePath);
    for (qsizetype i = keptCopies; i < all.size(); ++i)
        QFile::remove(all.at(i).path);
    return true;
}

// --- a store out of what is left

namespace
{

struct Part {
    const char *name;  // sql/store/salvage_<name>.sql
    const char *table;
    const char *words;
    bool sealed;
    bool copied;
};

constexpr Part parts[] = {{"profile", "profiles", "profiles", true, true},
                          {"setting", "settings", "settings", false, true},
                          {"journal", "journal", "the journal", true, true},
                          {"history", "history", "the history", true, true},
                          {"draft", "drafts", "the query pane's texts", true, true},
                          {"sample", "samples", "the samples", false, false},
                          {"statement", "statement_pieces", "what statements did", false, false},
                          {"plan", "plans", "plans of statements", false, false}};

// The rows of one table that are what was written, in one go or not at all; how many were not.
Result<int> salvage(Handle &into, Handle &damaged, const Part &part)
{
    const auto fault = tableFault(damaged, QString::fromLatin1(part.table));
    if (!fault)
        return fail(fault.error());
    if (!fault->isEmpty())
        return fail(ErrorKind::Io, QStringLiteral("store_damaged"), *fault);
    QJsonArray altered;
    if (part.sealed) {
        const auto broken = brokenSeals(damaged, QString::fromLatin1(part.name));
        if (!broken)
            return fail(broken.error());
        altered = *broken;
    }
    Done done = into.command(QStringLiteral("BEGIN IMMEDIATE"));
    if (done)
        done =
            into.runAll(QStringLiteral("salvage_") + QLatin1StringView(part.name), {QString::fromUtf8(QJsonDocument(altered).toJson(QJsonDocument::Compact))});
    if (done)
        done = into.command(QStringLiteral("COMMIT"));
    if (!done) {
        [[maybe_unused]] const auto undone = into.command(QStringLiteral("ROLLBACK"));
        return fail(done.error());
    }
    return int(altered.size());
}

// From a duplicate, since SQLite writes into what it opens and the damaged file is kept as it was found.
void salvageAll(Handle &into, const QString &damagedPath, const QString &duplicate, Repair &repair)
{
    removeFile(duplicate);
    if (!createFile(duplicate) || !copyBytes(damagedPath, duplicate))
        return;
    if (QFileInfo::exists(damagedPath + QStringLiteral("-wal")) && !copyBytes(damagedPath + QStringLiteral("-wal"), duplicate + QStringLiteral("-wal")))
        return;
    Handle damaged(duplicate);
    if (!damaged.open())
        return;
    const auto whose = identity(damaged);
    if (!whose || !whose->isOurs() || whose->version != schemaVersions().last())
        return;
    if (!into.runAll(QStringLiteral("attach"), {duplicate}))
        return;
    for (const Part &part : parts) {
        if (const auto altered = salvage(into, damaged, part)) {
            repair.kept << QString::fromLatin1(part.words);
            repair.alteredRows += *altered;
        }
    }
    [[maybe_unused]] const auto detached = into.runAll(QStringLiteral("detach"));
}

// `copy` as the beginning, or an empty store; then what the damaged file still holds. Empty text: sound.
Result<QString> assemble(const QString &made, const Copy *copy, const QString &damaged, Repair &repair)
{
    removeFile(made);
    if (const auto created = createFile(made); !created)
        return fail(created.error());
    int version = 0;
    if (copy) {
        if (const auto copied = copyBytes(copy->path, made); !copied)
            return fail(copied.error());
        repair.copyMs = copy->takenMs;
    }
    Handle handle(made);
    if (const auto opened = handle.open(); !opened)
        return fail(opened.error());
    if (copy) {
        const auto whose = identity(handle);
        if (!whose)
            return fail(whose.error());
        if (!whose->isOurs() || whose->version > schemaVersions().last())
            return QStringLiteral("the copy is not of this program");
        version = whose->version;
        const auto fault = firstFault(handle, version, Depth::Whole);
        if (!fault || !fault->isEmpty())
            return fault;
    }
    Done done = migrate(handle, version);
    if (done)
        done = handle.runAll(QStringLiteral("open"));
    if (!done)
        return fail(done.error());
    if (!damaged.isEmpty()) {
        const QString duplicate = made + QStringLiteral(".salvage");
        salvageAll(handle, damaged, duplicate, repair);
        removeFile(duplicate);
    }
    for (const Part &part : parts) {
        const QString words = QString::fromLatin1(part.words);
        if (!repair.kept.contains(words))
            (copy && part.copied ? repair.fromCopy : repair.lost) << words;
    }
    return firstFault(handle, schemaVersions().last(), Depth::Whole);
}

} // namespace

Result<Repair> makeRepaired(const QString &made, const QString &storePath, const QString &damaged)
{
    // The newest sound copy; and should what was salvaged spoil it, the copy alone.
    const QVector<Copy> copies = copiesOf(storePath);
    for (const QString &from : damaged.isEmpty() ? QStringList{QString()} : QStringList{damaged, QString()}) {
        for (qsizetype i = 0; i <= copies.size(); ++i) {
            Repair repair;
            repair.done = true;
            const auto fault = assemble(made, i < copies.size() ? &copies.at(i) : nullptr, from, repair);
            if (fault && fault->isEmpty())
                return repair;
            // What is no damage (a full disk) would be none the better for another attempt.
            if (!fault && fault.error().reason != QLatin1StringView("store_damaged")) {
                removeFile(made);
                return fail(fault.error());
            }
        }
    }
    removeFile(made);
    return fail(ErrorKind::Io, QStringLiteral("store_failed"), QStringLiteral("No new store could be made beside ") + storePath);
}

QString Repair::text() const
{
    if (!done)
        return {};
    QStringList sentences;
    sentences << (aside.isEmpty() ? QStringLiteral("Its file was missing.") : QStringLiteral("The damaged file is kept as %1.").arg(aside));
    const auto list = [](const QStringList &words) { return words.join(QStringLiteral(", ")); };
    if (!kept.isEmpty())
        sentences << QStringLiteral("Taken over from it: %1.").arg(list(kept));
    if (alteredRows > 0)
        sentences << QStringLiteral("%1 in it not what was written, and %2.")
                         .arg(alteredRows == 1 ? QStringLiteral("1 row was") : QStringLiteral("%1 rows were").arg(alteredRows),
                              copyMs > 0 ? QStringLiteral("taken from the copy where that has it") : QStringLiteral("left out"));
    if (!fromCopy.isEmpty())
        sentences << QStringLiteral("As of the copy of %1: %2.")
                         .arg(QDateTime::fromMSecsSinceEpoch(copyMs).toString(QStringLiteral("d MMM yyyy HH:mm")), list(fromCopy));
    if (!lost.isEmpty())
        sentences << QStringLiteral("Begun anew: %1.").arg(list(lost));
    return sentences.join(QLatin1Char(' '));
}

} // namespace howdah::store
