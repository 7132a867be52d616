// SPDX-License-Identifier: GPL-3.0-or-later
// What came of a run: its messages, a tab a result, the output of COPY. A pinned result outlives the next run. Window's thread.
#pragma once

#include "query/resultstore.h"
#include "ui/query/messages.h"

#include <QHash>
#include <QTabWidget>

#include <memory>

namespace howdah
{
class Worker;
}

namespace howdah::ui
{

class ResultPage;

class ResultTabs : public QTabWidget
{
    Q_OBJECT
public:
    explicit ResultTabs(Worker *worker, QWidget *parent = nullptr); // outlives this
    MessagesView *messages() const { return m_messages; }
    int results() const;

    void clearResults(); // all that are not pinned
    void begin(const std::shared_ptr<query::ResultStore> &store, const QString &statement);
    void end(const query::ResultStore *store);
    void addCopied(const QByteArray &bytes, bool cut);
    // "Row security filters public.orders for role app": over every result of this run.
    void setNote(const QString &note);
    void showMessages() { setCurrentIndex(0); }
    void showFirstResult();
    void repaintCurrent(); // now: for the time that showing took

signals:
    void failed(const QString &what, const howdah::Error &error);

private:
    ResultPage *pageOf(const query::ResultStore *store) const;
    void retitle(ResultPage *page);
    void menuAt(const QPoint &at);

    Worker *m_worker;
    MessagesView *m_messages;
    int m_number = 0; // of the run's results
    QString m_note;
};

} // namespace howdah::ui
