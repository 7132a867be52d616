// SPDX-License-Identifier: GPL-3.0-or-later
// VERIFY_OK(result): fails with the error's own words where a Result or a Done is an error. What is asked is asked once.
#pragma once

#include "base/result.h"

#include <QTest>

namespace howdah::test
{

// Null: it is none.
template<typename R> QString errorTextOf(const R &result)
{
    if (result)
        return {};
    const QString detail = result.error().detail;
    return QStringLiteral("Error: ") + result.error().text() + (detail.isEmpty() ? QString() : QLatin1Char('\n') + detail);
}

} // namespace howdah::test

#define VERIFY_OK(result)                                                                                     \
    do {                                                                                                      \
        const QString howdahErrorText = howdah::test::errorTextOf(result);                                    \
        if (!QTest::qVerify(howdahErrorText.isNull(), #result, qPrintable(howdahErrorText), __FILE__, __LINE__)) \
            return;                                                                                           \
    } while (false)
