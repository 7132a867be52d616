// SPDX-License-Identifier: GPL-3.0-or-later
#include "ctl/servetoken.h"

#include "ctl/terminal.h"
#include "store/settings.h"

#include <algorithm>

#include <sys/random.h>

namespace howdah::ctl
{

using namespace Qt::StringLiterals;

namespace
{

constexpr qsizetype leastBytes = 16;

QString setting()
{
    return u"health/token"_s;
}

store::SecretKey key()
{
    return {u"health"_s, u"127.0.0.1"_s, 0, u"bearer"_s};
}

Result<Secret> made()
{
    QByteArray bytes(32, Qt::Uninitialized);
    if (::getrandom(bytes.data(), size_t(bytes.size()), 0) != bytes.size())
        return fail(ErrorKind::Io, u"random"_s, u"The kernel gave no random bytes"_s);
    QByteArray text = bytes.toBase64(QByteArray::Base64UrlEncoding | QByteArray::OmitTrailingEquals);
    toErrors("The token, shown this once: " + text + '\n');
    const Secret token(text);
    text.fill('\0');
    bytes.fill('\0');
    return token;
}

// As RFC 6750 has it: what else could come would never match a header.
Result<Secret> typed(const CancelToken &cancel)
{
    auto token = readPassword(cancel);
    if (!token)
        return token;
    const QByteArrayView view(token->data(), token->size());
    const bool isToken = std::all_of(view.begin(), view.end(), [](char c) {
        return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || QByteArrayView("-._~+/=").contains(c);
    });
    if (!isToken || view.size() < leastBytes)
        return fail(ErrorKind::Client, u"bad_token"_s, u"A token has at least %1 letters, digits and -._~+/="_s.arg(leastBytes));
    return token;
}

} // namespace

Result<Secret> serveToken(Ctl &ctl, TokenChoice choice)
{
    const auto store = ctl.store();
    if (!store)
        return fail(store.error());
    if (choice == TokenChoice::AsKept) {
        const auto kept = store::readSetting(**store, setting());
        if (!kept)
            return fail(kept.error());
        if (!kept->toBool())
            return Secret();
        auto token = ctl.readSecret(key());
        if (!token && token.error().reason == "absent"_L1)
            token.error().hint = u"The endpoints ask for a token, and the keychain has none: --new-token makes one, --no-token ends it"_s;
        return token;
    }
    if (choice == TokenChoice::None) {
        if (Done removed = ctl.removeSecret(key()); !removed && removed.error().reason != "absent"_L1)
            toErrors(printable(u"howdahctl: the token stays in the keychain: %1\n"_s.arg(removed.error().text())));
        if (Done written = store::writeSetting(**store, setting(), false); !written)
            return fail(std::move(written.error()));
        return Secret();
    }
    auto token = choice == TokenChoice::New ? made() : typed(ctl.cancel());
    if (!token)
        return token;
    if (Done written = ctl.writeSecret(key(), *token); !written)
        return fail(std::move(written.error()));
    if (Done written = store::writeSetting(**store, setting(), true); !written)
        return fail(std::move(written.error()));
    return token;
}

} // namespace howdah::ctl
