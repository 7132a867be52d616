// SPDX-License-Identifier: GPL-3.0-or-later
// What is asked before a run: the values of its parameters, then what the profile's environment demands. The run goes on by call, or not at
// all. Of what the user wrote nothing is sent from here; what it would do is read from the catalog, on a link of ours. Window's thread.
#pragma once

#include "session/consequence.h"
#include "ui/query/paramdialog.h"
#include "ui/query/runner.h"

namespace howdah::ui
{

struct GateSeams {
    std::function<void(const RunRequest &)> go;
    // The session is read-only by its profile, and the user wants it unlocked: then() once it is. The run is asked about anew.
    std::function<void(std::function<void()> then)> unlock;
    std::function<void(const session::Guarding &)> refused; // told: nothing was sent
};

class RunGate : public QObject
{
    Q_OBJECT
public:
    // `catalog`: where rows and dependants are read, for at most 2 s; null: they are not known.
    RunGate(const session::Profile &profile, pg::Session *catalog, QWidget *window, GateSeams seams);
    // `locked`: the session is read-only now.
    void ask(RunRequest request, const QHash<QString, QString> &known, bool locked);

    static session::Guarding guardingOf(const session::Profile &profile, const std::vector<query::Piece> &pieces, bool locked);

private:
    void guard(const RunRequest &request, bool locked);
    void look(const QVector<session::Victim> &victims, std::function<void(const session::Consequence &)> then);
    void confirm(const RunRequest &request, const session::Guarding &guarding, const session::Consequence &consequence);

    session::Profile m_profile;
    pg::Session *m_catalog;
    QWidget *m_window;
    GateSeams m_seams;
    ParameterValues m_values; // of the last time
    bool m_looking = false;   // a question is on its way
};

} // namespace howdah::ui
