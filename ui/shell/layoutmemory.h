// SPDX-License-Identifier: GPL-3.0-or-later
// The window's remembered size, pane, theme, time range and last server. Read once after the window is shown, so that its first frame
// waits for no disk; written half a second after a change, so that a crash loses nothing older. With `remember` off nothing is read or
// kept: every window is the first. Window's thread.
#pragma once

#include "session/profile.h"
#include "store/storeworker.h"

#include <QJsonObject>
#include <QObject>
#include <QTimer>

namespace howdah::ui
{

// What the store knows when a window starts.
struct Remembered {
    QJsonObject layout; // "width", "height", "maximized", "pane", "theme", "range_ms", "profile", "activity_open"
    QVector<session::Profile> profiles;
    QString repaired;  // what opening the store had to mend, for people; empty: nothing
    QString storePath;
};

class LayoutMemory : public QObject
{
    Q_OBJECT
public:
    LayoutMemory(store::StoreWorker *store, bool remember, QObject *parent = nullptr);
    void load();
    void set(const QString &name, const QJsonValue &value); // ignored until loaded: the defaults are no one's choice
    QJsonValue value(const QString &name) const { return m_layout.value(name); }
    void saveNow();

signals:
    void loaded(const howdah::ui::Remembered &remembered);
    void failed(const howdah::Error &error); // the store could not be read: defaults, and nothing will be kept
    void notCopied(const howdah::Error &error); // today's copy of the store: the store itself goes on

private:
    store::StoreWorker *m_store;
    Worker m_copier{QStringLiteral("copies")};
    const bool m_remember;
    QJsonObject m_layout;
    bool m_loaded = false;
    QTimer m_delay;
};

} // namespace howdah::ui
