// SPDX-License-Identifier: GPL-3.0-or-later
// What a desktop hears: org.freedesktop.Notifications on the session bus of a test's own (store/keyring.h), for as long as it lives. Its calls come on the thread that
// made it, whose event loop turns.
#pragma once

#include <QDBusArgument>
#include <QDBusConnection>
#include <QDBusMessage>
#include <QDBusVirtualObject>
#include <QVector>

namespace howdah::test
{

class DesktopEars : public QDBusVirtualObject
{
public:
    struct Note {
        QString title, body;
        int urgency = -1;
    };
    QVector<Note> notes;

    DesktopEars() : m_bus(QDBusConnection::connectToBus(QString::fromUtf8(qgetenv("DBUS_SESSION_BUS_ADDRESS")), name()))
    {
        m_listens = m_bus.registerVirtualObject(QStringLiteral("/org/freedesktop/Notifications"), this) && m_bus.registerService(QStringLiteral("org.freedesktop.Notifications"));
    }
    ~DesktopEars() override { QDBusConnection::disconnectFromBus(name()); }
    bool listens() const { return m_listens; }

    QString introspect(const QString &) const override { return {}; }
    bool handleMessage(const QDBusMessage &message, const QDBusConnection &connection) override
    {
        const QVariantList with = message.arguments();
        if (message.member() == QLatin1String("GetCapabilities"))
            return connection.send(message.createReply(QVariant(QStringList{QStringLiteral("body"), QStringLiteral("body-markup")})));
        if (message.member() != QLatin1String("Notify"))
            return false;
        const QVariantMap hints = qdbus_cast<QVariantMap>(with.value(6));
        notes.append({with.value(3).toString(), with.value(4).toString(), hints.value(QStringLiteral("urgency"), -1).toInt()});
        return connection.send(message.createReply(uint(notes.size())));
    }

private:
    static QString name() { return QStringLiteral("desktop ears"); }

    QDBusConnection m_bus;
    bool m_listens = false;
};

} // namespace howdah::test
