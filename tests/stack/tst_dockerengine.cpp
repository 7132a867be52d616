// SPDX-License-Identifier: GPL-3.0-or-later
// What is told when Docker is missing, shut or too old: with programs of our own on PATH in place of Docker's.
#include "stack/dockerengine.h"
#include "stack/stack.h"

#include <QFile>
#include <QTemporaryDir>
#include <QtTest>

using namespace howdah;

class TestDockerEngine : public QObject
{
    Q_OBJECT
private slots:
    void init();
    void noDocker();
    void engineDown();
    void permission();
    void noCompose();
    void oldCompose();
    void composeAlone();
    void plugin();
    void upSaysBoth();
    void statusIsUnknown();
    void buildFails_data();
    void buildFails();
    void toolsDiskFull();

private:
    void program(const char *name, const char *script);
    std::unique_ptr<QTemporaryDir> m_folder;
};

void TestDockerEngine::init()
{
    m_folder = std::make_unique<QTemporaryDir>();
    qputenv("PATH", m_folder->path().toLocal8Bit());
    qputenv("XDG_DATA_HOME", m_folder->path().toLocal8Bit());
    qputenv("HOWDAH_PG_BIN", "/nonexistent");
}

void TestDockerEngine::program(const char *name, const char *script)
{
    QFile file(m_folder->filePath(QLatin1String(name)));
    QVERIFY(file.open(QIODevice::WriteOnly));
    file.write("#!/bin/sh\n");
    file.write(script);
    file.close();
    QVERIFY(file.setPermissions(QFile::ReadOwner | QFile::ExeOwner | QFile::WriteOwner));
}

void TestDockerEngine::noDocker()
{
    const auto found = stack::findDocker();
    QVERIFY(!found);
    QCOMPARE(found.error().kind, ErrorKind::Tool);
    QCOMPARE(found.error().reason, QStringLiteral("no_docker"));
    QVERIFY(!found.error().hint.isEmpty());
}

void TestDockerEngine::engineDown()
{
    program("docker", "echo '|'; echo 'Cannot connect to the Docker daemon at unix:///var/run/docker.sock.' >&2; exit 0\n");
    const auto found = stack::findDocker();
    QVERIFY(!found);
    QCOMPARE(found.error().reason, QStringLiteral("no_docker"));
    QVERIFY(found.error().message.contains(QLatin1String("not running")));
    QVERIFY(found.error().detail.contains(QLatin1String("Cannot connect")));
}

void TestDockerEngine::permission()
{
    program("docker", "echo 'permission denied while trying to connect to the Docker daemon socket' >&2; exit 1\n");
    const auto found = stack::findDocker();
    QVERIFY(!found);
    QCOMPARE(found.error().reason, QStringLiteral("docker_permission"));
    QVERIFY(found.error().hint.contains(QLatin1String("usermod")));
}

void TestDockerEngine::noCompose()
{
    program("docker", "[ \"$1\" = info ] && { echo '27.1|/var/lib/docker'; exit 0; }; echo \"docker: 'compose' is not a docker command.\" >&2; exit 1\n");
    const auto found = stack::findDocker();
    QVERIFY(!found);
    QCOMPARE(found.error().reason, QStringLiteral("no_compose"));
}

void TestDockerEngine::oldCompose()
{
    program("docker", "[ \"$1\" = info ] && { echo '27.1|/var/lib/docker'; exit 0; }; exit 1\n");
    program("docker-compose", "echo 1.29.2\n");
    const auto found = stack::findDocker();
    QVERIFY(!found);
    QCOMPARE(found.error().reason, QStringLiteral("no_compose"));
    QVERIFY(found.error().detail.contains(QLatin1String("version 1")));
}

void TestDockerEngine::composeAlone()
{
    program("docker", "[ \"$1\" = info ] && { echo '27.1|/var/lib/docker'; exit 0; }; exit 1\n");
    program("docker-compose", "echo v2.26.1-4\n");
    const auto found = stack::findDocker();
    QVERIFY(found);
    QCOMPARE(found->composeProgram, m_folder->filePath(QStringLiteral("docker-compose")));
}

