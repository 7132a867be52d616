// SPDX-License-Identifier: GPL-3.0-or-later
#include "ctl/parametervalues.h"

namespace howdah::ctl
{

using namespace Qt::StringLiterals;

Result<QMap<int, explain::Value>> valuesFrom(const std::vector<std::string> &given, const std::vector<std::string> &nulls, const QString &option)
{
    const auto usage = [&](const QString &what) {
        return fail(ErrorKind::Client, u"usage"_s, what, u"%1 1=VALUE, or %1 1:date=2024-01-31 with its type; --null 2 for NULL"_s.arg(option));
    };
    QMap<int, explain::Value> values;
    for (const std::string &one : given) {
        const QString text = QString::fromStdString(one);
        const qsizetype equals = text.indexOf(u'=');
        const QString name = text.left(qMax(qsizetype(0), equals));
        bool number = false;
        const int which = name.section(u':', 0, 0).toInt(&number);
        if (equals < 0 || !number)
            return usage(u"%1 %2 is no parameter"_s.arg(option, text.left(40)));
        values.insert(which, {text.sliced(equals + 1), name.section(u':', 1)});
    }
    for (const std::string &one : nulls) {
        const QString text = QString::fromStdString(one);
        bool number = false;
        const int which = text.section(u':', 0, 0).toInt(&number);
        if (!number)
            return usage(u"--null %1 is no parameter"_s.arg(text.left(40)));
        values.insert(which, {std::nullopt, text.section(u':', 1)});
    }
    return values;
}

} // namespace howdah::ctl
