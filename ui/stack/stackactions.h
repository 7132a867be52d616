// SPDX-License-Identifier: GPL-3.0-or-later
// What can be done to the stack, each as a Job of the strip of jobs; asked for by the stack pane, the palette and the first start's page.
// Window's thread; the jobs run on the context's tools.
#pragma once

#include "ui/shell/pane.h"

namespace howdah::ui
{

struct StackStart {
    bool takeNextFreePort = false;
    bool localCluster = false; // without Docker
    bool sessionOnly = false;  // passwords in memory: no keychain answers
};

// What an error of the stack offers next: the button's text (empty: nothing) and what it does.
struct StackNext {
    QString text;
    StackStart how;
    bool showsLog = false;
};

QString stackNameOf(const PaneContext &context);       // the profile's, else "howdah"
QString stackCommand(const PaneContext &context, const QString &verb); // "howdahctl stack up"
QString stackTarget(const QString &name);              // the jobs' target: "stack howdah"

// Ends with the profile opened.
void startStack(const PaneContext &context, QWidget *window, const StackStart &how = {});
void stopStack(const PaneContext &context, QWidget *window);    // asks first
void destroyStack(const PaneContext &context, QWidget *window); // asks for the name
void rotateStackCertificates(const PaneContext &context, QWidget *window); // asks first
void fillWithDemoData(const PaneContext &context, QWidget *window);

} // namespace howdah::ui
