// SPDX-License-Identifier: GPL-3.0-or-later
#include "backup/preflight.h"

#include "backup/controldata.h"
#include "backup/copyroom.h"
#include "backup/repository.h"
#include "base/units.h"
#include "stack/dockerengine.h"

#include <QRegularExpression>

namespace howdah::backup
{

using namespace Qt::StringLiterals;

namespace
{

class Look
{
public:
    Look(const RehearsalChoice &choice, const Toolbox &toolbox, const CancelToken &cancel) : m_choice(choice), m_toolbox(toolbox), m_cancel(cancel) {}
    Result<QVector<PreflightCheck>> all();

private:
    void say(const char *code, std::optional<bool> good, const QString &words) { m_checks.append({QString::fromLatin1(code), good, words}); }
    Done plainFolder(const Backup &backup);
    Done libraries(const Backup &backup);
    Result<Catalogue> catalogue() const;
    std::optional<qint64> freeBytes() const;
    void space(const QVector<const Backup *> &chain);
    Result<QByteArray> textOf(const QStringList &words);

    const RehearsalChoice &m_choice;
    const Toolbox &m_toolbox;
    const CancelToken &m_cancel;
    QVector<PreflightCheck> m_checks;
};

// Of a program that may find nothing.
Result<QByteArray> Look::textOf(const QStringList &words)
{
    const auto said = m_toolbox.run({words.constFirst(), words.mid(1), {}, 60'000, 4 << 20}, m_cancel);
    return said ? Result<QByteArray>(said->output) : fail(said.error());
}

// What the files themselves say, whatever the record does.
Done Look::plainFolder(const Backup &backup)
{
    const auto version = textOf({u"cat"_s, u"--"_s, backup.data + "/PG_VERSION"_L1});
    if (!version)
        return fail(version.error());
    const QString major = QString::fromLatin1(version->trimmed());
    say("version", major == QString::number(m_choice.major), u"%1 is of PostgreSQL %2, the image of %3"_s.arg(backup.id, major.isEmpty() ? u"no known version"_s : major).arg(m_choice.major));
    const auto control = textOf({u"pg_controldata"_s, u"-D"_s, backup.data});
    if (!control)
        return fail(control.error());
    const auto facts = parseControlData(*control);
    const QString system = facts.value(u"Database system identifier"_s);
    if (system.isEmpty()) {
        say("cluster", false, u"pg_controldata can't read the control file of %1"_s.arg(backup.id));
        return {};
    }
    say("cluster", backup.systemIdentifier.isEmpty() ? std::nullopt : std::optional(system == backup.systemIdentifier), u"%1 is of the cluster %2, and recorded as of %3"_s.arg(backup.id, system, backup.systemIdentifier.isEmpty() ? u"none"_s : backup.systemIdentifier));
    bool isSize = false;
    if (const quint64 size = facts.value(u"Bytes per WAL segment"_s).toULongLong(&isSize); isSize)
        say("segments", size == m_choice.segmentSize, u"Segments of %1 have %2, those of the archive %3"_s.arg(backup.id, units::bytes(double(size)), units::bytes(double(m_choice.segmentSize))));
    else
        say("segments", {}, u"The control file of %1 does not say how large its segments are"_s.arg(backup.id));
    const RecoveryFloors floors = floorsOf(facts);
    const bool known = hasFloors(facts);
    say("settings", known ? std::optional(true) : std::nullopt, known ? u"The server had %1: the copy gets no less"_s.arg(settingsOf(floors).join(u", "_s)) : u"%1 does not say which settings its server had"_s.arg(backup.id));
    return {};
}

Done Look::libraries(const Backup &backup)
{
    // What was written by ALTER SYSTEM counts after all others.
    const auto kept = textOf({u"find"_s, backup.folder + "/config"_L1, u"-type"_s, u"f"_s, u"-name"_s, u"*.conf"_s, u"-not"_s, u"-name"_s, u"*.auto.conf"_s, u"-exec"_s, u"cat"_s, u"--"_s, u"{}"_s, u"+"_s});
    const auto ownKept = textOf({u"find"_s, backup.folder + "/config"_L1, u"-type"_s, u"f"_s, u"-name"_s, u"*.auto.conf"_s, u"-exec"_s, u"cat"_s, u"--"_s, u"{}"_s, u"+"_s});
    if (!kept || !ownKept)
        return fail(!kept ? kept.error() : ownKept.error());
    // A data folder whose server was configured from elsewhere has files too, which say nothing of what it loaded.
    const bool known = !kept->trimmed().isEmpty();
    QByteArray text = *kept + '\n' + *ownKept;
    if (!backup.tar) {
        const auto plain = textOf({u"cat"_s, u"--"_s, backup.data + "/postgresql.conf"_L1, backup.data + "/postgresql.auto.conf"_L1});
        if (!plain)
            return fail(plain.error());
        text = *plain + '\n' + text;
    }
    QStringList missing, there;
    for (const QString &name : preloadedLibraries(text)) {
        QString path = QString(name).replace(u"$libdir"_s, u"/usr/lib/postgresql/%1/lib"_s.arg(m_choice.major));
        if (!path.startsWith(u'/'))
            path = u"/usr/lib/postgresql/%1/lib/"_s.arg(m_choice.major) + path;
        if (!path.endsWith(".so"_L1))
            path += ".so"_L1;
        const auto found = m_toolbox.run({u"test"_s, {u"-e"_s, path}, {}}, m_cancel);
        if (!found)
            return fail(found.error());
        (found->exitCode == 0 ? there : missing) << name;
    }
    if (!missing.isEmpty())
        say("libraries", false, u"%1 lacks what the server preloaded: %2; WAL or indexes of its own kind could not be read"_s.arg(m_choice.image, missing.join(u", "_s)));
    else if (!known)
        say("libraries", {}, u"The server's configuration is not kept with %1: whether it had libraries of its own is not known"_s.arg(backup.id));
    else
        say("libraries", true, there.isEmpty() ? u"The server preloaded no library"_s : u"The image has what the server preloaded: %1"_s.arg(there.join(u", "_s)));
    return {};
}

// Where volumes lie: on this machine as the engine says it, else as a container of it sees its own root, which lies there too.
std::optional<qint64> Look::freeBytes() const
{
    const auto engine = stack::findDocker(m_cancel);
    if (const auto free = engine ? stack::freeBytes(*engine) : std::nullopt)
        return free;
    const auto said = m_toolbox.run({u"df"_s, {u"-B1"_s, u"--output=avail"_s, u"/"_s}, {}}, m_cancel);
    bool is = false;
    const qint64 free = said && said->exitCode == 0 ? said->output.trimmed().split('\n').constLast().trimmed().toLongLong(&is) : 0;
    return is ? std::optional(free) : std::nullopt;
}

void Look::space(const QVector<const Backup *> &chain)
{
    const auto copy = copyBytesOf(Repository(m_toolbox, m_choice.root, m_choice.repository), chain, m_cancel);
    m_checks.append(spaceCheck(copy, replayBytes(m_choice.segments, m_choice.segmentSize), m_choice.keptFree, freeBytes()));
}

// An engine of its own looks at what it restores; what its catalogue says is held against the image.
Result<Catalogue> Look::catalogue() const
{
    if (m_choice.engine)
        return m_choice.engine->make(m_toolbox)->list(m_cancel);
    return Repository(m_toolbox, m_choice.root, m_choice.repository).list(m_cancel);
}

Result<QVector<PreflightCheck>> Look::all()
{
    const auto catalogue = this->catalogue();
    if (!catalogue)
        return fail(catalogue.error());
    const auto chain = catalogue->chain(m_choice.verdict.backup);
    say("chain", chain.has_value(), chain ? u"%1 and what it builds on are there"_s.arg(m_choice.verdict.backup) : chain.error().message);
    if (!chain)
        return m_checks;
    for (const Backup *one : *chain) {
        if (one->serverVersionNum != 0 && one->serverVersionNum / 10000 != m_choice.major)
            say("version", false, u"%1 is recorded as of PostgreSQL %2, the image is of %3"_s.arg(one->id, one->serverVersion).arg(m_choice.major));
        if (one->segmentSize != 0 && one->segmentSize != m_choice.segmentSize)
            say("segments", false, u"%1 is recorded with segments of %2, the archive's have %3"_s.arg(one->id, units::bytes(one->segmentSize), units::bytes(double(m_choice.segmentSize))));
        if (one->tar || m_choice.engine)
            say("cluster", {}, u"%1 is no folder that a server could start on: its control file is looked at once it is unpacked"_s.arg(one->id));
        else if (Done looked = plainFolder(*one); !looked)
            return fail(std::move(looked.error()));
    }
    m_checks.append(minorCheck(*chain->constLast(), m_choice.image, m_toolbox.version(), m_toolbox.versionNum()));
    if (m_choice.engine)
        say("libraries", {}, u"The server's configuration is not kept by this engine: whether it had libraries of its own is not known"_s);
    else if (Done looked = libraries(*chain->constLast()); !looked)
        return fail(std::move(looked.error()));
    space(*chain);
    return m_checks;
}

} // namespace

QJsonObject PreflightCheck::toJson() const
{
    return {{u"code"_s, code}, {u"good"_s, good ? QJsonValue(*good) : QJsonValue()}, {u"words"_s, words}};
}

PreflightCheck spaceCheck(std::optional<qint64> copy, qint64 replay, qint64 keptFree, std::optional<qint64> free)
{
    const auto text = [](qint64 bytes) { return units::bytes(double(bytes)); };
    if (!free)
        return {u"space"_s, {}, u"How much is free where Docker keeps its volumes is not told"_s};
    // Not known is no leave to fill what is kept free.
    const qint64 least = copy.value_or(0) + replay;
    const bool fits = *free - keptFree >= least;
    const QString needs = copy ? u"The copy needs up to %1, and replay %2"_s.arg(text(*copy), text(replay)) : u"How large the copy gets is not known; replay needs %1"_s.arg(text(replay));
    return {u"space"_s, fits ? copy ? std::optional(true) : std::nullopt : std::optional(false), u"%1; %2 are free where volumes lie, of which %3 stay free for the WAL and data that may lie there too"_s.arg(needs, text(*free), text(keptFree))};
}

PreflightCheck minorCheck(const Backup &backup, const QString &image, const QString &version, int versionNum)
{
    if (backup.serverVersionNum == 0 || backup.serverVersionNum % 10000 == 0)
        return {u"minor"_s, {}, u"Which minor version %1 was taken from is not recorded; %2 has %3"_s.arg(backup.id, image, version)};
    if (backup.serverVersionNum == versionNum || backup.serverVersionNum / 10000 != versionNum / 10000)
        return {u"minor"_s, backup.serverVersionNum == versionNum, u"%1 is of PostgreSQL %2, %3 of %4"_s.arg(backup.id, backup.serverVersion, image, version)};
    return {u"minor"_s, {}, versionNum < backup.serverVersionNum ? u"%1 is of PostgreSQL %2, and %3 has the older %4: what was mended since is not mended in this replay. An image of %2 is better"_s.arg(backup.id, backup.serverVersion, image, version)
                                                                 : u"%1 is of PostgreSQL %2, and %3 has %4: WAL of another minor version is replayed, which has had faults. Where it fails, an image of %2 may do"_s.arg(backup.id, backup.serverVersion, image, version)};
}

QStringList preloadedLibraries(const QByteArray &configuration)
{
    static const QRegularExpression setting(u"^\\s*shared_preload_libraries\\s*(?:=\\s*|\\s+)(?:'((?:[^'\\\\]|''|\\\\.)*)'|([^\\s#]*))"_s, QRegularExpression::CaseInsensitiveOption | QRegularExpression::MultilineOption);
    QString value;
    for (auto all = setting.globalMatch(QString::fromUtf8(configuration)); all.hasNext();) {
        const auto match = all.next();
        value = match.captured(1).isEmpty() ? match.captured(2) : match.captured(1);
    }
    QStringList libraries;
    for (QString name : value.split(u',')) {
        name = name.trimmed();
        if (name.startsWith(u'"') && name.endsWith(u'"') && name.size() > 1)
            name = name.sliced(1, name.size() - 2);
        if (!name.isEmpty())
            libraries << name;
    }
    return libraries;
}

Done preflightIsGood(const QVector<PreflightCheck> &checks)
{
    QStringList bad;
    for (const PreflightCheck &one : checks) {
        if (one.good == false)
            bad << one.words;
    }
    if (bad.isEmpty())
        return {};
    return fail(ErrorKind::Client, u"preflight"_s, u"Nothing was started: %1"_s.arg(bad.join(u". "_s)));
}

Result<QVector<PreflightCheck>> preflight(const RehearsalChoice &choice, const Progress &progress, const CancelToken &cancel)
{
    ToolboxChoice tools;
    tools.major = choice.major;
    tools.image = choice.image;
    tools.places = choice.places;
    for (Place &place : tools.places)
        place.writable = false;
    tools.asRoot = Toolbox::isOfRoot(choice.places);
    const auto toolbox = Toolbox::inImage(tools, progress, cancel);
    if (!toolbox)
        return fail(toolbox.error());
    return Look(choice, **toolbox, cancel).all();
}

} // namespace howdah::backup
