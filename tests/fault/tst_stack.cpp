// SPDX-License-Identifier: GPL-3.0-or-later
// Security.md 6.1, row 16: Docker is missing, shut, or does not do what is asked of it: a docker of the test's own on PATH, with scripted
// replies. Each case has its own text and a next step.
#include "stack/port.h"
#include "stack/stack.h"

#include <QFile>
#include <QTcpServer>
#include <QTemporaryDir>
#include <QTest>

using namespace howdah;
using stack::StackState;

class TestStackFaults : public QObject
{
    Q_OBJECT
private slots:
    void initTestCase();
    void init();
    void row16_noDockerCommand();
    void row16_daemonMissing();
    void row16_noPermission();
    void row16_composeMissing();
    void row16_pullFails();
    void row16_buildFails();
    void row16_diskFull();
    void row16_portTaken();
    void row16_portTakenMeanwhile();
    void row16_volumeFrom17();
    void row16_outOfMemory();
    void row16_endsAtOnce();
    void cleanupTestCase();

private:
    // What a healthy Docker answers; `cases` come first.
    void docker(const QByteArray &cases = {}, const QByteArray &composeCases = {})
    {
        program(QStringLiteral("docker"), "case $1 in\n" + cases
                              + "info) echo '27.1|';;\nimage | version) ;;\nvolume) echo data;;\nlogs) echo 'its last line';;\n"
                                "ps) [ ! -e \"${0%/*}/started\" ] || echo c0ffee;;\n"
                                "compose) case \"$*\" in\n"
                              + composeCases
                              + "*' version '*) echo 2.26.1;;\n"
                                "*' grep '*) exit 1;;\n"
                                "*' run '*) while read -r line; do :; done;;\n"
                                "*' up '*) : > \"${0%/*}/started\";;\n"
                                "esac;;\nesac\n");
    }
    void program(const QString &name, const QByteArray &script)
    {
        QFile file(m_folder->filePath(name));
        QVERIFY(file.open(QIODevice::WriteOnly | QIODevice::Truncate));
        file.write("#!/bin/sh\n" + script);
        file.close();
        QVERIFY(file.setPermissions(QFile::ReadOwner | QFile::ExeOwner | QFile::WriteOwner));
    }
    // What `stack up` says. Whatever it is, it is not what another case says, and it names a next step.
    Error up(const std::function<void(const QString &)> &onStep = {})
    {
        const auto result = stack::up(m_options, [&](const ProgressStep &step) { if (onStep) onStep(step.step); }, {});
        if (result)
            return {};
        const Error error = result.error();
        if (error.kind != ErrorKind::Tool || error.hint.isEmpty())
            return {ErrorKind::Client, QStringLiteral("no next step: ") + error.text(), {}, {}, {}, {}, {}, 0};
        const QString said = error.message + error.hint;
        if (m_said.contains(said))
            return {ErrorKind::Client, QStringLiteral("said before: ") + said, {}, {}, {}, {}, {}, 0};
        m_said << said;
        return error;
    }

    std::unique_ptr<QTemporaryDir> m_folder;
    stack::UpOptions m_options;
    QStringList m_said;
    const QByteArray m_path = qgetenv("PATH");
};

void TestStackFaults::initTestCase()
{
    qputenv("HOWDAH_PG_BIN", "/nonexistent");
    m_options.name = QStringLiteral("howdah-fault");
    m_options.backend = stack::Backend::Docker;
}

