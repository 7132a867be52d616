// SPDX-License-Identifier: GPL-3.0-or-later
#include "backup/dumplisting.h"

#include <QJsonArray>
#include <QRegularExpression>

#include <algorithm>
#include <array>

namespace howdah::backup
{

using namespace Qt::StringLiterals;

namespace
{

// Kinds of several words, a longer one before those that it begins with; every other kind is one word.
constexpr std::array severalWords{
    "ACCESS METHOD",         "BLOB COMMENTS",          "BLOB METADATA",            "CHECK CONSTRAINT",          "DATABASE PROPERTIES",       "DEFAULT ACL",
    "EVENT TRIGGER",         "FK CONSTRAINT",          "FOREIGN DATA WRAPPER",     "FOREIGN TABLE",             "INDEX ATTACH",              "MATERIALIZED VIEW DATA",
    "MATERIALIZED VIEW",     "OPERATOR CLASS",         "OPERATOR FAMILY",          "PROCEDURAL LANGUAGE",       "PUBLICATION TABLES IN SCHEMA", "PUBLICATION TABLE",
    "ROW SECURITY",          "SECURITY LABEL",         "SEQUENCE OWNED BY",        "SEQUENCE SET",              "SHELL TYPE",                "STATISTICS DATA",
    "SUBSCRIPTION TABLE",    "TABLE ATTACH",           "TABLE DATA",               "TEXT SEARCH CONFIGURATION", "TEXT SEARCH DICTIONARY",    "TEXT SEARCH PARSER",
    "TEXT SEARCH TEMPLATE",  "USER MAPPING"};

QString kindAt(const QString &text)
{
    for (const char *kind : severalWords) {
        const QLatin1StringView words(kind);
        if (text.startsWith(words) && text.size() > words.size() && text.at(words.size()) == u' ')
            return words;
    }
    return text.section(u' ', 0, 0);
}

} // namespace

QMap<QString, int> DumpListing::counts() const
{
    QMap<QString, int> found;
    for (const DumpEntry &entry : entries)
        ++found[entry.kind];
    return found;
}

QJsonObject DumpListing::toJson() const
{
    QJsonObject counted;
    const QMap<QString, int> found = counts();
    for (auto it = found.begin(); it != found.end(); ++it)
        counted.insert(it.key(), it.value());
    QJsonArray objects;
    for (const DumpEntry &entry : entries)
        objects.append(QJsonObject{{u"number"_s, entry.number}, {u"kind"_s, entry.kind}, {u"schema"_s, entry.schema}, {u"name"_s, entry.name}, {u"owner"_s, entry.owner}});
    return {{u"database"_s, database},    {u"format"_s, format.toLower()}, {u"compression"_s, compression}, {u"server_version"_s, serverVersion},
            {u"tools_version"_s, toolsVersion}, {u"counts"_s, counted},          {u"objects"_s, objects}};
}

QString listedName(QString name)
{
    return name.replace(u'\n', u' ').replace(u'\r', u' ');
}

Result<DumpListing> parseListing(const QByteArray &text)
{
    DumpListing listing;
    static const QRegularExpression head(u"^;     ([A-Za-z_ ]+): (.*)$"_s), shape(u"^(\\d+); (\\d+) (\\d+) ([A-Z]+ .*)$"_s, QRegularExpression::DotMatchesEverythingOption);
    const QMap<QString, QString *> known{{u"dbname"_s, &listing.database},
                                         {u"Compression"_s, &listing.compression},
                                         {u"Format"_s, &listing.format},
                                         {u"Dumped from database version"_s, &listing.serverVersion},
                                         {u"Dumped by pg_dump version"_s, &listing.toolsVersion}};
    for (const QByteArray &line : text.split('\n')) {
        if (line.isEmpty())
            continue;
        const QString words = QString::fromUtf8(line);
        if (line.startsWith(';')) {
            const auto fact = head.match(words);
            // The first counts: a database's name could hold what looks like a later one.
            if (QString *value = known.value(fact.captured(1)); value && value->isNull())
                *value = fact.captured(2);
            continue;
        }
        const auto match = shape.match(words);
        if (!match.hasMatch())
            return fail(ErrorKind::Client, u"bad_listing"_s, u"pg_restore's list is not understood: %1"_s.arg(words.left(200)));
        DumpEntry entry;
        entry.number = match.captured(1).toInt();
        entry.catalog = match.captured(2).toUInt();
        entry.oid = match.captured(3).toUInt();
        const QString rest = match.captured(4);
        entry.kind = kindAt(rest);
        const QString named = rest.mid(entry.kind.size() + 1);
        entry.schema = named.section(u' ', 0, 0);
        if (entry.schema == u'-')
            entry.schema.clear();
        const QString tail = named.section(u' ', 1);
        const qsizetype last = tail.lastIndexOf(u' ');
        entry.name = last < 0 ? tail : tail.left(last);
        entry.owner = last < 0 ? QString() : tail.mid(last + 1);
        entry.line = line;
        listing.entries.append(entry);
    }
    // "18.6 (Debian 18.6-3)"
    listing.serverVersion = listing.serverVersion.section(u' ', 0, 0);
    listing.toolsVersion = listing.toolsVersion.section(u' ', 0, 0);
    if (listing.format.isEmpty() || listing.serverVersion.isEmpty())
        return fail(ErrorKind::Client, u"bad_listing"_s, u"pg_restore's list does not say what the dump is"_s);
    return listing;
}

} // namespace howdah::backup
