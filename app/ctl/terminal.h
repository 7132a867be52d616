// SPDX-License-Identifier: GPL-3.0-or-later
// What howdahctl reads from and says to the terminal or the pipe it stands at.
#pragma once

#include "base/canceltoken.h"
#include "base/progress.h"
#include "base/result.h"
#include "base/secret.h"

namespace howdah::ctl
{

// Text for a terminal: what a server's text may hold of control characters other than line break and tab, and of marks that turn the text around
// them, is drawn as signs.
QByteArray printable(const QString &text);
void toOutput(const QByteArray &bytes); // standard output, flushed
void toErrors(const QByteArray &bytes); // standard error

// A sink that keeps one line up to date on a terminal, and writes one line a step elsewhere. Any thread.
Progress progressLine();
// Ends the line that progress left open, if any, so that what follows starts at the margin.
void endProgressLine();

// One line of standard input, without its end, into the caller's buffer; at most 4096 bytes, reserved at once, so that no copy of a password is
// left behind as it grows. Errors: Cancelled.
Done readLine(QByteArray &line, const CancelToken &cancel);

// As readLine, on a terminal asked for and not shown. Errors: Client/no_input, Cancelled.
Result<Secret> readPassword(const CancelToken &cancel);

} // namespace howdah::ctl
