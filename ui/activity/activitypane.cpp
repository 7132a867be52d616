// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/activity/activitypane.h"

#include "base/readatmost.h"
#include "base/units.h"
#include "store/settings.h"
#include "ui/activity/activitypages.h"
#include "ui/activity/activitysource.h"
#include "ui/activity/endflow.h"
#include "ui/activity/incident.h"
#include "ui/activity/locksview.h"
#include "ui/activity/rows.h"
#include "ui/activity/sessiondetail.h"
#include "ui/activity/sessionsview.h"
#include "ui/activity/waitschart.h"
#include "ui/activity/waitsfeed.h"
#include "ui/activity/waitsview.h"
#include "ui/query/choosefile.h"
#include "ui/widgets/errorbar.h"
#include "ui/widgets/icon.h"
#include "ui/widgets/keyedview.h"
#include "ui/widgets/label.h"
#include "ui/widgets/theme.h"

#include <QDateTime>
#include <QFile>
#include <QFrame>
#include <QHBoxLayout>
#include <QLineEdit>
#include <QPushButton>
#include <QShortcut>
#include <QSplitter>
#include <QVBoxLayout>

#include <algorithm>

namespace howdah::ui
{

using namespace Qt::StringLiterals;

namespace
{

constexpr qint64 tenMinutesMs = 600'000, dayMs = 86'400'000;
constexpr qint64 mostFile = 256LL * 1024 * 1024;
const QString columnsKey = u"activity/columns"_s;

QString timeText(qint64 atMs)
{
    return QDateTime::fromMSecsSinceEpoch(atMs).toString(u"yyyy-MM-dd HH:mm:ss t"_s);
}

class ActivityPane : public Pane
{
public:
    ActivityPane(const PaneContext &context, QWidget *parent)
        : Pane(parent), m_context(context), m_worker(u"activity"_s), m_source(new ActivitySource(context.monitor, context.clock, this)),
          m_feed(new WaitsFeed(context, this)), m_pages(new ActivityPages(m_feed)), m_detail(new SessionDetail), m_ends(new EndFlow(context, this)),
          m_error(new ErrorBar), m_refusal(new ErrorBar), m_banner(new QFrame), m_bannerText(new PlainLabel), m_pause(new QPushButton(u"Pause"_s))
    {
        auto *keep = new QPushButton(u"Keep incident"_s);
        keep->setIcon(icon(u"save"_s));
        keep->setToolTip(u"Keep sessions, locks, waits, progress, settings, statements and the log's tail as one file (Ctrl+Shift+I)"_s);
        auto *open = new QPushButton(u"Open incident"_s);
        open->setIcon(icon(u"folder"_s));
        open->setToolTip(u"Look at an incident's file (Ctrl+O)"_s);
        m_pause->setCheckable(true);
        m_pause->setToolTip(u"What is shown stands still; nothing is asked of the server"_s);
        setLook(keep, "flat");
        setLook(open, "flat");
        setLook(m_pause, "flat");
        m_pages->bar()->addStretch(1);
        m_pages->bar()->addWidget(m_pause);
        m_pages->bar()->addWidget(keep);
        m_pages->bar()->addWidget(open);
        buildBanner();

        m_split = new QSplitter(Qt::Horizontal);
        m_split->setChildrenCollapsible(false);
        m_split->setHandleWidth(space::part);
        m_split->setStyleSheet(u"QSplitter::handle { background: transparent; }"_s);
        m_split->addWidget(m_pages);
        m_split->addWidget(m_detail);
        m_split->setStretchFactor(0, 1);
        m_detail->hide();
        auto *column = new QVBoxLayout(this);
        column->setContentsMargins(space::group, space::part, space::group, space::group);
        column->setSpacing(space::part);
        column->addLayout(m_pages->bar());
        column->addWidget(m_error);
        column->addWidget(m_refusal);
        column->addWidget(m_banner);
        column->addWidget(m_split, 1);
        m_error->clear();
        m_refusal->clear();
        m_refusal->setRetryVisible(false);
        m_refusal->setAction(u"Dismiss"_s);

        connect(m_source, &ActivitySource::treeRead, this, [this](const activity::LockTree &tree) { treeRead(tree); });
        connect(m_source, &ActivitySource::tasksRead, this, [this](const activity::Tasks &tasks) {
            if (isLive())
                m_pages->showTasks(tasks);
        });
        connect(m_source, &ActivitySource::horizonRead, this, [this](const activity::Horizon &horizon) {
            m_horizonFailed = false;
            if (isLive())
                m_pages->showHorizon(horizon);
        });
        const auto unread = [this](const QString &what) {
            return [this, what](const Error &error) {
                if (isLive()) // else nothing of it is shown
                    m_error->showError(what, error);
            };
        };
        connect(m_source, &ActivitySource::failed, this, unread(u"The sessions could not be read"_s));
        connect(m_source, &ActivitySource::horizonFailed, this, [this] { m_horizonFailed = true; });
        connect(m_source, &ActivitySource::horizonFailed, this, unread(u"The horizon could not be read"_s));
        connect(m_error, &ErrorBar::retry, this, [this] {
            m_error->clear();
            refresh();
        });
        connect(m_feed, &WaitsFeed::reset, this, [this] { rangeRead(); });
        connect(m_feed, &WaitsFeed::failed, this, [this](const Error &error) { m_refusal->showError(u"What was sampled before could not be read"_s, error); });
        connect(m_pages->waits()->chart(), &WaitsChart::intervalPicked, m_context.range, &TimeRange::setInterval);
        connect(m_pages, &ActivityPages::pageChanged, this, [this](int page) {
            m_source->setHorizonWanted(page == ActivityPages::HorizonPage);
            // On the other pages what is chosen there brings it: their tables need the room.
            m_detail->setVisible(m_detail->pid() != 0 && (page == ActivityPages::SessionsPage || page == ActivityPages::LocksPage));
        });
        connect(m_pages, &ActivityPages::pidChosen, this, [this](int pid) { choose(pid); });
        connect(m_pages, &ActivityPages::columnsChanged, &m_saveColumns, qOverload<>(&QTimer::start));
        connect(m_detail, &SessionDetail::endWanted, this, [this](activity::End how, int pid) { beginEnd(how, pid); });
        connect(m_detail, &SessionDetail::closed, this, [this] { choose(0); });
        connect(m_detail, &SessionDetail::blockerWanted, this, [this](int pid) {
            m_pages->setPage(ActivityPages::LocksPage);
            m_pages->locks()->select(pidKey(pid));
            choose(pid);
        });
        connect(m_ends, &EndFlow::refused, m_refusal, &ErrorBar::showError);
        connect(m_refusal, &ErrorBar::action, m_refusal, &ErrorBar::clear);
        connect(m_ends, &EndFlow::ended, m_source, &ActivitySource::readNow);
        connect(m_pause, &QPushButton::toggled, this, [this](bool on) {
            m_source->setPaused(on);
            m_pause->setText(on ? u"Resume"_s : u"Pause"_s);
        });
        connect(keep, &QPushButton::clicked, this, [this] { keepIncident(); });
        connect(open, &QPushButton::clicked, this, [this] { openIncident(); });
        m_saveColumns.setSingleShot(true);
        m_saveColumns.setInterval(500);
        connect(&m_saveColumns, &QTimer::timeout, this, [this] {
            if (m_context.store)
                m_context.store->run([columns = m_pages->columns()](store::Store &store) { return store::writeSetting(store, columnsKey, columns); });
        });
        buildKeys();
        readColumns();
    }

