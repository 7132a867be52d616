// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/statements/statementspane.h"

#include "base/async.h"
#include "base/units.h"
#include "pg/quote.h"
#include "statements/sampler.h"
#include "store/settings.h"
#include "ui/advise/causespage.h"
#include "ui/statements/regressionsview.h"
#include "ui/statements/statementdetail.h"
#include "ui/statements/statementfilter.h"
#include "ui/statements/statementload.h"
#include "ui/statements/statementsource.h"
#include "ui/statements/toplistview.h"
#include "ui/widgets/errorbar.h"
#include "ui/widgets/keyedview.h"
#include "ui/widgets/label.h"
#include "ui/widgets/theme.h"

#include <QApplication>
#include <QHBoxLayout>
#include <QLineEdit>
#include <QPushButton>
#include <QShortcut>
#include <QSplitter>
#include <QStackedWidget>
#include <QTimer>
#include <QVBoxLayout>

#include <algorithm>

namespace howdah::ui
{

using namespace Qt::StringLiterals;

namespace
{

const QString columnsKey = u"statements/columns"_s;
constexpr int leastDetail = 372, mostDetail = 640;

class StatementsPane : public Pane
{
public:
    StatementsPane(const PaneContext &context, QWidget *parent)
        : Pane(parent), m_context(context), m_source(new StatementSource(context, this)), m_filter(new StatementFilter), m_top(new TopListView),
          m_regressions(new RegressionsView), m_pages(new QStackedWidget), m_detail(new StatementDetail), m_causes(new CausesPage(context)),
          m_split(new QSplitter(Qt::Horizontal)), m_trouble(new ErrorBar), m_rights(new ErrorBar), m_error(new ErrorBar)
    {
        m_split->setChildrenCollapsible(false);
        m_split->setHandleWidth(space::part);
        m_split->setStyleSheet(u"QSplitter::handle { background: transparent; }"_s);
        m_split->addWidget(m_pages);
        m_split->addWidget(m_detail);
        m_split->setStretchFactor(0, 1);
        m_detail->hide();
        m_detail->addPage(u"Causes"_s, m_causes);
        auto *bar = new QHBoxLayout;
        bar->setSpacing(space::inside);
        addPage(bar, u"Top list"_s, u"What cost most in the time range"_s, m_top);
        addPage(bar, u"Regressions"_s, u"What takes longer than it did, and what is new"_s, m_regressions);
        bar->addSpacing(space::part);
        bar->addWidget(m_filter, 1);
        auto *column = new QVBoxLayout(this);
        column->setContentsMargins(space::group, space::part, space::group, space::group);
        column->setSpacing(space::part);
        column->addLayout(bar);
        column->addWidget(m_trouble);
        column->addWidget(m_rights);
        column->addWidget(m_error);
        column->addWidget(m_split, 1);
        for (ErrorBar *one : {m_trouble, m_rights, m_error})
            one->clear();
        m_rights->setRetryVisible(false);

        connect(m_source, &StatementSource::tableRead, this, [this](const StatementReading &reading) { tableRead(reading); });
        connect(m_source, &StatementSource::courseRead, this, [this](const statements::Key &key, const StatementCourse &course) {
            if (m_detail->statement() == key)
                m_detail->load()->setCourse(course, m_source->interval(), m_reading.table.list.gaps.events,
                                             m_reading.table.list.gaps.known);
        });
        connect(m_source, &StatementSource::waitsRead, this, [this](const statements::Key &key, const activity::WaitAverages &averages, bool mayReadAll) {
            if (m_detail->statement() == key)
                m_detail->setWaits(averages, mayReadAll);
        });
        connect(m_source, &StatementSource::failed, this, [this](const Error &error) {
            m_error->showError(u"What statements did could not be read"_s, error);
        });
        connect(m_source, &StatementSource::recordingChanged, this, [this] { showRecording(); });
        connect(m_context.range, &TimeRange::changed, this, [this] {
            m_regressions->setSpan(m_context.range->spanMs());
            showRecording();
        });
        connect(m_trouble, &ErrorBar::retry, this, [this] { refresh(); });
        connect(m_error, &ErrorBar::retry, this, [this] {
            m_error->clear();
            refresh();
        });
        connect(m_filter, &StatementFilter::changed, this, [this] { fill(); });
        connect(m_top, &TopListView::lifetimeChanged, this, [this](bool lifetime) { setLifetime(lifetime); });
        connect(m_top, &TopListView::keyChosen, this, [this](const QString &key) { choose(key); });
        connect(m_top, &TopListView::readingWanted, this, [this] { refresh(); });
        connect(m_top, &TopListView::filterUnwanted, this, [this] {
            m_filter->clear();
            fill();
        });
        connect(m_regressions, &RegressionsView::keyChosen, this, [this](const QString &key) { choose(key); });
        connect(m_regressions, &RegressionsView::againstChanged, this, [this] {
            if (m_pages->currentIndex() == RegressionsPage)
                m_source->setAgainst(m_regressions->against());
        });
        connect(m_regressions, &RegressionsView::minCallsChanged, this, [this] { fill(); });
        connect(m_detail, &StatementDetail::statementShown, m_causes, &CausesPage::setStatement);
        connect(m_detail, &StatementDetail::statementLeft, m_causes, &CausesPage::leave);
        connect(m_detail, &StatementDetail::closed, this, [this] { closeDetail(); });
        connect(m_detail, &StatementDetail::keyWanted, this, [this](const QString &key) { choose(key); });
        connect(m_detail, &StatementDetail::planWanted, this, [this](const ChosenStatement &chosen) {
            if (m_context.showPlace)
                m_context.showPlace(u"plans"_s, u"statement:%1\n%2"_s.arg(chosen.database, chosen.text));
        });
        connect(m_detail, &StatementDetail::waitsWanted, this, [this] {
            if (m_context.showPlace)
                m_context.showPlace(u"activity"_s, u"waits"_s);
        });
        connect(m_detail->load(), &StatementLoad::intervalPicked, m_context.range, &TimeRange::setInterval);
        buildKeys();
        keepColumns();
        m_regressions->setSpan(m_context.range->spanMs());
        showRecording();
        fill();
    }

