// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/query/querypane.h"

#include "ui/query/completer.h"
#include "ui/query/historyview.h"
#include "ui/query/querytabs.h"
#include "ui/query/transactionbar.h"
#include "ui/widgets/errorbar.h"
#include "ui/widgets/icon.h"
#include "ui/widgets/label.h"
#include "ui/widgets/theme.h"

#include <QFileInfo>
#include <QHBoxLayout>
#include <QPushButton>
#include <QShortcut>
#include <QSplitter>
#include <QTimer>
#include <QVBoxLayout>

namespace howdah::ui
{

namespace
{

constexpr int closedNoteMs = 8000;

QPushButton *flat(const QString &text, const QString &iconName, const QString &tip)
{
    auto *button = new QPushButton(text);
    button->setIcon(icon(iconName));
    button->setToolTip(tooltipText(tip));
    button->setAccessibleName(text.isEmpty() ? tip : text);
    setLook(button, "flat");
    return button;
}

class QueryPane : public Pane
{
public:
    QueryPane(const PaneContext &context, QWidget *parent)
        : Pane(parent), m_context(context), m_worker(QStringLiteral("query")), m_words(new CatalogWords(context, this)),
          m_tabs(new QueryTabs(context, &m_worker, m_words)), m_history(new HistoryView(context)), m_error(new ErrorBar),
          m_reopen(flat({}, QStringLiteral("refresh"), QStringLiteral("Reopen the tab closed last (Ctrl+Shift+T)")))
    {
        auto *fresh = flat({}, QStringLiteral("plus"), QStringLiteral("New tab (Ctrl+T)"));
        auto *open = flat(QStringLiteral("Open"), QStringLiteral("folder"), QStringLiteral("Open a file (Ctrl+O)"));
        auto *save = flat(QStringLiteral("Save"), QStringLiteral("save"), QStringLiteral("Save to the file (Ctrl+S), under another name (Ctrl+Shift+S)"));
        m_historyButton = flat(QStringLiteral("History"), QStringLiteral("clock"), QStringLiteral("What was run here (Ctrl+Shift+H)"));
        m_historyButton->setCheckable(true);
        m_reopen->hide();
        auto *top = new QWidget;
        top->setProperty("bar", true);
        top->setAttribute(Qt::WA_StyledBackground);
        auto *row = new QHBoxLayout(top);
        row->setContentsMargins(space::part, space::inside, space::part, 0);
        row->setSpacing(space::inside);
        row->addWidget(m_tabs->bar());
        row->addWidget(fresh);
        row->addWidget(m_reopen);
        row->addStretch(1);
        row->addWidget(open);
        row->addWidget(save);
        row->addWidget(m_historyButton);

        m_split = new QSplitter(Qt::Horizontal);
        m_split->addWidget(m_tabs);
        m_split->addWidget(m_history);
        m_split->setChildrenCollapsible(false);
        m_split->setStretchFactor(0, 1);
        m_history->setMinimumWidth(360);
        auto *column = new QVBoxLayout(this);
        column->setContentsMargins(0, 0, 0, 0);
        column->setSpacing(0);
        column->addWidget(top);
        column->addWidget(m_error);
        column->addWidget(m_split, 1);
        m_error->setRetryVisible(false);
        m_error->setAction(QStringLiteral("Dismiss"));

        connect(fresh, &QPushButton::clicked, m_tabs, &QueryTabs::add);
        connect(m_reopen, &QPushButton::clicked, m_tabs, &QueryTabs::reopen);
        connect(open, &QPushButton::clicked, this, [this] { openFile(); });
        connect(save, &QPushButton::clicked, this, [this] { withTab([](QueryTab *tab) { tab->saveFile(false); }); });
        connect(m_historyButton, &QPushButton::clicked, this, [this](bool on) { showHistory(on); });
        connect(m_history, &HistoryView::closed, this, [this] { showHistory(false); });
        connect(m_history, &HistoryView::insertWanted, this, [this](const QString &text) { withTab([&](QueryTab *tab) { tab->insert(text); }); });
        connect(m_error, &ErrorBar::action, m_error, &ErrorBar::clear);
        connect(m_tabs, &QueryTabs::trouble, m_error, &ErrorBar::showError);
        connect(m_tabs, &QueryTabs::ran, m_history, &HistoryView::reload);
        connect(m_tabs, &QueryTabs::restored, this, [this] { emit settled(); });
        connect(m_tabs, &QueryTabs::closed, this, [this](const QString &title) {
            m_reopen->setText(QStringLiteral("Reopen %1").arg(title.left(24)));
            m_reopen->show();
            m_closedNote.start();
        });
        m_closedNote.setSingleShot(true);
        m_closedNote.setInterval(closedNoteMs);
        connect(&m_closedNote, &QTimer::timeout, this, [this] { m_reopen->hide(); });
        buildCommands();
        m_tabs->restore();
        m_words->read();
    }

