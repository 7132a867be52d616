// SPDX-License-Identifier: GPL-3.0-or-later
// Where PostgreSQL's own programs are found, and that nothing of it stays behind: containers, secrets, what was cancelled.
#include "backup/owner.h"
#include "backup/toolbox.h"
#include "support/verifyok.h"

#include <QFile>
#include <QFileInfo>
#include <QTemporaryDir>
#include <QtTest>

#include <thread>

#include <signal.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

using namespace howdah;
using namespace howdah::backup;
using namespace Qt::StringLiterals;

class TestToolbox : public QObject
{
    Q_OBJECT
private slots:
    void initTestCase();
    void versions();
    void onMachine();
    void otherMajorIsRefused();
    void inImage();
    void folderIsWrittenAsItsOwner();
    void readOnlyIsReadOnly();
    void hostilePlaces();
    void cancelledProgramHasEnded();
    void stubbornProgramIsKilled();
    void exitCodesAndInput();
    void secretsAreGone();
    void leftSecretsGo();
    void leftContainerGoes();

private:
    QByteArray docker(const QStringList &arguments)
    {
        tool::Command command;
        command.program = u"docker"_s;
        command.arguments = arguments;
        const auto outcome = tool::runChecked(command);
        return outcome ? outcome->output.trimmed() : "failed: " + outcome.error().detail.toUtf8();
    }
    ToolboxChoice choice() const
    {
        ToolboxChoice wanted;
        wanted.image = u"howdah-postgres:18"_s;
        wanted.places = {{m_folder.path(), {}, true}};
        return wanted;
    }
    void writeProgram(const QString &path, const QByteArray &text)
    {
        QFile file(path);
        QVERIFY(file.open(QIODevice::WriteOnly));
        file.write(text);
        file.setPermissions(QFile::ReadOwner | QFile::WriteOwner | QFile::ExeOwner);
    }

    QTemporaryDir m_folder;
    QTemporaryDir m_bin;
};

void TestToolbox::initTestCase()
{
    qputenv("HOWDAH_PG_BIN", m_bin.path().toLocal8Bit());
    qunsetenv("XDG_RUNTIME_DIR");
    qputenv("XDG_CACHE_HOME", m_folder.path().toLocal8Bit() + "/cache");
}

void TestToolbox::versions()
{
    QCOMPARE(versionNumOf(u"18.6"_s), 180006);
    QCOMPARE(versionNumOf(u"18.6 (Debian 18.6-3)"_s), 180006);
    QCOMPARE(versionNumOf(u"19beta1"_s), 190000);
    QCOMPARE(versionNumOf(u"18"_s), 0); // of a server since 10 there is always a minor
    QCOMPARE(versionNumOf(u"command not found"_s), 0);
}

void TestToolbox::onMachine()
{
    const auto none = Toolbox::onMachine(18);
    QVERIFY(!none);
    QCOMPARE(none.error().reason, u"no_tools"_s);
    QVERIFY2(none.error().detail.contains(m_bin.path() + " has no pg_basebackup"_L1), qPrintable(none.error().detail));
    for (const QString &name : Toolbox::tools() + QStringList{u"pg_combinebackup"_s})
        writeProgram(m_bin.path() + u'/' + name, "#!/bin/sh\necho \"$(basename $0) (PostgreSQL) 18.6 (x) $TZ\"\n");
    const auto box = Toolbox::onMachine(18);
    VERIFY_OK(box);
    QCOMPARE((*box)->where(), m_bin.path() + ", PostgreSQL 18.6"_L1);
    QCOMPARE((*box)->versionNum(), 180006);
    const auto said = (*box)->runChecked({u"pg_waldump"_s, {}, {}});
    VERIFY_OK(said);
    QCOMPARE(said->output, "pg_waldump (PostgreSQL) 18.6 (x) UTC\n");
}

