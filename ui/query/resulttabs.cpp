// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/query/resulttabs.h"

#include "base/async.h"
#include "base/savefile.h"
#include "base/units.h"
#include "base/worker.h"
#include "ui/query/choosefile.h"
#include "ui/query/resultpage.h"
#include "ui/widgets/label.h"
#include "ui/widgets/theme.h"

#include <QHBoxLayout>
#include <QMenu>
#include <QPlainTextEdit>
#include <QPushButton>
#include <QTabBar>
#include <QVBoxLayout>

namespace howdah::ui
{

namespace
{
constexpr qsizetype shownOfCopy = 64 * 1024;
constexpr qsizetype shownOfStatement = 400;
}

ResultTabs::ResultTabs(Worker *worker, QWidget *parent) : QTabWidget(parent), m_worker(worker), m_messages(new MessagesView)
{
    setDocumentMode(true);
    setElideMode(Qt::ElideRight);
    setUsesScrollButtons(true);
    setAccessibleName(QStringLiteral("Results"));
    tabBar()->setContextMenuPolicy(Qt::CustomContextMenu);
    addTab(m_messages, QStringLiteral("Messages"));
    connect(tabBar(), &QWidget::customContextMenuRequested, this, &ResultTabs::menuAt);
}

int ResultTabs::results() const
{
    int count = 0;
    for (int i = 0; i < this->count(); ++i)
        count += qobject_cast<ResultPage *>(widget(i)) != nullptr;
    return count;
}

void ResultTabs::clearResults()
{
    for (int i = count() - 1; i > 0; --i) {
        auto *page = qobject_cast<ResultPage *>(widget(i));
        if (page && page->isPinned())
            continue;
        QWidget *gone = widget(i);
        removeTab(i);
        gone->deleteLater();
    }
    m_number = 0;
    m_note.clear();
}

void ResultTabs::begin(const std::shared_ptr<query::ResultStore> &store, const QString &statement)
{
    auto *page = new ResultPage(store, ++m_number, statement);
    const int at = addTab(page, page->title());
    setTabToolTip(at, tooltipText(statement.left(shownOfStatement)));
    connect(page, &ResultPage::grew, this, [this, page] { retitle(page); });
}

ResultPage *ResultTabs::pageOf(const query::ResultStore *store) const
{
    for (int i = count() - 1; i > 0; --i) {
        auto *page = qobject_cast<ResultPage *>(widget(i));
        if (page && page->store() == store)
            return page;
    }
    return nullptr;
}

void ResultTabs::retitle(ResultPage *page)
{
    // A tab bar reads "&" as a mnemonic.
    QString title = page->title();
    setTabText(indexOf(page), title.replace(QLatin1Char('&'), QLatin1StringView("&&")));
}

void ResultTabs::end(const query::ResultStore *store)
{
    if (ResultPage *page = pageOf(store)) {
        page->end();
        retitle(page);
    }
}

void ResultTabs::addCopied(const QByteArray &bytes, bool cut)
{
    auto *page = new QWidget;
    auto *text = new QPlainTextEdit(page);
    text->setReadOnly(true);
    text->setFont(fixedFont());
    text->setFrameShape(QFrame::NoFrame);
    text->setTabChangesFocus(true);
    text->setAccessibleName(QStringLiteral("Output of COPY"));
    text->setPlainText(QString::fromUtf8(bytes.left(shownOfCopy)));
    QString said = QStringLiteral("COPY gave %1").arg(units::bytes(double(bytes.size())));
    if (bytes.size() > shownOfCopy)
        said += QStringLiteral("; its first %1 are shown").arg(units::bytes(double(shownOfCopy)));
    if (cut)
        said = QStringLiteral("Incomplete: ") + said + QStringLiteral(". A larger one goes to a file with \\copy … to 'file'.");
    auto *label = new ElidedLabel(said, page);
    auto *save = new QPushButton(QStringLiteral("Save as a file…"), page);
    save->setEnabled(!cut); // half a file is none
    auto *row = new QHBoxLayout;
    row->setContentsMargins(space::group, space::inside, space::group, space::inside);
    row->addWidget(label, 1);
    row->addWidget(save);
    auto *column = new QVBoxLayout(page);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(0);
    column->addLayout(row);
    column->addWidget(text, 1);
    connect(save, &QPushButton::clicked, page, [this, page, label, bytes] {
        chooseFile(this, {QStringLiteral("Save the output of COPY"), QStringLiteral("Save"), QStringLiteral("copy.txt"), QStringLiteral("All files (*)"), true},
                   page, [this, page, label, bytes](const QString &path) {
                       const auto saved = m_worker->run([path, bytes]() -> Result<bool> {
                           const Done done = howdah::saveFile(path, bytes);
                           return done ? Result<bool>(true) : fail(done.error());
                       });
                       async::onFinished(saved, page, [this, label, path, bytes](const Result<bool> &done) {
                           if (!done)
                               return emit failed(QStringLiteral("The output of COPY was not saved"), done.error());
                           label->setText(QStringLiteral("%1 saved as %2").arg(units::bytes(double(bytes.size())), path));
                       });
                   });
    });
    addTab(page, QStringLiteral("COPY (%1)").arg(units::bytes(double(bytes.size()))));
}

void ResultTabs::setNote(const QString &note)
{
    m_note = note;
    for (int i = 1; i < count(); ++i) {
        auto *page = qobject_cast<ResultPage *>(widget(i));
        if (page && !page->isPinned())
            page->setNote(note);
    }
}

void ResultTabs::showFirstResult()
{
    for (int i = 1; i < count(); ++i) {
        auto *page = qobject_cast<ResultPage *>(widget(i));
        if (!page || !page->isPinned())
            return setCurrentIndex(i);
    }
    showMessages();
}

void ResultTabs::repaintCurrent()
{
    if (auto *page = qobject_cast<ResultPage *>(currentWidget()); page && page->isVisible())
        page->repaintNow();
}

void ResultTabs::menuAt(const QPoint &at)
{
    const int index = tabBar()->tabAt(at);
    auto *page = qobject_cast<ResultPage *>(widget(index));
    if (!page)
        return;
    auto *menu = new QMenu(this);
    menu->setAttribute(Qt::WA_DeleteOnClose);
    QAction *pin = menu->addAction(QStringLiteral("Keep at the next run"));
    pin->setCheckable(true);
    pin->setChecked(page->isPinned());
    connect(pin, &QAction::triggered, page, &ResultPage::setPinned);
    connect(menu->addAction(QStringLiteral("Close this result")), &QAction::triggered, page, [this, page] {
        removeTab(indexOf(page));
        page->deleteLater();
    });
    menu->popup(tabBar()->mapToGlobal(at));
}

} // namespace howdah::ui
