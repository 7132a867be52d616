// SPDX-License-Identifier: GPL-3.0-or-later
#include "health/endpointtoken.h"

#include <algorithm>

#include <sys/random.h>

namespace howdah::health
{

using namespace Qt::StringLiterals;

static constexpr qsizetype leastBytes = 16;

QString endpointTokenSetting()
{
    return u"health/token"_s;
}

store::SecretKey endpointTokenKey()
{
    return {u"health"_s, u"127.0.0.1"_s, 0, u"bearer"_s};
}

Result<Secret> makeEndpointToken()
{
    QByteArray bytes(32, Qt::Uninitialized);
    if (::getrandom(bytes.data(), size_t(bytes.size()), 0) != bytes.size())
        return fail(ErrorKind::Io, u"random"_s, u"The kernel gave no random bytes"_s);
    QByteArray text = bytes.toBase64(QByteArray::Base64UrlEncoding | QByteArray::OmitTrailingEquals);
    const Secret token(text);
    text.fill('\0');
    bytes.fill('\0');
    return token;
}

Done checkEndpointToken(const Secret &token)
{
    const QByteArrayView view(token.data(), token.size());
    const bool isToken = std::all_of(view.begin(), view.end(), [](char c) {
        return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || QByteArrayView("-._~+/=").contains(c);
    });
    if (!isToken || view.size() < leastBytes)
        return fail(ErrorKind::Client, u"bad_token"_s, u"A token has at least %1 letters, digits and -._~+/="_s.arg(leastBytes));
    return {};
}

} // namespace howdah::health
