// SPDX-License-Identifier: GPL-3.0-or-later
// Ends a statement or a backend for a person: reads what it would cost, shows the plan, and does it as a job with its line in the journal and
// the server's confirmation. Window's thread.
#pragma once

#include "activity/ending.h"
#include "ui/shell/pane.h"

namespace howdah::ui
{

class EndFlow : public QObject
{
    Q_OBJECT
public:
    EndFlow(const PaneContext &context, QWidget *window);

    // `shown`: what a person looked at, read at `atMs` by the server's clock: another than that is not ended.
    void begin(activity::End how, int pid, const std::optional<activity::Backend> &shown, qint64 atMs);

signals:
    void refused(const QString &what, const howdah::Error &error); // it could not be planned
    void ended(); // done or failed: what is shown may be another now

private:
    // The link that may: the user's own role first, whose rights are meant; else the monitoring one, which stands by when there are no more
    // connections to be had.
    QVector<pg::Session *> links() const;
    struct Shown {
        std::optional<activity::Backend> backend;
        qint64 atMs = 0;
    };
    void read(activity::End how, int pid, const Shown &shown, int link);
    void confirm(activity::End how, const activity::EndTarget &target, const Shown &shown, int link);
    void run(activity::End how, const activity::EndTarget &target, const session::ChangePlan &plan, pg::Session *session);

    PaneContext m_context;
    QWidget *m_window;
    Worker m_worker; // waits for the link, so that the window does not
};

} // namespace howdah::ui
