// SPDX-License-Identifier: GPL-3.0-or-later
#include "store/desktopnote.h"

#include <QDBusConnection>
#include <QDBusMessage>
#include <QVariantMap>

namespace howdah::store
{

using namespace Qt::StringLiterals;

static QDBusMessage ask(const QString &method, const QVariantList &arguments, int timeoutMs)
{
    QDBusMessage message = QDBusMessage::createMethodCall(u"org.freedesktop.Notifications"_s, u"/org/freedesktop/Notifications"_s, u"org.freedesktop.Notifications"_s, method);
    message.setArguments(arguments);
    return QDBusConnection::sessionBus().call(message, QDBus::Block, timeoutMs);
}

Done showDesktopNote(const DesktopNote &note, int timeoutMs)
{
    if (!QDBusConnection::sessionBus().isConnected())
        return fail(ErrorKind::Io, u"no_bus"_s, u"There is no session bus, and so no desktop that could show it"_s);
    // What reads markup would take a name with < in it for a part of it; what doesn't would show the escapes.
    const QDBusMessage can = ask(u"GetCapabilities"_s, {}, timeoutMs);
    const bool markup = can.arguments().value(0).toStringList().contains(u"body-markup"_s);
    const QVariantMap hints{{u"urgency"_s, QVariant::fromValue(uchar(note.grave ? 2 : 1))}, {u"desktop-entry"_s, u"howdah"_s}};
    const QDBusMessage reply =
        ask(u"Notify"_s, {u"Howdah"_s, 0U, u"howdah"_s, note.title, markup ? note.body.toHtmlEscaped() : note.body, QStringList(), hints, note.grave ? 0 : -1}, timeoutMs);
    if (reply.type() == QDBusMessage::ErrorMessage)
        return fail(ErrorKind::Io, u"not_shown"_s, u"The desktop does not show it: %1"_s.arg(reply.errorMessage()));
    return {};
}

} // namespace howdah::store
