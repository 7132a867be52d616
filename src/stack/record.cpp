// SPDX-License-Identifier: GPL-3.0-or-later
#include "stack/record.h"

#include "base/paths.h"
#include "base/savefile.h"

#include <QDir>
#include <QFile>
#include <QJsonArray>
#include <QJsonDocument>
#include <QRegularExpression>

namespace howdah::stack
{

Done checkName(const QString &name)
{
    static const QRegularExpression allowed(QStringLiteral("\\A[a-z0-9][a-z0-9_-]{0,39}\\z"));
    if (allowed.match(name).hasMatch())
        return {};
    return fail(ErrorKind::Client, QStringLiteral("bad_name"), QStringLiteral("\"%1\" can't be the name of a stack").arg(name),
                QStringLiteral("Use up to 40 lower case letters, digits, - and _, beginning with a letter or digit"));
}

QString folderOf(const QString &name)
{
    return paths::dataDir() + QStringLiteral("/stacks/") + name;
}

QString caFileOf(const QString &name)
{
    return folderOf(name) + QStringLiteral("/ca.crt");
}

static QString recordFile(const QString &name)
{
    return folderOf(name) + QStringLiteral("/stack.json");
}

Result<Record> readRecord(const QString &name)
{
    Record record;
    record.name = name;
    QFile file(recordFile(name));
    if (!file.exists())
        return record;
    const QJsonObject json = file.open(QIODevice::ReadOnly) ? QJsonDocument::fromJson(file.read(1 << 16)).object() : QJsonObject();
    if (json.isEmpty()) {
        return fail(ErrorKind::Io, QStringLiteral("stack_record"), QStringLiteral("%1 can't be read").arg(file.fileName()),
                    QStringLiteral("Remove that file; the next start of the stack makes a new one"));
    }
    record.backend = json.value(QLatin1String("backend")).toString() == backendName(Backend::Local) ? Backend::Local : Backend::Docker;
    record.backendReason = json.value(QLatin1String("reason")).toString();
    record.port = quint16(json.value(QLatin1String("port")).toInt());
    record.image = json.value(QLatin1String("image")).toString();
    record.baseImage = json.value(QLatin1String("base_image")).toString();
    record.dataVolume = json.value(QLatin1String("data_volume")).toString();
    for (const QJsonValue &volume : json.value(QLatin1String("kept_volumes")).toArray())
        record.keptVolumes << volume.toString();
    record.swap = json.value(QLatin1String("swap")).toString();
    record.exists = true;
    return record;
}

Done writeRecord(const Record &record)
{
    const QString parent = paths::dataDir() + QStringLiteral("/stacks");
    for (const QString &folder : {paths::dataDir(), parent, folderOf(record.name)}) {
        if (Done made = paths::makePrivateDir(folder); !made)
            return made;
    }
    const QJsonObject json{{QStringLiteral("backend"), backendName(record.backend)},
                           {QStringLiteral("reason"), record.backendReason},
                           {QStringLiteral("port"), record.port},
                           {QStringLiteral("image"), record.image},
                           {QStringLiteral("base_image"), record.baseImage},
                           {QStringLiteral("data_volume"), record.dataVolume},
                           {QStringLiteral("kept_volumes"), QJsonArray::fromStringList(record.keptVolumes)},
                           {QStringLiteral("swap"), record.swap}};
    return saveFile(recordFile(record.name), QJsonDocument(json).toJson());
}

Done removeFolder(const QString &name)
{
    QDir folder(folderOf(name));
    if (!folder.exists() || folder.removeRecursively())
        return {};
    return fail(ErrorKind::Io, QStringLiteral("folder"), QStringLiteral("%1 could not be removed").arg(folder.path()));
}

Result<std::unique_ptr<QLockFile>> lockStack(const QString &name)
{
    if (Done valid = checkName(name); !valid)
        return fail(std::move(valid.error()));
    const QString folder = paths::dataDir() + QStringLiteral("/stacks");
    for (const QString &needed : {paths::dataDir(), folder}) {
        if (Done made = paths::makePrivateDir(needed); !made)
            return fail(std::move(made.error()));
    }
    auto lock = std::make_unique<QLockFile>(folder + QLatin1Char('/') + name + QStringLiteral(".lock"));
    lock->setStaleLockTime(0); // by age alone it is never stale: a first start takes minutes
    if (lock->tryLock(0))
        return lock;
    return fail(ErrorKind::Tool, QStringLiteral("busy"), QStringLiteral("Another program is working on the stack %1 just now").arg(name),
                QStringLiteral("Wait for it, then try again"));
}

QString stackOfVolume(const QString &volume)
{
    for (const QString &name : QDir(paths::dataDir() + QStringLiteral("/stacks")).entryList(QDir::Dirs | QDir::NoDotAndDotDot)) {
        const Result<Record> record = readRecord(name);
        if (record && record->exists && (record->data() == volume || record->keptVolumes.contains(volume)))
            return name;
    }
    return {};
}

} // namespace howdah::stack
