// SPDX-License-Identifier: GPL-3.0-or-later
#include "store/seal.h"

#include <QCryptographicHash>
#include <QSqlRecord>

namespace howdah::store
{

QString sealOf(const QSqlQuery &row)
{
    QCryptographicHash hash(QCryptographicHash::Sha256);
    const QSqlRecord columns = row.record();
    for (int i = 0; i < columns.count(); ++i) {
        if (columns.fieldName(i) == QLatin1StringView("seal"))
            continue;
        const QVariant value = row.value(i);
        const QByteArray bytes = value.typeId() == QMetaType::QByteArray ? value.toByteArray() : value.toString().toUtf8();
        // Name and length before each: no two rows run together to the same bytes.
        hash.addData(QByteArray(columns.fieldName(i).toUtf8() + ' ' + (value.isNull() ? QByteArray("-") : QByteArray::number(bytes.size())) + '\n'));
        hash.addData(bytes);
    }
    // Against accident, not against malice: 96 bits are plenty.
    return QString::fromLatin1(hash.result().left(12).toHex());
}

bool sealHolds(const QSqlQuery &row)
{
    const QString seal = row.value(QStringLiteral("seal")).toString();
    return seal.isEmpty() || seal == sealOf(row);
}

Done seal(Store &store, const QString &what, const QVariant &id)
{
    QString made;
    {
        auto row = store.run(what + QStringLiteral("_row"), {id});
        if (!row)
            return fail(std::move(row.error()));
        if (!row->next()) {
            if (auto end = store.atEnd(*row); !end)
                return end;
            return fail(ErrorKind::Client, QStringLiteral("no_such_row"), QStringLiteral("Nothing to seal: ") + what);
        }
        made = sealOf(*row);
    }
    if (auto done = store.run(what + QStringLiteral("_seal"), {id, made}); !done)
        return fail(std::move(done.error()));
    return {};
}

Error brokenSeal(const QString &path, const QString &what)
{
    Error error;
    error.kind = ErrorKind::Io;
    error.reason = QStringLiteral("store_damaged");
    error.message = QStringLiteral("Howdah's store %1 is damaged").arg(path);
    error.detail = QStringLiteral("A row of %1 is not what was written").arg(what);
    error.hint = QStringLiteral("It is repaired the next time Howdah starts");
    return error;
}

} // namespace howdah::store
