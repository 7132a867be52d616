// SPDX-License-Identifier: GPL-3.0-or-later
#include "store/storefile.h"

#include "store/soundness.h"

#include <QDateTime>
#include <QDir>
#include <QElapsedTimer>
#include <QFile>
#include <QFileInfo>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <utility>

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

namespace howdah::store
{

static constexpr int lockTimeoutMs = 5000;
static constexpr int aloneSliceMs = 100;

static tl::unexpected<Error> failed(const QString &what, const QString &path, int error = errno)
{
    const bool full = error == ENOSPC || error == EDQUOT;
    const bool readOnly = error == EROFS || error == EACCES || error == EPERM;
    Error e;
    e.kind = ErrorKind::Io;
    e.reason = full ? QStringLiteral("disk_full") : readOnly ? QStringLiteral("store_read_only") : QStringLiteral("store_failed");
    if (full)
        e.hint = QStringLiteral("Free some space; what was saved before is still there");
    else if (readOnly)
        e.hint = QStringLiteral("Howdah must be able to write its file and the folder: look at their owner, their mode and the disk's");
    e.message = what + QLatin1Char(' ') + path;
    e.detail = QString::fromLocal8Bit(std::strerror(error));
    return fail(std::move(e));
}

// --- lock

FileLock::~FileLock()
{
    if (m_fd >= 0)
        ::close(m_fd);
}

FileLock::FileLock(FileLock &&other) noexcept : m_fd(std::exchange(other.m_fd, -1)) {}

FileLock &FileLock::operator=(FileLock &&other) noexcept
{
    std::swap(m_fd, other.m_fd);
    return *this;
}

Done FileLock::take(const QString &path, Mode mode, int timeoutMs)
{
    if (m_fd < 0)
        m_fd = ::open(QFile::encodeName(path + QStringLiteral(".lock")).constData(), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
    if (m_fd < 0)
        return failed(QStringLiteral("The lock of Howdah's store can't be opened:"), path);
    ::flock(m_fd, LOCK_UN); // two that both held it shared and waited to have it alone would wait for each other
    QElapsedTimer waited;
    waited.start();
    while (::flock(m_fd, (mode == Mode::Alone ? LOCK_EX : LOCK_SH) | LOCK_NB) != 0) {
        if (errno != EWOULDBLOCK && errno != EINTR)
            return failed(QStringLiteral("Howdah's store can't be locked:"), path);
        if (waited.elapsed() > timeoutMs)
            return fail(ErrorKind::Io, QStringLiteral("store_busy"), QStringLiteral("Another Howdah has the store open: ") + path,
                        QStringLiteral("The store has to be upgraded or repaired: close the other Howdah first"));
        const timespec pause{0, 20'000'000};
        ::nanosleep(&pause, nullptr);
    }
    return {};
}

// --- what is there

namespace
{
struct Found {
    enum class State { Absent, Sound, Old, Damaged };
    State state = State::Absent;
    int version = 0;
    QString fault;
    std::unique_ptr<Handle> handle; // Sound, Old
};
} // namespace

QList<int> schemaVersions()
{
    QList<int> versions;
    for (const QString &file : QDir(QStringLiteral(":/sql/store")).entryList({QStringLiteral("schema_*.sql")}))
        versions << file.mid(7).chopped(4).toInt();
    std::sort(versions.begin(), versions.end());
    return versions;
}

static Result<Found> inspect(const QString &path)
{
    Found found;
    const QFileInfo file(path);
    if (!file.exists())
        return found;
    found.state = Found::State::Damaged;
    // SQLite takes an empty file for an empty database; ours is never empty, since it takes its name only when it is whole.
    if (file.size() == 0) {
        found.fault = QStringLiteral("the file is empty");
        return found;
    }
    const auto damagedOr = [&](const Error &error) -> Result<Found> {
        if (error.reason != QLatin1StringView("store_damaged"))
            return fail(error);
        found.fault = error.detail;
        found.handle.reset();
        return std::move(found);
    };
    auto handle = std::make_unique<Handle>(path);
    if (const auto opened = handle->open(); !opened)
        return damagedOr(opened.error());
    const auto whose = identity(*handle);
    if (!whose)
        return damagedOr(whose.error());
    if (!whose->isOurs()) {
        found.fault = QStringLiteral("the file is not a store of Howdah's");
        return found;
    }
    found.version = whose->version;
    const int newest = schemaVersions().last();
    if (found.version > newest)
        return fail(ErrorKind::Io, QStringLiteral("store_newer"),
                    QStringLiteral("Howdah's store %1 is of a newer Howdah (schema %2, this one knows %3)")
                        .arg(path, QString::number(found.version), QString::number(newest)),
                    QStringLiteral("Use the newer Howdah; nothing was changed"));
    if (const auto set = handle->runAll(QStringLiteral("open")); !set)
        return damagedOr(set.error());
    const bool suspect = isSuspect(path);
    const auto fault = firstFault(*handle, found.version, suspect ? Depth::Whole : Depth::Quick);
    if (!fault)
        return damagedOr(fault.error());
    if (!fault->isEmpty()) {
        found.fault = *fault;
        return found;
    }
    if (suspect)
        trustFile(path);
    found.state = found.version < newest ? Found::State::Old : Found::State::Sound;
    found.handle = std::move(handle);
    return found;
}

// --- what is done about it; all of it with the lock held alone

Done syncPath(const QString &path, int flags)
{
    const int fd = ::open(QFile::encodeName(path).constData(), O_RDONLY | O_CLOEXEC | flags);
    const bool synced = fd >= 0 && ::fsync(fd) == 0;
    const int error = errno;
    if (fd >= 0)
        ::close(fd);
    if (!synced)
        return failed(QStringLiteral("Not safely on disk:"), path, error);
    return {};
}

Done createFile(const QString &path)
{
    // Made here for its mode, which SQLite then gives the log and its index too.
    const int fd = ::open(QFile::encodeName(path).constData(), O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    if (fd < 0)
        return failed(QStringLiteral("Can't be made:"), path);
    ::close(fd);
    return {};
}

Done copyBytes(const QString &from, const QString &to)
{
    QFile source(from);
    QFile target(to);
    if (!source.open(QIODevice::ReadOnly))
        return failed(QStringLiteral("Can't be read:"), from);
    if (!target.open(QIODevice::WriteOnly | QIODevice::Truncate | QIODevice::Unbuffered))
        return failed(QStringLiteral("Can't be written:"), to);
    constexpr qint64 pieceBytes = 1 << 20;
    while (!source.atEnd()) {
        const QByteArray piece = source.read(pieceBytes);
        errno = EIO; // what is not set by write(2) is no full disk
        if (piece.isEmpty() || target.write(piece) != piece.size())
            return failed(piece.isEmpty() ? QStringLiteral("Can't be read:") : QStringLiteral("Can't be written:"), piece.isEmpty() ? from : to);
    }
    return {};
}

Done moveFile(const QString &from, const QString &to)
{
    if (::rename(QFile::encodeName(from).constData(), QFile::encodeName(to).constData()) != 0)
        return failed(QStringLiteral("Can't take its place:"), to);
    return syncPath(QFileInfo(to).absolutePath(), O_DIRECTORY);
}

static QString besideIt(const QString &path, const QString &word)
{
    const QFileInfo file(path);
    return file.absolutePath() + QLatin1Char('/') + file.completeBaseName() + QLatin1Char('.') + word + QLatin1Char('.') + file.suffix();
}

static Result<QString> quarantine(const QString &path)
{
    const QString time = QDateTime::currentDateTimeUtc().toString(QStringLiteral("yyyyMMdd-HHmmss"));
    QString aside = besideIt(path, QStringLiteral("damaged-") + time);
    for (int n = 2; QFileInfo::exists(aside); ++n)
        aside = besideIt(path, QStringLiteral("damaged-") + time + QLatin1Char('-') + QString::number(n));
    // The log goes along: what it holds may be all that can be saved, and beside a new store it would be applied to that.
    for (const auto *part : {"-wal", "-shm"}) {
        const QString from = path + QLatin1StringView(part);
        if (QFileInfo::exists(from)) {
            if (const auto moved = moveFile(from, aside + QLatin1StringView(part)); !moved)
                return fail(moved.error());
        }
    }
    if (const auto moved = moveFile(path, aside); !moved)
        return fail(moved.error());
    trustFile(path);
    return aside;
}

Done migrate(Handle &handle, int from)
{
    for (const int version : schemaVersions()) {
        if (version <= from)
            continue;
        Done done = handle.command(QStringLiteral("BEGIN IMMEDIATE"));
        if (done)
            done = handle.runAll(QStringLiteral("schema_") + QString::number(version));
        if (done)
            done = handle.command(QStringLiteral("COMMIT"));
        if (!done)
            return done;
    }
    return {};
}

// A new store (from 0), or an upgraded copy of this one, which then takes its place; the old one stays as <name>.v<from>.<suffix>.
static Done build(const QString &path, Found found)
{
    const QString made = path + QStringLiteral(".new");
    for (const auto *part : {"", "-wal", "-shm", "-journal"})
        QFile::remove(made + QLatin1StringView(part));
    if (const auto created = createFile(made); !created)
        return created;
    const auto work = [&]() -> Done {
        if (found.handle) {
            if (const auto copied = found.handle->run(QStringLiteral("copy"), {made}); !copied)
                return fail(copied.error());
        }
        found.handle.reset(); // the last handle writes the log back and removes it
        if (QFileInfo::exists(path + QStringLiteral("-wal")))
            return fail(ErrorKind::Io, QStringLiteral("store_busy"), QStringLiteral("Another program holds Howdah's store ") + path);
        {
            Handle handle(made);
            Done done = handle.open();
            if (done)
                done = migrate(handle, found.version);
            if (done)
                done = handle.runAll(QStringLiteral("open"));
            if (!done)
                return done;
            const auto fault = firstFault(handle, schemaVersions().last(), Depth::Whole);
            if (!fault)
                return fail(fault.error());
            if (!fault->isEmpty())
                return fail(ErrorKind::Io, QStringLiteral("store_failed"), QStringLiteral("The new store is not sound: ") + *fault);
        }
        if (const auto synced = syncPath(made, 0); !synced)
            return synced;
        if (found.version > 0) {
            const QString kept = besideIt(path, QStringLiteral("v") + QString::number(found.version));
            QFile::remove(kept);
            if (::link(QFile::encodeName(path).constData(), QFile::encodeName(kept).constData()) != 0)
                return failed(QStringLiteral("The store can't be kept as"), kept);
        }
        return moveFile(made, path);
    };
    Done done = work();
    if (!done) {
        for (const auto *part : {"", "-wal", "-shm", "-journal"})
            QFile::remove(made + QLatin1StringView(part));
    }
    return done;
}

// A damaged file that was moved aside and has no successor: the program died between the two.
static QString lastQuarantined(const QString &path)
{
    const QFileInfo file(path);
    const QString before = file.completeBaseName() + QStringLiteral(".damaged-");
    for (const QFileInfo &aside : file.absoluteDir().entryInfoList({before + QLatin1Char('*') + file.suffix()}, QDir::Files, QDir::Name | QDir::Reversed)) {
        // An older one has nothing that the newest copy has not.
        const QVector<Copy> copies = copiesOf(path);
        QDateTime moved = QDateTime::fromString(aside.fileName().mid(before.size(), 15), QStringLiteral("yyyyMMdd-HHmmss"));
        moved.setTimeSpec(Qt::UTC);
        return copies.isEmpty() || moved.toMSecsSinceEpoch() > copies.first().takenMs ? aside.absoluteFilePath() : QString();
    }
    return {};
}

// First the new one, whole; then the damaged one aside; then the new one in its place. A full disk leaves everything as it was.
static Result<Repair> repair(const QString &path, bool damaged)
{
    const QString made = path + QStringLiteral(".new");
    const QString from = damaged ? path : lastQuarantined(path);
    auto repaired = makeRepaired(made, path, from);
    if (!repaired)
        return repaired;
    if (const auto synced = syncPath(made, 0); !synced)
        return fail(synced.error());
    repaired->aside = from;
    if (damaged) {
        const auto aside = quarantine(path);
        if (!aside)
            return fail(aside.error());
        repaired->aside = *aside;
    }
    if (const auto moved = moveFile(made, path); !moved)
        return fail(moved.error());
    return repaired;
}

Result<OpenedFile> openFile(const QString &path)
{
    OpenedFile opened;
    QElapsedTimer waited;
    waited.start();
    // Twice is enough for one program; a third and fourth for others that change the file in the moment the lock is let go.
    for (int attempt = 0; attempt < 4;) {
        if (const auto locked = opened.lock.take(path, FileLock::Mode::Shared, lockTimeoutMs); !locked)
            return fail(locked.error());
        auto found = inspect(path);
        if (!found)
            return fail(found.error());
        if (found->state == Found::State::Sound) {
            opened.handle = std::move(found->handle);
            return opened;
        }
        found->handle.reset();
        // Whoever made it meanwhile has it open as long as it runs: to wait for that to end would be in vain, so it is looked at again.
        if (const auto locked = opened.lock.take(path, FileLock::Mode::Alone, aloneSliceMs); !locked) {
            if (locked.error().reason != QLatin1StringView("store_busy") || waited.elapsed() > lockTimeoutMs)
                return fail(locked.error());
            continue;
        }
        ++attempt;
        found = inspect(path);
        if (!found)
            return fail(found.error());
        if (found->state == Found::State::Sound)
            continue;
        // Never silently empty: a store that is missing though there are copies of it was there once.
        const bool missing = found->state == Found::State::Absent && (!copiesOf(path).isEmpty() || !lastQuarantined(path).isEmpty());
        if (found->state == Found::State::Damaged || missing) {
            found->handle.reset();
            auto repaired = repair(path, !missing);
            if (!repaired)
                return fail(repaired.error());
            opened.repair = std::move(*repaired);
            continue;
        }
        if (const auto built = build(path, std::move(*found)); !built)
            return fail(built.error());
    }
    return fail(ErrorKind::Io, QStringLiteral("store_busy"), QStringLiteral("Other programs keep changing Howdah's store ") + path);
}

} // namespace howdah::store