    void activated() override
    {
        m_pages->setShown(true);
        m_source->setShown(true);
    }
    void deactivated() override
    {
        m_pages->setShown(false);
        m_source->setShown(false);
    }
    void refresh() override
    {
        m_source->readNow();
        m_feed->reload();
    }
    // "sessions", "locks", "waits", "progress", "horizon", or the key of a session: pidKey().
    void showPlace(const QString &place) override
    {
        static const QStringList names{u"sessions"_s, u"locks"_s, u"waits"_s, u"progress"_s, u"horizon"_s};
        if (const qsizetype page = names.indexOf(place); page >= 0)
            return m_pages->setPage(ActivityPages::Page(page));
        const auto pid = pidOfKey(place);
        if (!pid)
            return;
        if (!isLive())
            backToNow();
        m_pages->setPage(ActivityPages::SessionsPage);
        m_wanted = place;
        selectWanted();
    }
    bool isSettled() const override { return m_read && m_feed->isRead(); }
    QString crumb() const override { return m_detail->pid() ? u"backend %1"_s.arg(m_detail->pid()) : QString(); }

private:
    // Now; else a picked interval of the past, or a file.
    bool isLive() const { return !m_past && !m_file; }

    void buildBanner()
    {
        m_banner->setProperty("card", true);
        m_banner->setAccessibleName(u"What is shown is not now"_s);
        auto *back = new QPushButton(u"Back to now"_s);
        m_bannerText->setWordWrap(true);
        auto *row = new QHBoxLayout(m_banner);
        row->setContentsMargins(space::part, space::inside, space::part, space::inside);
        row->addWidget(m_bannerText, 1);
        row->addWidget(back);
        m_banner->hide();
        connect(back, &QPushButton::clicked, this, [this] { backToNow(); });
    }

