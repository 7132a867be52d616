// SPDX-License-Identifier: GPL-3.0-or-later
// Two snapshots, side by side.
#include "catalog/snapshot.h"

#include <QJsonArray>
#include <QJsonDocument>

namespace howdah::catalog
{

using namespace Qt::StringLiterals;

QVector<Difference> compare(const Snapshot &from, const Snapshot &to)
{
    using What = Difference::What;
    QVector<Difference> differences;
    auto a = from.items.cbegin(), b = to.items.cbegin();
    while (a != from.items.cend() || b != to.items.cend()) {
        const bool onlyA = b == to.items.cend() || (a != from.items.cend() && std::tie(a->kind, a->identity) < std::tie(b->kind, b->identity));
        const bool onlyB = !onlyA && (a == from.items.cend() || std::tie(b->kind, b->identity) < std::tie(a->kind, a->identity));
        if (onlyA)
            differences.append({What::Removed, a->kind, a->identity, a->value, {}});
        else if (onlyB)
            differences.append({What::Added, b->kind, b->identity, {}, b->value});
        else if (a->value != b->value)
            differences.append({What::Changed, a->kind, a->identity, a->value, b->value});
        a += onlyB ? 0 : 1;
        b += onlyA ? 0 : 1;
    }
    return differences;
}

static QString shown(const QJsonValue &value)
{
    constexpr qsizetype most = 160;
    QString text;
    if (value.isUndefined() || value.isNull())
        return u"none"_s;
    if (value.isBool())
        return value.toBool() ? u"yes"_s : u"no"_s;
    if (value.isDouble())
        return QString::number(value.toDouble());
    if (value.isArray())
        text = QString::fromUtf8(QJsonDocument(value.toArray()).toJson(QJsonDocument::Compact));
    else if (value.isObject())
        text = QString::fromUtf8(QJsonDocument(value.toObject()).toJson(QJsonDocument::Compact));
    else
        text = value.toString().simplified();
    return text.size() > most ? text.left(most) + u'…' : text;
}

QString Difference::text() const
{
    const QString head = (what == What::Added ? u"added "_s : what == What::Removed ? u"removed "_s : u"changed "_s) + kind + u' ' + identity;
    if (what != What::Changed) {
        const QJsonObject &value = what == What::Added ? to : from;
        const QString type = value.contains("type"_L1) && kind == "column"_L1 ? shown(value.value("type"_L1)) : QString();
        return type.isEmpty() ? head : head + u": "_s + type;
    }
    QStringList keys = from.keys() + to.keys(), parts;
    keys.sort();
    keys.removeDuplicates();
    for (const QString &key : std::as_const(keys)) {
        if (from.value(key) != to.value(key))
            parts << u"%1 %2 -> %3"_s.arg(QString(key).replace(u'_', u' '), shown(from.value(key)), shown(to.value(key)));
    }
    return head + u": "_s + parts.join(u"; "_s);
}

QJsonObject Difference::toJson() const
{
    QJsonObject json{{u"what"_s, what == What::Added ? u"added"_s : what == What::Removed ? u"removed"_s : u"changed"_s}, {u"kind"_s, kind}, {u"identity"_s, identity}, {u"text"_s, text()}};
    if (what != What::Added)
        json.insert(u"from"_s, from);
    if (what != What::Removed)
        json.insert(u"to"_s, to);
    return json;
}

} // namespace howdah::catalog
