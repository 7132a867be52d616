// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/error.h"

#include <tl/expected.hpp>

namespace howdah
{

template<typename T>
using Result = tl::expected<T, Error>;
using Done = Result<void>;

inline tl::unexpected<Error> fail(Error error)
{
    return tl::unexpected<Error>(std::move(error));
}

inline tl::unexpected<Error> fail(ErrorKind kind, QString reason, QString message, QString hint = {})
{
    Error error;
    error.kind = kind;
    error.reason = std::move(reason);
    error.message = std::move(message);
    error.hint = std::move(hint);
    return fail(std::move(error));
}

} // namespace howdah
