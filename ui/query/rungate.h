// SPDX-License-Identifier: GPL-3.0-or-later
// What is asked before a run: the values of its parameters, then what the profile's environment demands. The run goes on by call, or not at
// all. Nothing is sent anywhere from here. Window's thread.
#pragma once

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
    RunGate(const session::Profile &profile, QWidget *window, GateSeams seams);
    // `locked`: the session is read-only now.
    void ask(RunRequest request, const QHash<QString, QString> &known, bool locked);

    static session::Guarding guardingOf(const session::Profile &profile, const std::vector<query::Piece> &pieces, bool locked);

private:
    void guard(const RunRequest &request, bool locked);

    session::Profile m_profile;
    QWidget *m_window;
    GateSeams m_seams;
    ParameterValues m_values; // of the last time
};

} // namespace howdah::ui
