// SPDX-License-Identifier: GPL-3.0-or-later
#include "backup/rehearsalrecord.h"

#include "backup/moment.h"
#include "base/paths.h"
#include "base/savefile.h"
#include "stack/record.h"

#include <QDir>
#include <QFile>
#include <QJsonArray>
#include <QJsonDocument>
#include <QRegularExpression>

#include <cerrno>

#include <sys/stat.h>
#include <unistd.h>

namespace howdah::backup
{

using namespace Qt::StringLiterals;

namespace
{

QString folder()
{
    return paths::dataDir() + u"/rehearsals"_s;
}

QString fileOf(const QString &id)
{
    return folder() + u'/' + id + u".json"_s;
}

QString socketsOf(const QString &id)
{
    return u"/tmp/howdah-%1-%2"_s.arg(::getuid()).arg(id.section(u'-', 1));
}

QJsonArray checksToJson(const QVector<RehearsalCheck> &checks)
{
    QJsonArray all;
    for (const RehearsalCheck &check : checks)
        all.append(QJsonObject{{u"name"_s, check.name}, {u"good"_s, check.good ? QJsonValue(*check.good) : QJsonValue(QJsonValue::Null)}, {u"words"_s, check.words}});
    return all;
}

QVector<RehearsalCheck> checksFromJson(const QJsonValue &json)
{
    QVector<RehearsalCheck> all;
    for (const QJsonValue &check : json.toArray())
        all.append({check["name"_L1].toString(), check["good"_L1].isBool() ? std::optional(check["good"_L1].toBool()) : std::nullopt, check["words"_L1].toString()});
    return all;
}

} // namespace

bool isRehearsalId(const QString &id)
{
    static const QRegularExpression form(u"^rehearsal-\\d{8}T\\d{6}Z(?:-[0-9a-f]{8})?\\z"_s);
    return form.match(id).hasMatch();
}

Done writeRehearsal(const Rehearsal &rehearsal)
{
    if (Done made = paths::makePrivateDir(folder()); !made)
        return made;
    return saveFile(fileOf(rehearsal.id), QJsonDocument(rehearsal.toJson()).toJson());
}

Result<QString> makeSocketFolder(const QString &id)
{
    const QByteArray outer = QFile::encodeName(socketsOf(id)), inner = outer + "/s";
    // Nobody else's: one that is there already is no place for a socket that trusts, and is not taken away from whoever has it.
    if (::mkdir(outer.constData(), 0700) != 0) {
        if (errno == EEXIST)
            return fail(ErrorKind::Client, u"id_taken"_s, u"There is a rehearsal %1 already"_s.arg(id));
        return fail(ErrorKind::Io, u"folder"_s, u"The folder %1 can't be made"_s.arg(QFile::decodeName(outer)));
    }
    if (::mkdir(inner.constData(), 0777) != 0 || ::chmod(inner.constData(), 0777) != 0) {
        removeSocketFolder(id);
        return fail(ErrorKind::Io, u"folder"_s, u"The folder %1 can't be made"_s.arg(QFile::decodeName(inner)));
    }
    return QFile::decodeName(inner);
}

void removeSocketFolder(const QString &id)
{
    if (isRehearsalId(id))
        QDir(socketsOf(id)).removeRecursively();
}

QJsonObject Rehearsal::toJson() const
{
    return {{u"id"_s, id},
            {u"good"_s, isGood()},
            {u"verdict"_s, verdict.toJson()},
            {u"image"_s, image},
            {u"socket"_s, socketFolder},
            {u"superuser"_s, superuser},
            {u"lab"_s, lab.isEmpty() ? QJsonValue(QJsonValue::Null) : QJsonValue(lab)},
            {u"changed"_s, QJsonArray::fromStringList(changed)},
            {u"drill_of"_s, drillOf.isEmpty() ? QJsonValue(QJsonValue::Null) : QJsonValue(drillOf)},
            {u"stopped"_s, stopped.isEmpty() ? QJsonValue(QJsonValue::Null) : QJsonValue(stopped)},
            {u"timeline"_s, qint64(timeline)},
            {u"at"_s, momentText(atMs * 1000)},
            {u"at_ms"_s, atMs},
            {u"copy_ms"_s, copyMs},
            {u"replay_ms"_s, replayMs},
            {u"check_ms"_s, checkMs},
            {u"recovery_ms"_s, recoveryMs()},
            {u"preflight"_s, checksToJson(before)},
            {u"checks"_s, checksToJson(checks)}};
}

Result<Rehearsal> Rehearsal::fromJson(const QJsonObject &json)
{
    Rehearsal one;
    one.id = json.value("id"_L1).toString();
    one.image = json.value("image"_L1).toString();
    one.socketFolder = json.value("socket"_L1).toString();
    one.superuser = json.value("superuser"_L1).toString();
    one.lab = json.value("lab"_L1).toString();
    for (const QJsonValue &change : json.value("changed"_L1).toArray())
        one.changed.append(change.toString());
    one.drillOf = json.value("drill_of"_L1).toString();
    one.stopped = json.value("stopped"_L1).toString();
    one.timeline = Timeline(json.value("timeline"_L1).toInteger());
    one.atMs = json.value("at_ms"_L1).toInteger();
    one.copyMs = json.value("copy_ms"_L1).toInteger();
    one.replayMs = json.value("replay_ms"_L1).toInteger();
    one.checkMs = json.value("check_ms"_L1).toInteger();
    const QJsonObject told = json.value("verdict"_L1).toObject();
    one.verdict.backup = told.value("backup"_L1).toString();
    one.verdict.timeline = Timeline(told.value("timeline"_L1).toInteger(1));
    one.verdict.server = Verdict::Server::Reaches;
    for (const QJsonValue &setting : told.value("settings"_L1).toArray())
        one.verdict.settings << setting.toString();
    one.verdict.lastCommit = Lsn::parse(told.value("last_commit_lsn"_L1).toString()).value_or(Lsn());
    one.before = checksFromJson(json.value("preflight"_L1));
    one.checks = checksFromJson(json.value("checks"_L1));
    if (!isRehearsalId(one.id) || !one.socketFolder.startsWith(socketsOf(one.id)))
        return fail(ErrorKind::Client, u"bad_record"_s, u"The record of a rehearsal is not understood"_s);
    return one;
}

Result<std::optional<Rehearsal>> readRehearsal(const QString &id)
{
    QFile file(fileOf(id));
    if (!isRehearsalId(id) || !file.exists())
        return std::optional<Rehearsal>();
    if (!file.open(QIODevice::ReadOnly))
        return fail(ErrorKind::Io, u"bad_record"_s, u"%1 can't be read"_s.arg(file.fileName()));
    auto read = Rehearsal::fromJson(QJsonDocument::fromJson(file.readAll()).object());
    return read ? Result<std::optional<Rehearsal>>(*std::move(read)) : fail(std::move(read.error()));
}

void forgetRehearsal(const QString &id)
{
    if (!isRehearsalId(id))
        return;
    removeSocketFolder(id);
    QFile::remove(fileOf(id));
}

Result<QVector<Standing>> standingRehearsals(const CancelToken &cancel)
{
    const auto engine = stack::findDocker(cancel);
    if (!engine)
        return fail(engine.error());
    QMap<QString, Standing> all;
    for (const QStringList &listing : {QStringList{u"volume"_s, u"ls"_s, u"--filter"_s, u"label="_s + rehearsalLabel, u"--format"_s, u"{{.Name}}"_s},
                                       QStringList{u"ps"_s, u"--filter"_s, u"label="_s + rehearsalLabel, u"--format"_s, u"{{.Names}}"_s}}) {
        const auto listed = tool::runChecked(engine->command(listing), cancel);
        if (!listed)
            return fail(stack::dockerError(listed.error()));
        for (const QByteArray &line : listed->output.split('\n')) {
            const QString id = QString::fromUtf8(line.trimmed());
            if (!isRehearsalId(id))
                continue;
            all[id].id = id;
            all[id].running = listing.constFirst() == "ps"_L1;
        }
    }
    QVector<Standing> standing;
    for (Standing &one : all) {
        if (!stack::stackOfVolume(one.id).isEmpty()) // swapped in: no rehearsal any more
            continue;
        if (auto read = readRehearsal(one.id))
            one.rehearsal = *std::move(read);
        standing.append(one);
    }
    return standing;
}

Result<Rehearsal> usableRehearsal(const QVector<Standing> &standing, const QString &id, bool despiteChecks)
{
    QVector<const Standing *> fits;
    for (const Standing &one : standing) {
        if (one.rehearsal && (id.isEmpty() || one.id == id))
            fits << &one;
    }
    if (fits.size() != 1)
        return fail(ErrorKind::Client, u"no_such_rehearsal"_s, fits.isEmpty() ? id.isEmpty() ? u"No finished rehearsal stands"_s : u"There is no finished rehearsal %1"_s.arg(id) : u"Several rehearsals stand: which?"_s,
                    u"howdahctl pitr status shows them"_s);
    const Standing &one = *fits.constFirst();
    if (!one.running)
        return fail(ErrorKind::Client, u"no_such_rehearsal"_s, u"%1 does not run"_s.arg(one.id), u"docker start %1"_s.arg(one.id));
    const QStringList wrong = one.rehearsal->faults();
    if (!one.rehearsal->isGood() && !despiteChecks)
        return fail(ErrorKind::Client, u"not_good"_s, u"%1 is not good: %2"_s.arg(one.id, wrong.isEmpty() ? u"nothing of it was proven"_s : wrong.join(u"; "_s)), u"Rehearse again, from another backup; or say --despite-checks"_s);
    return *one.rehearsal;
}

// Of another user's, or of another data folder's: the mark that lies in the volume itself tells, also while no container has it.
static Result<bool> isSwappedIn(const stack::DockerEngine &engine, const QString &id, const CancelToken &cancel)
{
    const auto image = tool::runChecked(engine.command({u"image"_s, u"ls"_s, u"--quiet"_s, u"howdah-postgres"_s}), cancel);
    if (!image)
        return fail(stack::dockerError(image.error()));
    const QString first = QString::fromLatin1(image->output.split('\n').value(0).trimmed());
    if (first.isEmpty())
        return fail(ErrorKind::Tool, u"no_image"_s, u"There is no image howdah-postgres to look into the volume %1 with"_s.arg(id));
    const auto found = tool::runChecked(engine.command({u"run"_s, u"--rm"_s, u"--network"_s, u"none"_s, u"--user"_s, u"0:0"_s, u"--cap-drop"_s, u"ALL"_s, u"--cap-add"_s, u"DAC_READ_SEARCH"_s, u"--volume"_s, id + u":/rehearsal:ro"_s,
                                                        u"--entrypoint"_s, u"find"_s, first, u"/rehearsal"_s, u"-maxdepth"_s, u"3"_s, u"("_s, u"-path"_s, QString(restoreFile), u"-o"_s, u"-path"_s, u"/rehearsal/*/docker/PG_VERSION"_s, u")"_s}),
                                        cancel);
    if (!found)
        return fail(stack::dockerError(found.error()));
    return found->output.contains("PG_VERSION") && !found->output.contains(restoreFile.data());
}

Done dropRehearsal(const QString &id, const CancelToken &cancel)
{
    if (!isRehearsalId(id))
        return fail(ErrorKind::Client, u"no_such_rehearsal"_s, u"There is no rehearsal %1"_s.arg(id));
    if (const QString stack = stack::stackOfVolume(id); !stack.isEmpty())
        return fail(ErrorKind::Client, u"in_use"_s, u"%1 is no rehearsal any more: its volume is the stack %2's"_s.arg(id, stack), u"howdahctl pitr status shows which swap it belongs to, howdahctl pitr retire removes what is not needed"_s);
    const auto engine = stack::findDocker(cancel);
    if (!engine)
        return fail(engine.error());
    // By the label, not by the name alone: what bears our name and not our mark is not ours.
    const auto ours = [&](const QStringList &inspect) {
        const auto said = tool::run(engine->command(inspect), cancel);
        return said && said->exitCode == 0 && said->output.trimmed() == id.toUtf8();
    };
    const bool container = ours({u"inspect"_s, u"--type"_s, u"container"_s, u"--format"_s, u"{{index .Config.Labels \"%1\"}}"_s.arg(rehearsalLabel), id});
    const bool volume = ours({u"volume"_s, u"inspect"_s, u"--format"_s, u"{{index .Labels \"%1\"}}"_s.arg(rehearsalLabel), id});
    if (!container && !volume && !QFile::exists(fileOf(id)))
        return fail(ErrorKind::Client, u"no_such_rehearsal"_s, u"There is no rehearsal %1"_s.arg(id));
    if (volume && !container) {
        const auto swapped = isSwappedIn(*engine, id, cancel);
        if (!swapped)
            return fail(swapped.error());
        if (*swapped)
            return fail(ErrorKind::Client, u"in_use"_s, u"The data of a stack lies in the volume %1"_s.arg(id), u"It was swapped in by another user, or from another data folder"_s);
    }
    if (container) {
        if (auto removed = tool::runChecked(engine->command({u"rm"_s, u"--force"_s, id}, 60'000), cancel); !removed)
            return fail(stack::dockerError(std::move(removed.error())));
    }
    if (volume) {
        // A program of ours that was given up may still have it.
        const auto users = tool::runChecked(engine->command({u"ps"_s, u"--all"_s, u"--filter"_s, u"volume="_s + id, u"--format"_s, u"{{.ID}}|{{.Label \"com.docker.compose.project\"}}"_s}), cancel);
        if (!users)
            return fail(stack::dockerError(users.error()));
        if (!users->output.trimmed().isEmpty()) {
            for (const QByteArray &user : users->output.trimmed().split('\n')) {
                if (!user.endsWith('|')) // of a stack that is in nobody's record here
                    return fail(ErrorKind::Client, u"in_use"_s, u"The data of the stack %1 lies in the volume %2"_s.arg(QString::fromUtf8(user.split('|').value(1)), id));
            }
            for (const QByteArray &user : users->output.trimmed().split('\n'))
                std::ignore = tool::run(engine->command({u"rm"_s, u"--force"_s, u"--volumes"_s, QString::fromLatin1(user.chopped(1))}, 60'000), cancel);
        }
        if (auto removed = tool::runChecked(engine->command({u"volume"_s, u"rm"_s, id}, 120'000), cancel); !removed)
            return fail(stack::dockerError(std::move(removed.error())));
    }
    forgetRehearsal(id);
    return {};
}

} // namespace howdah::backup
