// SPDX-License-Identifier: GPL-3.0-or-later
// The words that HTTP is made of. Pure; any thread.
#pragma once

#include <QByteArrayView>

namespace howdah::health
{

bool isToken(QByteArrayView word);      // RFC 9110, 5.6.2: a method, a header's name
bool isFieldValue(QByteArrayView text); // 5.5: what a header can carry on its one line; may be empty. A lone CR or LF would begin a line for another reader

} // namespace howdah::health