void TestStackFaults::init()
{
    m_folder = std::make_unique<QTemporaryDir>();
    qputenv("PATH", QFile::encodeName(m_folder->path()) + ":/usr/bin:/bin");
    qputenv("XDG_DATA_HOME", QFile::encodeName(m_folder->path()));
    qputenv("HOWDAH_DOCKER_DIR", QFile::encodeName(m_folder->path()));
    program(QStringLiteral("compose.yaml"), {});
    program(QStringLiteral("build.sh"), "echo image=howdah-postgres:18 base=none\n");
    m_options.port = stack::nextFreePort(47'000);
}

void TestStackFaults::row16_noDockerCommand()
{
    qputenv("PATH", QFile::encodeName(m_folder->path()));
    QCOMPARE(up().reason, QStringLiteral("no_docker"));
}

void TestStackFaults::row16_daemonMissing()
{
    docker("info) echo '|'; echo 'Cannot connect to the Docker daemon at unix:///var/run/docker.sock.' >&2;;\n");
    const Error error = up();
    QCOMPARE(error.reason, QStringLiteral("no_docker"));
    QVERIFY(error.detail.contains(QStringLiteral("Cannot connect")));
    const auto status = stack::status(m_options.name); // and nobody says that there is no stack
    QVERIFY(status);
    QCOMPARE(status->state, StackState::Unknown);
    QVERIFY(!status->reason.isEmpty());
}

void TestStackFaults::row16_noPermission()
{
    docker("info) echo 'permission denied while trying to connect to the Docker daemon socket' >&2; exit 1;;\n");
    QCOMPARE(up().reason, QStringLiteral("docker_permission"));
}

void TestStackFaults::row16_composeMissing()
{
    docker("compose) echo \"docker: 'compose' is not a docker command.\" >&2; exit 1;;\n");
    program(QStringLiteral("docker-compose"), "echo 1.29.2\n");
    QCOMPARE(up().reason, QStringLiteral("no_compose"));
}

void TestStackFaults::row16_pullFails()
{
    // The stack's own build, with a registry that is not there.
    docker("image) exit 1;;\npull) echo 'dial tcp: lookup registry-1.docker.io: no such host' >&2; exit 1;;\n");
    qputenv("HOWDAH_DOCKER_DIR", qgetenv("HOWDAH_SOURCE_DIR") + "/docker");
    qputenv("HOWDAH_BASE_IMAGE", "postgres:18");
    const Error error = up();
    qunsetenv("HOWDAH_BASE_IMAGE");
    QCOMPARE(error.reason, QStringLiteral("image_failed"));
    QVERIFY2(error.detail.contains(QStringLiteral("no such host")), qPrintable(error.detail));
}

void TestStackFaults::row16_buildFails()
{
    qputenv("HOWDAH_DOCKER_DIR", qgetenv("HOWDAH_SOURCE_DIR") + "/docker");
    qputenv("HOWDAH_BASE_IMAGE", "postgres:18");
    docker("image) [ \"$3\" = postgres:18 ];;\nbuild) echo 'E: Unable to locate package' >&2; exit 1;;\n");
    const Error error = up();
    qunsetenv("HOWDAH_BASE_IMAGE");
    QCOMPARE(error.reason, QStringLiteral("image_failed"));
    QVERIFY2(error.detail.contains(QStringLiteral("Unable to locate package")), qPrintable(error.detail));
}

void TestStackFaults::row16_diskFull()
{
    docker({}, "*' up '*) echo 'Error: mkdir /var/lib/docker/overlay2: no space left on device' >&2; exit 1;;\n");
    QCOMPARE(up().reason, QStringLiteral("disk_full"));
}

void TestStackFaults::row16_portTaken()
{
    QTcpServer other;
    QVERIFY(other.listen(QHostAddress::LocalHost, m_options.port));
    docker();
    const Error error = up();
    QCOMPARE(error.reason, QStringLiteral("port_taken"));
    QVERIFY(error.message.contains(QString::number(m_options.port)));
    QVERIFY(error.hint.contains(QStringLiteral("--port")));
}

void TestStackFaults::row16_portTakenMeanwhile()
{
    if (!m_said.isEmpty())
        m_said.removeLast(); // the same fault as the last, and the same words
    QTcpServer other;
    docker({}, "*' up '*) echo 'Error response from daemon: driver failed programming external connectivity: port is already allocated' >&2; exit 1;;\n");
    const Error error = up([&](const QString &step) {
        if (step == QLatin1StringView("Start PostgreSQL") && !other.isListening())
            other.listen(QHostAddress::LocalHost, m_options.port);
    });
    QVERIFY(other.isListening());
    QCOMPARE(error.reason, QStringLiteral("port_taken"));
}

void TestStackFaults::row16_volumeFrom17()
{
    docker({}, "*' grep '*) echo /var/lib/postgresql/17/docker/PG_VERSION:17; exit 2;;\n"
               "*' up '*) echo 'it was started on another version' >&2; exit 1;;\n");
    const Error error = up();
    QCOMPARE(error.reason, QStringLiteral("other_major"));
    QVERIFY(error.message.contains(QStringLiteral("17")));
    QVERIFY(error.hint.contains(QStringLiteral("Nothing was changed")));
    QVERIFY(!QFile::exists(m_folder->filePath(QStringLiteral("started"))));
}

void TestStackFaults::row16_outOfMemory()
{
    docker("container) echo '[{\"Id\":\"c0ffee\",\"State\":{\"Status\":\"exited\",\"OOMKilled\":true,\"ExitCode\":137}}]';;\n");
    const Error error = up();
    QCOMPARE(error.reason, QStringLiteral("out_of_memory"));
    QVERIFY(error.message.contains(QStringLiteral("137")));
    QCOMPARE(error.detail, QStringLiteral("its last line"));
    const auto status = stack::status(m_options.name);
    QVERIFY(status);
    QCOMPARE(status->state, StackState::Stopped);
    QVERIFY2(status->reason.contains(QStringLiteral("memory")), qPrintable(status->reason));
}

void TestStackFaults::row16_endsAtOnce()
{
    docker("container) echo '[{\"Id\":\"c0ffee\",\"State\":{\"Status\":\"exited\",\"ExitCode\":137}}]';;\n"); // killed, and not for memory
    const Error error = up();
    QCOMPARE(error.reason, QStringLiteral("init_failed"));
    QVERIFY(error.message.contains(QStringLiteral("137")));
    QVERIFY(error.hint.contains(QStringLiteral("stack logs")));
}

void TestStackFaults::cleanupTestCase()
{
    qputenv("PATH", m_path);
}

QTEST_GUILESS_MAIN(TestStackFaults)
#include "tst_stack.moc"
