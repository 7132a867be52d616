// SPDX-License-Identifier: GPL-3.0-or-later
#include "session/importfiles.h"

#include "session/passfile.h"
#include "session/servicefile.h"

#include <QDir>
#include <QFileInfo>

namespace howdah::session
{

ImportFiles usualImportFiles()
{
    const auto there = [](const char *variable, const QString &inHome) {
        const QString named = qEnvironmentVariable(variable);
        const QFileInfo file(named.isEmpty() ? QDir::home().filePath(inHome) : named);
        return file.isFile() ? file.absoluteFilePath() : QString();
    };
    return {there("PGSERVICEFILE", QStringLiteral(".pg_service.conf")), there("PGPASSFILE", QStringLiteral(".pgpass")), {}};
}

Result<QVector<OfferedProfile>> offersFrom(const ImportFiles &files)
{
    QVector<PassLine> passwords;
    if (!files.passFile.isEmpty()) {
        auto lines = readPassFile(files.passFile);
        if (!lines)
            return fail(std::move(lines.error()));
        passwords = std::move(*lines);
    }
    QVector<OfferedProfile> offers;
    if (!files.serviceFile.isEmpty()) {
        auto services = readServiceFile(files.serviceFile);
        if (!services)
            return services;
        offers = std::move(*services);
        addPasswords(offers, passwords);
    } else {
        offers = offersOf(passwords);
    }
    if (!files.exportFile.isEmpty()) {
        const auto text = readImportedFile(files.exportFile, false);
        if (!text)
            return fail(text.error());
        auto exported = importProfiles(*text);
        if (!exported)
            return exported;
        offers += *exported;
    }
    return offers;
}

} // namespace howdah::session
