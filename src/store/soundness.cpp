// SPDX-License-Identifier: GPL-3.0-or-later
#include "store/soundness.h"

#include "store/seal.h"

#include <QFile>
#include <QFileInfo>

namespace howdah::store
{

static constexpr int applicationId = 1215264612; // "Howd", set by schema_1
static constexpr int sealedSince = 3;            // the schema that brought seals
// A larger file is mostly samples, and reading them all would delay the first window: then only the tables that can't be measured again.
static constexpr qint64 wholeCheckBytes = 32 << 20;

static Result<QString> ask(Handle &handle, const QString &name, const QVariantList &values)
{
    auto answer = handle.run(name, values);
    if (!answer)
        return fail(answer.error());
    if (!answer->next()) {
        if (answer->lastError().type() != QSqlError::NoError)
            return fail(storeError(answer->lastError(), handle.path()));
        return QStringLiteral("the check gave no answer");
    }
    const QString text = answer->value(0).toString();
    return text == QLatin1StringView("ok") ? QString() : text;
}

Result<QString> tableFault(Handle &handle, const QString &table)
{
    return ask(handle, QStringLiteral("check_table"), {table});
}

Result<QJsonArray> brokenSeals(Handle &handle, const QString &what)
{
    auto rows = handle.run(what + QStringLiteral("_sealed"));
    if (!rows)
        return fail(rows.error());
    QJsonArray broken;
    while (rows->next()) {
        if (!sealHolds(*rows))
            broken.append(QJsonValue::fromVariant(rows->value(QStringLiteral("id"))));
    }
    if (rows->lastError().type() != QSqlError::NoError)
        return fail(storeError(rows->lastError(), handle.path()));
    return broken;
}

Result<QString> firstFault(Handle &handle, int version, Depth depth)
{
    const bool whole = depth == Depth::Whole || QFileInfo(handle.path()).size() <= wholeCheckBytes;
    if (whole) {
        auto fault = ask(handle, QStringLiteral("check"), {});
        if (!fault || !fault->isEmpty())
            return fault;
    } else {
        for (const auto *table : {"profiles", "settings", "journal", "sample_sources"}) {
            auto fault = tableFault(handle, QString::fromLatin1(table));
            if (!fault || !fault->isEmpty())
                return fault;
        }
    }
    if (version < sealedSince)
        return QString();
    // The journal and the history grow for years: theirs are looked at as rows are read, and before each copy.
    QStringList sealed{QStringLiteral("profile"), QStringLiteral("draft")};
    if (depth == Depth::Whole)
        sealed << QStringLiteral("journal") << QStringLiteral("history");
    for (const QString &what : std::as_const(sealed)) {
        const auto broken = brokenSeals(handle, what);
        if (!broken)
            return fail(broken.error());
        if (!broken->isEmpty())
            return QStringLiteral("a row is not what was written: ") + what;
    }
    return QString();
}

bool Identity::isOurs() const
{
    return application == applicationId;
}

Result<Identity> identity(Handle &handle)
{
    auto row = handle.run(QStringLiteral("version"));
    if (!row)
        return fail(row.error());
    if (!row->next())
        return Identity{};
    return Identity{row->value(0).toInt(), row->value(1).toInt()};
}

static QString suspicion(const QString &path)
{
    return path + QStringLiteral(".check");
}

void suspectFile(const QString &path)
{
    QFile mark(suspicion(path));
    [[maybe_unused]] const bool made = mark.open(QIODevice::WriteOnly); // without it the small tables are still checked
}

bool isSuspect(const QString &path)
{
    return QFileInfo::exists(suspicion(path));
}

void trustFile(const QString &path)
{
    QFile::remove(suspicion(path));
}

} // namespace howdah::store
