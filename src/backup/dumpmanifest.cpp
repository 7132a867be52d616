// SPDX-License-Identifier: GPL-3.0-or-later
#include "backup/dumpmanifest.h"

#include "pg/quote.h"

#include <QJsonArray>
#include <QRegularExpression>

#include <algorithm>

namespace howdah::backup
{

using namespace Qt::StringLiterals;

static constexpr int format = 1;

QString DumpRelation::text() const
{
    return pg::displayIdentifier(schema) + u'.' + pg::displayIdentifier(name);
}

const DumpRelation *DumpManifest::relation(quint32 oid) const
{
    const auto found = std::find_if(relations.begin(), relations.end(), [&](const DumpRelation &one) { return one.oid == oid; });
    return found == relations.end() ? nullptr : &*found;
}

QJsonObject DumpManifest::toJson() const
{
    QJsonArray relationList, partList, fileList;
    for (const DumpRelation &one : relations) {
        QJsonArray fields{qint64(one.oid), one.schema, one.name, QString(one.kind), one.bytes, one.data, qint64(one.parent)};
        if (one.ofExtension)
            fields.append(true);
        relationList.append(fields);
    }
    QList<quint64> keys = parts.keys();
    std::sort(keys.begin(), keys.end());
    for (const quint64 key : std::as_const(keys))
        partList.append(QJsonArray{qint64(key >> 32), qint64(key & 0xffffffff), qint64(parts.value(key))});
    for (const DumpFile &file : files)
        fileList.append(QJsonObject{{u"path"_s, file.path}, {u"bytes"_s, file.bytes}, {u"sha256"_s, QString::fromLatin1(file.sha256)}});
    return {{u"format"_s, format},
            {u"id"_s, id},
            {u"database"_s, database},
            {u"directory"_s, directory},
            {u"encoding"_s, encoding},
            {u"provider"_s, provider},
            {u"collate"_s, collate},
            {u"ctype"_s, ctype},
            {u"locale"_s, locale},
            {u"role"_s, role},
            {u"bypasses_row_security"_s, bypasses},
            {u"schema_only"_s, schemaOnly},
            {u"statistics"_s, statistics},
            {u"whole"_s, whole},
            {u"only"_s, QJsonArray::fromStringList(only)},
            {u"exclude"_s, QJsonArray::fromStringList(exclude)},
            {u"globals"_s, globals},
            {u"role_passwords"_s, passwords},
            {u"large_objects"_s, largeObjects},
            {u"relations"_s, relationList},
            {u"parts"_s, partList},
            {u"roles"_s, QJsonArray::fromStringList(roles)},
            {u"files"_s, fileList}};
}

Result<DumpManifest> DumpManifest::fromJson(const QJsonObject &json, const QString &id)
{
    DumpManifest manifest;
    bool good = json.value("format"_L1).toInt() == format && json.value("id"_L1).toString() == id;
    const auto text = [&](QLatin1StringView key) {
        good = good && json.value(key).isString();
        return json.value(key).toString();
    };
    const auto flag = [&](QLatin1StringView key) {
        good = good && json.value(key).isBool();
        return json.value(key).toBool();
    };
    const auto list = [&](QLatin1StringView key) {
        good = good && json.value(key).isArray();
        return json.value(key).toArray();
    };
    const auto texts = [&](QLatin1StringView key) {
        QStringList found;
        for (const QJsonValue &one : list(key)) {
            good = good && one.isString();
            found << one.toString();
        }
        return found;
    };
    const auto number = [&](const QJsonValue &value) {
        const qint64 found = value.toInteger(-1);
        good = good && found >= 0;
        return found;
    };
    const auto oid = [&](const QJsonValue &value) {
        const qint64 found = number(value);
        good = good && found <= 0xffffffffLL;
        return quint32(found);
    };
    manifest.id = id;
    manifest.database = text("database"_L1);
    manifest.directory = flag("directory"_L1);
    manifest.encoding = text("encoding"_L1);
    manifest.provider = text("provider"_L1);
    manifest.collate = text("collate"_L1);
    manifest.ctype = text("ctype"_L1);
    manifest.locale = text("locale"_L1);
    manifest.role = text("role"_L1);
    manifest.bypasses = flag("bypasses_row_security"_L1);
    manifest.schemaOnly = flag("schema_only"_L1);
    manifest.statistics = flag("statistics"_L1);
    manifest.whole = flag("whole"_L1);
    manifest.only = texts("only"_L1);
    manifest.exclude = texts("exclude"_L1);
    manifest.globals = flag("globals"_L1);
    manifest.passwords = flag("role_passwords"_L1);
    manifest.largeObjects = number(json.value("large_objects"_L1));
    manifest.roles = texts("roles"_L1);
    for (const QJsonValue &value : list("relations"_L1)) {
        const QJsonArray one = value.toArray();
        good = good && (one.size() == 7 || (one.size() == 8 && one.at(7).toBool())) && one.at(1).isString() && one.at(2).isString() && one.at(3).toString().size() == 1 && one.at(5).isBool();
        if (!good)
            break;
        manifest.relations.append({oid(one.at(0)), one.at(1).toString(), one.at(2).toString(), one.at(3).toString().at(0), number(one.at(4)), one.at(5).toBool(), oid(one.at(6)), one.size() == 8});
    }
    for (const QJsonValue &value : list("parts"_L1)) {
        const QJsonArray one = value.toArray();
        good = good && one.size() == 3;
        manifest.parts.insert(partKey(oid(one.at(0)), oid(one.at(1))), oid(one.at(2)));
    }
    // Nothing that leads out of the backup's folder, and no hidden one.
    static const QRegularExpression path(u"^[A-Za-z0-9_][A-Za-z0-9_.-]*(/[A-Za-z0-9_][A-Za-z0-9_.-]*)?$"_s), sum(u"^[0-9a-f]{64}$"_s);
    for (const QJsonValue &value : list("files"_L1)) {
        const QJsonObject one = value.toObject();
        const DumpFile file{one.value("path"_L1).toString(), number(one.value("bytes"_L1)), one.value("sha256"_L1).toString().toLatin1()};
        good = good && path.match(file.path).hasMatch() && sum.match(QString::fromLatin1(file.sha256)).hasMatch();
        manifest.files.append(file);
    }
    if (!good)
        return fail(ErrorKind::Client, u"bad_record"_s, u"The record of what the dump %1 holds is not understood"_s.arg(id));
    return manifest;
}

Result<RelationWord> parseRelationWord(const QString &word)
{
    QStringList parts{QString()};
    bool quoted = false, wasQuoted = false;
    QVector<bool> star{false};
    for (qsizetype i = 0; i < word.size(); ++i) {
        const QChar c = word.at(i);
        if (c == u'"' && quoted && i + 1 < word.size() && word.at(i + 1) == u'"') {
            parts.last() += c;
            ++i;
        } else if (c == u'"') {
            quoted = !quoted;
            wasQuoted = true;
        } else if (c == u'.' && !quoted) {
            parts << QString();
            star << false;
            wasQuoted = false;
        } else {
            parts.last() += c;
            star.last() = !wasQuoted && parts.last() == "*"_L1;
        }
    }
    if (quoted || parts.size() != 2 || parts.contains(QString()) || star.constFirst()) {
        return fail(ErrorKind::Client, u"usage"_s, u"%1 names no table"_s.arg(word),
                    u"Say schema.table, or schema.* for all of a schema; a name with a dot in double quotes, and a double quote within twice"_s);
    }
    return RelationWord{parts.at(0), star.at(1) ? QString() : parts.at(1)};
}

} // namespace howdah::backup