    void activated() override { m_source->setShown(true); }
    void deactivated() override { m_source->setShown(false); }
    // The server is read at once: what ran until now need not wait for the minute to be over.
    void refresh() override
    {
        if (m_context.statements)
            m_context.statements->start();
        m_source->readNow();
    }
    bool isSettled() const override { return m_source->isRead(); }
    QString crumb() const override { return m_detail->statement() ? u"query id %1"_s.arg(m_detail->statement()->queryId) : QString(); }
    // "top", "regressions", or the number of a query id: its row, as soon as it is read.
    void showPlace(const QString &place) override
    {
        if (place == "top"_L1)
            return setPage(TopPage);
        if (place == "regressions"_L1)
            return setPage(RegressionsPage);
        m_wanted = place;
        selectWanted();
    }

private:
    enum Page { TopPage, RegressionsPage };

    void addPage(QHBoxLayout *bar, const QString &title, const QString &tip, QWidget *page)
    {
        const int index = m_pages->addWidget(page);
        auto *button = new QPushButton(title);
        button->setCheckable(true);
        button->setChecked(index == TopPage);
        button->setToolTip(tooltipText(u"%1 (Alt+%2)"_s.arg(tip).arg(index + 1)));
        setLook(button, "flat");
        m_buttons.append(button); // no QButtonGroup: of one, Tab reaches the checked button only
        bar->addWidget(button);
        connect(button, &QPushButton::clicked, this, [this, index] { setPage(Page(index)); });
    }

    void setPage(Page page)
    {
        for (int i = 0; i < m_buttons.size(); ++i)
            m_buttons.at(i)->setChecked(i == page);
        m_pages->setCurrentIndex(page);
        // Compared are times that were recorded; what the server counts since some day has no time before it.
        setLifetime(page == TopPage && m_top->isLifetime());
        m_source->setAgainst(page == RegressionsPage ? std::optional(m_regressions->against()) : std::nullopt);
        fill();
    }

    void buildKeys()
    {
        const auto on = [this](const QKeySequence &keys, auto fn) {
            auto *shortcut = new QShortcut(keys, this);
            shortcut->setContext(Qt::WidgetWithChildrenShortcut);
            connect(shortcut, &QShortcut::activated, this, fn);
        };
        on(QKeySequence(Qt::ALT | Qt::Key_1), [this] { setPage(TopPage); });
        on(QKeySequence(Qt::ALT | Qt::Key_2), [this] { setPage(RegressionsPage); });
        on(QKeySequence(Qt::CTRL | Qt::Key_F), [this] {
            m_filter->word()->setFocus(Qt::ShortcutFocusReason);
            m_filter->word()->selectAll();
        });
        on(QKeySequence(Qt::Key_Escape), [this] { closeDetail(); });
    }

    QVector<std::pair<QString, KeyedView *>> tables() const
    {
        return {{u"top"_s, m_top->view()}, {u"slower"_s, m_regressions->slower()}, {u"fresh"_s, m_regressions->fresh()}};
    }

    void keepColumns()
    {
        if (!m_context.store)
            return;
        m_saveColumns.setSingleShot(true);
        m_saveColumns.setInterval(500);
        for (const auto &[name, view] : tables())
            connect(view, &KeyedView::stateChanged, &m_saveColumns, qOverload<>(&QTimer::start));
        connect(&m_saveColumns, &QTimer::timeout, this, [this] {
            QJsonObject columns;
            for (const auto &[name, view] : tables())
                columns.insert(name, view->state());
            m_context.store->run([columns](store::Store &store) { return store::writeSetting(store, columnsKey, columns); });
        });
        const auto read = m_context.store->run([](store::Store &store) { return store::readSetting(store, columnsKey); });
        async::onFinished(read, this, [this](const Result<QJsonValue> &columns) {
            for (const auto &[name, view] : tables()) {
                if (columns && (*columns)[name].isObject())
                    view->restore((*columns)[name].toObject());
            }
        });
    }