void TestDockerEngine::plugin()
{
    program("docker", "[ \"$1\" = info ] && { echo '27.1|/var/lib/docker'; exit 0; }; echo 2.26.1; exit 0\n");
    const auto found = stack::findDocker();
    QVERIFY(found);
    QCOMPARE(found->rootFolder, QStringLiteral("/var/lib/docker"));
    stack::Record record;
    record.name = QStringLiteral("one");
    record.port = 5999;
    record.image = QStringLiteral("img:1");
    const tool::Command command = found->compose(record, QStringLiteral("/d"), {QStringLiteral("ps")});
    QCOMPARE(command.arguments.first(), QStringLiteral("compose"));
    QVERIFY(command.environment.contains(QStringLiteral("HOWDAH_PORT=5999")));
    QVERIFY(command.environment.contains(QStringLiteral("HOWDAH_IMAGE=img:1")));
    QCOMPARE(command.arguments.last(), QStringLiteral("ps"));
}

void TestDockerEngine::upSaysBoth()
{
    stack::UpOptions options;
    options.name = QStringLiteral("howdah-test-none");
    QStringList steps;
    const auto result = stack::up(options, [&](const ProgressStep &step) { steps << step.step + QLatin1String(": ") + step.note; }, {});
    QVERIFY(!result);
    QCOMPARE(result.error().reason, QStringLiteral("no_docker"));
    QVERIFY(result.error().hint.contains(QLatin1String("No PostgreSQL 18")));
    QVERIFY(steps.join(QLatin1Char('\n')).contains(QLatin1String("private local cluster")));
}

void TestDockerEngine::statusIsUnknown()
{
    const auto status = stack::status(QStringLiteral("howdah-test-none"));
    QVERIFY(status);
    QCOMPARE(status->state, stack::StackState::Unknown);
    QVERIFY(!status->reason.isEmpty());
    QVERIFY(status->toJson().value(QLatin1String("archive_bytes")).isNull());
    QVERIFY(status->toJson().value(QLatin1String("server_version")).isNull());
}

void TestDockerEngine::buildFails_data()
{
    QTest::addColumn<int>("exitCode");
    QTest::addColumn<QString>("reason");
    QTest::newRow("no engine") << 10 << "no_docker";
    QTest::newRow("permission") << 11 << "docker_permission";
    QTest::newRow("base") << 12 << "image_failed";
    QTest::newRow("image") << 13 << "image_failed";
    QTest::newRow("disk") << 14 << "disk_full";
}

void TestDockerEngine::buildFails()
{
    QFETCH(int, exitCode);
    QFETCH(QString, reason);
    program("docker", "case $1 in info) echo '27.1|';; compose) echo 2.26.1;; esac\n");
    program("compose.yaml", "");
    program("build.sh", QStringLiteral("echo building; echo 'the reason' >&2; exit %1\n").arg(exitCode).toLatin1().constData());
    const QByteArray before = qgetenv("HOWDAH_DOCKER_DIR");
    qputenv("HOWDAH_DOCKER_DIR", m_folder->path().toLocal8Bit());
    stack::UpOptions options;
    options.name = QStringLiteral("howdah-test-none");
    options.backend = stack::Backend::Docker;
    QStringList notes;
    const auto result = stack::up(options, [&](const ProgressStep &step) { notes << step.note; }, {});
    qputenv("HOWDAH_DOCKER_DIR", before);
    QVERIFY(!result);
    QCOMPARE(result.error().kind, ErrorKind::Tool);
    QCOMPARE(result.error().reason, reason);
    QVERIFY(result.error().detail.contains(QLatin1String("the reason")));
    QVERIFY(!result.error().hint.isEmpty());
    QVERIFY(notes.contains(QStringLiteral("building")));
    QVERIFY(!stack::readRecord(options.name)->exists); // nothing of a stack is there yet
}

void TestDockerEngine::toolsDiskFull()
{
    Error failed{ErrorKind::Tool, QStringLiteral("failed"), QStringLiteral("docker ended with exit code 1"),
                 QStringLiteral("write /var/lib/docker/tmp/x: no space left on device"), {}, {}, {}};
    QCOMPARE(stack::dockerError(failed).reason, QStringLiteral("disk_full"));
    failed.detail = QStringLiteral("another");
    QCOMPARE(stack::dockerError(failed).reason, QStringLiteral("failed"));
}

QTEST_GUILESS_MAIN(TestDockerEngine)
#include "tst_dockerengine.moc"
