// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/migrations/projectfiles.h"

#include "base/savefile.h"

#include <QDir>
#include <QFileInfo>

#include <algorithm>

namespace howdah::ui
{

using namespace Qt::StringLiterals;
using namespace howdah::migrations;

namespace
{

// Where the sum was kept, and nothing but what was just written makes it another.
Done followSum(const QString &path, const QStringList &written)
{
    const auto folder = readFolder(path);
    const auto sum = folder ? checkSum(*folder) : Result<SumCheck>(SumCheck{});
    const bool ours = sum && sum->state == SumState::Wrong && std::all_of(sum->differs.cbegin(), sum->differs.cend(), [&](const QString &name) { return written.contains(name); });
    return ours ? writeSum(*folder) : Done();
}

} // namespace

Done writeText(const Folder &folder, const File &file, const QByteArray &text)
{
    if (file.isRepeatable())
        return saveFile(QDir(folder.path).filePath(u"../%1/%2"_s.arg(QLatin1StringView(repeatableFolder), file.name)), text, 0644);
    if (Done saved = saveFile(QDir(folder.path).filePath(file.name), text, 0644); !saved)
        return saved;
    return followSum(folder.path, {file.name});
}

Result<QString> makeFile(const QString &folder, const QString &title, const QString &purpose, qint64 nowMs)
{
    auto path = newFile(folder, title, purpose, nowMs);
    if (!path)
        return path;
    if (Done followed = followSum(folder, {QFileInfo(*path).fileName()}); !followed)
        return fail(std::move(followed.error()));
    return path;
}

} // namespace howdah::ui
