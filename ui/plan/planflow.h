// SPDX-License-Identifier: GPL-3.0-or-later
// How a plan comes to be shown: read from a pasted text, or asked of the server on a link of its own, with what the server knows of its tables, and
// its findings; all of it off the window's thread. One at a time; a new one ends the one before. Window's thread; what the context points to outlives it.
#pragma once

#include "explain/explain.h"
#include "ui/plan/planfigures.h"
#include "ui/shell/pane.h"

#include <QPointer>

namespace howdah::ui
{

struct FoundPlan {
    SharedPlan plan;
    QString raw;
};

struct FoundPlans {
    QVector<FoundPlan> plans;              // of a pasted text there may be several; never empty
    QString note;                          // what the findings could not know; empty: nothing
    std::optional<explain::Answer> answer; // of the server; nullopt: pasted
    bool asked = false;                    // the server was asked about the plan's tables
};

class PlanFlow : public QObject
{
    Q_OBJECT
public:
    explicit PlanFlow(const PaneContext &context, QObject *parent = nullptr);
    ~PlanFlow() override;

    bool mayAsk() const { return bool(m_context.editorLink); } // there is a server
    bool isBusy() const { return m_busy; }

    void read(const QString &text, bool askServer, const QString &database); // the server: about its tables
    void explain(const QString &database, const explain::Request &request);
    void cancel(); // what runs on the server is cancelled there

signals:
    void busyChanged(bool busy);
    void found(const howdah::ui::FoundPlans &plans);
    void valuesWanted(const howdah::explain::Answer &answer);
    void consentWanted(const howdah::explain::Answer &answer);
    void failed(const howdah::Error &error);

private:
    pg::Session *link(const QString &database);
    void setBusy(bool busy);
    template<typename T, typename Fn>
    void await(const QFuture<Result<T>> &future, Fn fn);
    template<typename T, typename Fn, typename Failed>
    void await(const QFuture<Result<T>> &future, Fn fn, Failed otherwise);
    void showUnknown(const FoundPlans &found, const Error &error);

    PaneContext m_context;
    Worker m_reader;
    QPointer<pg::Session> m_session;
    QString m_database;
    CancelToken m_cancel;
    quint64 m_number = 0; // a late answer is dropped
    bool m_busy = false;
};

} // namespace howdah::ui
