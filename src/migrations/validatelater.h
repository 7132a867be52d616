// SPDX-License-Identifier: GPL-3.0-or-later
// The second half of a safe form: what a fix has made NOT VALID is validated by a file of its own, in another transaction. Pure functions.
#pragma once

#include "migrations/file.h"

namespace howdah::migrations
{

struct ValidateLater {
    QByteArray up;       // empty: there is nothing to validate
    QByteArray down;     // back to NOT VALID, so that it undoes what `up` did and no more
    QStringList unnamed; // relations whose new constraint has no name of its own to call it by
};
ValidateLater validateLater(const File &before, const File &after);

} // namespace howdah::migrations
