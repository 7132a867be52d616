// SPDX-License-Identifier: GPL-3.0-or-later
// What a pane is made of and what it is given. Panes are listed in ui/shell/allpanes.cpp and never know the window. Window's thread.
#pragma once

#include "base/clock.h"
#include "base/worker.h"
#include "pg/session.h"
#include "session/job.h"
#include "session/profile.h"
#include "store/keychain.h"
#include "store/storeworker.h"
#include "ui/shell/command.h"

#include <QIcon>
#include <QString>
#include <QWidget>

#include <functional>

namespace howdah::activity
{
class WaitSampler;
}
namespace howdah::metrics
{
class Sampler;
}
namespace howdah::statements
{
class Sampler;
}

namespace howdah::ui
{

class HealthEndpoint; // ui/health/healthendpoint.h: answers health checks over HTTP, where it is switched on
class HealthFeed;     // ui/health/healthfeed.h: what of this server goes there, and out by OTLP
class RestoreWatch; // ui/backup/restorewatch.h: how old the last proven restore is
class TimeRange;      // ui/widgets/timerange.h: the one interval of every pane that has time
class JobModel;  // ui/shell/jobmodel.h: running jobs and the last ten results

// Everything a pane may use; another profile is a new PaneContext and new panes. All pointers outlive the pane.
struct PaneContext {
    session::Profile profile;           // an empty id: no server chosen yet
    pg::Session *monitor = nullptr;     // null while no server is chosen
    pg::Session *control = nullptr;
    pg::Session *catalog = nullptr;     // an editor-class link for the tree (profile's own role)
    metrics::Sampler *sampler = nullptr;
    activity::WaitSampler *waits = nullptr;
    statements::Sampler *statements = nullptr;
    RestoreWatch *restores = nullptr;   // null while no server is chosen
    HealthFeed *feed = nullptr;         // null while no server is chosen
    HealthEndpoint *endpoint = nullptr; // the program's one
    store::StoreWorker *store = nullptr;
    store::Keychain *keychain = nullptr;
    Worker *tools = nullptr;            // docker and other programs
    TimeRange *range = nullptr;
    JobModel *jobs = nullptr;
    const Clock *clock = nullptr;
    std::function<pg::Session *(const QString &database, QObject *parent)> catalogLink; // as catalog, to another database; null: no server
    // A link of its own for one tab: the profile's role, the user's own settings (Profile::editorSpec). Not yet open; null: no server.
    std::function<pg::Session *(const QString &database, QObject *parent)> editorLink;
    std::function<void(const QString &profileName)> openProfile; // shell: connect to this saved profile
    std::function<void(const QString &paneId, const QString &place)> showPlace; // shell: show another pane, and a place in it
};

// Base of all panes. A pane's attention mark on the rail: a number and a word, 0: none.
class Pane : public QWidget
{
    Q_OBJECT
public:
    using QWidget::QWidget;
    virtual void activated() {}   // shown
    virtual void deactivated() {} // hidden: polling stops
    virtual bool isSettled() const { return true; } // first content is there: screenshots and tests wait for it
    virtual void refresh() {}     // F5
    virtual void showPlace(const QString &) {} // a word of this pane's own, from another's link; one that it does not know does nothing
    virtual QString crumb() const { return {}; }
    virtual QVector<Command> commands() const { return {}; } // for the palette while it is shown

signals:
    void attention(int count, const QString &word);
    void settled();
};

struct PaneDescriptor {
    QString id;    // "overview": file names of pictures and of settings
    QString title; // "Overview"
    QString icon;  // resource name below :/icons
    bool needsServer = true;
    std::function<Pane *(const PaneContext &, QWidget *parent)> make;
};

const QVector<PaneDescriptor> &allPanes(); // in the order of the rail

} // namespace howdah::ui
