// SPDX-License-Identifier: GPL-3.0-or-later
#include "backup/archivewatch.h"

#include "backup/physicalplace.h"

#include <QDir>
#include <QFileInfo>
#include <QJsonArray>

namespace howdah::backup
{

using namespace Qt::StringLiterals;
using Part = DiskFacts::Part;

namespace
{

constexpr int newest = 18;
constexpr int logLines = 2000;

DiskFacts unknown(Part part, const QString &path, const QString &why)
{
    DiskFacts one;
    one.part = part;
    one.path = path;
    one.unknown = why;
    return one;
}

// Data, WAL and the archive where the stack's container, or one of its image, sees them.
QVector<DiskFacts> ofStack(const ArchiveFacts &facts, const QString &stack, bool backupsToo, const CancelToken &cancel)
{
    const auto nothing = [&](const QString &why) {
        QVector<DiskFacts> all{unknown(Part::Data, facts.dataFolder, why), unknown(Part::Wal, {}, why), unknown(Part::Archive, u"/archive"_s, why)};
        if (backupsToo)
            all.append(unknown(Part::Backups, u"/archive"_s, why));
        return all;
    };
    const auto place = openStackPlace(stack, {}, cancel);
    if (!place)
        return nothing(place.error().text());
    const QString data = facts.dataFolder.isEmpty() ? u"/var/lib/postgresql"_s : facts.dataFolder;
    QVector<std::pair<Part, QString>> places{{Part::Data, data}};
    if (!facts.dataFolder.isEmpty())
        places.append({Part::Wal, facts.dataFolder + "/pg_wal"_L1});
    places.append({Part::Archive, place->archive});
    if (backupsToo)
        places.append({Part::Backups, place->repository->root()});
    auto read = readDisks(*place->toolbox, places, cancel);
    if (!read)
        return nothing(read.error().text());
    if (facts.dataFolder.isEmpty())
        read->append(unknown(Part::Wal, {}, u"data_directory may not be read"_s));
    return *read;
}

DiskFacts ofFolder(const QString &folder, const QString &stack, const CancelToken &cancel)
{
    const auto place = openFolderPlace(folder, newest, stack.isEmpty() ? u"howdah"_s : stack, {}, cancel);
    if (!place)
        return unknown(Part::Backups, folder, place.error().text());
    const auto read = readDisks(*place->toolbox, {{Part::Backups, folder}}, cancel);
    return read && !read->isEmpty() ? read->constFirst() : unknown(Part::Backups, folder, read ? QString() : read.error().text());
}

} // namespace

QJsonObject ArchiveLook::toJson() const
{
    QJsonArray all;
    for (const ArchiveFinding &one : findings)
        all.append(one.toJson());
    return {{u"facts"_s, facts ? QJsonValue(facts->toJson()) : QJsonValue()}, {u"findings"_s, all}};
}

QVector<ArchiveFinding> whyItIsDown(const QString &stack, const CancelToken &cancel)
{
    const auto log = stack::logs(stack, logLines, cancel);
    return log ? judgeArchiveLog(*log) : QVector<ArchiveFinding>();
}

Result<ArchiveLook> lookAtArchive(pg::Connection &connection, const ArchivePlaces &places, const CancelToken &cancel)
{
    auto facts = readArchiveFacts(connection, cancel);
    if (!facts)
        return fail(std::move(facts.error()));
    if (places.rate)
        facts->rate = places.rate;
    if (!places.stack.isEmpty())
        facts->disks = ofStack(*facts, places.stack, places.backupFolder.isEmpty(), cancel);
    if (!places.backupFolder.isEmpty())
        facts->disks.append(ofFolder(places.backupFolder, places.stack, cancel));
    ArchiveLook look;
    look.findings = judgeArchive(*facts);
    // What the log says of the command is of now only while something waits.
    if (!places.stack.isEmpty() && facts->ready.value_or(1) > 0) {
        for (const ArchiveFinding &one : whyItIsDown(places.stack, cancel)) {
            if (one.code == "command_failed"_L1)
                look.findings.append(one);
        }
    }
    std::stable_sort(look.findings.begin(), look.findings.end(), [](const ArchiveFinding &a, const ArchiveFinding &b) { return a.severity > b.severity; });
    look.facts = *std::move(facts);
    return look;
}

} // namespace howdah::backup
