// SPDX-License-Identifier: GPL-3.0-or-later
// What stack::bringUp needs of a window: the keychain, which lives on the main loop, and the store, which lives on its worker. Made on the
// window's thread, called on the tools' worker, which waits there.
#pragma once

#include "base/canceltoken.h"
#include "stack/bringup.h"
#include "store/storeworker.h"

namespace howdah::ui
{

// sessionOnly: new passwords are kept in this program's memory, no keychain is asked.
stack::Seams makeStackSeams(store::Keychain *keychain, store::StoreWorker *store, const CancelToken &cancel, bool sessionOnly);

} // namespace howdah::ui
