// SPDX-License-Identifier: GPL-3.0-or-later
#include "store/keyring.h"

#include <QDBusConnection>
#include <QDBusMessage>
#include <QDBusObjectPath>
#include <QDBusVariant>
#include <QDir>
#include <QElapsedTimer>
#include <QFile>

#include <csignal>
#include <thread>

static void setFolder(const char *variable, const QString &path)
{
    QDir().mkpath(path);
    QFile::setPermissions(path, QFile::ReadOwner | QFile::WriteOwner | QFile::ExeOwner);
    qputenv(variable, QFile::encodeName(path));
}

template<typename Condition>
static bool within(int ms, Condition condition)
{
    QElapsedTimer waited;
    waited.start();
    while (!condition()) {
        if (waited.elapsed() > ms)
            return false;
        std::this_thread::sleep_for(std::chrono::milliseconds(20));
    }
    return true;
}

// On a connection of its own: the session bus of this process must not be opened before its address is set, nor kept by us.
static QDBusMessage ask(const QDBusMessage &message)
{
    const QString name = QStringLiteral("private-keyring");
    const QDBusMessage reply =
        QDBusConnection::connectToBus(QString::fromUtf8(qgetenv("DBUS_SESSION_BUS_ADDRESS")), name).call(message, QDBus::Block, 2000);
    QDBusConnection::disconnectFromBus(name);
    return reply;
}

PrivateKeyring::PrivateKeyring()
{
    const QString folder = m_folder.path();
    setFolder("HOME", folder + QStringLiteral("/home"));
    setFolder("XDG_RUNTIME_DIR", folder + QStringLiteral("/run"));
    setFolder("XDG_DATA_HOME", folder + QStringLiteral("/data"));
    setFolder("XDG_CONFIG_HOME", folder + QStringLiteral("/config"));
    setFolder("XDG_CACHE_HOME", folder + QStringLiteral("/cache"));
    setFolder("XDG_STATE_HOME", folder + QStringLiteral("/state"));
    // QtKeychain chooses its backend by the desktop's name; with a display the daemon would ask people.
    for (const auto *variable : {"XDG_CURRENT_DESKTOP", "XDG_SESSION_DESKTOP", "DESKTOP_SESSION", "KDE_FULL_SESSION", "KDE_SESSION_VERSION",
                                 "GNOME_KEYRING_CONTROL", "DISPLAY", "WAYLAND_DISPLAY"})
        qunsetenv(variable);
    const QString socket = folder + QStringLiteral("/run/bus");
    const QString config = folder + QStringLiteral("/bus.conf");
    QFile file(config);
    if (!file.open(QIODevice::WriteOnly)) {
        m_error = file.errorString();
        return;
    }
    file.write("<!DOCTYPE busconfig PUBLIC \"-//freedesktop//DTD D-Bus Bus Configuration 1.0//EN\" "
               "\"http://www.freedesktop.org/standards/dbus/1.0/busconfig.dtd\"><busconfig><type>session</type><listen>unix:path=" +
               QFile::encodeName(socket) +
               "</listen><auth>EXTERNAL</auth><policy context=\"default\"><allow send_destination=\"*\" eavesdrop=\"true\"/>"
               "<allow eavesdrop=\"true\"/><allow own=\"*\"/></policy></busconfig>");
    file.close();
    qputenv("DBUS_SESSION_BUS_ADDRESS", QByteArray("unix:path=" + QFile::encodeName(socket)));
    m_bus.setProcessChannelMode(QProcess::ForwardedErrorChannel);
    m_bus.start(QStringLiteral("dbus-daemon"), {QStringLiteral("--config-file=") + config, QStringLiteral("--nofork"), QStringLiteral("--nopidfile")});
    if (!m_bus.waitForStarted() || !within(10'000, [&] { return QFile::exists(socket); }))
        m_error = QStringLiteral("dbus-daemon does not start: ") + m_bus.errorString();
}

PrivateKeyring::~PrivateKeyring()
{
    stop();
    m_bus.terminate();
    m_bus.waitForFinished(5000);
}

QString PrivateKeyring::defaultKeyringState() const
{
    const QString service = QStringLiteral("org.freedesktop.secrets");
    auto alias = QDBusMessage::createMethodCall(service, QStringLiteral("/org/freedesktop/secrets"),
                                                QStringLiteral("org.freedesktop.Secret.Service"), QStringLiteral("ReadAlias"));
    alias << QStringLiteral("default");
    const QString path = ask(alias).arguments().value(0).value<QDBusObjectPath>().path();
    if (path.size() < 2)
        return {};
    auto get = QDBusMessage::createMethodCall(service, path, QStringLiteral("org.freedesktop.DBus.Properties"), QStringLiteral("Get"));
    get << QStringLiteral("org.freedesktop.Secret.Collection") << QStringLiteral("Locked");
    return ask(get).arguments().value(0).value<QDBusVariant>().variant().toBool() ? QStringLiteral("locked") : QStringLiteral("unlocked");
}

bool PrivateKeyring::start(const QByteArray &word, const QString &wanted)
{
    QStringList arguments{QStringLiteral("--foreground"), QStringLiteral("--components=secrets")};
    if (!word.isEmpty())
        arguments << QStringLiteral("--unlock");
    m_keyring.setStandardErrorFile(m_folder.filePath(QStringLiteral("keyring.log")));
    m_keyring.start(QStringLiteral("gnome-keyring-daemon"), arguments);
    if (!m_keyring.waitForStarted()) {
        m_error = QStringLiteral("gnome-keyring-daemon does not start: ") + m_keyring.errorString();
        return false;
    }
    if (!word.isEmpty()) {
        m_keyring.write(word); // it is all of standard input
        m_keyring.waitForBytesWritten(5000); // no event loop turns here
    }
    m_keyring.closeWriteChannel();
    if (!within(15'000, [&] { return defaultKeyringState() == wanted; })) {
        m_error = QStringLiteral("The keyring is not ") + wanted;
        return false;
    }
    return true;
}

bool PrivateKeyring::startUnlocked()
{
    return start("test keyring", QStringLiteral("unlocked"));
}

bool PrivateKeyring::startLocked()
{
    return start({}, QStringLiteral("locked"));
}

bool PrivateKeyring::startWithWrongWord()
{
    return start("another word", QStringLiteral("locked"));
}

bool PrivateKeyring::lock()
{
    auto call = QDBusMessage::createMethodCall(QStringLiteral("org.freedesktop.secrets"), QStringLiteral("/org/freedesktop/secrets"),
                                               QStringLiteral("org.freedesktop.Secret.Service"), QStringLiteral("Lock"));
    call << QVariant::fromValue(QList<QDBusObjectPath>{QDBusObjectPath(QStringLiteral("/org/freedesktop/secrets/aliases/default"))});
    ask(call);
    return within(5000, [&] { return defaultKeyringState() == QLatin1StringView("locked"); });
}

void PrivateKeyring::stop()
{
    if (m_keyring.state() == QProcess::NotRunning)
        return;
    thaw();
    m_keyring.terminate();
    if (!m_keyring.waitForFinished(5000)) {
        m_keyring.kill();
        m_keyring.waitForFinished(5000);
    }
}

void PrivateKeyring::kill()
{
    m_keyring.kill();
    m_keyring.waitForFinished(5000);
}

void PrivateKeyring::freeze()
{
    ::kill(pid_t(m_keyring.processId()), SIGSTOP);
}

void PrivateKeyring::thaw()
{
    ::kill(pid_t(m_keyring.processId()), SIGCONT);
}