void TestToolbox::otherMajorIsRefused()
{
    const auto machine = Toolbox::onMachine(17);
    QVERIFY(!machine);
    QVERIFY2(machine.error().detail.contains(u"are of PostgreSQL 18.6, and the server is 17"_s), qPrintable(machine.error().detail));
    ToolboxChoice other = choice();
    other.major = 17;
    const auto image = Toolbox::inImage(other);
    QVERIFY(!image);
    QCOMPARE(image.error().reason, u"no_tools"_s);
    QVERIFY2(image.error().message.contains(u"howdah-postgres:18"_s), qPrintable(image.error().message));
    QCOMPARE(docker({u"ps"_s, u"-aqf"_s, u"label=howdah.toolbox=%1"_s.arg(::getpid())}), QByteArray());
}

void TestToolbox::inImage()
{
    QString id;
    {
        const auto box = Toolbox::inImage(choice());
        VERIFY_OK(box);
        QVERIFY2((*box)->where().startsWith("image howdah-postgres:18, PostgreSQL 18."_L1), qPrintable((*box)->where()));
        QVERIFY((*box)->versionNum() >= 180000);
        QVERIFY((*box)->imageId().startsWith("sha256:"_L1));
        for (const QString &name : Toolbox::tools()) {
            const auto said = (*box)->runChecked({name, {u"--version"_s}, {}});
            VERIFY_OK(said);
            QVERIFY(said->output.contains("PostgreSQL"));
        }
        id = QString::fromLatin1(docker({u"ps"_s, u"-qf"_s, u"label=howdah.toolbox=%1"_s.arg(::getpid())}));
        QVERIFY(!id.isEmpty());
        const QByteArray facts = docker({u"inspect"_s, u"--format"_s, u"{{.HostConfig.NetworkMode}} {{.HostConfig.ReadonlyRootfs}} {{.HostConfig.CapDrop}}"_s, id});
        QCOMPARE(facts, "none true [ALL]");
        const auto failed = (*box)->runChecked({u"pg_verifybackup"_s, {u"/nowhere"_s}, {}});
        QVERIFY(!failed);
        QCOMPARE(failed.error().reason, u"failed"_s);
        QVERIFY(failed.error().detail.contains(u"/nowhere"_s));
    }
    QCOMPARE(docker({u"ps"_s, u"-aqf"_s, u"id="_s + id}), QByteArray());
}

void TestToolbox::folderIsWrittenAsItsOwner()
{
    QVERIFY(::chown(QFile::encodeName(m_folder.path()).constData(), 4711, 4712) == 0);
    const auto box = Toolbox::open(choice());
    VERIFY_OK(box);
    QVERIFY((*box)->where().startsWith(m_bin.path())); // this machine's come first
    const auto container = Toolbox::inImage(choice());
    VERIFY_OK(container);
    VERIFY_OK((*container)->runChecked({u"install"_s, {u"-m"_s, u"0600"_s, u"/dev/stdin"_s, m_folder.filePath(u"a file"_s)}, "content"}));
    QFile file(m_folder.filePath(u"a file"_s));
    QVERIFY(file.open(QIODevice::ReadOnly));
    QCOMPARE(file.readAll(), "content");
    QCOMPARE(file.fileTime(QFile::FileModificationTime).isValid(), true);
    QCOMPARE(QFileInfo(file).ownerId(), 4711u);
    QCOMPARE(QFileInfo(file).groupId(), 4712u);
}

void TestToolbox::readOnlyIsReadOnly()
{
    ToolboxChoice wanted = choice();
    wanted.places[0].writable = false;
    const auto box = Toolbox::inImage(wanted);
    VERIFY_OK(box);
    QVERIFY(!(*box)->runChecked({u"touch"_s, {m_folder.filePath(u"b"_s)}, {}}));
    QVERIFY(!QFile::exists(m_folder.filePath(u"b"_s)));
}

void TestToolbox::hostilePlaces()
{
    for (const Place &place : {Place{u"/tmp,readonly"_s, {}, true}, Place{u"../x"_s, u"/x"_s, true}, Place{u"/tmp/../etc"_s, {}, true}, Place{u"v"_s, {}, true}, Place{u"v,target=/x"_s, u"/y"_s, false},
                               Place{u"/nowhere/at/all"_s, {}, true}}) {
        ToolboxChoice wanted = choice();
        wanted.places = {place};
        const auto box = Toolbox::inImage(wanted);
        QVERIFY2(!box, qPrintable(place.source));
        QVERIFY(box.error().reason == "bad_place"_L1 || box.error().reason == "no_folder"_L1);
    }
}

