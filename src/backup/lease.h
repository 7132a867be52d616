// SPDX-License-Identifier: GPL-3.0-or-later
// Whose turn it is in a repository: one at a time takes, removes, verifies or rehearses there, of however many consoles and timers of whichever machine. In
// <root>/base/.lease, written under a lock on that folder; of a process that is provably gone (owner.h) it is taken over, of another machine's never.
// Blocking; any thread but the window's; given back with the object.
#pragma once

#include "backup/repository.h"

namespace howdah::backup
{

class Lease
{
public:
    // `what`: "take the full backup …", for who has to wait. The repository's toolbox outlives it. Errors: Tool/in_use with who has it and since when.
    static Result<Lease> take(const Repository &repository, const QString &what, const CancelToken &cancel = {});
    ~Lease();
    Lease(Lease &&) noexcept = default;
    Lease &operator=(Lease &&) = delete;
    Lease(const Lease &) = delete;

private:
    Lease(const Repository &repository, QByteArray ours) : m_repository(std::make_unique<Repository>(repository)), m_ours(std::move(ours)) {}

    std::unique_ptr<Repository> m_repository; // null: moved from
    QByteArray m_ours;
};

} // namespace howdah::backup
