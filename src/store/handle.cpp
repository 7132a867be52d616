// SPDX-License-Identifier: GPL-3.0-or-later
#include "store/handle.h"

#include <QFile>
#include <QFileInfo>
#include <QRegularExpression>
#include <QStorageInfo>

#include <atomic>

namespace howdah::store
{

// SQLite's primary result codes (sqlite3.h); the extended ones carry them in the low byte.
enum Code { Busy = 5, Locked = 6, IoError = 10, Corrupt = 11, Full = 13, NotADatabase = 26 };

static bool diskIsFull(const QString &path)
{
    const qint64 room = QStorageInfo(QFileInfo(path).absolutePath()).bytesAvailable();
    return room >= 0 && room < 256 * 1024;
}

Error storeError(const QSqlError &error, const QString &path)
{
    Error e;
    e.kind = ErrorKind::Io;
    e.detail = error.databaseText().isEmpty() ? error.driverText() : error.databaseText();
    const int code = error.nativeErrorCode().toInt() & 0xff;
    switch (code) {
    case Busy:
    case Locked:
        e.reason = QStringLiteral("store_busy");
        e.message = QStringLiteral("Another program holds Howdah's store ") + path;
        e.hint = QStringLiteral("Try again; if it stays so, close the other Howdah");
        return e;
    case Corrupt:
    case NotADatabase:
        e.reason = QStringLiteral("store_damaged");
        e.message = QStringLiteral("Howdah's store ") + path + QStringLiteral(" is damaged");
        e.hint = QStringLiteral("It is moved aside the next time Howdah starts");
        return e;
    default: break;
    }
    // A full disk is Full for the file itself, but an I/O error or "can't open" for the log and its index beside it.
    if (code == Full || (code != 0 && code != 1 && code != 19 && diskIsFull(path))) {
        e.reason = QStringLiteral("disk_full");
        e.message = QStringLiteral("The disk with Howdah's store ") + path + QStringLiteral(" is full");
        e.hint = QStringLiteral("Free some space; what was saved before is still there");
        return e;
    }
    e.reason = QStringLiteral("store_failed");
    e.message = QStringLiteral("Howdah's store ") + path + QStringLiteral(" failed");
    return e;
}

Result<QStringList> statements(const QString &name)
{
    QFile file(QStringLiteral(":/sql/store/") + name + QStringLiteral(".sql"));
    if (!file.open(QIODevice::ReadOnly))
        return fail(ErrorKind::Client, QStringLiteral("no_such_statement"), QStringLiteral("There is no statement store/") + name);
    QStringList all;
    QString one;
    const auto take = [&] {
        if (!one.trimmed().isEmpty())
            all << one.trimmed();
        one.clear();
    };
    // Comments go: Qt takes a trailing one for a second statement, and looks for placeholders behind an apostrophe in it.
    for (const QString &line : QString::fromUtf8(file.readAll()).split(QLatin1Char('\n'))) {
        if (line.trimmed() == QLatin1StringView("-- next"))
            take();
        else if (!line.trimmed().startsWith(QLatin1StringView("--")))
            one += line + QLatin1Char('\n');
    }
    take();
    return all;
}

Handle::Handle(const QString &path) : m_path(path)
{
    static std::atomic<quint64> count = 0;
    m_connection = QStringLiteral("howdah-store-") + QString::number(++count);
    m_database = QSqlDatabase::addDatabase(QStringLiteral("QSQLITE"), m_connection);
}

Handle::~Handle()
{
    m_database.close();
    m_database = {};
    QSqlDatabase::removeDatabase(m_connection);
}

Done Handle::open()
{
    m_database.setDatabaseName(m_path);
    m_database.setConnectOptions(QStringLiteral("QSQLITE_BUSY_TIMEOUT=5000"));
    if (!m_database.isValid())
        return fail(ErrorKind::Io, QStringLiteral("store_failed"), QStringLiteral("Qt's SQLite driver is missing"),
                    QStringLiteral("Install libqt6sql6-sqlite"));
    if (!m_database.open())
        return fail(storeError(m_database.lastError(), m_path));
    return {};
}

// Qt knows placeholders in the order of their appearance only: each $n becomes one, and its value is bound wherever it stands.
static QString numberedToOrdered(const QString &text, const QVariantList &values, QVariantList &ordered)
{
    static const QRegularExpression placeholder(QStringLiteral("\\$([0-9]+)"));
    QString out;
    qsizetype end = 0;
    for (auto it = placeholder.globalMatch(text); it.hasNext();) {
        const auto match = it.next();
        out += QStringView(text).mid(end, match.capturedStart() - end) + QLatin1Char('?');
        ordered << values.value(match.capturedView(1).toInt() - 1);
        end = match.capturedEnd();
    }
    return out + QStringView(text).mid(end);
}

Result<QSqlQuery> Handle::execute(const QString &text, const QVariantList &values)
{
    QSqlQuery query(m_database);
    query.setForwardOnly(true);
    QVariantList ordered;
    if (!query.prepare(numberedToOrdered(text, values, ordered)))
        return fail(storeError(query.lastError(), m_path));
    for (const QVariant &value : std::as_const(ordered))
        query.addBindValue(value);
    if (!query.exec())
        return fail(storeError(query.lastError(), m_path));
    return query;
}

Result<QSqlQuery> Handle::run(const QString &name, const QVariantList &values)
{
    const auto texts = statements(name);
    if (!texts)
        return fail(texts.error());
    if (texts->size() != 1)
        return fail(ErrorKind::Client, QStringLiteral("no_such_statement"), QStringLiteral("store/") + name + QStringLiteral(" is not one statement"));
    return execute(texts->first(), values);
}

Done Handle::runAll(const QString &name, const QVariantList &values)
{
    const auto texts = statements(name);
    if (!texts)
        return fail(texts.error());
    for (const QString &text : *texts) {
        if (const auto done = execute(text, values); !done)
            return fail(done.error());
    }
    return {};
}

Done Handle::command(const QString &text)
{
    if (const auto done = execute(text, {}); !done)
        return fail(done.error());
    return {};
}

} // namespace howdah::store