    ~QueryPane() override
    {
        // The tabs use the worker and the words: before them.
        delete m_tabs;
    }

    void activated() override { m_tabs->setShown(true); }
    void deactivated() override { m_tabs->setShown(false); }
    bool isSettled() const override { return m_tabs->isRestored(); }
    void refresh() override
    {
        m_words->read();
        m_history->reload();
    }
    QString crumb() const override { return m_tabs->current() ? m_tabs->current()->title() : QString(); }
    QVector<Command> commands() const override
    {
        QVector<Command> now;
        for (const auto &[command, possible] : m_commands) {
            if (!possible || possible())
                now << command;
        }
        return now;
    }

private:
    template<typename Fn>
    void withTab(Fn fn)
    {
        if (QueryTab *tab = m_tabs->current())
            fn(tab);
    }

    // An untouched tab takes the file; a text is never replaced by one.
    void openFile()
    {
        withTab([this](QueryTab *tab) {
            const bool untouched = tab->editor()->size() == 0 && tab->draft().filePath.isEmpty() && !tab->isBusy();
            (untouched ? tab : m_tabs->add())->openFile();
        });
    }

    void showHistory(bool on)
    {
        m_historyButton->setChecked(on);
        if (on) {
            m_history->open();
            m_split->setSizes({m_split->width() - 460, 460});
        } else {
            m_history->hide();
            withTab([](QueryTab *tab) { tab->editor()->setFocus(); });
        }
    }

    // Each thing that can be done here once: its keys, and its line in the window's palette where it has a name and is possible.
    void add(const QString &text, const QList<QKeySequence> &keys, const std::function<void()> &run, const std::function<bool()> &possible = {})
    {
        auto *shortcut = new QShortcut(this);
        shortcut->setKeys(keys);
        shortcut->setContext(Qt::WidgetWithChildrenShortcut);
        connect(shortcut, &QShortcut::activated, this, run);
        if (!text.isEmpty())
            m_commands.append({{text, QStringLiteral("query"), keys.constFirst().toString(), run}, possible});
    }