void TestToolbox::cancelledProgramHasEnded()
{
    const auto box = Toolbox::inImage(choice());
    VERIFY_OK(box);
    CancelToken cancel;
    std::atomic<bool> started = false;
    std::thread canceller([&] {
        while (!started)
            ::usleep(1'000);
        cancel.cancel();
    });
    Toolbox::Call call{u"sh"_s, {u"-c"_s, u"echo on; exec sleep 4711"_s}, {}};
    call.onLine = [&](const QByteArray &line) { started = line == "on"; };
    const auto ended = (*box)->run(call, cancel);
    canceller.join();
    QVERIFY(!ended);
    QCOMPARE(ended.error().kind, ErrorKind::Cancelled);
    const auto there = (*box)->run({u"pgrep"_s, {u"-f"_s, u"^sleep 4711"_s}, {}});
    VERIFY_OK(there);
    QCOMPARE(there->output, QByteArray());
    const auto files = (*box)->runChecked({u"ls"_s, {u"/dev/shm"_s}, {}});
    VERIFY_OK(files);
    QCOMPARE(files->output.count('\n'), 1); // the mark of `ls` itself
}

// One that does not listen to TERM.
void TestToolbox::stubbornProgramIsKilled()
{
    const auto box = Toolbox::inImage(choice());
    VERIFY_OK(box);
    Toolbox::Call call{u"sh"_s, {u"-c"_s, u"trap '' TERM; while :; do sleep 1; done # stubborn"_s}, {}};
    call.timeoutMs = 300;
    const auto late = (*box)->run(call);
    QVERIFY(!late);
    QCOMPARE(late.error().kind, ErrorKind::Timeout);
    const auto there = (*box)->run({u"pgrep"_s, {u"-f"_s, u"^sh.*[s]tubborn"_s}, {}});
    VERIFY_OK(there);
    QCOMPARE(there->output, QByteArray());
}

void TestToolbox::exitCodesAndInput()
{
    const auto box = Toolbox::inImage(choice());
    VERIFY_OK(box);
    const auto code = (*box)->run({u"sh"_s, {u"-c"_s, u"exit 42"_s}, {}});
    VERIFY_OK(code);
    QCOMPARE(code->exitCode, 42);
    const auto killed = (*box)->run({u"sh"_s, {u"-c"_s, u"kill -9 $$"_s}, {}});
    VERIFY_OK(killed);
    QCOMPARE(killed->exitCode, 137);
    const QByteArray large(1 << 20, 'x');
    const auto said = (*box)->runChecked({u"cat"_s, {}, large});
    VERIFY_OK(said);
    QCOMPARE(said->output, large);
    const auto odd = (*box)->runChecked({u"printf"_s, {u"%s|"_s, u"a b"_s, u"$(id)"_s, u"'"_s, QString()}, {}});
    VERIFY_OK(odd);
    QCOMPARE(odd->output, QByteArray("a b|$(id)|'||"));
    QVERIFY((*box)->run({u"no-such-program"_s, {}, {}})->exitCode == 127);
}

void TestToolbox::secretsAreGone()
{
    const Secret line(QByteArray("localhost:5432:*:someone:geheim\n"));
    QString kept;
    {
        const auto box = Toolbox::onMachine(18);
        VERIFY_OK(box);
        const auto path = (*box)->keepSecret(line);
        VERIFY_OK(path);
        kept = *path;
        struct stat facts{};
        QVERIFY(::stat(QFile::encodeName(kept).constData(), &facts) == 0);
        QCOMPARE(int(facts.st_mode & 07777), 0600);
    }
    QVERIFY(!QFile::exists(kept));
    const auto box = Toolbox::inImage(choice());
    VERIFY_OK(box);
    const auto path = (*box)->keepSecret(line);
    VERIFY_OK(path);
    const auto facts = (*box)->runChecked({u"stat"_s, {u"-c"_s, u"%a %s %m"_s, *path}, {}});
    VERIFY_OK(facts);
    QCOMPARE(facts->output.trimmed(), "600 32 /dev/shm");
    QVERIFY(!tool::commandLine((*box)->command(u"psql"_s, {})).contains(u"geheim"_s));
}

// What a program that was killed left on a disk goes with the next secret; what a living one or another machine has there stays.
void TestToolbox::leftSecretsGo()
{
    const Secret line(QByteArray("localhost:5432:*:someone:geheim\n"));
    const auto box = Toolbox::onMachine(18);
    VERIFY_OK(box);
    const auto first = (*box)->keepSecret(line);
    VERIFY_OK(first);
    const QString folder = QFileInfo(*first).path();
    const QString name = QFileInfo(*first).fileName(), before = name.section(u'-', 0, 2); // howdah-secret-ID-OWNER
    const Owner ours = Owner::fromLabel(name.section(u'-', 3));
    QCOMPARE(ours.process, qint64(::getpid()));
    const auto with = [&](const std::function<void(Owner &)> &change) {
        Owner other = ours;
        change(other);
        const QString path = folder + u'/' + before + u'-' + other.label();
        QFile file(path);
        return file.open(QIODevice::WriteOnly) && file.write("geheim") == 6 ? path : QString();
    };
    const QString anotherMachine = with([](Owner &other) { other.machine = other.boot = u"0123456789ab"_s; }), killed = with([](Owner &other) { other.process = 4194305; }), itsNumberAgain = with([](Owner &other) { other.startTicks = 1; }),
                  beforeTheStart = with([](Owner &other) { other.boot = u"0123456789ab"_s; });
    for (const QString &path : {anotherMachine, killed, itsNumberAgain, beforeTheStart})
        QVERIFY(QFile::exists(path));
    const auto second = (*box)->keepSecret(line);
    VERIFY_OK(second);
    QVERIFY(QFile::exists(*first) && QFile::exists(*second) && QFile::exists(anotherMachine));
    for (const QString &path : {killed, itsNumberAgain, beforeTheStart})
        QVERIFY2(!QFile::exists(path), qPrintable(path));
    QFile::remove(anotherMachine);
}

void TestToolbox::leftContainerGoes()
{
    const pid_t child = ::fork(); // a process that has ended: its id is nobody's
    if (child == 0)
        ::_exit(0);
    ::waitpid(child, nullptr, 0);
    const auto leave = [&](const QStringList &labels) {
        QStringList words{u"run"_s, u"-d"_s, u"--rm"_s, u"--network"_s, u"none"_s};
        for (const QString &label : labels)
            words << u"--label"_s << label;
        return QString::fromLatin1(docker(words + QStringList{u"--entrypoint"_s, u"sleep"_s, u"howdah-postgres:18"_s, u"infinity"_s}));
    };
    Owner gone = Owner::ourselves();
    gone.process = child;
    Owner elsewhere = gone; // with our name, at the same daemon
    elsewhere.machine = u"another"_s;
    elsewhere.boot = u"another"_s;
    Owner ofContainer = gone;
    ofContainer.space = u"1"_s;
    QStringList left;
    for (const Owner &one : {gone, elsewhere, ofContainer})
        left << leave({u"howdah.toolbox=%1"_s.arg(child), u"howdah.toolbox.owner="_s + one.label()});
    left << leave({u"howdah.toolbox=%1"_s.arg(child)}); // of whom nothing is said
    VERIFY_OK(Toolbox::inImage(choice()));
    QStringList stays;
    for (const QString &id : std::as_const(left)) {
        QVERIFY2(id.size() == 64, qPrintable(id));
        if (!docker({u"ps"_s, u"-aqf"_s, u"id="_s + id}).isEmpty()) {
            stays << id;
            docker({u"rm"_s, u"-f"_s, id});
        }
    }
    QCOMPARE(stays, left.mid(1));
}

QTEST_GUILESS_MAIN(TestToolbox)
#include "tst_toolbox.moc"
