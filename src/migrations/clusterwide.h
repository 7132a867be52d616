// SPDX-License-Identifier: GPL-3.0-or-later
// How far a statement reaches, by its words: what may be tried on a server that is others' too. What a function does is not told by them: of that
// Scratch asks the server before it stands. Pure functions, any thread.
#pragma once

#include <QByteArrayView>

namespace howdah::migrations
{

enum class Reach {
    Database,
    Server,   // what all of its databases share: roles and their memberships, databases, tablespaces, parameters, slots, files of its machine
    Elsewhere // a subscription: its slot is on another server, which may be production
};
Reach reachOf(QByteArrayView statement);
// It may run code of which its words tell nothing: DO, CALL, SELECT f().
bool runsCode(QByteArrayView statement);

} // namespace howdah::migrations