    void tableRead(const StatementReading &reading)
    {
        m_error->clear();
        m_reading = reading;
        m_filter->learn(m_reading.table.list);
        fill();
        showRights();
        if (m_detail->statement())
            m_detail->show(m_reading.table.list, *m_detail->statement());
        selectWanted();
        m_wanted.clear(); // what this reading has not is not waited for
        if (!m_toldSettled) {
            m_toldSettled = true;
            emit settled();
        }
    }

    void fill()
    {
        if (m_pages->currentIndex() == TopPage)
            m_top->show(m_reading.table, m_filter->filter());
        else
            m_regressions->show(m_reading, m_filter->filter());
        showTrouble();
    }

    void showRecording()
    {
        m_top->setRecording({m_source->trouble(), m_source->beganMs(), m_context.range->isFollowing()});
        showTrouble();
    }

    // In a bar where there is something to look at all the same, else in its place.
    void showTrouble()
    {
        const auto trouble = m_source->trouble();
        if (trouble && !(m_pages->currentIndex() == TopPage && m_top->tellsTrouble()))
            m_trouble->showError(u"Statements are not recorded"_s, *trouble);
        else
            m_trouble->clear();
    }

    void showRights()
    {
        const int count = m_reading.table.list.gaps.notPermitted;
        if (count == 0)
            return m_rights->clear();
        Error error;
        error.kind = ErrorKind::Permission;
        error.reason = u"not_permitted"_s;
        error.message = u"What they did is neither in the list nor in the shares"_s;
        const session::Profile &profile = m_context.profile;
        const QString role = profile.monitorRole.isEmpty() ? profile.spec.role : profile.monitorRole;
        error.hint = u"GRANT pg_read_all_stats TO %1;"_s.arg(QString::fromUtf8(pg::quoteIdentifier(role).value_or("CURRENT_USER"))); // sql-ok: a hint
        m_rights->showError(u"%1 statements of other roles may not be read"_s.arg(units::exact(double(count))), error);
    }

    void choose(const QString &key)
    {
        const auto &totals = m_reading.table.list.totals;
        const auto wanted = statements::keyFromText(key);
        const auto total = std::find_if(totals.cbegin(), totals.cend(), [&wanted](const statements::Total &one) { return wanted && one.key == *wanted; });
        if (total == totals.cend())
            return;
        const bool first = m_detail->isHidden();
        if (!first && m_detail->statement() == total->key)
            return;
        m_detail->show(m_reading.table.list, total->key);
        m_detail->QWidget::show();
        m_source->setStatement(total->key);
        if (first)
            m_split->setSizes({m_split->width(), std::clamp(m_split->width() * 2 / 5, leastDetail, mostDetail)});
    }

    void closeDetail()
    {
        const bool hadFocus = m_detail->isAncestorOf(QApplication::focusWidget());
        m_detail->showNothing();
        m_detail->hide();
        m_source->setStatement(std::nullopt);
        if (hadFocus)
            (m_pages->currentIndex() == TopPage ? static_cast<QWidget *>(m_top->view()) : m_regressions->slower())->setFocus(Qt::OtherFocusReason);
    }

    void setLifetime(bool lifetime)
    {
        if (lifetime == m_source->isLifetime())
            return;
        m_reading = {}; // of another time
        fill();
        m_source->setLifetime(lifetime);
        m_causes->setLifetime(lifetime);
    }

    void selectWanted()
    {
        if (m_wanted.isEmpty())
            return;
        for (const statements::Total &total : std::as_const(m_reading.table.list.totals)) {
            if (QString::number(total.key.queryId) != m_wanted)
                continue;
            m_wanted.clear();
            m_filter->clear();
            if (total.own)
                m_filter->setOwn(true);
            setPage(TopPage);
            m_top->view()->select(statements::keyText(total.key));
            choose(statements::keyText(total.key));
            return;
        }
    }

    PaneContext m_context;
    StatementSource *m_source;
    StatementFilter *m_filter;
    TopListView *m_top;
    RegressionsView *m_regressions;
    QStackedWidget *m_pages;
    QVector<QPushButton *> m_buttons;
    StatementDetail *m_detail;
    CausesPage *m_causes; // in m_detail
    QSplitter *m_split;
    ErrorBar *m_trouble; // why nothing is recorded
    ErrorBar *m_rights;  // what may not be seen
    ErrorBar *m_error;   // what could not be read
    StatementReading m_reading;
    QString m_wanted; // a query id; empty: none
    QTimer m_saveColumns;
    bool m_toldSettled = false;
};

} // namespace

Pane *makeStatementsPane(const PaneContext &context, QWidget *parent)
{
    return new StatementsPane(context, parent);
}

} // namespace howdah::ui