    void buildKeys()
    {
        const auto on = [this](const QKeySequence &keys, auto fn) {
            auto *shortcut = new QShortcut(keys, this);
            shortcut->setContext(Qt::WidgetWithChildrenShortcut);
            connect(shortcut, &QShortcut::activated, this, fn);
        };
        on(QKeySequence(Qt::CTRL | Qt::SHIFT | Qt::Key_I), [this] { keepIncident(); });
        on(QKeySequence(Qt::CTRL | Qt::Key_O), [this] { openIncident(); });
        on(QKeySequence(Qt::CTRL | Qt::SHIFT | Qt::Key_P), [this] {
            m_pages->setPage(ActivityPages::LocksPage);
            m_pages->locks()->pictureButton()->toggle();
        });
        on(QKeySequence(Qt::CTRL | Qt::Key_F), [this] {
            m_pages->setPage(ActivityPages::SessionsPage);
            m_pages->sessions()->word()->setFocus(Qt::ShortcutFocusReason);
        });
        on(QKeySequence(Qt::Key_Escape), [this] { choose(0); });
        on(QKeySequence(Qt::Key_Delete), [this] {
            if (m_detail->pid() && m_detail->terminateButton()->isEnabled())
                beginEnd(activity::End::Terminate, m_detail->pid());
        });
    }

    void beginEnd(activity::End how, int pid)
    {
        m_refusal->clear();
        const activity::Backend *shown = m_tree.sessions.find(pid);
        m_ends->begin(how, pid, shown ? std::optional(*shown) : std::nullopt, m_tree.sessions.atMs);
    }

    void readColumns()
    {
        if (!m_context.store)
            return;
        async::onFinished(m_context.store->run([](store::Store &store) { return store::readSetting(store, columnsKey); }), this,
                          [this](const Result<QJsonValue> &columns) {
                              if (columns)
                                  m_pages->restoreColumns(columns->toObject());
                          });
    }

    void treeRead(const activity::LockTree &tree)
    {
        m_read = true;
        m_live = tree;
        emit attention(tree.waiting, tree.waiting ? u"wait for a lock"_s : QString());
        if (!isLive())
            return;
        if (!m_horizonFailed)
            m_error->clear();
        showTree(tree);
        if (!m_toldSettled && isSettled()) {
            m_toldSettled = true;
            emit settled();
        }
    }

    void showTree(const activity::LockTree &tree)
    {
        m_tree = tree;
        m_pages->showTree(tree);
        if (m_detail->pid())
            m_detail->show(tree, m_detail->pid());
        selectWanted();
    }

