// SPDX-License-Identifier: GPL-3.0-or-later
// The file of trusted certificates, looked at before anybody depends on it. Reads the file: any thread but the window's.
#pragma once

#include "base/result.h"

#include <QString>

namespace howdah::pg
{

// How many certificates the PEM file holds, at least one. Errors: Tls/ca_file_missing (not there, not readable), Tls/ca_file_empty (there, but
// no certificate in it: a key, a DER file, a web page).
Result<int> countCertificates(const QString &path);

} // namespace howdah::pg
