// SPDX-License-Identifier: GPL-3.0-or-later
#include "backup/pgbackrest.h"

#include <QDir>
#include <QFileInfo>
#include <QJsonArray>
#include <QJsonDocument>
#include <QRegularExpression>

namespace howdah::backup
{

using namespace Qt::StringLiterals;

namespace
{

constexpr auto usualPath = "/var/lib/pgbackrest"_L1;
constexpr int newestMajor = 18; // of the image; a stanza of another major is listed by it all the same

// Through a program, so that a line with the pass of a cipher never comes in here.
Result<QByteArray> repoLinesOf(const QStringList &files, const CancelToken &cancel)
{
    tool::Command command;
    command.program = u"grep"_s;
    command.arguments = QStringList{u"-hE"_s, u"^[[:space:]]*(\\[|repo[0-9]*-(path|type|host|host-type)[[:space:]]*=)"_s, u"--"_s} + files;
    const auto said = tool::run(command, cancel);
    if (!said)
        return fail(said.error());
    if (said->exitCode > 1)
        return fail(ErrorKind::Io, u"unreadable"_s, u"%1 can't be read: %2"_s.arg(files.join(u", "_s), QString::fromUtf8(said->lastLines.join(' '))));
    return said->output;
}

QStringList configFiles(const QString &config, QString *more)
{
    QStringList files{config};
    const QFileInfo folder(QFileInfo(config).path() + u"/conf.d"_s);
    if (folder.isDir()) {
        *more = folder.filePath();
        for (const QFileInfo &one : QDir(*more).entryInfoList({u"*.conf"_s}, QDir::Files))
            files << one.filePath();
    }
    return files;
}

Lsn lsnOf(const QJsonValue &value)
{
    return Lsn::parse(value.toString()).value_or(Lsn());
}

Backup backupOf(const QJsonObject &json, const QString &stanza, const QString &systemIdentifier, const QString &version)
{
    Backup backup;
    backup.id = json.value("label"_L1).toString();
    const QString type = json.value("type"_L1).toString();
    backup.kind = type == "full"_L1 ? BackupKind::Full : BackupKind::Incremental;
    backup.label = u"pgBackRest %1, stanza %2"_s.arg(type, stanza);
    backup.folder = backup.data = backup.id;
    backup.parent = json.value("prior"_L1).toString();
    backup.systemIdentifier = systemIdentifier;
    backup.serverVersion = version;
    backup.serverVersionNum = version.toInt() * 10000; // its minor is not kept
    backup.toolsVersion = u"pgBackRest "_s + json["backrest"_L1]["version"_L1].toString();
    backup.startLsn = lsnOf(json["lsn"_L1]["start"_L1]);
    backup.stopLsn = lsnOf(json["lsn"_L1]["stop"_L1]);
    // Whole seconds: the start is not after the true one, the stop not before it.
    backup.startMs = json["timestamp"_L1]["start"_L1].toInteger() * 1000;
    const qint64 stop = json["timestamp"_L1]["stop"_L1].toInteger();
    backup.stopMs = stop > 0 ? stop * 1000 + 999 : 0;
    backup.bytes = json["info"_L1]["repository"_L1]["delta"_L1].toInteger(-1);
    backup.copyBytes = json["info"_L1]["size"_L1].toInteger(-1);
    backup.checksumAlgorithm = u"SHA1"_s;
    bool isTimeline = false;
    backup.timeline = json["archive"_L1]["start"_L1].toString().left(8).toUInt(&isTimeline, 16);
    backup.holdsWal = false; // unless it copies the archive, which does no harm not to know
    if (!isTimeline || backup.timeline == 0) {
        backup.state = BackupState::Unreadable;
        backup.stateWords = u"it does not say where it begins in WAL (archive-check was off)"_s;
    }
    if (json.value("error"_L1).toBool())
        backup.errors << u"pages whose checksums are wrong were copied as they are"_s;
    return backup;
}

} // namespace

QString PgBackRestPlace::name() const
{
    return u"pgBackRest %1 (%2)"_s.arg(version, toolbox->where());
}

QVector<PgBackRestRepo> reposOf(const QByteArray &lines)
{
    static const QRegularExpression form(u"^\\s*repo(\\d*)-(path|type|host|host-type)\\s*=\\s*(.*?)\\s*$"_s);
    QMap<int, PgBackRestRepo> repos;
    for (const QByteArray &line : lines.split('\n')) {
        const auto match = form.match(QString::fromUtf8(line));
        if (!match.hasMatch())
            continue;
        const int number = match.captured(1).isEmpty() ? 1 : match.captured(1).toInt(); // "repo-path" is what it was called before there were several
        PgBackRestRepo &repo = repos[number];
        repo.number = number;
        const QString key = match.captured(2), value = match.captured(3);
        if (key == "path"_L1 && !value.isEmpty() && !repo.paths.contains(value))
            repo.paths << value;
        if ((key == "type"_L1 && value != "posix"_L1 && value != "cifs"_L1) || (key == "host"_L1 && !value.isEmpty()))
            repo.elsewhere = key + u' ' + value;
    }
    if (repos.isEmpty())
        repos[1] = {};
    for (PgBackRestRepo &repo : repos) {
        if (repo.paths.isEmpty())
            repo.paths << QString(usualPath);
    }
    return QVector<PgBackRestRepo>(repos.cbegin(), repos.cend());
}

Result<PgBackRestPlace> openPgBackRest(const PgBackRestChoice &choice, const Progress &progress, const CancelToken &cancel)
{
    const QString config = QDir::cleanPath(QFileInfo(choice.config).absoluteFilePath());
    const QFileInfo info(config);
    if (!info.exists())
        return fail(ErrorKind::Io, u"no_folder"_s, u"There is no %1"_s.arg(config));
    PgBackRestPlace place;
    if (info.isDir()) {
        place.path = config;
        place.options = {u"--no-config"_s, u"--repo1-path="_s + config};
        place.places = {{config, {}, false}};
    } else {
        QString more;
        const auto lines = repoLinesOf(configFiles(config, &more), cancel);
        if (!lines)
            return fail(lines.error());
        const QVector<PgBackRestRepo> repos = reposOf(*lines);
        const auto repo = choice.repo == 0 ? repos.cbegin() : std::find_if(repos.cbegin(), repos.cend(), [&](const PgBackRestRepo &one) { return one.number == choice.repo; });
        if (repo == repos.cend())
            return fail(ErrorKind::Client, u"usage"_s, u"%1 names no repo%2"_s.arg(config).arg(choice.repo));
        if (!repo->elsewhere.isEmpty())
            return fail(ErrorKind::Client, u"not_supported"_s, u"repo%1 of %2 is not on a disk of this machine (%3)"_s.arg(repo->number).arg(config, repo->elsewhere), u"Run howdahctl where the repository is"_s);
        place.repo = repo->number;
        place.path = QDir::cleanPath(repo->paths.constFirst());
        for (const QString &path : repo->paths)
            place.places.append({QDir::cleanPath(path), {}, false});
        place.places.append({config, {}, false});
        place.options = {u"--config="_s + config};
        if (!more.isEmpty()) {
            place.places.append({more, {}, false});
            place.options << u"--config-include-path="_s + more;
        }
        for (const PgBackRestRepo &one : repos) {
            if (one.number != place.repo)
                place.others << u"repo%1"_s.arg(one.number);
        }
    }
    if (!QFileInfo(place.path).isDir())
        return fail(ErrorKind::Io, u"no_folder"_s, u"There is no folder %1, or it can't be entered"_s.arg(place.path));
    // pgBackRest itself refuses root, and the server that is rehearsed does too.
    if (QFileInfo(place.path).ownerId() == 0)
        return fail(ErrorKind::Client, u"root_repository"_s, u"The repository %1 belongs to root, as whom neither pgBackRest nor a server runs"_s.arg(place.path), u"Give it to the user that takes its backups: chown -R postgres"_s);
    place.options << u"--log-level-console=off"_s << u"--log-level-file=off"_s << u"--log-level-stderr=warn"_s << u"--no-log-timestamp"_s;
    ToolboxChoice tools;
    tools.major = newestMajor;
    tools.image = choice.image;
    tools.places = place.places;
    auto box = Toolbox::inImage(tools, progress, cancel);
    if (!box && box.error().kind != ErrorKind::Cancelled && box.error().reason == "no_docker"_L1)
        box = Toolbox::onMachine(newestMajor, cancel);
    if (!box)
        return fail(std::move(box.error()));
    place.toolbox = *std::move(box);
    const auto said = place.toolbox->run({u"pgbackrest"_s, {u"version"_s}, {}, 20'000}, cancel);
    if (!said && said.error().kind == ErrorKind::Cancelled)
        return fail(said.error());
    if (!said || said->exitCode != 0)
        return fail(ErrorKind::Tool, u"no_pgbackrest"_s, u"There is no pgbackrest in %1"_s.arg(place.toolbox->where()), u"docker/build.sh makes the image with it"_s);
    place.version = QString::fromUtf8(said->output).trimmed().section(u' ', 1, 1);
    return place;
}

Result<QVector<PgBackRestStanza>> parsePgBackRestInfo(const QByteArray &json, int repo)
{
    const QJsonDocument document = QJsonDocument::fromJson(json);
    if (!document.isArray())
        return fail(ErrorKind::Tool, u"not_understood"_s, u"pgBackRest's info is not understood"_s, QString::fromUtf8(json.left(500)));
    QVector<PgBackRestStanza> stanzas;
    const QJsonArray found = document.array();
    for (const QJsonValue &one : found) {
        PgBackRestStanza stanza;
        stanza.name = one["name"_L1].toString();
        stanza.isGood = one["status"_L1]["code"_L1].toInteger(-1) == 0;
        stanza.status = one["status"_L1]["message"_L1].toString();
        const auto ofRepo = [&](const QJsonValue &value, QLatin1StringView where) { return value[where]["repo-key"_L1].toInteger(repo) == repo; };
        for (const QJsonValue &each : one["repo"_L1].toArray()) {
            if (each["key"_L1].toInteger(repo) == repo)
                stanza.encrypted = each["cipher"_L1].toString() != "none"_L1;
        }
        qint64 id = -1;
        for (const QJsonValue &db : one["db"_L1].toArray()) {
            if (db["repo-key"_L1].toInteger(repo) != repo || db["id"_L1].toInteger() < id)
                continue;
            id = db["id"_L1].toInteger();
            stanza.systemIdentifier = QString::number(db["system-id"_L1].toInteger());
            stanza.major = db["version"_L1].toString().section(u'.', 0, 0).toInt();
        }
        for (const QJsonValue &archive : one["archive"_L1].toArray()) {
            if (!ofRepo(archive, "database"_L1) || archive["database"_L1]["id"_L1].toInteger() != id)
                continue;
            stanza.archiveId = archive["id"_L1].toString();
            stanza.archiveMin = archive["min"_L1].toString();
            stanza.archiveMax = archive["max"_L1].toString();
        }
        // An archive in which no segment lies yet, or none lies any more.
        if (stanza.archiveId.isEmpty() && id > 0 && stanza.major > 0)
            stanza.archiveId = u"%1-%2"_s.arg(stanza.major).arg(id);
        for (const QJsonValue &backup : one["backup"_L1].toArray()) {
            if (ofRepo(backup, "database"_L1) && backup["database"_L1]["id"_L1].toInteger() == id)
                stanza.backups.append(backupOf(backup.toObject(), stanza.name, stanza.systemIdentifier, QString::number(stanza.major)));
        }
        stanzas.append(stanza);
    }
    return stanzas;
}

Result<QVector<PgBackRestStanza>> pgBackRestStanzas(const PgBackRestPlace &place, const CancelToken &cancel)
{
    const auto said = place.toolbox->runChecked({u"pgbackrest"_s, place.options + QStringList{u"--repo=%1"_s.arg(place.repo), u"--output=json"_s, u"info"_s}, {}, 5 * 60'000, 64 << 20}, cancel);
    if (!said)
        return fail(said.error());
    return parsePgBackRestInfo(said->output, place.repo);
}

std::optional<PgBackRestFile> pgBackRestFile(const QString &fileName)
{
    static const QRegularExpression wal(u"^([0-9A-F]{24}(?:\\.partial)?)-([0-9a-f]{40})(?:\\.(gz|lz4|zst|bz2))?\\z"_s), other(u"^([0-9A-F]{8}\\.history|[0-9A-F]{24}\\.[0-9A-F]{8}\\.backup)\\z"_s);
    if (const auto match = wal.match(fileName); match.hasMatch())
        return PgBackRestFile{match.captured(1), match.captured(2).toLatin1(), match.captured(3)};
    if (const auto match = other.match(fileName); match.hasMatch())
        return PgBackRestFile{match.captured(1), {}, {}};
    return std::nullopt;
}

} // namespace howdah::backup
