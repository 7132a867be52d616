// SPDX-License-Identifier: GPL-3.0-or-later
#include "store/secretservice.h"

#include <QDBusConnection>
#include <QDBusMessage>
#include <QDBusObjectPath>
#include <QDBusPendingCallWatcher>
#include <QDBusPendingReply>
#include <QDBusVariant>
#include <QLibrary>

namespace howdah::store
{

static QDBusMessage call(const QString &path, const char *interface, const char *method)
{
    return QDBusMessage::createMethodCall(QStringLiteral("org.freedesktop.secrets"), path, QLatin1String(interface), QLatin1String(method));
}

template<typename T>
static void ask(const QDBusMessage &message, int timeoutMs, QObject *context, std::function<void(const QDBusPendingReply<T> &)> then)
{
    auto *watcher = new QDBusPendingCallWatcher(QDBusConnection::sessionBus().asyncCall(message, timeoutMs), context);
    QObject::connect(watcher, &QDBusPendingCallWatcher::finished, context, [watcher, then = std::move(then)] {
        watcher->deleteLater();
        then(QDBusPendingReply<T>(*watcher));
    });
}

void askKeyringState(QObject *context, int timeoutMs, std::function<void(KeyringState)> answer)
{
    if (!QDBusConnection::sessionBus().isConnected()) // its calls would never be answered
        return answer(KeyringState::Unknown);
    auto alias = call(QStringLiteral("/org/freedesktop/secrets"), "org.freedesktop.Secret.Service", "ReadAlias");
    alias << QStringLiteral("default");
    ask<QDBusObjectPath>(alias, timeoutMs, context, [context, timeoutMs, answer](const QDBusPendingReply<QDBusObjectPath> &reply) {
        const QString keyring = reply.isError() ? QString() : reply.value().path();
        if (keyring.size() < 2) // "/": none
            return answer(KeyringState::Unknown);
        auto get = call(keyring, "org.freedesktop.DBus.Properties", "Get");
        get << QStringLiteral("org.freedesktop.Secret.Collection") << QStringLiteral("Locked");
        ask<QDBusVariant>(get, timeoutMs, context, [answer](const QDBusPendingReply<QDBusVariant> &locked) {
            if (locked.isError())
                return answer(KeyringState::Unknown);
            answer(locked.value().variant().toBool() ? KeyringState::Locked : KeyringState::Unlocked);
        });
    });
}

void forgetKeyringSession()
{
    using Disconnect = void (*)();
    // The library QtKeychain has loaded by this very name.
    if (const auto disconnect = reinterpret_cast<Disconnect>(QLibrary::resolve(QStringLiteral("secret-1"), 0, "secret_service_disconnect")))
        disconnect();
}

} // namespace howdah::store
