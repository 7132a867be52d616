// SPDX-License-Identifier: GPL-3.0-or-later
#include "backup/preflight.h"

#include "backup/controldata.h"
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
    const quint64 size = facts.value(u"Bytes per WAL segment"_s).toULongLong();
    say("segments", size == m_choice.segmentSize, u"Segments of %1 have %2, those of the archive %3"_s.arg(backup.id, units::bytes(double(size)), units::bytes(double(m_choice.segmentSize))));
    static constexpr const char *names[] = {"max_connections", "max_worker_processes", "max_wal_senders", "max_prepared_xacts", "max_locks_per_xact"};
    QStringList low;
    for (std::size_t i = 0; i < 5; ++i) {
        const qint32 had = facts.value(QLatin1StringView(names[i]) + " setting"_L1).toInt();
        if (had > m_choice.floors[i])
            low << u"%1 was %2, and would be %3"_s.arg(QLatin1StringView(names[i])).arg(had).arg(m_choice.floors[i]);
    }
    say("settings", low.isEmpty(), low.isEmpty() ? u"No setting is lower than the server had it"_s : u"The server would not recover: %1"_s.arg(low.join(u", "_s)));
    return {};
}

Done Look::libraries(const Backup &backup)
{
    // What was written by ALTER SYSTEM counts after all others.
    QByteArray text;
    const auto kept = textOf({u"find"_s, backup.folder + "/config"_L1, u"-type"_s, u"f"_s, u"-name"_s, u"*.conf"_s, u"-not"_s, u"-name"_s, u"*.auto.conf"_s, u"-exec"_s, u"cat"_s, u"--"_s, u"{}"_s, u"+"_s});
    const auto ownKept = textOf({u"find"_s, backup.folder + "/config"_L1, u"-type"_s, u"f"_s, u"-name"_s, u"*.auto.conf"_s, u"-exec"_s, u"cat"_s, u"--"_s, u"{}"_s, u"+"_s});
    if (!kept || !ownKept)
        return fail(!kept ? kept.error() : ownKept.error());
    text = *kept + '\n' + *ownKept;
    if (!backup.tar) {
        const auto plain = textOf({u"cat"_s, u"--"_s, backup.data + "/postgresql.conf"_L1, backup.data + "/postgresql.auto.conf"_L1});
        if (!plain)
            return fail(plain.error());
        text = *plain + '\n' + text;
    }
    if (text.trimmed().isEmpty()) {
        say("libraries", {}, u"The server's configuration is not kept with %1: whether it had libraries of its own is not known"_s.arg(backup.id));
        return {};
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
    say("libraries", missing.isEmpty(), missing.isEmpty() ? there.isEmpty() ? u"The server preloaded no library"_s : u"The image has what the server preloaded: %1"_s.arg(there.join(u", "_s))
                                                          : u"%1 lacks what the server preloaded: %2; WAL or indexes of its own kind could not be read"_s.arg(m_choice.image, missing.join(u", "_s)));
    return {};
}

void Look::space(const QVector<const Backup *> &chain)
{
    qint64 needed = 0;
    for (const Backup *one : chain) {
        if (one->bytes < 0) {
            say("space", {}, u"How large %1 is was not recorded"_s.arg(one->id));
            return;
        }
        needed += one->bytes;
    }
    const auto engine = stack::findDocker(m_cancel);
    const auto free = engine ? stack::freeBytes(*engine) : std::nullopt;
    if (!free) {
        say("space", {}, u"How much is free where Docker keeps its volumes is not told"_s);
        return;
    }
    // Compressed ones unpack to more: they are at least so large.
    say("space", *free > needed, u"The copy needs at least %1, and %2 are free"_s.arg(units::bytes(double(needed)), units::bytes(double(*free))));
}

Result<QVector<PreflightCheck>> Look::all()
{
    const Repository repository(m_toolbox, m_choice.root, m_choice.repository);
    const auto catalogue = repository.list(m_cancel);
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
        if (one->tar)
            say("cluster", {}, u"%1 is of tar files: its control file is looked at once it is unpacked"_s.arg(one->id));
        else if (Done looked = plainFolder(*one); !looked)
            return fail(std::move(looked.error()));
    }
    if (Done looked = libraries(*chain->constLast()); !looked)
        return fail(std::move(looked.error()));
    space(*chain);
    return m_checks;
}

} // namespace

QJsonObject PreflightCheck::toJson() const
{
    return {{u"code"_s, code}, {u"good"_s, good ? QJsonValue(*good) : QJsonValue()}, {u"words"_s, words}};
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
    const auto toolbox = Toolbox::inImage(tools, progress, cancel);
    if (!toolbox)
        return fail(toolbox.error());
    return Look(choice, **toolbox, cancel).all();
}

} // namespace howdah::backup
