// SPDX-License-Identifier: GPL-3.0-or-later
#include "backup/toolbox.h"

#include "backup/owner.h"
#include "base/paths.h"

#include <QDir>
#include <QFile>
#include <QFileInfo>
#include <QJsonArray>
#include <QJsonDocument>
#include <QRegularExpression>
#include <QUuid>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

namespace howdah::backup
{

using namespace Qt::StringLiterals;

namespace
{

constexpr auto label = "howdah.toolbox"_L1; // its value: the process that made it, for people, and
constexpr auto ownerLabel = "howdah.toolbox.owner"_L1; // who that is among all machines that use this daemon
constexpr auto inMemory = "/dev/shm/howdah-"_L1;
// Runs "$@" and says in the file $0 who it is, before it starts: a TERM that comes at whatever moment reaches the program. (A shell's background would
// read from /dev/null.)
constexpr auto marked = "exec 3<&0; echo $$ >\"$0\"; trap 'stop=1; [ -z \"$p\" ] || kill $p 2>/dev/null' TERM; \"$@\" <&3 3<&- & p=$!; echo \"$$ $p\" >\"$0\"; exec 0<&- 3<&-; "
                        "[ -z \"$stop\" ] || kill $p; while :; do wait $p; r=$?; kill -0 $p 2>/dev/null || break; done; rm -f \"$0\"; exit $r"_L1;
// Ends what the file $0 names; where it has no name yet, it may be about to start. What does not end within 5 s is killed.
constexpr char ended[] = "i=0; while [ ! -s \"$0\" ] && [ $i -lt 10 ]; do sleep 0.1; i=$((i+1)); done; p=$(cat \"$0\" 2>/dev/null) || exit 0; kill ${p%% *} 2>/dev/null; i=0; "
                       "while kill -0 ${p%% *} 2>/dev/null && [ $i -lt 50 ]; do sleep 0.1; i=$((i+1)); done; p=$(cat \"$0\" 2>/dev/null) || exit 0; kill -9 $p 2>/dev/null; rm -f \"$0\"";
// The same of the shell that stays, which leads the group of what it runs.
constexpr char groupEnded[] = "p=$(cat \"$0\" 2>/dev/null) || exit 0; kill -s TERM -- -$p 2>/dev/null; i=0; while kill -s 0 -- -$p 2>/dev/null && [ $i -lt 50 ]; do sleep 0.1; i=$((i+1)); done; "
                              "kill -s KILL -- -$p 2>/dev/null; rm -f \"$0\"";
constexpr qsizetype shortWords = 16 << 10, shortInput = 64 << 10;

QString noName()
{
    return QUuid::createUuid().toString(QUuid::Id128);
}

// A file with a secret says whose it is: what a killed program left goes with the next.
constexpr auto secretPrefix = "howdah-secret-"_L1;

QString secretName()
{
    return secretPrefix + noName() + u'-' + Owner::ourselves().label().replace(u'/', u'_');
}

bool isLeft(const QString &name)
{
    return name.startsWith(secretPrefix) && Owner::fromLabel(name.section(u'-', 3)).state() == Owner::State::Gone;
}

// Of programs that are provably gone: a daemon may be shared, and another machine's process is none of ours to judge. A container is no secret's place: /dev/shm goes with it.
void removeLeft(const stack::DockerEngine &engine, const CancelToken &cancel)
{
    const auto listed = tool::run(engine.command({u"ps"_s, u"--all"_s, u"--filter"_s, u"label="_s + label, u"--format"_s, u"{{.ID}} {{.Label \"%1\"}}"_s.arg(ownerLabel)}), cancel);
    if (!listed || listed->exitCode != 0)
        return;
    for (const QByteArray &line : listed->output.trimmed().split('\n')) {
        const QString id = QString::fromUtf8(line).section(u' ', 0, 0), owner = QString::fromUtf8(line).section(u' ', 1);
        if (Owner::fromLabel(owner).state() == Owner::State::Gone)
            std::ignore = tool::run(engine.command({u"rm"_s, u"--force"_s, u"--volumes"_s, id}), cancel);
    }
}

Result<QString> imageIdOf(const stack::DockerEngine &engine, const QStringList &inspect, const CancelToken &cancel)
{
    return tool::runChecked(engine.command(inspect), cancel)
        .map([](const tool::Outcome &said) { return QString::fromLatin1(said.output.trimmed()); })
        .map_error(stack::dockerError);
}

// A named volume, or an absolute path; what --mount reads as a list of words may hold none of its commas.
Done checkPlace(const Place &place)
{
    static const QRegularExpression volume(u"^[a-zA-Z0-9][a-zA-Z0-9_.-]*\\z"_s);
    const bool good = place.isFolder() ? QDir::cleanPath(place.source) == place.source && !place.source.contains(u',') && !place.source.contains(u'"')
                                       : volume.match(place.source).hasMatch() && place.target.startsWith(u'/');
    if (!good || place.target.contains(u',') || place.target.contains(u'"'))
        return fail(ErrorKind::Client, u"bad_place"_s, u"%1 can't be shown to a container"_s.arg(place.source), u"A folder's path is absolute and without commas and quotes"_s);
    if (place.isFolder() && !QFileInfo::exists(place.source)) // a single file is shown as well
        return fail(ErrorKind::Io, u"no_folder"_s, u"There is no folder %1"_s.arg(place.source));
    return {};
}

} // namespace

int versionNumOf(const QString &version)
{
    static const QRegularExpression shape(u"^(\\d{1,3})(?:\\.(\\d{1,4})|(?:devel|alpha|beta|rc))"_s);
    const QRegularExpressionMatch match = shape.match(version.trimmed());
    return match.hasMatch() ? match.captured(1).toInt() * 10000 + match.captured(2).toInt() : 0;
}

// Who writes into a folder of this machine is its owner, so that the files are theirs.
QString Toolbox::userOf(const QVector<Place> &places)
{
    for (const bool writable : {true, false}) {
        for (const Place &place : places) {
            struct stat folder{};
            if (place.isFolder() && place.writable == writable && ::stat(QFile::encodeName(place.source).constData(), &folder) == 0)
                return u"%1:%2"_s.arg(folder.st_uid).arg(folder.st_gid);
        }
    }
    return imageUser;
}

QStringList Toolbox::tools()
{
    return {u"pg_basebackup"_s, u"pg_verifybackup"_s, u"pg_waldump"_s, u"pg_dump"_s, u"pg_dumpall"_s, u"pg_restore"_s, u"pg_amcheck"_s, u"pg_checksums"_s, u"psql"_s};
}

QString Toolbox::where() const
{
    switch (m_kind) {
    case Kind::Machine: return u"%1, PostgreSQL %2"_s.arg(m_folder, m_version);
    case Kind::Image: return u"image %1, PostgreSQL %2"_s.arg(m_name, m_version);
    case Kind::Server: return u"%1, PostgreSQL %2"_s.arg(m_name, m_version);
    }
    return m_version;
}

QString Toolbox::programPath(const QString &program) const
{
    // By its folder, since Debian's /usr/bin/pg_basebackup is a wrapper that chooses a version by its own rules.
    const bool ofPostgres = program.startsWith("pg_"_L1) || program == "psql"_L1 || program == "postgres"_L1;
    return ofPostgres && !m_folder.isEmpty() ? QString(m_folder + u'/' + program) : program;
}

tool::Command Toolbox::made(const QString &program, const QStringList &arguments, const QStringList &environment, const QString &mark) const
{
    // Times are printed in TZ, and words come in the language that LC_ALL names.
    const QStringList all = QStringList{u"TZ=UTC"_s, u"LC_ALL=C.UTF-8"_s} + environment;
    if (m_kind == Kind::Machine) {
        tool::Command command;
        command.program = programPath(program);
        command.arguments = arguments;
        command.environment = all;
        return command;
    }
    QStringList words{u"exec"_s, u"--interactive"_s};
    if (m_kind == Kind::Server)
        words << u"--user"_s << imageUser; // whatever the container was started as
    for (const QString &entry : all + QStringList{u"HOME=/tmp"_s})
        words << u"--env"_s << entry;
    words << m_container;
    if (!mark.isEmpty())
        words << u"sh"_s << u"-c"_s << QString(marked) << mark;
    return m_engine.command(words + QStringList{programPath(program)} + arguments, 0);
}

tool::Command Toolbox::command(const QString &program, const QStringList &arguments) const
{
    return made(program, arguments, {}, {});
}

void Toolbox::endWhatRuns(const char *script, const QString &mark) const
{
    QStringList words{u"exec"_s};
    if (m_kind == Kind::Server)
        words << u"--user"_s << imageUser;
    std::ignore = tool::run(m_engine.command(words + QStringList{m_container, u"sh"_s, u"-c"_s, QString::fromLatin1(script), mark}, 15'000));
}

// A call of its own costs some 70 ms, and a task makes dozens of them.
std::optional<Result<tool::Outcome>> Toolbox::runShort(const Call &call, const CancelToken &cancel) const
{
    qsizetype size = 0;
    for (const QString &word : call.arguments)
        size += word.size();
    if (m_kind == Kind::Machine || call.onLine || call.bulk || call.input.size() > shortInput || size > shortWords)
        return std::nullopt;
    const std::unique_lock inUse(m_shellUse, std::try_to_lock);
    if (!inUse.owns_lock())
        return std::nullopt;
    if (!m_shell || !m_shell->isUsable()) {
        m_shellMark = inMemory + noName() + ".pid"_L1;
        tool::Command starts = command({}, {});
        starts.arguments.removeLast(); // the program
        auto shell = tool::Shell::start(starts, m_shellMark);
        if (!shell)
            return fail(std::move(shell.error()));
        m_shell = *std::move(shell);
    }
    QStringList words = QStringList{programPath(call.program)} + call.arguments;
    if (!call.environment.isEmpty())
        words = QStringList{u"env"_s} + call.environment + words;
    auto outcome = m_shell->run({words, call.input, call.timeoutMs, call.maxOutput}, cancel);
    if (!m_shell->isUsable()) {
        m_shell.reset();
        if (!outcome) // even after a cancel, hence without its token
            endWhatRuns(groupEnded, m_shellMark);
    }
    return outcome;
}

Result<tool::Outcome> Toolbox::run(const Call &call, const CancelToken &cancel) const
{
    if (auto outcome = runShort(call, cancel))
        return *std::move(outcome);
    const QString mark = m_kind == Kind::Machine ? QString() : QString(inMemory + noName() + ".pid"_L1);
    tool::Command command = made(call.program, call.arguments, call.environment, mark);
    command.input = call.input;
    command.timeoutMs = call.timeoutMs;
    command.maxOutput = call.maxOutput;
    command.onLine = call.onLine;
    Result<tool::Outcome> outcome = tool::run(command, cancel);
    if (!mark.isEmpty() && !outcome && (outcome.error().kind == ErrorKind::Cancelled || outcome.error().kind == ErrorKind::Timeout))
        endWhatRuns(ended, mark); // even after a cancel, hence without its token
    return outcome;
}

Result<tool::Outcome> Toolbox::runChecked(const Call &call, const CancelToken &cancel) const
{
    Result<tool::Outcome> outcome = run(call, cancel);
    if (!outcome || outcome->exitCode == 0)
        return outcome;
    Error error;
    error.kind = ErrorKind::Tool;
    error.reason = u"failed"_s;
    error.message = u"%1 ended with exit code %2"_s.arg(call.program).arg(outcome->exitCode);
    error.detail = QString::fromUtf8(outcome->lastLines.join('\n'));
    error.context = tool::commandLine(command(call.program, call.arguments));
    return fail(stack::dockerError(std::move(error)));
}

Done Toolbox::readVersion(int major, const CancelToken &cancel)
{
    Call call{u"pg_basebackup"_s, {u"--version"_s}, {}, 20'000, 4 << 10, {}, {}};
    Result<tool::Outcome> said = run(call, cancel);
    if (said && said->exitCode != 0 && m_kind != Kind::Machine && !m_folder.isEmpty()) {
        m_folder.clear(); // an image whose programs are on PATH alone
        said = run(call, cancel);
    }
    if (!said)
        return fail(std::move(said.error()));
    // "pg_basebackup (PostgreSQL) 18.6 (Debian 18.6-3)"
    m_version = QString::fromUtf8(said->output).trimmed().section(u' ', 2, 2);
    m_versionNum = versionNumOf(m_version);
    if (said->exitCode != 0 || m_versionNum / 10000 != major)
        return fail(ErrorKind::Tool, u"no_tools"_s, m_versionNum ? u"The programs of %1 are of PostgreSQL %2, and the server is %3"_s.arg(m_name, m_version).arg(major)
                                                                 : u"There are no programs of PostgreSQL %2 in %1"_s.arg(m_name).arg(major));
    return {};
}

Result<std::unique_ptr<Toolbox>> Toolbox::onMachine(int major, const CancelToken &cancel)
{
    QStringList places;
    if (const QString named = qEnvironmentVariable("HOWDAH_PG_BIN"); !named.isEmpty())
        places << named;
    places << u"/usr/lib/postgresql/%1/bin"_s.arg(major);
    QStringList why;
    for (const QString &place : std::as_const(places)) {
        QStringList wanted = tools();
        if (major >= 17)
            wanted << u"pg_combinebackup"_s;
        wanted.removeIf([&](const QString &name) { return QFileInfo(place + u'/' + name).isExecutable(); });
        if (!wanted.isEmpty()) {
            why << u"%1 has no %2"_s.arg(place, wanted.join(u", "_s));
            continue;
        }
        std::unique_ptr<Toolbox> found(new Toolbox(Kind::Machine));
        found->m_folder = QDir(place).absolutePath();
        found->m_name = found->m_folder;
        Done read = found->readVersion(major, cancel);
        if (read)
            return found;
        if (read.error().kind == ErrorKind::Cancelled)
            return fail(std::move(read.error()));
        why << read.error().message;
    }
    return fail(Error{ErrorKind::Tool, u"no_tools"_s, u"This machine has not all programs of PostgreSQL %1"_s.arg(major), why.join(u". "_s),
                      u"Install postgresql-%1 (its programs are enough, no cluster of it need run) or set HOWDAH_PG_BIN"_s.arg(major), {}, {}});
}

Result<std::unique_ptr<Toolbox>> Toolbox::inImage(const ToolboxChoice &choice, const Progress &progress, const CancelToken &cancel)
{
    for (const Place &place : choice.places) {
        if (Done good = checkPlace(place); !good)
            return fail(std::move(good.error()));
    }
    auto engine = stack::findDocker(cancel);
    if (!engine)
        return fail(std::move(engine.error()));
    removeLeft(*engine, cancel);
    std::unique_ptr<Toolbox> box(new Toolbox(Kind::Image));
    box->m_engine = *std::move(engine);
    box->m_name = choice.image;
    box->m_folder = u"/usr/lib/postgresql/%1/bin"_s.arg(choice.major);
    auto id = imageIdOf(box->m_engine, {u"image"_s, u"inspect"_s, u"--format"_s, u"{{.Id}}"_s, choice.image}, cancel);
    if (!id)
        return fail(std::move(id.error()));
    box->m_imageId = *id;
    if (progress)
        progress({u"Start a container for the tools"_s, choice.image, 0, 0, {}});
    QStringList words{u"run"_s, u"--detach"_s, u"--rm"_s, u"--label"_s, u"%1=%2"_s.arg(label).arg(::getpid()), u"--label"_s, ownerLabel + u'=' + Owner::ourselves().label(), u"--network"_s, choice.network,
                      u"--user"_s, choice.asRoot ? u"0:0"_s : userOf(choice.places), u"--read-only"_s, u"--tmpfs"_s, u"/tmp:mode=1777,size=64m"_s, u"--cap-drop"_s, u"ALL"_s,
                      u"--security-opt"_s, u"no-new-privileges:true"_s, u"--pids-limit"_s, u"200"_s};
    if (choice.asRoot) // whatever the owner of a file, and no more than that
        words << u"--cap-add"_s << u"DAC_OVERRIDE"_s << u"--cap-add"_s << u"CHOWN"_s << u"--cap-add"_s << u"FOWNER"_s;
    for (const Place &place : choice.places) {
        words << u"--mount"_s
              << u"type=%1,source=%2,target=%3%4"_s.arg(place.isFolder() ? u"bind"_s : u"volume"_s, place.source, place.target.isEmpty() ? place.source : place.target,
                                                      place.writable ? QString() : u",readonly"_s);
    }
    words << u"--entrypoint"_s << u"sleep"_s << box->m_imageId << u"infinity"_s;
    auto started = tool::runChecked(box->m_engine.command(words, 60'000), cancel);
    if (!started)
        return fail(stack::dockerError(std::move(started.error())));
    box->m_container = QString::fromLatin1(started->output.trimmed());
    if (Done read = box->readVersion(choice.major, cancel); !read)
        return fail(std::move(read.error()));
    return box;
}

Result<std::unique_ptr<Toolbox>> Toolbox::inServer(const stack::DockerEngine &engine, const QString &containerId, const QString &name, int major, const CancelToken &cancel)
{
    std::unique_ptr<Toolbox> box(new Toolbox(Kind::Server));
    box->m_engine = engine;
    box->m_container = containerId;
    box->m_name = name;
    box->m_folder = u"/usr/lib/postgresql/%1/bin"_s.arg(major);
    auto id = imageIdOf(engine, {u"container"_s, u"inspect"_s, u"--format"_s, u"{{.Image}}"_s, containerId}, cancel);
    if (!id)
        return fail(std::move(id.error()));
    box->m_imageId = *id;
    if (Done read = box->readVersion(major, cancel); !read)
        return fail(std::move(read.error()));
    return box;
}

Result<std::unique_ptr<Toolbox>> Toolbox::open(const ToolboxChoice &choice, const Progress &progress, const CancelToken &cancel)
{
    QStringList why;
    const bool inVolume = std::any_of(choice.places.begin(), choice.places.end(), [](const Place &place) { return !place.isFolder(); });
    const bool ownNetwork = choice.network != "none"_L1 && choice.network != "host"_L1;
    if (!inVolume && !ownNetwork) {
        auto machine = onMachine(choice.major, cancel);
        if (machine || machine.error().kind == ErrorKind::Cancelled)
            return machine;
        why << machine.error().text();
    }
    if (!choice.image.isEmpty()) {
        auto container = inImage(choice, progress, cancel);
        if (container || container.error().kind == ErrorKind::Cancelled || why.isEmpty())
            return container;
        why << container.error().text();
    }
    return fail(Error{ErrorKind::Tool, u"no_tools"_s, u"There are no programs of PostgreSQL %1 to work with"_s.arg(choice.major), why.join(u'\n'),
                      u"Install postgresql-%1, or start the stack once: its image has them (howdahctl stack up)"_s.arg(choice.major), {}, {}});
}

Result<QString> Toolbox::keepSecret(const Secret &content, const CancelToken &cancel)
{
    if (m_kind == Kind::Machine) {
        const QString runtime = qEnvironmentVariable("XDG_RUNTIME_DIR");
        const QString folder = QFileInfo(runtime).isDir() ? runtime : paths::cacheDir();
        if (Done made = folder == runtime ? Done() : paths::makePrivateDir(folder); !made)
            return fail(std::move(made.error()));
        for (const QString &name : QDir(folder).entryList({secretPrefix + u'*'}, QDir::Files | QDir::Hidden)) {
            if (isLeft(name))
                QFile::remove(folder + u'/' + name);
        }
        const QString path = folder + u'/' + secretName();
        const int fd = ::open(QFile::encodeName(path).constData(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
        if (fd < 0)
            return fail(ErrorKind::Io, u"not_written"_s, u"The password file %1 can't be made"_s.arg(path));
        m_secrets << path;
        const bool whole = ::write(fd, content.data(), size_t(content.size())) == content.size();
        ::close(fd);
        if (!whole)
            return fail(ErrorKind::Io, u"not_written"_s, u"The password file %1 was not written"_s.arg(path));
        return path;
    }
    // The server's own container outlives whoever was killed beside it.
    if (m_kind == Kind::Server) {
        tool::Command look = command(u"find"_s, {u"/dev/shm"_s, u"-maxdepth"_s, u"1"_s, u"-type"_s, u"f"_s, u"-name"_s, secretPrefix + u'*', u"-printf"_s, u"%f\\n"_s});
        look.timeoutMs = 15'000;
        QStringList left;
        if (const auto found = tool::run(look, cancel)) {
            for (const QByteArray &name : found->output.split('\n')) {
                if (isLeft(QString::fromLatin1(name)))
                    left << u"/dev/shm/"_s + QString::fromLatin1(name);
            }
        }
        if (!left.isEmpty())
            std::ignore = tool::run(command(u"rm"_s, QStringList{u"-f"_s, u"--"_s} + left), cancel);
    }
    const QString path = u"/dev/shm/"_s + secretName();
    tool::Command write = command(u"install"_s, {u"-m"_s, u"0600"_s, u"/dev/stdin"_s, path}); // that mode before the first byte is in it
    write.timeoutMs = 15'000;
    write.input = QByteArray::fromRawData(content.data(), content.size());
    m_secrets << path;
    if (auto written = tool::runChecked(write, cancel); !written)
        return fail(stack::dockerError(std::move(written.error())));
    return path;
}

Toolbox::~Toolbox()
{
    if (m_kind == Kind::Image) {
        if (!m_container.isEmpty())
            std::ignore = tool::run(m_engine.command({u"rm"_s, u"--force"_s, u"--volumes"_s, m_container}));
        return;
    }
    for (const QString &path : std::as_const(m_secrets)) {
        if (m_kind == Kind::Machine) {
            QFile::remove(path);
        } else {
            tool::Command remove = command(u"rm"_s, {u"-f"_s, path});
            remove.timeoutMs = 10'000;
            std::ignore = tool::run(remove);
        }
    }
}

} // namespace howdah::backup
