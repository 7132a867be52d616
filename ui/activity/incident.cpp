// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/activity/incident.h"

#include "base/savefile.h"
#include "base/units.h"
#include "ui/activity/linkcall.h"
#include "ui/shell/jobmodel.h"

#include <QDir>
#include <QHash>
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

// "max_connections = 40  (command line; built in: 100)"
QString settingsText(const QJsonObject &table)
{
    const QJsonArray columns = table.value("columns"_L1).toArray();
    QString text;
    const QJsonArray rows = table.value("rows"_L1).toArray();
    for (const QJsonValue &row : rows) {
        QHash<QString, QString> cell; // NULL is empty
        for (qsizetype i = 0; i < columns.size(); ++i)
            cell.insert(columns.at(i).toString(), row.toArray().at(i).toString());
        const QString unit = cell.value(u"unit"_s).isEmpty() ? QString() : u" × "_s + cell.value(u"unit"_s);
        const QString before = cell.value(u"boot_value"_s).isEmpty() ? u"nothing"_s : cell.value(u"boot_value"_s);
        text += u"%1 = %2%3  (%4; built in: %5)\n"_s.arg(cell.value(u"name"_s), cell.value(u"setting"_s), unit, cell.value(u"source"_s), before);
    }
    return text;
}

QString statementsText(const QJsonArray &statements)
{
    QString text;
    for (const QJsonValue &value : statements) {
        const QJsonObject one = value.toObject();
        const auto part = [&one](QLatin1StringView name) { return one.value(name).toString(); };
        text += u"%1 in %2 calls, %3 each; %4 rows; %5@%6, query id %7\n%8\n\n"_s.arg(
            units::duration(qint64(part("total_ms"_L1).toDouble())), part("calls"_L1), units::duration(qint64(part("mean_ms"_L1).toDouble())), part("rows"_L1),
            part("role"_L1), part("database"_L1), part("query_id"_L1), part("query"_L1));
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
    const auto service = [at, waits, server = context.profile.name, link = QPointer(session), home = context.jobs](const Progress &, const CancelToken &cancel) -> Result<QString> {
        const Result<QJsonObject> read = askLink(link, home, cancel, [waits](pg::Connection &connection, const CancelToken &token) {
            return Result<QJsonObject>(activity::readSnapshot(connection, waits, token));
        });
        if (!read)
            return fail(read.error());
        if (cancel.isCancelled())
            return fail(ErrorKind::Cancelled, u"cancelled"_s, u"Cancelled; no file was kept"_s);
        const QByteArray bytes = QJsonDocument(*read).toJson(QJsonDocument::Indented);
        const auto kept = activity::snapshotOf(bytes);
        if (!kept)
            return fail(kept.error());
        if (const auto nothing = activity::nothingIn(*kept))
            return fail(*nothing);
        const QString folder = incidentFolder();
        if (!QDir().mkpath(folder))
            return fail(ErrorKind::Io, u"no_folder"_s, u"The folder %1 can't be made"_s.arg(folder));
        const QString path = freeName(folder, server, at);
        if (const Done saved = saveFile(path, bytes); !saved)
            return fail(saved.error());
        return u"Kept %1 in %2"_s.arg(units::bytes(double(bytes.size())), path) + (kept->missing.isEmpty() ? QString() : u"; not in it: "_s + kept->missing.join(u"; "_s));
    };
    return context.jobs->start(spec, worker, service);
}

QString restOf(const activity::Snapshot &snapshot)
{
    const auto part = [&snapshot](QLatin1StringView name) { return snapshot.json.value(name).toObject(); };
    const QString statements = statementsText(part("statements"_L1).value("statements"_L1).toArray());
    return partText(u"Settings that differ from what is built in"_s, part("settings"_L1), settingsText(part("settings"_L1)))
        + partText(u"Top statements"_s, part("statements"_L1), statements) + partText(u"The log's tail"_s, part("log"_L1), part("log"_L1).value("text"_L1).toString());
}

} // namespace howdah::ui
