// SPDX-License-Identifier: GPL-3.0-or-later
#include "backup/physicalsource.h"

#include "pg/statement.h"

namespace howdah::backup
{

using namespace Qt::StringLiterals;

static QString quoted(QString value)
{
    return u'\'' + value.replace(u'\\', "\\\\"_L1).replace(u'\'', "\\'"_L1) + u'\'';
}

QString conninfoOf(const PhysicalSource &source, const QString &application, const QString &database)
{
    QStringList words;
    for (const auto &[key, value] : source.conninfo)
        words << key + u'=' + quoted(value);
    words << "application_name="_L1 + quoted(application);
    if (!database.isEmpty())
        words << "dbname="_L1 + quoted(database);
    return words.join(u' ');
}

Result<QList<QByteArrayList>> askServer(const Toolbox &toolbox, const PhysicalSource &source, const QString &file, int versionNum, const QStringList &parameters, qsizetype maxOutput, const CancelToken &cancel)
{
    const auto statement = pg::sqlFile("backup/"_L1 + file, versionNum);
    if (!statement)
        return fail(statement.error());
    QByteArray text = statement->text;
    if (!parameters.isEmpty()) {
        text = text.trimmed() + " \\bind";
        for (const QString &parameter : parameters)
            text += ' ' + quoted(parameter).toUtf8(); // as psql reads its own words
        text += " \\g\n";
    }
    PhysicalSource asked = source;
    if (source.asking)
        asked.conninfo.clear();
    const Toolbox::Call call{u"psql"_s,
                             {u"-X"_s, u"-q"_s, u"-At"_s, u"-F"_s, u"\x1f"_s, u"-v"_s, u"ON_ERROR_STOP=1"_s, u"-v"_s, u"VERBOSITY=terse"_s, u"-w"_s, u"-U"_s, source.role, u"-d"_s,
                              conninfoOf(asked, u"howdah-backup"_s, source.database), u"-f"_s, u"-"_s},
                             text, 60'000, maxOutput};
    const auto said = (source.asking ? *source.asking : toolbox).runChecked(call, cancel);
    if (!said)
        return fail(said.error());
    QList<QByteArrayList> rows;
    for (const QByteArray &line : said->output.split('\n')) {
        if (!line.isEmpty())
            rows << line.split('\x1f');
    }
    return rows;
}

Result<ServerFacts> readServerFacts(const Toolbox &toolbox, const PhysicalSource &source, const CancelToken &cancel)
{
    const auto rows = askServer(toolbox, source, u"server"_s, toolbox.versionNum(), {}, 1 << 16, cancel);
    if (!rows)
        return fail(Error(rows.error()).during(u"ask %1"_s.arg(source.name)));
    const QByteArrayList row = rows->value(0);
    if (row.size() != 18)
        return fail(ErrorKind::Protocol, u"bad_answer"_s, u"%1 did not say what it is"_s.arg(source.name));
    ServerFacts facts;
    facts.version = QString::fromUtf8(row.at(0));
    facts.versionNum = row.at(1).toInt();
    facts.systemIdentifier = QString::fromLatin1(row.at(2));
    facts.timeline = Timeline(row.at(3).toUInt());
    facts.inRecovery = row.at(4) == "t";
    facts.segmentSize = row.at(5).toUInt();
    facts.walLevel = QString::fromLatin1(row.at(6));
    facts.summarizesWal = row.at(7) == "on";
    facts.dataChecksums = row.at(8) == "t";
    facts.dataBytes = row.at(9).toLongLong();
    facts.databasesUnseen = row.at(10).toLongLong();
    facts.tablespaces = row.at(11).toLongLong();
    facts.nowMs = row.at(12).toLongLong();
    for (std::size_t i = 0; i < facts.settings.size(); ++i)
        facts.settings[i] = row.at(13 + qsizetype(i)).toInt();
    if (facts.versionNum == 0 || facts.systemIdentifier.isEmpty() || facts.timeline == 0 || !isSegmentSize(facts.segmentSize) || facts.nowMs == 0)
        return fail(ErrorKind::Protocol, u"bad_answer"_s, u"%1 did not say what it is"_s.arg(source.name));
    return facts;
}

Result<QVector<ConfigFile>> readConfigFiles(const Toolbox &toolbox, const PhysicalSource &source, const ServerFacts &facts, const CancelToken &cancel)
{
    const auto rows = askServer(toolbox, source, u"config"_s, facts.versionNum, {}, 64 << 20, cancel);
    if (!rows)
        return fail(rows.error());
    QVector<ConfigFile> files;
    for (const QByteArrayList &row : *rows) {
        if (row.size() == 2 && !row.at(1).isEmpty())
            files.append({QString::fromUtf8(row.at(0)), QByteArray::fromBase64(row.at(1))});
    }
    return files;
}

} // namespace howdah::backup
