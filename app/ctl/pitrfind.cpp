// SPDX-License-Identifier: GPL-3.0-or-later
#include "ctl/pitrfind.h"

#include "backup/changenames.h"
#include "backup/moment.h"

#include <QJsonArray>

namespace howdah::ctl
{

using namespace Qt::StringLiterals;
using namespace howdah::backup;

namespace
{

QString nameOf(const RelationNames &names, const RelationFile &file)
{
    const auto known = names.constFind(file);
    return known != names.cend() && !known->name.isEmpty() ? known->name : u"file %1 of database %2, whose table is not known"_s.arg(file.number).arg(file.database);
}

} // namespace

Result<Answer> findTransactions(Ctl &ctl, const PitrStand &stand, const FindOptions &options)
{
    ChangesWanted wanted;
    wanted.most = options.most;
    const Branches branches = branchesOf(stand.inventory);
    if (!options.timeline && !branches.chosen)
        return fail(ErrorKind::Client, u"usage"_s, branches.text(), u"Say which: --timeline N"_s);
    wanted.timeline = options.timeline ? options.timeline : *branches.chosen;
    for (const auto &[text, us] : {std::pair(&options.from, &wanted.fromUs), std::pair(&options.to, &wanted.toUs)}) {
        if (text->empty())
            continue;
        const auto moment = parseMoment(QString::fromStdString(*text));
        if (!moment)
            return fail(moment.error());
        *us = *moment;
    }
    // Which table lies in which file only the running server knows; without it files are told by their numbers.
    std::unique_ptr<pg::Connection> connection;
    auto link = ctl.connect(Ctl::Link::Profile);
    if (link) {
        connection = *std::move(link);
        const auto database = databaseOf(*connection, ctl.cancel());
        if (!database)
            return fail(database.error());
        wanted.database = *database;
        QStringList tables;
        for (const std::string &table : options.tables)
            tables << QString::fromStdString(table);
        if (!tables.isEmpty()) {
            const auto files = filesOf(*connection, tables, ctl.cancel());
            if (!files)
                return fail(files.error());
            wanted.only = *files;
        }
    } else if (!options.tables.empty()) {
        return fail(std::move(link.error()));
    }
    const auto changes = changesOf(stand.archive, stand.inventory, wanted, ctl.progress(), ctl.cancel());
    if (!changes)
        return fail(changes.error());
    QVector<RelationFile> files;
    for (const TransactionChanges &one : changes->transactions)
        files << one.tables.keys() << one.dropped;
    RelationNames names;
    if (connection) {
        auto read = namesOf(*connection, files, ctl.cancel());
        if (!read)
            return fail(std::move(read.error()));
        names = *std::move(read);
    }
    QJsonArray all;
    QString text;
    for (const TransactionChanges &one : changes->transactions) {
        QJsonArray tables, dropped;
        QString words;
        for (auto table = one.tables.cbegin(); table != one.tables.cend(); ++table) {
            if (!isTold(names, table.key()))
                continue;
            tables.append(QJsonObject{{u"table"_s, nameOf(names, table.key())}, {u"deleted"_s, qint64(table->deleted)}, {u"inserted"_s, qint64(table->inserted)}, {u"updated"_s, qint64(table->updated)}});
            QStringList counts;
            for (const auto &[rows, what] : {std::pair(table->deleted, u"deleted"_s), std::pair(table->updated, u"updated"_s), std::pair(table->inserted, u"inserted"_s)}) {
                if (rows)
                    counts << u"%1 %2"_s.arg(rows).arg(what);
            }
            words += u"    %1: %2\n"_s.arg(nameOf(names, table.key()), counts.join(u", "_s));
        }
        for (const RelationFile &file : one.dropped) {
            if (!isTold(names, file))
                continue;
            dropped.append(qint64(file.number));
            words += u"    dropped, truncated or rewritten: %1\n"_s.arg(nameOf(names, file));
        }
        if (words.isEmpty())
            continue;
        all.append(QJsonObject{{u"xid"_s, qint64(one.xid)}, {u"at"_s, momentText(one.atUs)}, {u"lsn"_s, one.commit.text()}, {u"tables"_s, tables}, {u"dropped_files"_s, dropped}});
        text += u"transaction %1, committed at %2 (%3)\n"_s.arg(one.xid).arg(momentText(one.atUs), one.commit.text()) + words;
    }
    text += u"%1 transactions were committed in that time; %2 are shown, those that took most away\n"_s.arg(changes->committed).arg(all.size());
    if (!connection)
        text += u"The server does not answer: files are not named\n"_s;
    if (!changes->isComplete)
        text += u"! Some WAL of that time is missing or damaged: `howdahctl backup gaps`\n"_s;
    if (changes->beginsBefore)
        text += u"! Some of them may have begun before the archive does: what they did there is not counted\n"_s;
    if (!options.tables.empty())
        text += u"A file whose table is not known is of another database, or of a table as it was before a TRUNCATE, rewrite or DROP\n"_s;
    if (!all.isEmpty())
        text += u"To the moment just before one of them: howdahctl pitr plan --xid N --exclusive\n"_s;
    return Answer{{{u"transactions"_s, all}, {u"committed"_s, qint64(changes->committed)}, {u"complete"_s, changes->isComplete && !changes->beginsBefore}, {u"named"_s, bool(connection)}}, text, ExitCode::Success};
}

} // namespace howdah::ctl
