// SPDX-License-Identifier: GPL-3.0-or-later
// The tabs' texts on their way to the store: a second after they came to rest, two at the latest, off the window's thread. What can't be
// written is told once, and tried again with the next change. Window's thread.
#pragma once

#include "store/drafts.h"
#include "store/storeworker.h"

#include <QElapsedTimer>
#include <QHash>
#include <QObject>
#include <QSet>
#include <QTimer>

#include <functional>

namespace howdah::ui
{

class DraftKeeper : public QObject
{
    Q_OBJECT
public:
    // `draftOf` is asked when it is time: the text is copied once a save, not once a key. `store` may be null: nothing is kept.
    DraftKeeper(store::StoreWorker *store, std::function<std::optional<store::Draft>(const QString &id)> draftOf, QObject *parent = nullptr);
    void changed(const QString &id);
    void remove(const QString &id);
    void saveNow(); // what waits: the pane goes

signals:
    void failed(const howdah::Error &error);
    void saved();

private:
    store::StoreWorker *m_store;
    std::function<std::optional<store::Draft>(const QString &)> m_draftOf;
    QSet<QString> m_waiting;
    QTimer m_rest;
    QElapsedTimer m_since;
    bool m_told = false;
};

} // namespace howdah::ui
