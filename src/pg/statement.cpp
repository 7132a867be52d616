// SPDX-License-Identifier: GPL-3.0-or-later
#include "pg/statement.h"

#include <QDirIterator>
#include <QFile>

static void initSqlResource()
{
    Q_INIT_RESOURCE(sql); // of a static library: nothing else would pull it in
}

namespace howdah::pg
{

static QString resourcePath(const QString &name)
{
    return QStringLiteral(":/sql/") + name + QStringLiteral(".sql");
}

// The lowest variant that is for this major or newer ones below the plain file: name.v17 stands in for 17, 16, 15.
static QString variantFor(const QString &name, int major)
{
    constexpr int newestVariant = 40;
    for (int version = major; version <= newestVariant; ++version) {
        const QString path = resourcePath(name + QStringLiteral(".v") + QString::number(version));
        if (QFile::exists(path))
            return path;
    }
    return resourcePath(name);
}

// The header is for the reader of the file: without it the server's own views and log begin with the statement.
static QByteArray withoutHeader(QByteArray text)
{
    while (text.startsWith("--") || text.startsWith('\n')) {
        const auto end = text.indexOf('\n');
        text = end < 0 ? QByteArray() : text.mid(end + 1);
    }
    text = text.trimmed();
    if (text.endsWith(';'))
        text.chop(1);
    return text;
}

Result<Statement> sqlFile(const QString &name, int serverVersionNum)
{
    initSqlResource();
    QFile file(variantFor(name, serverVersionNum / 10000));
    if (!file.open(QIODevice::ReadOnly))
        return fail(ErrorKind::Client, QStringLiteral("no_such_statement"), QStringLiteral("There is no SQL file %1").arg(name));
    return Statement{withoutHeader(file.readAll()), name};
}

QStringList sqlFileNames()
{
    initSqlResource();
    QStringList names;
    QDirIterator files(QStringLiteral(":/sql"), {QStringLiteral("*.sql")}, QDir::Files, QDirIterator::Subdirectories);
    while (files.hasNext()) {
        const QString path = files.next();
        names << path.mid(6, path.size() - 6 - 4); // ":/sql/" and ".sql"
    }
    names.sort();
    return names;
}

} // namespace howdah::pg
