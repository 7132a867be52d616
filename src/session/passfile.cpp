// SPDX-License-Identifier: GPL-3.0-or-later
#include "session/passfile.h"

#include <QFile>

#include <sys/stat.h>
#include <unistd.h>

namespace howdah::session
{

using namespace Qt::StringLiterals;

Result<QByteArray> readImportedFile(const QString &path, bool holdsSecrets)
{
    constexpr qint64 largest = 1 << 20;
    QFile file(path);
    // Read-write would wait for nobody, a FIFO would: it is looked at before it is opened.
    struct stat found;
    if (::stat(QFile::encodeName(path).constData(), &found) == 0 && !S_ISREG(found.st_mode))
        return fail(ErrorKind::Client, u"bad_file"_s, u"%1 is no plain file"_s.arg(path));
    if (!file.open(QIODevice::ReadOnly))
        return fail(ErrorKind::Io, u"open_failed"_s, u"%1 can't be read: %2"_s.arg(path, file.errorString()));
    if (::fstat(file.handle(), &found) != 0 || !S_ISREG(found.st_mode) || file.size() > largest)
        return fail(ErrorKind::Client, u"bad_file"_s, u"%1 is no plain file of at most 1 MB"_s.arg(path));
    if (found.st_uid != ::geteuid() && found.st_uid != 0) // a service file of the machine is root's
        return fail(ErrorKind::Client, u"file_owner"_s, u"%1 belongs to another user of this machine: what is in it may not be yours"_s.arg(path),
                    u"Look at it, and make a copy of your own."_s);
    const mode_t others = found.st_mode & (holdsSecrets ? 077 : 022);
    if (others != 0) {
        return fail(ErrorKind::Client, u"file_mode"_s,
                    holdsSecrets && !(others & 022) ? u"%1 holds passwords and others on this machine can read it"_s.arg(path)
                                                    : u"Others on this machine can change %1: what is in it may not be yours"_s.arg(path),
                    (holdsSecrets ? u"chmod 600 %1, and change the passwords if others were here."_s : u"chmod go-w %1, and look at it first."_s).arg(path));
    }
    const QByteArray text = file.read(largest);
    if (text.contains('\0'))
        return fail(ErrorKind::Client, u"bad_file"_s, u"%1 is no text file"_s.arg(path));
    return text;
}

QVector<PassLine> parsePassFile(const QByteArray &text)
{
    QVector<PassLine> lines;
    int number = 0;
    for (QByteArray raw : text.split('\n')) {
        ++number;
        if (raw.endsWith('\r'))
            raw.chop(1);
        if (raw.isEmpty() || raw.startsWith('#'))
            continue;
        QByteArrayList fields{QByteArray()};
        for (qsizetype i = 0; i < raw.size(); ++i) {
            if (raw.at(i) == '\\' && i + 1 < raw.size())
                fields.last() += raw.at(++i);
            else if (raw.at(i) == ':' && fields.size() < 5)
                fields << QByteArray();
            else if (raw.at(i) == ':')
                break; // libpq ends the password at the next bare colon
            else
                fields.last() += raw.at(i);
        }
        if (fields.size() == 5) {
            const auto word = [&](int i) { return QString::fromUtf8(fields.at(i)); };
            lines << PassLine{number, word(0), word(1), word(2), word(3), Secret(fields.at(4))};
        }
        fields.last().fill('\0');
        raw.fill('\0');
    }
    return lines;
}

Result<QVector<PassLine>> readPassFile(const QString &path)
{
    Result<QByteArray> text = readImportedFile(path, true);
    if (!text)
        return fail(std::move(text.error()));
    QVector<PassLine> lines = parsePassFile(*text);
    text->fill('\0');
    return lines;
}

const PassLine *passwordFor(const QVector<PassLine> &lines, const pg::ConnectionSpec &spec)
{
    const bool usualSocket = spec.host == "/run/postgresql"_L1 || spec.host == "/var/run/postgresql"_L1 || spec.host == "/tmp"_L1;
    const QString host = usualSocket ? u"localhost"_s : spec.host;
    const QString database = spec.database.isEmpty() ? spec.role : spec.database;
    const auto fits = [](const QString &pattern, const QString &value) { return pattern == "*"_L1 || pattern == value; };
    for (const PassLine &line : lines) {
        if (fits(line.host, host) && fits(line.port, QString::number(spec.port)) && fits(line.database, database) && fits(line.role, spec.role))
            return &line;
    }
    return nullptr;
}

QVector<OfferedProfile> offersOf(const QVector<PassLine> &lines)
{
    QVector<OfferedProfile> offers;
    for (const PassLine &line : lines) {
        OfferedProfile offer;
        offer.source = u"line %1"_s.arg(line.line);
        pg::ConnectionSpec &spec = offer.profile.spec;
        spec.host = line.host;
        spec.role = line.role;
        offer.profile.name = line.host + u'-' + line.role;
        bool isNumber = false;
        const uint port = line.port.toUInt(&isNumber);
        if (line.port != "*"_L1)
            spec.port = quint16(port);
        else
            offer.notes << u"any port: 5432 is taken"_s;
        if (line.database != "*"_L1) {
            spec.database = line.database;
            offer.profile.name = line.database + u'-' + line.role;
        } else {
            spec.database = u"postgres"_s;
            offer.notes << u"any database: postgres is taken"_s;
        }
        if (line.host == "*"_L1 || line.role == "*"_L1)
            offer.refused = u"It names no %1: a password for many is no profile"_s.arg(line.host == "*"_L1 ? u"host"_s : u"role"_s);
        else if (line.port != "*"_L1 && (!isNumber || port == 0 || port > 65535))
            offer.refused = u"The port is no number from 1 to 65535"_s;
        else if (const Done good = checkProfile(offer.profile); !good)
            offer.refused = good.error().message;
        if (offer.refused.isEmpty())
            offer.password = line.password;
        offers << offer;
    }
    return offers;
}

void addPasswords(QVector<OfferedProfile> &offers, const QVector<PassLine> &lines)
{
    for (OfferedProfile &offer : offers) {
        const PassLine *line = offer.refused.isEmpty() && offer.password.isEmpty() ? passwordFor(lines, offer.profile.spec) : nullptr;
        if (!line)
            continue;
        offer.password = line->password;
        offer.notes << u"its password is of line %1 of the password file"_s.arg(line->line);
    }
}

} // namespace howdah::session
