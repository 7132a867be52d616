// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/query/historyview.h"

#include "base/async.h"
#include "base/units.h"
#include "ui/widgets/dialogs.h"
#include "ui/widgets/errorbar.h"
#include "ui/widgets/icon.h"
#include "ui/widgets/label.h"
#include "ui/widgets/theme.h"

#include <QDateTime>
#include <QHBoxLayout>
#include <QHeaderView>
#include <QKeyEvent>
#include <QLineEdit>
#include <QPlainTextEdit>
#include <QPushButton>
#include <QScrollBar>
#include <QSplitter>
#include <QTreeWidget>
#include <QVBoxLayout>

namespace howdah::ui
{

namespace
{

constexpr int pageSize = 200;
constexpr int restMs = 150;
enum Column { When, What, Took, Rows, Outcome };
constexpr int entryRole = Qt::UserRole;

QString whenText(qint64 ms)
{
    const QDateTime at = QDateTime::fromMSecsSinceEpoch(ms);
    return at.date() == QDate::currentDate() ? at.toString(QStringLiteral("HH:mm:ss")) : at.toString(QStringLiteral("yyyy-MM-dd HH:mm"));
}

} // namespace

HistoryView::HistoryView(const PaneContext &context, QWidget *parent)
    : QFrame(parent), m_context(context), m_needle(new QLineEdit), m_list(new QTreeWidget), m_text(new QPlainTextEdit), m_said(new PlainLabel({}, nullptr, "small")),
      m_error(new ErrorBar)
{
    setProperty("card", true);
    setAccessibleName(QStringLiteral("History"));
    m_needle->setPlaceholderText(QStringLiteral("Search in what was run"));
    m_needle->setAccessibleName(m_needle->placeholderText());
    m_needle->setClearButtonEnabled(true);
    m_needle->addAction(icon(QStringLiteral("search")), QLineEdit::LeadingPosition);
    m_list->setColumnCount(5);
    m_list->setHeaderLabels({QStringLiteral("When"), QStringLiteral("Statement"), QStringLiteral("Took"), QStringLiteral("Rows"), QStringLiteral("Outcome")});
    m_list->setRootIsDecorated(false);
    m_list->setUniformRowHeights(true);
    m_list->setAllColumnsShowFocus(true);
    m_list->setAccessibleName(QStringLiteral("Runs"));
    m_list->setFrameShape(QFrame::NoFrame);
    m_list->header()->setStretchLastSection(false);
    m_list->header()->setSectionResizeMode(What, QHeaderView::Stretch);
    m_list->header()->resizeSection(When, 76);
    m_list->header()->resizeSection(Took, 64);
    m_list->header()->resizeSection(Rows, 56);
    m_list->header()->resizeSection(Outcome, 76);
    m_text->setReadOnly(true);
    m_text->setFont(fixedFont());
    m_text->setTabChangesFocus(true);
    m_text->setAccessibleName(QStringLiteral("The whole text"));
    m_text->setFrameShape(QFrame::NoFrame);
    auto *insert = new QPushButton(QStringLiteral("Insert at the cursor"));
    insert->setToolTip(QStringLiteral("Enter; nothing is run"));
    auto *clear = new QPushButton(QStringLiteral("Clear…"));
    auto *close = new QPushButton;
    close->setIcon(icon(QStringLiteral("close")));
    close->setAccessibleName(QStringLiteral("Close the history"));
    for (QPushButton *button : {insert, clear, close})
        setLook(button, "flat");

    auto *top = new QHBoxLayout;
    top->setSpacing(space::part);
    top->addWidget(m_needle, 1);
    top->addWidget(close);
    auto *bottom = new QHBoxLayout;
    bottom->addWidget(m_said, 1);
    bottom->addWidget(clear);
    bottom->addWidget(insert);
    auto *split = new QSplitter(Qt::Vertical);
    split->addWidget(m_list);
    split->addWidget(m_text);
    split->setSizes({400, 160});
    split->setChildrenCollapsible(false);
    auto *column = new QVBoxLayout(this);
    column->setContentsMargins(space::part, space::part, space::part, space::part);
    column->setSpacing(space::part);
    column->addLayout(top);
    column->addWidget(m_error);
    column->addWidget(split, 1);
    column->addLayout(bottom);
    hide();

    m_rest.setSingleShot(true);
    m_rest.setInterval(restMs);
    connect(&m_rest, &QTimer::timeout, this, [this] { read(false); });
    connect(m_needle, &QLineEdit::textChanged, &m_rest, qOverload<>(&QTimer::start));
    connect(m_needle, &QLineEdit::returnPressed, this, &HistoryView::insertCurrent);
    connect(m_list, &QTreeWidget::itemActivated, this, &HistoryView::insertCurrent);
    connect(m_list, &QTreeWidget::currentItemChanged, this,
            [this](QTreeWidgetItem *item) { m_text->setPlainText(item ? item->data(What, entryRole).toString() : QString()); });
    connect(m_list->verticalScrollBar(), &QScrollBar::valueChanged, this, [this](int at) {
        if (at == m_list->verticalScrollBar()->maximum() && !m_all && m_oldest > 0)
            read(true);
    });
    connect(insert, &QPushButton::clicked, this, &HistoryView::insertCurrent);
    connect(clear, &QPushButton::clicked, this, &HistoryView::askToClear);
    connect(close, &QPushButton::clicked, this, &HistoryView::closed);
    connect(m_error, &ErrorBar::retry, this, [this] { read(false); });
}

void HistoryView::open()
{
    show();
    read(false);
    m_needle->setFocus();
    m_needle->selectAll();
}

void HistoryView::reload()
{
    if (isVisible())
        read(false);
}

void HistoryView::read(bool more)
{
    if (!m_context.store)
        return;
    const quint64 asked = ++m_asked;
    const auto reading = m_context.store->run(
        [profile = m_context.profile.id, needle = m_needle->text().trimmed(), before = more ? m_oldest : 0](store::Store &store) {
            return store::searchHistory(store, profile, needle, pageSize, before);
        });
    async::onFinished(reading, this, [this, asked, more](const Result<QVector<store::HistoryEntry>> &entries) {
        if (asked != m_asked)
            return; // the search has gone on
        if (!entries)
            return m_error->showError(QStringLiteral("The history could not be read"), entries.error());
        m_error->clear();
        if (!more)
            m_list->clear();
        m_all = entries->size() < pageSize;
        add(*entries);
    });
}

void HistoryView::add(const QVector<store::HistoryEntry> &entries)
{
    for (const store::HistoryEntry &entry : entries) {
        auto *item = new QTreeWidgetItem(m_list);
        item->setText(When, whenText(entry.startedMs));
        item->setText(What, units::oneLine(entry.text.left(300).simplified()));
        item->setText(Took, entry.durationMs < 0 ? QStringLiteral("–") : units::duration(entry.durationMs));
        item->setText(Rows, entry.rows < 0 ? QString() : units::exact(double(entry.rows)));
        item->setText(Outcome, entry.outcome.isEmpty() ? QStringLiteral("not ended") : entry.outcome);
        item->setTextAlignment(Took, Qt::AlignRight | Qt::AlignVCenter);
        item->setTextAlignment(Rows, Qt::AlignRight | Qt::AlignVCenter);
        item->setFont(What, fixedFont());
        item->setData(What, entryRole, entry.text);
        const QString tip = QStringLiteral("%1 as %2 on %3\n%4")
                                .arg(QDateTime::fromMSecsSinceEpoch(entry.startedMs).toString(Qt::ISODateWithMs), entry.role, entry.database,
                                     entry.message.left(2000));
        for (int column = When; column <= Outcome; ++column)
            item->setToolTip(column, tooltipText(tip));
        if (entry.outcome == QLatin1StringView("failed") || entry.outcome == QLatin1StringView("unknown"))
            item->setForeground(Outcome, colors().critical);
        m_oldest = entry.id;
    }
    if (!m_list->currentItem() && m_list->topLevelItemCount() > 0)
        m_list->setCurrentItem(m_list->topLevelItem(0));
    const int count = m_list->topLevelItemCount();
    m_said->setText(count == 0 ? (m_needle->text().isEmpty() ? QStringLiteral("Nothing was run yet") : QStringLiteral("Nothing of that"))
                               : QStringLiteral("%1%2 runs").arg(count).arg(m_all ? QString() : QStringLiteral("+")));
}

void HistoryView::insertCurrent()
{
    if (const QTreeWidgetItem *item = m_list->currentItem())
        emit insertWanted(item->data(What, entryRole).toString());
}

void HistoryView::askToClear()
{
    Question question;
    question.title = QStringLiteral("Clear the history");
    question.text = QStringLiteral("What was run on %1 is forgotten here. The journal of changes made by Howdah stays.").arg(m_context.profile.name);
    question.verb = QStringLiteral("Clear the history");
    question.dangerous = true;
    ask(this, question, this, [this](const Answer &answer) {
        if (!answer.accepted || !m_context.store)
            return;
        const auto clearing = m_context.store->run([profile = m_context.profile.id](store::Store &store) -> Result<bool> {
            const Done done = store::clearHistory(store, profile);
            return done ? Result<bool>(true) : fail(done.error());
        });
        async::onFinished(clearing, this, [this](const Result<bool> &done) {
            if (!done)
                return m_error->showError(QStringLiteral("The history was not cleared"), done.error());
            read(false);
        });
    });
}

void HistoryView::keyPressEvent(QKeyEvent *event)
{
    if (event->key() == Qt::Key_Escape)
        return emit closed();
    if (event->key() == Qt::Key_Down && m_needle->hasFocus())
        return m_list->setFocus();
    QFrame::keyPressEvent(event);
}

} // namespace howdah::ui
