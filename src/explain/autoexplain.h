// SPDX-License-Identifier: GPL-3.0-or-later
// auto_explain: what of it is set on a server, and the statements that set it up so that its plans can be read from the log and joined to
// pg_stat_statements. readAutoExplain() on the link's thread; the rest are values. Nothing is changed here: a ChangePlan is shown and confirmed.
#pragma once

#include "base/canceltoken.h"
#include "base/result.h"
#include "session/changeplan.h"

#include <QMap>
#include <QStringList>

#include <optional>

namespace howdah::explain
{

struct AutoExplain {
    int versionNum = 0;
    bool superuser = false;             // only one may set it up
    std::optional<QStringList> shared;  // shared_preload_libraries; nullopt: not permitted to know
    std::optional<QStringList> session; // session_preload_libraries
    QMap<QString, QString> settings;    // name, value; what is not there is not known to this session
    QStringList pendingRestart;         // set, and not in force before a restart
    QStringList ownSettings;            // "role app in shop: session_preload_libraries=x": these go before the server's
    std::optional<QMap<QString, QString>> bySystem; // what ALTER SYSTEM has set; nullopt: only a superuser may know

    std::optional<bool> preloaded() const; // for all new sessions; nullopt: not permitted to know
    bool collects() const { return settings.value(QStringLiteral("logging_collector")) == QLatin1StringView("on"); }
};
Result<AutoExplain> readAutoExplain(pg::Connection &connection, const CancelToken &cancel = {});

struct AutoExplainWish {
    enum class Load { Sessions, Server }; // new sessions, at once; or with the server's next start
    Load load = Load::Sessions;
    int minDurationMs = 1000;   // 0: every plan
    double sampleRate = 1;      // of the statements, 0 to 1
    int parameterMaxLength = 0; // bytes of each value in the log; 0: none, -1: all of it. They are people's data. 16 and later
    bool analyze = false;       // measured plans: each statement pays for it, logged or not
    bool buffers = false;       // with analyze
    bool nested = false;        // those within functions too
    QString destination;        // "jsonlog", "csvlog": beside what there is; empty: as it is
};
// Steps, what each needs, and the way back. Steps are left out where the value is set already. What there was of preloaded libraries stays.
session::ChangePlan autoExplainPlan(const AutoExplain &now, const AutoExplainWish &wish);

// A setting's list: a, "B c", 'd' of its file.
QStringList settingList(const QString &value);

} // namespace howdah::explain
