// SPDX-License-Identifier: GPL-3.0-or-later
#include "session/servicefile.h"

#include "session/passfile.h"

#include <QSet>
#include <QUrl>

namespace howdah::session
{

using namespace Qt::StringLiterals;

namespace
{

tl::unexpected<Error> badLine(int number, const QString &why)
{
    return fail(ErrorKind::Client, u"bad_file"_s, u"Line %1 of the service file %2"_s.arg(number).arg(why));
}

struct Service {
    QString name;
    QVector<QPair<QString, QString>> values; // the first of a keyword counts
};

QString encoded(const QString &text)
{
    return QString::fromLatin1(QUrl::toPercentEncoding(text));
}

// By way of a URL, so that one reader decides what each keyword means and which are refused.
OfferedProfile offerOf(const Service &service)
{
    OfferedProfile offer;
    offer.source = u"service "_s + service.name;
    QString url = u"postgresql:///?"_s;
    QSet<QString> seen;
    for (const auto &[key, value] : service.values) {
        if (seen.contains(key) || value.isEmpty())
            continue;
        seen << key;
        // Not by the URL: it would have to say where, and a wrong address under a right name is how one is led elsewhere.
        if (key == "hostaddr"_L1) {
            offer.refused = u"hostaddr is not taken: it leads a name to an address of the file's choosing"_s;
            continue;
        }
        if (key == "password"_L1) {
            offer.password = Secret(value.toUtf8());
            continue;
        }
        if (key == "sslmode"_L1 && (value == "allow"_L1 || value == "prefer"_L1)) {
            offer.notes << u"sslmode=%1 falls back to clear text: verify-full instead"_s.arg(value);
            continue;
        }
        url += encoded(key) + u'=' + encoded(value) + u'&';
    }
    url.chop(1);
    auto parsed = pg::parseUrl(url);
    if (!parsed) {
        if (offer.refused.isEmpty())
            offer.refused = parsed.error().message;
    } else {
        offer.profile.spec = std::move(parsed->spec);
        for (const QString &ignored : std::as_const(parsed->ignored))
            offer.notes << u"%1 means nothing here"_s.arg(ignored);
    }
    offer.profile.name = service.name;
    if (const Done good = checkProfile(offer.profile); !good && offer.refused.isEmpty())
        offer.refused = good.error().message;
    if (!offer.refused.isEmpty())
        offer.password = Secret();
    return offer;
}

} // namespace

Result<QVector<OfferedProfile>> parseServiceFile(const QByteArray &text)
{
    QVector<Service> services;
    int number = 0;
    const QByteArrayList lines = text.split('\n');
    for (const QByteArray &raw : lines) {
        ++number;
        const QString line = QString::fromUtf8(raw).trimmed();
        if (line.isEmpty() || line.startsWith(u'#'))
            continue;
        if (line.startsWith(u'[')) {
            const auto end = line.indexOf(u']');
            if (end < 0)
                return badLine(number, u"has no closing bracket"_s);
            services << Service{line.mid(1, end - 1), {}};
            continue;
        }
        if (services.isEmpty())
            return badLine(number, u"stands before any [service]"_s);
        if (line.startsWith("ldap"_L1)) {
            services.last().values << qMakePair(u"service"_s, line); // a look-up elsewhere: refused as one
            continue;
        }
        const auto equals = line.indexOf(u'=');
        if (equals < 1)
            return badLine(number, u"is no keyword=value"_s);
        services.last().values << qMakePair(line.left(equals), line.mid(equals + 1));
    }
    QVector<OfferedProfile> offers;
    for (const Service &service : std::as_const(services))
        offers << offerOf(service);
    return offers;
}

Result<QVector<OfferedProfile>> readServiceFile(const QString &path)
{
    Result<QByteArray> text = readImportedFile(path, false);
    if (!text)
        return fail(std::move(text.error()));
    Result<QVector<OfferedProfile>> offers = parseServiceFile(*text);
    text->fill('\0');
    if (!offers)
        return offers;
    if (std::any_of(offers->begin(), offers->end(), [](const OfferedProfile &offer) { return !offer.password.isEmpty(); })) {
        if (auto again = readImportedFile(path, true); !again)
            return fail(std::move(again.error()));
    }
    return offers;
}

static bool leadsTheSameWay(const Profile &one, const Profile &other)
{
    return one.spec == other.spec && one.sshDestination == other.sshDestination && one.passwordCommand == other.passwordCommand
        && one.monitorRole == other.monitorRole;
}

void fitBeside(QVector<OfferedProfile> &offers, const QVector<Profile> &existing)
{
    QSet<QString> names, ids;
    for (const Profile &profile : existing)
        names << profile.name;
    for (OfferedProfile &offer : offers) {
        if (!offer.refused.isEmpty())
            continue;
        Profile &profile = offer.profile;
        const auto known = std::find_if(existing.begin(), existing.end(), [&](const Profile &other) { return !profile.id.isEmpty() && other.id == profile.id; });
        if (known != existing.end() && leadsTheSameWay(*known, profile)) {
            if (known->name == profile.name && known->environment == profile.environment) {
                offer.refused = u"It is there already"_s;
                continue;
            }
            offer.notes << u"replaces the profile %1"_s.arg(known->name);
            if (known->environment != profile.environment)
                offer.notes << u"which is %1, and becomes %2"_s.arg(environmentName(known->environment), environmentName(profile.environment));
            profile.stack = known->stack;
            names.remove(known->name);
        } else if (known != existing.end() || ids.contains(profile.id)) {
            offer.notes << u"another way than the profile of the same id: a new profile, which asks for its password"_s;
            profile.id.clear();
        }
        if (!profile.id.isEmpty())
            ids << profile.id;
        const QString wanted = profile.name;
        for (int i = 2; names.contains(profile.name); ++i)
            profile.name = wanted.left(58) + u" %1"_s.arg(i);
        if (profile.name != wanted)
            offer.notes << u"the name %1 is taken: %2"_s.arg(wanted, profile.name);
        names << profile.name;
    }
}

} // namespace howdah::session
