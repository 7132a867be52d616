// SPDX-License-Identifier: GPL-3.0-or-later
#include "plan/jsontext.h"

#include <algorithm>

namespace howdah::plan
{

using namespace Qt::StringLiterals;

namespace
{

class Reader
{
public:
    Reader(QStringView text, const QVector<int> &numbers) : m_text(text), m_numbers(numbers) {}

    bool document(JsonNode *root)
    {
        if (!value(root, 0))
            return false;
        skipSpace();
        return m_at == m_text.size() || stop(u"something follows the end of the JSON"_s);
    }
    QString why() const { return u"line %1: %2"_s.arg(lineNumber()).arg(m_why); }

private:
    bool stop(const QString &why)
    {
        m_why = why;
        return false;
    }
    int lineNumber() const { return m_line <= m_numbers.size() ? m_numbers[m_line - 1] : m_line; }
    QChar peek() const { return m_at < m_text.size() ? m_text[m_at] : QChar(); }
    void skipSpace()
    {
        for (; m_at < m_text.size(); ++m_at) {
            const QChar c = m_text[m_at];
            if (c == u'\n')
                ++m_line;
            else if (c != u' ' && c != u'\t' && c != u'\r')
                return;
        }
    }
    bool word(QLatin1StringView expected)
    {
        if (!m_text.sliced(m_at).startsWith(expected))
            return stop(u"a value is neither a text, a number, true, false nor null"_s);
        m_at += expected.size();
        return true;
    }
    void digits()
    {
        while (m_at < m_text.size() && m_text[m_at] >= u'0' && m_text[m_at] <= u'9')
            ++m_at;
    }
    bool number(JsonNode *node)
    {
        const qsizetype from = m_at;
        if (peek() == u'-')
            ++m_at;
        const qsizetype first = m_at;
        digits();
        if (m_at == first)
            return stop(u"a number without digits"_s);
        if (peek() == u'.') {
            ++m_at;
            digits();
        }
        if (peek() == u'e' || peek() == u'E') {
            ++m_at;
            if (peek() == u'+' || peek() == u'-')
                ++m_at;
            digits();
        }
        node->kind = JsonNode::Kind::Number;
        node->text = m_text.sliced(from, m_at - from).toString();
        return true;
    }
    bool escape(QString *into)
    {
        const QChar c = peek();
        ++m_at;
        switch (c.unicode()) {
        case u'"': case u'\\': case u'/': into->append(c); return true;
        case u'b': into->append(u'\b'); return true;
        case u'f': into->append(u'\f'); return true;
        case u'n': into->append(u'\n'); return true;
        case u'r': into->append(u'\r'); return true;
        case u't': into->append(u'\t'); return true;
        case u'u': {
            bool ok = false;
            const ushort code = m_at + 4 <= m_text.size() ? m_text.sliced(m_at, 4).toUShort(&ok, 16) : ushort(0);
            if (!ok)
                return stop(u"a \\u without its four digits"_s);
            into->append(QChar(code));
            m_at += 4;
            return true;
        }
        default: return stop(u"an escape that JSON does not know"_s);
        }
    }
    bool string(QString *into)
    {
        ++m_at; // the quote
        qsizetype from = m_at;
        for (; m_at < m_text.size(); ) {
            const QChar c = m_text[m_at];
            if (c == u'"') {
                into->append(m_text.sliced(from, m_at - from));
                ++m_at;
                return true;
            }
            if (c == u'\n')
                return stop(u"a text goes over the end of its line"_s);
            ++m_at;
            if (c != u'\\')
                continue;
            into->append(m_text.sliced(from, m_at - 1 - from));
            if (m_at >= m_text.size() || !escape(into))
                return m_why.isEmpty() ? stop(u"a text without its end"_s) : false;
            from = m_at;
        }
        return stop(u"a text without its end"_s);
    }
    bool member(JsonNode *object, int depth)
    {
        skipSpace();
        if (peek() != u'"')
            return stop(u"a member without its name"_s);
        QString name;
        if (!string(&name))
            return false;
        skipSpace();
        if (peek() != u':')
            return stop(u"no colon after \"%1\""_s.arg(name.left(60)));
        ++m_at;
        object->items.emplace_back();
        if (!value(&object->items.back(), depth + 1))
            return false;
        object->items.back().name = std::move(name);
        return true;
    }
    bool items(JsonNode *node, QChar end, int depth)
    {
        ++m_at; // the bracket
        skipSpace();
        if (peek() == end) {
            ++m_at;
            return true;
        }
        while (true) {
            if (node->kind == JsonNode::Kind::Object) {
                if (!member(node, depth))
                    return false;
            } else {
                node->items.emplace_back();
                if (!value(&node->items.back(), depth + 1))
                    return false;
            }
            skipSpace();
            const QChar c = peek();
            if (c != u',' && c != end)
                return stop(m_at >= m_text.size() ? u"it ends before it is complete"_s : u"neither a comma nor an end after a value"_s);
            ++m_at;
            if (c == end)
                return true;
        }
    }
    bool value(JsonNode *node, int depth)
    {
        skipSpace();
        node->line = lineNumber();
        if (depth > maxJsonDepth)
            return stop(u"nested deeper than %1"_s.arg(maxJsonDepth));
        if (++m_values > maxJsonValues)
            return stop(u"more than %1 values"_s.arg(maxJsonValues));
        if (m_at >= m_text.size())
            return stop(u"it ends before it is complete"_s);
        switch (peek().unicode()) {
        case u'{': node->kind = JsonNode::Kind::Object; return items(node, u'}', depth);
        case u'[': node->kind = JsonNode::Kind::Array; return items(node, u']', depth);
        case u'"': node->kind = JsonNode::Kind::String; return string(&node->text);
        case u't': node->kind = JsonNode::Kind::Bool; node->text = u"true"_s; return word("true"_L1);
        case u'f': node->kind = JsonNode::Kind::Bool; node->text = u"false"_s; return word("false"_L1);
        case u'n': return word("null"_L1);
        default: return number(node);
        }
    }

    QStringView m_text;
    const QVector<int> &m_numbers;
    qsizetype m_at = 0;
    int m_line = 1;
    qsizetype m_values = 0;
    QString m_why;
};

} // namespace

const JsonNode *JsonNode::member(QStringView called) const
{
    const auto found = std::find_if(items.cbegin(), items.cend(), [called](const JsonNode &item) { return item.name == called; });
    return found == items.cend() || kind != Kind::Object ? nullptr : &*found;
}

Result<JsonNode> readJson(QStringView text, const QVector<int> &numbers)
{
    JsonNode root;
    Reader reader(text, numbers);
    if (!reader.document(&root))
        return fail(ErrorKind::Client, u"plan_not_read"_s, u"The plan's JSON is not read: %1."_s.arg(reader.why()));
    return root;
}

} // namespace howdah::plan
