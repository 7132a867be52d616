// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/migrations/projectfiles.h"

#include "base/savefile.h"

#include <QDir>
#include <QFileInfo>

namespace howdah::ui
{

using namespace Qt::StringLiterals;
using namespace howdah::migrations;

// Of a folder that can't be read the sum is left as it is: what was written stands.
static Done follow(const QString &path, const QString &written)
{
    const auto folder = readFolder(path);
    const auto followed = folder ? followSum(*folder, {written}) : Result<bool>(true);
    return followed ? Done() : fail(followed.error());
}

Done writeText(const Folder &folder, const File &file, const QByteArray &text)
{
    if (file.isRepeatable())
        return saveFile(QDir(folder.path).filePath(u"../%1/%2"_s.arg(QLatin1StringView(repeatableFolder), file.name)), text, 0644);
    if (Done saved = saveFile(QDir(folder.path).filePath(file.name), text, 0644); !saved)
        return saved;
    return follow(folder.path, file.name);
}

Result<QString> makeFile(const QString &folder, const QString &title, const QString &purpose, qint64 nowMs)
{
    auto path = newFile(folder, title, purpose, nowMs);
    if (!path)
        return path;
    if (Done followed = follow(folder, QFileInfo(*path).fileName()); !followed)
        return fail(std::move(followed.error()));
    return path;
}

Result<QString> makeFileOf(const QString &folder, const QString &title, const QByteArray &text, qint64 nowMs)
{
    auto path = newFile(folder, title, {}, nowMs);
    if (!path && path.error().reason == "no_name"_L1)
        path = newFile(folder, u"kept"_s, {}, nowMs);
    if (!path)
        return path;
    if (Done saved = saveFile(*path, text, 0644); !saved)
        return fail(std::move(saved.error()));
    if (Done followed = follow(folder, QFileInfo(*path).fileName()); !followed)
        return fail(std::move(followed.error()));
    return path;
}

} // namespace howdah::ui
