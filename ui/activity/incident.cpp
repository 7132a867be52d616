// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/activity/incident.h"

#include "base/savefile.h"
#include "base/units.h"
#include "ui/activity/linkcall.h"
#include "ui/shell/activitymodel.h"

#include <QDir>
#include <QJsonArray>
#include <QJsonDocument>
#include <QStandardPaths>

namespace howdah::ui
{

using namespace Qt::StringLiterals;

namespace
{

QString freeName(const QString &folder, const QString &server, const QDateTime &at)
{
    QString safe;
    for (const QChar c : server)
        safe += c.isLetterOrNumber() || c == u'-' || c == u'_' ? c : QChar(u'_');
    const QString base = u"%1/incident-%2-%3"_s.arg(folder, safe.left(60), at.toUTC().toString(u"yyyyMMdd'T'HHmmss'Z'"_s));
    QString name = base + u".json"_s;
    for (int i = 2; QFile::exists(name); ++i)
        name = u"%1-%2.json"_s.arg(base).arg(i);
    return name;
}

QString tableText(const QJsonObject &table)
{
    QString text;
    const QJsonArray rows = table.value("rows"_L1).toArray();
    for (const QJsonValue &row : rows) {
        QStringList cells;
        const QJsonArray all = row.toArray();
        for (const QJsonValue &cell : all)
            cells.append(cell.isNull() ? u"NULL"_s : cell.toString());
        text += cells.join(u"  "_s) + u'\n';
    }
    return text;
}

QString partText(const QString &title, const QJsonObject &part, const QString &text)
{
    const QJsonObject error = part.value("error"_L1).toObject();
    return title + u'\n' + (error.isEmpty() ? text : error.value("message"_L1).toString()) + u"\n\n"_s;
}

} // namespace

QString incidentFolder()
{
    return QStandardPaths::writableLocation(QStandardPaths::DocumentsLocation) + u"/howdah"_s;
}

session::Job *keepIncident(const PaneContext &context, Worker &worker, pg::Session *session, const QVector<activity::WaitSample> &waits)
{
    session::JobSpec spec;
    spec.title = u"Keep the incident"_s;
    spec.target = context.profile.name;
    spec.commands = u"howdahctl activity snapshot"_s;
    const QDateTime at = QDateTime::fromMSecsSinceEpoch(context.clock->wallMs());
    const auto service = [at, waits, server = context.profile.name, link = QPointer(session), home = context.activity](const Progress &, const CancelToken &cancel) -> Result<QString> {
        const Result<QJsonObject> read = askLink(link, home, cancel, [waits](pg::Connection &connection, const CancelToken &token) {
            return Result<QJsonObject>(activity::readSnapshot(connection, waits, token));
        });
        if (!read)
            return fail(read.error());
        const QString folder = incidentFolder();
        if (!QDir().mkpath(folder))
            return fail(ErrorKind::Io, u"no_folder"_s, u"The folder %1 can't be made"_s.arg(folder));
        const QString path = freeName(folder, server, at);
        const QByteArray bytes = QJsonDocument(*read).toJson(QJsonDocument::Indented);
        if (const Done saved = saveFile(path, bytes); !saved)
            return fail(saved.error());
        return u"Kept %1 in %2"_s.arg(units::bytes(double(bytes.size())), path);
    };
    return context.activity->start(spec, worker, service);
}

QString restOf(const activity::Snapshot &snapshot)
{
    const auto part = [&snapshot](QLatin1StringView name) { return snapshot.json.value(name).toObject(); };
    QString statements;
    const QJsonArray all = part("statements"_L1).value("statements"_L1).toArray();
    for (const QJsonValue &statement : all) {
        const QJsonObject one = statement.toObject();
        for (auto it = one.begin(); it != one.end(); ++it)
            statements += u"%1: %2\n"_s.arg(it.key(), it.value().toString());
        statements += u'\n';
    }
    return partText(u"Settings that differ from what is built in"_s, part("settings"_L1), tableText(part("settings"_L1)))
        + partText(u"Top statements"_s, part("statements"_L1), statements) + partText(u"The log's tail"_s, part("log"_L1), part("log"_L1).value("text"_L1).toString());
}

} // namespace howdah::ui