    void choose(int pid)
    {
        if (pid == 0) {
            m_detail->showNothing();
            m_detail->hide();
            return;
        }
        const bool first = m_detail->isHidden();
        m_detail->show(m_tree, pid);
        m_detail->setEndingAllowed(isLive(), u"It is not now that is shown"_s);
        m_detail->QWidget::show();
        if (first && m_split->sizes().value(1) < 332)
            m_split->setSizes({m_split->width(), std::clamp(m_split->width() / 4, 332, 380)});
    }

    // A session that another pane named, as soon as it was read.
    void selectWanted()
    {
        const auto pid = pidOfKey(m_wanted);
        if (!pid || !m_tree.sessions.find(*pid))
            return;
        m_wanted.clear();
        m_pages->sessions()->word()->clear();
        m_pages->sessions()->view()->select(pidKey(*pid));
        choose(*pid);
    }

    // An interval was picked, or the range follows now again.
    void rangeRead()
    {
        if (m_file)
            return;
        const bool past = !m_context.range->isFollowing();
        if (!past && m_past) {
            m_past = false;
            showNow();
        }
        if (past)
            showPast();
    }

    void showPast()
    {
        m_past = true;
        m_pages->setPast(true);
        m_error->clear();
        const auto &samples = m_feed->samples();
        const auto peak = std::max_element(samples.cbegin(), samples.cend(), [](const activity::WaitSample &one, const activity::WaitSample &other) {
            return one.total() < other.total();
        });
        if (peak == samples.cend() || !m_context.store) {
            showTree({});
            return setBanner(u"Nothing was sampled from %1"_s.arg(m_context.range->text()));
        }
        const qint64 atMs = peak->atMs;
        const quint64 number = ++m_pastReading;
        const auto read = m_context.store->run([profile = m_context.profile.id, busiest = *peak](store::Store &store) { return activity::readSessionsLike(store, profile, busiest); });
        async::onFinished(read, this, [this, number, atMs](const Result<std::optional<activity::Sessions>> &sessions) {
            if (number != m_pastReading || !m_past || m_file)
                return;
            if (!sessions)
                return m_error->showError(u"The sessions of that time could not be read"_s, sessions.error());
            if (!*sessions) {
                showTree({});
                return setBanner(u"The busiest moment of the interval was %1; of its sessions nothing is kept any more (an hour is)"_s.arg(timeText(atMs)));
            }
            showTree(activity::lockTreeOf(**sessions, {}));
            setBanner(u"As it was at %1, near the busiest moment of the picked interval: who worked, waited or blocked%2"_s.arg(
                timeText((*sessions)->atMs), (*sessions)->leftOut ? u"; %1 more were not kept"_s.arg((*sessions)->leftOut) : QString()));
        });
    }

    void setBanner(const QString &text)
    {
        m_bannerText->setText(text);
        m_banner->show();
        m_detail->setEndingAllowed(false, u"It is not now that is shown"_s);
    }

    void backToNow()
    {
        m_past = false;
        choose(0);
        if (m_file) {
            m_file = false;
            m_pages->showRest({});
            m_pages->showTasks({});
            m_pages->showHorizon({});
            m_feed->showLive();
        }
        if (!m_context.range->isFollowing())
            m_context.range->setLast(TimeRange::choices().constFirst().spanMs);
        showNow();
    }

    // What was read last stands until the next reading: never a moment of the past as if it were now.
    void showNow()
    {
        m_banner->hide();
        m_pages->setPast(false);
        m_detail->setEndingAllowed(true, {});
        showTree(m_live);
        m_source->readNow();
    }

