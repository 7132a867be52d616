// SPDX-License-Identifier: GPL-3.0-or-later
// What the pane asks a person: through the seams of ui/widgets/dialogs.h and choosefile.h, so that tests answer. Window's thread.
#pragma once

#include <QString>

#include <functional>

class QObject;
class QWidget;

namespace howdah::ui
{

void askFolder(QWidget *parent, const QString &proposal, QObject *context, std::function<void(const QString &path)> chosen);
// Why an edit is right; not at all where it is left.
void askReason(QWidget *parent, const QString &name, QObject *context, std::function<void(const QString &reason)> given);
// Why a finding does not count here; not at all where it is left.
void askWaiver(QWidget *parent, const QString &rule, const QString &finding, QObject *context, std::function<void(const QString &reason)> given);
// `adrift`: its own file is no place for it any more.
void askToSave(QWidget *parent, const QString &name, bool adrift, QObject *context, std::function<void(bool save)> answered);

} // namespace howdah::ui
