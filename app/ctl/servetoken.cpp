// SPDX-License-Identifier: GPL-3.0-or-later
#include "ctl/servetoken.h"

#include "ctl/terminal.h"
#include "health/endpointtoken.h"
#include "store/settings.h"

namespace howdah::ctl
{

using namespace Qt::StringLiterals;

namespace
{

Result<Secret> made()
{
    auto token = health::makeEndpointToken();
    if (token)
        toErrors("The token, shown this once: " + QByteArray(token->data(), token->size()) + '\n');
    return token;
}

Result<Secret> typed(const CancelToken &cancel)
{
    auto token = readPassword(cancel);
    if (!token)
        return token;
    if (auto good = health::checkEndpointToken(*token); !good)
        return fail(std::move(good.error()));
    return token;
}

} // namespace

Result<Secret> serveToken(Ctl &ctl, TokenChoice choice)
{
    const auto store = ctl.store();
    if (!store)
        return fail(store.error());
    if (choice == TokenChoice::AsKept) {
        const auto kept = store::readSetting(**store, health::endpointTokenSetting());
        if (!kept)
            return fail(kept.error());
        if (!kept->toBool())
            return Secret();
        auto token = ctl.readSecret(health::endpointTokenKey());
        if (!token && token.error().reason == "absent"_L1)
            token.error().hint = u"The endpoints ask for a token, and the keychain has none: --new-token makes one, --no-token ends it"_s;
        return token;
    }
    if (choice == TokenChoice::None) {
        if (Done removed = ctl.removeSecret(health::endpointTokenKey()); !removed && removed.error().reason != "absent"_L1)
            toErrors(printable(u"howdahctl: the token stays in the keychain: %1\n"_s.arg(removed.error().text())));
        if (Done written = store::writeSetting(**store, health::endpointTokenSetting(), false); !written)
            return fail(std::move(written.error()));
        return Secret();
    }
    auto token = choice == TokenChoice::New ? made() : typed(ctl.cancel());
    if (!token)
        return token;
    if (Done written = ctl.writeSecret(health::endpointTokenKey(), *token); !written)
        return fail(std::move(written.error()));
    if (Done written = store::writeSetting(**store, health::endpointTokenSetting(), true); !written)
        return fail(std::move(written.error()));
    return token;
}

} // namespace howdah::ctl