    void keepIncident()
    {
        if (!m_context.monitor || !m_context.jobs)
            return;
        if (!m_context.store) {
            ui::keepIncident(m_context, m_worker, m_context.monitor, {});
            return;
        }
        // What the waits were for the last ten minutes goes with it, whatever is looked at now. The server's clock may differ from ours.
        const auto read = m_context.store->run([profile = m_context.profile.id, now = m_context.clock->wallMs()](store::Store &store) {
            auto waits = activity::readWaitSamples(store, profile, now - dayMs, now + dayMs);
            if (waits && !waits->isEmpty())
                waits->removeIf([from = waits->constLast().atMs - tenMinutesMs](const activity::WaitSample &sample) { return sample.atMs < from; });
            return waits;
        });
        async::onFinished(read, this, [this](const Result<QVector<activity::WaitSample>> &waits) {
            ui::keepIncident(m_context, m_worker, m_context.monitor, waits.value_or(QVector<activity::WaitSample>()));
        });
    }

    void openIncident()
    {
        FileQuestion question;
        question.title = u"Open an incident"_s;
        question.verb = u"Open"_s;
        question.proposal = incidentFolder();
        question.filter = u"Incidents (*.json);;All files (*)"_s;
        chooseFile(this, question, this, [this](const QString &path) {
            const auto read = m_worker.run([path]() -> Result<activity::Snapshot> {
                QFile file(path);
                if (!file.open(QIODevice::ReadOnly))
                    return fail(ErrorKind::Io, u"unreadable"_s, u"%1: %2"_s.arg(path, file.errorString()));
                if (file.size() > mostFile)
                    return fail(ErrorKind::Io, u"too_large"_s, u"%1 has %2: no incident's file is that large"_s.arg(path, units::bytes(double(file.size()))));
                const auto bytes = readAtMost(file, mostFile);
                if (!bytes)
                    return fail(ErrorKind::Io, u"unreadable"_s, u"%1: %2"_s.arg(path, file.errorString()));
                return activity::snapshotOf(*bytes);
            });
            async::onFinished(read, this, [this](const Result<activity::Snapshot> &snapshot) {
                if (snapshot)
                    showFile(*snapshot);
                else
                    m_refusal->showError(u"The incident could not be opened"_s, snapshot.error());
            });
        });
    }

    void showFile(const activity::Snapshot &snapshot)
    {
        m_error->clear();
        m_refusal->clear();
        m_file = true;
        m_past = false;
        m_pages->setPast(false);
        choose(0);
        m_feed->showKept(snapshot.waits);
        showTree(snapshot.locks);
        m_pages->showTasks(snapshot.tasks);
        m_pages->showHorizon(snapshot.horizon);
        m_pages->showRest(restOf(snapshot));
        m_pages->setPage(snapshot.locks.waiting ? ActivityPages::LocksPage : ActivityPages::SessionsPage);
        QString text = u"The incident of %1 on %2, PostgreSQL %3"_s.arg(timeText(snapshot.atMs), units::oneLine(snapshot.server), units::oneLine(snapshot.version));
        if (!snapshot.missing.isEmpty())
            text += u". Not in it: "_s + units::oneLine(snapshot.missing.join(u"; "_s));
        setBanner(text);
    }

    PaneContext m_context;
    Worker m_worker;
    ActivitySource *m_source;
    WaitsFeed *m_feed;
    ActivityPages *m_pages;
    SessionDetail *m_detail;
    EndFlow *m_ends;
    ErrorBar *m_error;   // what can't be read; goes with the next reading
    bool m_horizonFailed = false; // which the next reading of the sessions says nothing of
    ErrorBar *m_refusal; // what was not done; stays until it is dismissed or tried again
    QFrame *m_banner;
    PlainLabel *m_bannerText;
    QPushButton *m_pause;
    QSplitter *m_split;
    QTimer m_saveColumns;
    activity::LockTree m_tree; // what is shown
    activity::LockTree m_live; // what was read last
    QString m_wanted; // key of a session; empty: none
    bool m_read = false;
    bool m_past = false;
    bool m_file = false;
    bool m_toldSettled = false;
    quint64 m_pastReading = 0;
};

} // namespace

Pane *makeActivityPane(const PaneContext &context, QWidget *parent)
{
    return new ActivityPane(context, parent);
}

} // namespace howdah::ui
