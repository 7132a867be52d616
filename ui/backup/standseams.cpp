// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/backup/standseams.h"

#include "session/wayin.h"
#include "ui/stack/stackseams.h"

namespace howdah::ui
{

using namespace Qt::StringLiterals;

backup::StandSeams makeStandSeams(const PaneContext &context, const CancelToken &cancel)
{
    backup::StandSeams seams;
    if (!context.keychain) { // a window without a machine under it (tests)
        seams.readSecret = [](const store::SecretKey &) -> Result<Secret> { return fail(ErrorKind::Keychain, u"no_keychain"_s, u"There is no keychain"_s); };
    } else {
        seams.readSecret = makeStackSeams(context.keychain, context.store, cancel, false).readSecret;
    }
    const session::WayIn way(context.profile, [read = seams.readSecret](const store::SecretKey &key, const CancelToken &) -> Result<Secret> {
        auto secret = read(key);
        // Absent is no error yet: the server may know us without a password.
        return !secret && secret.error().reason == "absent"_L1 ? Result<Secret>(Secret()) : secret;
    });
    seams.prepared = [way, cancel](const QString &role) { return way.prepareFor(role)(cancel); };
    seams.connect = [way, cancel, spec = context.profile.spec]() -> Result<std::unique_ptr<pg::Connection>> {
        const auto prepared = way.prepareFor(spec.role)(cancel);
        if (!prepared)
            return fail(prepared.error());
        return pg::Connection::open(spec, prepared->secret, cancel, {}, prepared->via);
    };
    return seams;
}

} // namespace howdah::ui
