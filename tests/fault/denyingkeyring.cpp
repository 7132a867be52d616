// SPDX-License-Identifier: GPL-3.0-or-later
// denyingkeyring dismiss|deny KEY: owns org.freedesktop.secrets on the session bus. "dismiss": its keyring is locked, and the person who is
// asked to unlock it says no. "deny": it is open, and this program may not have what is in it. Says "ready", then "no" for each refusal.
#include <QCoreApplication>
#include <QDBusConnection>
#include <QDBusMessage>
#include <QDBusMetaType>
#include <QDBusObjectPath>
#include <QDBusVariant>
#include <QDBusVirtualObject>
#include <QMap>
#include <QTimer>

#include <cstdio>

#include <sys/prctl.h>

#include <csignal>

using Attributes = QMap<QString, QString>;
Q_DECLARE_METATYPE(Attributes)

namespace
{
const QString root = QStringLiteral("/org/freedesktop/secrets");

void say(const char *word)
{
    std::puts(word);
    std::fflush(stdout);
}

class Keyring : public QDBusVirtualObject
{
public:
    Keyring(bool locked, QString key) : m_locked(locked), m_key(std::move(key)) {}

    QString introspect(const QString &) const override { return {}; }
    bool handleMessage(const QDBusMessage &call, const QDBusConnection &bus) override
    {
        const QString method = call.member();
        const auto reply = [&](const QVariantList &values) { return bus.send(call.createReply(values)); };
        const auto no = [&](const char *name) {
            say("no");
            return bus.send(call.createErrorReply(QString::fromLatin1(name), QStringLiteral("Not for you")));
        };
        const auto paths = [](const QList<QDBusObjectPath> &list) { return QVariant::fromValue(list); };
        const QVariant none = QVariant::fromValue(QDBusObjectPath(QStringLiteral("/")));
        const QList<QDBusObjectPath> item{QDBusObjectPath(root + QStringLiteral("/collection/login/1"))};

        if (method == QLatin1StringView("OpenSession")) {
            if (call.arguments().value(0).toString() != QLatin1StringView("plain"))
                return bus.send(call.createErrorReply(QStringLiteral("org.freedesktop.DBus.Error.NotSupported"), QStringLiteral("plain only")));
            return reply({QVariant::fromValue(QDBusVariant(QString())), QVariant::fromValue(QDBusObjectPath(root + QStringLiteral("/session/1")))});
        }
        if (method == QLatin1StringView("ReadAlias"))
            return reply({QVariant::fromValue(QDBusObjectPath(root + QStringLiteral("/collection/login")))});
        if (method == QLatin1StringView("SearchItems")) {
            if (call.path() != root)
                return reply({paths(item)});
            return reply({paths(m_locked ? QList<QDBusObjectPath>() : item), paths(m_locked ? item : QList<QDBusObjectPath>())});
        }
        if (method == QLatin1StringView("Unlock")) {
            const QList<QDBusObjectPath> all = item;
            return m_locked ? reply({paths({}), QVariant::fromValue(QDBusObjectPath(root + QStringLiteral("/prompt/1")))}) : reply({paths(all), none});
        }
        if (method == QLatin1StringView("Prompt")) {
            reply({});
            say("no");
            auto completed = QDBusMessage::createSignal(call.path(), QStringLiteral("org.freedesktop.Secret.Prompt"), QStringLiteral("Completed"));
            completed << true << QVariant::fromValue(QDBusVariant(paths({}))); // as gnome-keyring: with what was unlocked
            return bus.send(completed);
        }
        if (method == QLatin1StringView("Get"))
            return reply({QVariant::fromValue(QDBusVariant(property(call.path(), call.arguments().value(1).toString())))});
        if (method == QLatin1StringView("GetAll"))
            return reply({all(call.path(), call.arguments().value(0).toString())});
        if (m_locked && method == QLatin1StringView("CreateItem"))
            return no("org.freedesktop.Secret.Error.IsLocked");
        return no("org.freedesktop.DBus.Error.AccessDenied");
    }

private:
    QVariant property(const QString &path, const QString &name) const
    {
        const QString interface = path == root ? QStringLiteral("Service") : path.endsWith(QStringLiteral("/1")) ? QStringLiteral("Item") : QStringLiteral("Collection");
        return all(path, QStringLiteral("org.freedesktop.Secret.") + interface).value(name);
    }
    QVariantMap all(const QString &, const QString &interface) const
    {
        const QList<QDBusObjectPath> collection{QDBusObjectPath(root + QStringLiteral("/collection/login"))};
        const QList<QDBusObjectPath> item{QDBusObjectPath(root + QStringLiteral("/collection/login/1"))};
        if (interface.endsWith(QStringLiteral(".Service")))
            return {{QStringLiteral("Collections"), QVariant::fromValue(collection)}};
        QVariantMap map{{QStringLiteral("Label"), QStringLiteral("Login")}, {QStringLiteral("Locked"), m_locked},
                        {QStringLiteral("Created"), QVariant::fromValue(quint64(1))}, {QStringLiteral("Modified"), QVariant::fromValue(quint64(1))}};
        if (interface.endsWith(QStringLiteral(".Item")))
            map.insert(QStringLiteral("Attributes"), QVariant::fromValue(Attributes{{QStringLiteral("server"), QStringLiteral("howdah")}, {QStringLiteral("user"), m_key}}));
        else
            map.insert(QStringLiteral("Items"), QVariant::fromValue(item));
        return map;
    }

    bool m_locked;
    QString m_key;
};
} // namespace

int main(int argc, char **argv)
{
    ::prctl(PR_SET_PDEATHSIG, SIGKILL);
    QCoreApplication app(argc, argv);
    if (argc != 3)
        return 2;
    qDBusRegisterMetaType<Attributes>();
    Keyring keyring(qstrcmp(argv[1], "dismiss") == 0, QString::fromUtf8(argv[2]));
    QDBusConnection bus = QDBusConnection::sessionBus();
    if (!bus.registerVirtualObject(root, &keyring, QDBusConnection::SubPath) || !bus.registerService(QStringLiteral("org.freedesktop.secrets")))
        return 1;
    say("ready");
    return QCoreApplication::exec();
}
