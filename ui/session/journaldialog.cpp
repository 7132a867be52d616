// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/session/journaldialog.h"

#include "base/async.h"
#include "base/savefile.h"
#include "base/units.h"
#include "store/journaltext.h"
#include "ui/catalog/sqlhighlighter.h"
#include "ui/query/choosefile.h"
#include "ui/widgets/emptystate.h"
#include "ui/widgets/errorbar.h"
#include "ui/widgets/icon.h"
#include "ui/widgets/label.h"
#include "ui/widgets/stateword.h"
#include "ui/widgets/theme.h"

#include <QClipboard>
#include <QComboBox>
#include <QDateTime>
#include <QGuiApplication>
#include <QHBoxLayout>
#include <QHeaderView>
#include <QJsonDocument>
#include <QKeyEvent>
#include <QLineEdit>
#include <QPlainTextEdit>
#include <QPushButton>
#include <QScrollBar>
#include <QSplitter>
#include <QStackedWidget>
#include <QTreeWidget>
#include <QVBoxLayout>

#include <limits>

namespace howdah::ui
{

namespace
{

constexpr int pageSize = 200;
constexpr int restMs = 150;
constexpr QSize wanted(1180, 800);
constexpr QSize smallest(760, 480);
constexpr int margin = 48; // of the window that stays to be seen around
constexpr qint64 hourMs = 3'600'000;
enum Column { When, Who, Server, Action, Outcome, Took };

StateLook lookOf(const store::JournalEntry &entry)
{
    if (entry.endedMs == 0)
        return StateLook::Unknown;
    if (entry.outcome == QLatin1StringView("done"))
        return StateLook::Ok;
    if (entry.outcome == QLatin1StringView("failed"))
        return StateLook::Critical;
    return entry.outcome == QLatin1StringView("cancelled") ? StateLook::Warning : StateLook::Unknown;
}

QString timeText(qint64 ms)
{
    return QDateTime::fromMSecsSinceEpoch(ms).toString(QStringLiteral("yyyy-MM-dd HH:mm:ss"));
}

QString tookText(const store::JournalEntry &entry)
{
    const auto took = store::durationMs(entry);
    return took ? units::duration(*took) : QStringLiteral("not known");
}

PlainLabel *wrapped(const char *role = nullptr)
{
    auto *label = new PlainLabel({}, nullptr, role);
    label->setWordWrap(true);
    label->setTextInteractionFlags(Qt::TextSelectableByMouse);
    return label;
}

} // namespace

JournalDialog::JournalDialog(const PaneContext &context, QWidget *parent)
    : QDialog(parent), m_context(context), m_needle(new QLineEdit), m_period(new QComboBox), m_list(new QTreeWidget), m_stack(new QStackedWidget),
      m_empty(new EmptyState(QString(), QString(), QString())), m_title(wrapped("title")), m_facts(wrapped("muted")), m_message(wrapped()), m_undo(wrapped()),
      m_commands(new QPlainTextEdit), m_said(new PlainLabel({}, nullptr, "small")), m_copy(new QPushButton(QStringLiteral("Copy"))),
      m_csv(new QPushButton(QStringLiteral("Export to CSV…"))), m_json(new QPushButton(QStringLiteral("Export to JSON…"))), m_error(new ErrorBar)
{
    setWindowTitle(QStringLiteral("Journal of changes"));
    setAttribute(Qt::WA_DeleteOnClose);
    setMinimumSize(smallest);
    const QSize room = parent ? parent->window()->size() - QSize(margin, margin) : wanted;
    resize(wanted.boundedTo(room).expandedTo(smallest));

    m_needle->setPlaceholderText(QStringLiteral("Search in statements, servers, people, outcomes"));
    m_needle->setAccessibleName(m_needle->placeholderText());
    m_needle->setClearButtonEnabled(true);
    m_needle->addAction(icon(QStringLiteral("search")), QLineEdit::LeadingPosition);
    m_period->setAccessibleName(QStringLiteral("Period"));
    m_period->addItem(QStringLiteral("All time"), 0);
    m_period->addItem(QStringLiteral("Last hour"), hourMs);
    m_period->addItem(QStringLiteral("Last 24 hours"), 24 * hourMs);
    m_period->addItem(QStringLiteral("Last 7 days"), 7 * 24 * hourMs);
    m_period->addItem(QStringLiteral("Last 30 days"), 30 * 24 * hourMs);

    auto *top = new QWidget;
    auto *topRow = new QHBoxLayout(top);
    topRow->setContentsMargins(0, 0, 0, 0);
    topRow->setSpacing(space::part);
    topRow->addWidget(m_needle, 1);
    topRow->addWidget(m_period);
    auto *column = new QVBoxLayout(this);
    column->setContentsMargins(space::group, space::group, space::group, space::group);
    column->setSpacing(space::part);
    column->addWidget(top);
    column->addWidget(m_error);
    column->addWidget(build(detail()), 1);
    auto *close = new QPushButton(QStringLiteral("Close"));
    auto *bottom = new QHBoxLayout;
    bottom->setSpacing(space::part);
    bottom->addWidget(m_said, 1);
    bottom->addWidget(m_csv);
    bottom->addWidget(m_json);
    bottom->addWidget(close);
    column->addLayout(bottom);
    for (QPushButton *button : {m_copy, m_csv, m_json, close})
        button->setAutoDefault(false); // Enter in the search line closes nothing
    connect(close, &QPushButton::clicked, this, &QDialog::reject);
    connectParts();
    showEntry(-1);
    m_needle->setFocus();
    read(false);
}

void JournalDialog::show(const PaneContext &context, QWidget *window)
{
    auto *dialog = window->findChild<JournalDialog *>(QString(), Qt::FindDirectChildrenOnly);
    if (!dialog)
        dialog = new JournalDialog(context, window);
    else
        dialog->read(false);
    dialog->QDialog::show();
    dialog->raise();
    dialog->activateWindow();
}

// The list above the detail, and in its place what will stand here.
QWidget *JournalDialog::build(QWidget *below)
{
    m_list->setColumnCount(6);
    m_list->setHeaderLabels({QStringLiteral("When"), QStringLiteral("Who"), QStringLiteral("Server"), QStringLiteral("Action"), QStringLiteral("Outcome"),
                             QStringLiteral("Took")});
    m_list->setRootIsDecorated(false);
    m_list->setUniformRowHeights(true);
    m_list->setAllColumnsShowFocus(true);
    m_list->setAccessibleName(QStringLiteral("Changes"));
    m_list->setFrameShape(QFrame::NoFrame);
    m_list->setTextElideMode(Qt::ElideMiddle);
    QHeaderView *header = m_list->header();
    header->setStretchLastSection(false);
    header->setSectionResizeMode(Server, QHeaderView::Stretch);
    header->setSectionResizeMode(Action, QHeaderView::Stretch);
    m_list->headerItem()->setTextAlignment(Took, Qt::AlignRight | Qt::AlignVCenter);
    header->resizeSection(When, 144);
    header->resizeSection(Who, 120);
    header->resizeSection(Outcome, 104);
    header->resizeSection(Took, 88);
    auto *split = new QSplitter(Qt::Vertical);
    split->addWidget(m_list);
    split->addWidget(below);
    split->setStretchFactor(0, 1);
    split->setStretchFactor(1, 1);
    split->setSizes({300, 300});
    split->setChildrenCollapsible(false);
    m_stack->addWidget(split);
    m_stack->addWidget(m_empty);
    return m_stack;
}

QWidget *JournalDialog::detail()
{
    m_commands->setReadOnly(true);
    m_commands->setFont(fixedFont());
    m_commands->setLineWrapMode(QPlainTextEdit::NoWrap);
    m_commands->setTabChangesFocus(true);
    m_commands->setAccessibleName(QStringLiteral("What ran"));
    new SqlHighlighter(m_commands->document());
    setLook(m_copy, "flat");
    m_copy->setToolTip(QStringLiteral("Copy the statements"));
    auto *box = new QWidget;
    auto *column = new QVBoxLayout(box);
    column->setContentsMargins(0, space::part, 0, 0);
    column->setSpacing(space::inside);
    auto *head = new QHBoxLayout;
    head->addWidget(m_title, 1);
    head->addWidget(m_copy, 0, Qt::AlignTop);
    column->addLayout(head);
    column->addWidget(m_facts);
    column->addWidget(m_message);
    column->addWidget(m_commands, 1);
    column->addWidget(m_undo);
    return box;
}

void JournalDialog::connectParts()
{
    m_rest.setSingleShot(true);
    m_rest.setInterval(restMs);
    connect(&m_rest, &QTimer::timeout, this, [this] { read(false); });
    connect(m_needle, &QLineEdit::textChanged, &m_rest, qOverload<>(&QTimer::start));
    connect(m_period, &QComboBox::currentIndexChanged, this, [this] { read(false); });
    connect(m_list, &QTreeWidget::currentItemChanged, this, [this](QTreeWidgetItem *item) { showEntry(item ? m_list->indexOfTopLevelItem(item) : -1); });
    connect(m_list->verticalScrollBar(), &QScrollBar::valueChanged, this, [this](int at) {
        if (at == m_list->verticalScrollBar()->maximum() && !m_all && !m_reading && !m_entries.isEmpty())
            read(true);
    });
    connect(m_copy, &QPushButton::clicked, this, [this] { QGuiApplication::clipboard()->setText(m_commands->toPlainText()); });
    connect(m_csv, &QPushButton::clicked, this, [this] { askForFile(QStringLiteral("CSV"), QStringLiteral("csv"), store::journalToCsv); });
    connect(m_json, &QPushButton::clicked, this, [this] {
        askForFile(QStringLiteral("JSON"), QStringLiteral("json"),
                   [](const QVector<store::JournalEntry> &entries) { return QJsonDocument(store::journalToJson(entries)).toJson(); });
    });
    connect(m_error, &ErrorBar::retry, this, [this] { read(false); });
    connect(&theme(), &Theme::changed, this, [this] { // the marks are painted in its colours
        for (int row = 0; row < m_entries.size(); ++row)
            m_list->topLevelItem(row)->setIcon(Outcome, stateIcon(lookOf(m_entries.at(row))));
    });
}

qint64 JournalDialog::sinceMs() const
{
    const qint64 span = m_period->currentData().toLongLong();
    return span > 0 ? QDateTime::currentMSecsSinceEpoch() - span : 0;
}

void JournalDialog::read(bool more)
{
    if (!m_context.store)
        return;
    m_rest.stop();
    const quint64 asked = ++m_asked;
    m_reading = true;
    const auto reading = m_context.store->run(
        [needle = m_needle->text().trimmed(), before = more ? m_entries.constLast().id : 0, since = sinceMs()](store::Store &store) {
            return store::searchJournal(store, needle, pageSize, before, since);
        });
    async::onFinished(reading, this, [this, asked, more](const Result<QVector<store::JournalEntry>> &entries) {
        if (asked != m_asked)
            return; // the search has gone on
        m_reading = false;
        if (!entries) {
            m_error->setRetryVisible(true);
            return m_error->showError(QStringLiteral("The journal could not be read"), entries.error());
        }
        m_error->clear();
        if (!more) {
            m_list->clear();
            m_entries.clear();
        }
        m_all = entries->size() < pageSize;
        add(*entries);
        tell();
    });
}

void JournalDialog::add(const QVector<store::JournalEntry> &entries)
{
    for (const store::JournalEntry &entry : entries) {
        auto *item = new QTreeWidgetItem(m_list);
        item->setText(When, timeText(entry.startedMs));
        item->setText(Who, units::oneLine(entry.who));
        item->setText(Server, units::oneLine(entry.target));
        item->setText(Action, units::oneLine(entry.action));
        item->setText(Outcome, entry.endedMs == 0 ? QStringLiteral("no end") : units::oneLine(store::outcomeText(entry)));
        item->setIcon(Outcome, stateIcon(lookOf(entry)));
        item->setText(Took, tookText(entry));
        item->setTextAlignment(Took, Qt::AlignRight | Qt::AlignVCenter);
        for (const int column : {Who, Server, Action})
            item->setToolTip(column, tooltipText(item->text(column)));
        item->setToolTip(Outcome, tooltipText(units::oneLine(store::outcomeText(entry))));
        m_entries.append(entry);
    }
    if (!m_list->currentItem() && !m_entries.isEmpty())
        m_list->setCurrentItem(m_list->topLevelItem(0));
}

void JournalDialog::tell()
{
    const bool none = m_entries.isEmpty();
    const bool filtered = !m_needle->text().trimmed().isEmpty() || sinceMs() > 0;
    m_empty->setLine(filtered ? QStringLiteral("Nothing in the journal is like that. A shorter search or a longer period finds more.")
                              : QStringLiteral("Whatever Howdah changes on a server or a stack will stand here: when, who, where, the exact statements, how it "
                                               "ended and what takes it back. What you run in the query pane is in its history."));
    m_stack->setCurrentIndex(none ? 1 : 0);
    m_csv->setEnabled(!none);
    m_json->setEnabled(!none);
    const QString count = units::exact(double(m_entries.size())) + (m_all ? QString() : QStringLiteral("+"));
    m_said->setText(none ? QString() : count + (m_entries.size() == 1 ? QStringLiteral(" change") : QStringLiteral(" changes")));
}

void JournalDialog::showEntry(int row)
{
    const bool has = row >= 0 && row < m_entries.size();
    m_copy->setEnabled(has);
    const store::JournalEntry entry = has ? m_entries.at(row) : store::JournalEntry();
    m_title->setText(units::oneLine(entry.action));
    m_facts->setText(has ? QStringLiteral("%1 · %2 · by %3 · %4 · took: %5")
                               .arg(units::oneLine(entry.target), timeText(entry.startedMs), units::oneLine(entry.who),
                                    units::oneLine(store::outcomeText(entry)), tookText(entry))
                         : QString());
    m_message->setText(entry.message.left(2000));
    m_message->setVisible(!entry.message.isEmpty());
    m_commands->setPlainText(entry.commands);
    m_undo->setText(has ? QStringLiteral("Undo: ") + (entry.undo.isEmpty() ? QStringLiteral("none is known") : entry.undo.left(2000)) : QString());
}

void JournalDialog::askForFile(const QString &format, const QString &ending, const Form &form)
{
    FileQuestion question;
    question.title = QStringLiteral("Export the journal to %1").arg(format);
    question.verb = QStringLiteral("Export");
    question.proposal = QStringLiteral("howdah-journal-%1.%2").arg(QDate::currentDate().toString(Qt::ISODate), ending);
    question.filter = QStringLiteral("%1 (*.%2);;All files (*)").arg(format, ending);
    question.save = true;
    chooseFile(this, question, this, [this, form](const QString &path) { writeFile(path, form); });
}

// All that the search and the period find, not only what was scrolled to.
void JournalDialog::writeFile(const QString &path, const Form &form)
{
    const auto reading = m_context.store->run([needle = m_needle->text().trimmed(), since = sinceMs()](store::Store &store) {
        return store::searchJournal(store, needle, std::numeric_limits<int>::max(), 0, since);
    });
    const auto failed = [this](const Error &error) {
        m_error->setRetryVisible(false);
        m_error->showError(QStringLiteral("The journal was not exported"), error);
    };
    async::onFinished(reading, this, [this, path, form, failed](const Result<QVector<store::JournalEntry>> &entries) {
        if (!entries)
            return failed(entries.error());
        // A slow disk is not to hold up the store.
        const auto writing = m_context.tools->run([path, form, all = *entries]() -> Result<qint64> {
            const Done saved = saveFile(path, form(all));
            return saved ? Result<qint64>(all.size()) : fail(saved.error());
        });
        async::onFinished(writing, this, [this, path, failed](const Result<qint64> &count) {
            if (!count)
                return failed(count.error());
            m_error->clear();
            m_said->setText(QStringLiteral("%1 exported to %2").arg(units::exact(double(*count)), units::oneLine(path)));
            emit exported(path);
        });
    });
}

void JournalDialog::keyPressEvent(QKeyEvent *event)
{
    if (event->key() == Qt::Key_Down && m_needle->hasFocus())
        return m_list->setFocus();
    if (event->key() == Qt::Key_F5)
        return read(false);
    QDialog::keyPressEvent(event);
}

} // namespace howdah::ui
