// SPDX-License-Identifier: GPL-3.0-or-later
#include "trial/loggedvalues.h"

namespace howdah::trial
{

using namespace Qt::StringLiterals;

namespace
{

class Reader
{
public:
    explicit Reader(const QString &text) : m_text(text) {}
    bool atEnd() const { return m_at >= m_text.size(); }
    bool take(QLatin1StringView what)
    {
        if (!QStringView(m_text).sliced(m_at).startsWith(what))
            return false;
        m_at += what.size();
        return true;
    }
    int number()
    {
        const qsizetype from = m_at;
        while (!atEnd() && m_text[m_at] >= u'0' && m_text[m_at] <= u'9')
            ++m_at;
        return QStringView(m_text).sliced(from, m_at - from).toInt(); // 0: none, or too large
    }
    // Behind the opening quote: to the closing one; false: it is not there.
    bool quoted(QString *value)
    {
        for (; !atEnd(); ++m_at) {
            if (m_text[m_at] != u'\'') {
                *value += m_text[m_at];
            } else if (m_at + 1 < m_text.size() && m_text[m_at + 1] == u'\'') {
                *value += u'\'';
                ++m_at;
            } else {
                ++m_at;
                return true;
            }
        }
        return false;
    }

private:
    const QString &m_text;
    qsizetype m_at = 0;
};

} // namespace

Result<QMap<int, explain::Value>> valuesOf(const QString &logged)
{
    const QString text = logged.trimmed();
    const auto unread = [] {
        return fail(ErrorKind::Client, u"values_not_read"_s, u"These are no values as auto_explain logs them"_s, u"$1 = '42', $2 = NULL"_s);
    };
    QMap<int, explain::Value> values;
    Reader reader(text);
    while (!reader.atEnd()) {
        if (!values.isEmpty() && !reader.take(", "_L1))
            return unread();
        const int number = reader.take("$"_L1) ? reader.number() : 0;
        if (number <= 0 || values.contains(number) || !reader.take(" = "_L1))
            return unread();
        if (reader.take("NULL"_L1)) {
            values.insert(number, {std::nullopt, {}});
            continue;
        }
        QString value;
        if (!reader.take("'"_L1) || !reader.quoted(&value))
            return unread();
        if (value.endsWith("..."_L1))
            return fail(ErrorKind::Client, u"value_cut"_s, u"The log may have only the beginning of $%1"_s.arg(number),
                        u"auto_explain.log_parameter_max_length = -1 logs all of it; or give the value"_s);
        values.insert(number, {value, {}});
    }
    return values;
}

} // namespace howdah::trial
