// SPDX-License-Identifier: GPL-3.0-or-later
// A throw-away PostgreSQL of a chosen major from build/pg/<major>: its own folder, port on 127.0.0.1, certificates, SCRAM password. Runs as
// "nobody" when the test runs as root, and dies with the test. Blocking; for tests only.
#pragma once

#include "pg/connection.h"
#include "support/testcertificates.h"

#include <QProcess>
#include <QTemporaryDir>

#include <memory>

namespace howdah::test
{

class NetworkNamespace;
class TestServer;

struct ServerSetup {
    int major = 18;
    QStringList hba;      // lines before the usual "hostssl all all 127.0.0.1/32 scram-sha-256"
    QStringList settings; // "name=value", for postgres -c
    const NetworkNamespace *network = nullptr; // run in it and listen on its address; must outlive the server
    const TestServer *copyOf = nullptr; // begin as a copy of that one, which is stopped: data, password, certificates
    QStringList dataFiles;              // empty files to put into the data folder: "standby.signal"
    int walSegmentMb = 16;
    bool awaitsConnections = true;      // false: started is enough
    QString parent = QStringLiteral("/tmp"); // of its folder
};

class TestServer
{
public:
    // Null, and why, where there is no such server or it does not start: the test is to fail with that text.
    //   QString why; auto server = TestServer::start({}, &why); QVERIFY2(server, qPrintable(why));
    static std::unique_ptr<TestServer> start(const ServerSetup &setup, QString *why);
    ~TestServer();

    quint16 port() const { return m_port; }
    int major() const { return m_setup.major; }
    // verify-full with the test authority, channel binding required, database "postgres", role "postgres" (superuser).
    pg::ConnectionSpec spec() const;
    pg::ConnectionSpec socketSpec() const; // by Unix socket, trusted
    Secret password() const; // of "postgres"
    QString folder() const { return m_dir.path(); } // its socket, certificates and data (data/) lie there
    QString address() const;                        // where it listens
    QString caFile() const;
    QString otherCaFile() const; // the same name, another key
    QString log() const;

    // A superuser's connection for set-up.
    Result<std::unique_ptr<pg::Connection>> admin() const;
    // Statements one by one as the superuser; false with the error in *why.
    bool sql(const QList<QByteArray> &statements, QString *why = nullptr);

    bool useCertificate(TestCertificates::Kind kind); // waits until it is served
    bool stop();      // fast shutdown
    bool stopAtOnce(); // immediate shutdown: as after a crash
    bool startAgain(QString *why = nullptr);
    void kill();      // SIGKILL to the postmaster
    void pause();     // SIGSTOP to all its processes
    void resume();

private:
    explicit TestServer(ServerSetup setup);
    bool prepare(QString *why);
    bool makeSecrets();
    bool takeCopy();
    bool launch(QString *why);
    bool runTool(const QString &program, const QStringList &arguments, QString *why);
    void asServerUser(QProcess &process) const;
    QString binary(const QString &program) const;
    bool writeFile(const QString &name, const QByteArray &bytes) const;
    QList<qint64> processes() const;

    ServerSetup m_setup;
    QTemporaryDir m_dir;
    QString m_home; // of the binaries
    quint16 m_port = 0;
    QByteArray m_password;
    std::unique_ptr<QProcess> m_process;
};

} // namespace howdah::test
