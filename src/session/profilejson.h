// SPDX-License-Identifier: GPL-3.0-or-later
// A profile as JSON: in the store (its ways), in a file that goes to another machine, and as howdahctl shows it. Never a secret. Any thread.
#pragma once

#include "session/profile.h"

#include <QJsonObject>
#include <QStringList>

namespace howdah::session
{

using pg::targetName; // "read-write", as libpq's target_session_attrs
using pg::targetFromName;

QString otlpChoiceName(OtlpExport::Choice choice); // "unsaid", "on", "off"
OtlpExport::Choice otlpChoiceFromName(const QString &name); // what is not known is unsaid

// The column `ways`: what is not a column of its own, and only where it differs from the usual.
QJsonObject waysToJson(const Profile &profile);
Done takeWays(Profile &profile, const QByteArray &json); // Io/store_damaged

// {"id","name","host","port",…} all of it.
QJsonObject profileToJson(const Profile &profile);

// What a file offers, before anything is saved.
struct OfferedProfile {
    QString source;      // "service orders", "line 3": where in the file
    Profile profile;
    Secret password;     // of .pgpass or a service; an exported profile never has one
    QStringList notes;   // what was changed or left out, to be shown
    QString refused;     // why it can't be taken; empty: it can
};

// {"howdah_profiles": 1, "profiles": […]}, indented: for people and for profileImport.
QByteArray exportProfiles(const QVector<Profile> &profiles);
// A secret, a program to run or a key's file in it is not taken, and said: whoever sends a profile must not reach this machine's files or
// start its programs. Errors: Client/bad_file.
Result<QVector<OfferedProfile>> importProfiles(const QByteArray &file);

} // namespace howdah::session