    void buildCommands()
    {
        const auto tab = [this](const QString &text, const QList<QKeySequence> &keys, auto fn, const std::function<bool()> &possible = {}) {
            add(text, keys, [this, fn] { withTab(fn); }, possible);
        };
        const auto open = [this] { return m_tabs->current() && m_tabs->current()->hasOpenTransaction(); };
        tab(QStringLiteral("Run the statement"), {Qt::CTRL | Qt::Key_Return, Qt::CTRL | Qt::Key_Enter}, [](QueryTab *t) { t->runStatement(); });
        tab(QStringLiteral("Run the script"), {Qt::CTRL | Qt::SHIFT | Qt::Key_Return, Qt::CTRL | Qt::SHIFT | Qt::Key_Enter},
            [](QueryTab *t) { t->runScript(); });
        tab(QStringLiteral("Export the query to a file…"), {Qt::CTRL | Qt::SHIFT | Qt::Key_E}, [](QueryTab *t) { t->chooseExport(); });
        tab(QStringLiteral("Commit the transaction"), {Qt::CTRL | Qt::ALT | Qt::Key_C}, [](QueryTab *t) { emit t->transactionBar()->commit(); }, open);
        tab(QStringLiteral("Roll the transaction back"), {Qt::CTRL | Qt::ALT | Qt::Key_R}, [](QueryTab *t) { emit t->transactionBar()->rollback(); }, open);
        add(QStringLiteral("New query tab"), {Qt::CTRL | Qt::Key_T}, [this] { m_tabs->add(); });
        add(QStringLiteral("Close the query tab"), {Qt::CTRL | Qt::Key_W}, [this] { m_tabs->close(m_tabs->bar()->currentIndex()); });
        add(QStringLiteral("Reopen the query tab closed last"), {Qt::CTRL | Qt::SHIFT | Qt::Key_T}, [this] { m_tabs->reopen(); }, [this] { return m_tabs->canReopen(); });
        add(QStringLiteral("Open an SQL file…"), {Qt::CTRL | Qt::Key_O}, [this] { openFile(); });
        tab(QStringLiteral("Save the SQL file"), {Qt::CTRL | Qt::Key_S}, [](QueryTab *t) { t->saveFile(false); });
        tab(QStringLiteral("Save the SQL file under another name…"), {Qt::CTRL | Qt::SHIFT | Qt::Key_S}, [](QueryTab *t) { t->saveFile(true); });
        add(QStringLiteral("Show the history of runs"), {Qt::CTRL | Qt::SHIFT | Qt::Key_H}, [this] { showHistory(!m_history->isVisible()); });
        tab(QStringLiteral("Find in the SQL"), {Qt::CTRL | Qt::Key_F}, [](QueryTab *t) { t->find(false); });
        tab(QStringLiteral("Find and replace in the SQL"), {Qt::CTRL | Qt::Key_H}, [](QueryTab *t) { t->find(true); });
        tab(QStringLiteral("Comment the lines, or not"), {Qt::CTRL | Qt::Key_Slash}, [](QueryTab *t) { t->editor()->toggleComment(); });
        tab({}, {Qt::Key_F3}, [](QueryTab *t) { t->findNext(true); });
        tab({}, {Qt::SHIFT | Qt::Key_F3}, [](QueryTab *t) { t->findNext(false); });
        add({}, {Qt::CTRL | Qt::Key_Tab}, [this] { m_tabs->step(1); });
        add({}, {Qt::CTRL | Qt::SHIFT | Qt::Key_Tab, Qt::CTRL | Qt::SHIFT | Qt::Key_Backtab}, [this] { m_tabs->step(-1); });
        tab({}, {Qt::CTRL | Qt::Key_Plus, Qt::CTRL | Qt::Key_Equal}, [](QueryTab *t) { t->editor()->setPixelSize(t->editor()->pixelSize() + 1); });
        tab({}, {Qt::CTRL | Qt::Key_Minus}, [](QueryTab *t) { t->editor()->setPixelSize(t->editor()->pixelSize() - 1); });
        tab({}, {Qt::CTRL | Qt::Key_0}, [](QueryTab *t) { t->editor()->setPixelSize(13); });
        tab({}, {Qt::CTRL | Qt::Key_Space}, [](QueryTab *t) { emit t->editor()->completionWanted(); });
        tab({}, {Qt::Key_F6}, [](QueryTab *t) { t->focusNextPart(true); });
        tab({}, {Qt::SHIFT | Qt::Key_F6}, [](QueryTab *t) { t->focusNextPart(false); });
    }

    PaneContext m_context;
    Worker m_worker;
    CatalogWords *m_words;
    QueryTabs *m_tabs;
    HistoryView *m_history;
    QSplitter *m_split;
    ErrorBar *m_error;
    QPushButton *m_reopen;
    QPushButton *m_historyButton;
    QTimer m_closedNote;
    QVector<std::pair<Command, std::function<bool()>>> m_commands;
};

} // namespace

Pane *makeQueryPane(const PaneContext &context, QWidget *parent)
{
    return new QueryPane(context, parent);
}

} // namespace howdah::ui
