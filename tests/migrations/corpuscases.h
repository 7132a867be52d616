// SPDX-License-Identifier: GPL-3.0-or-later
// The linter's corpus: corpus/NN-rule.sql, cases that begin with "--# bad" or "--# good". Options behind it: transaction:false, server:17, rows:t=500,
// partitioned:p, type:t.a=character_varying(20) (an underscore is a space), lock_timeout and statement_timeout (given on the directive),
// timeouts:none (else the runner sets them), allow:RULE. "-- migrate:down" in a case begins its down section.
#pragma once

#include "migrations/lint.h"

#include <QDir>
#include <QFile>

namespace howdah::test
{

struct CorpusCase {
    QString name; // "06-create-index:3"
    int hazard = 0;
    bool bad = false;
    migrations::LintFile file;
    migrations::LintFacts facts;
    QStringList allowed;
};

inline CorpusCase corpusCase(const QString &header, const QByteArray &body)
{
    using namespace Qt::StringLiterals;
    CorpusCase made;
    made.facts.runnerSetsTimeouts = true;
    made.file.purpose = u"a case of the corpus"_s;
    const qsizetype down = body.indexOf("-- migrate:down");
    made.file.up.text = down < 0 ? body : body.left(down);
    made.file.down.text = down < 0 ? QByteArray("comment on table t is null;\n") : body.mid(body.indexOf('\n', down) + 1);
    const qsizetype irreversible = body.indexOf("-- irreversible: ");
    if (irreversible >= 0)
        made.file.irreversible = QString::fromUtf8(body.mid(irreversible + 17, body.indexOf('\n', irreversible) - irreversible - 17));
    const QStringList words = header.simplified().split(u' ');
    made.bad = words.value(1) == "bad"_L1;
    for (const QString &option : words.mid(2)) {
        const QString key = option.section(u':', 0, 0);
        const QString value = option.section(u':', 1);
        const QString left = value.section(u'=', 0, 0);
        const QString right = value.section(u'=', 1);
        if (key == "transaction"_L1)
            made.file.up.transaction = value != "false"_L1;
        else if (key == "server"_L1)
            made.facts.serverMajor = value.toInt();
        else if (key == "rows"_L1)
            made.facts.tableRows.insert(left, right.toLongLong());
        else if (key == "partitioned"_L1)
            made.facts.partitioned.insert(value);
        else if (key == "type"_L1)
            made.facts.columnTypes.insert(left, QString(right).replace(u'_', u' '));
        else if (key == "lock_timeout"_L1)
            made.file.up.lockTimeout = true;
        else if (key == "statement_timeout"_L1)
            made.file.up.statementTimeout = true;
        else if (key == "timeouts"_L1)
            made.facts.runnerSetsTimeouts = false;
        else if (key == "allow"_L1)
            made.allowed << value;
        else
            made.allowed << u"unknown option "_s + option;
    }
    return made;
}

// Empty: the corpus can't be read.
inline QList<CorpusCase> corpusCases()
{
    using namespace Qt::StringLiterals;
    QList<CorpusCase> cases;
    const QDir folder(qEnvironmentVariable("HOWDAH_SOURCE_DIR") + u"/tests/migrations/corpus"_s);
    for (const QString &name : folder.entryList({u"*.sql"_s}, QDir::Files, QDir::Name)) {
        QFile file(folder.filePath(name));
        if (!file.open(QIODevice::ReadOnly))
            return {};
        QString header;
        QByteArray body;
        int number = 0;
        const auto finish = [&] {
            if (header.isEmpty())
                return;
            CorpusCase made = corpusCase(header, body);
            made.hazard = name.left(2).toInt();
            made.name = u"%1:%2"_s.arg(name.chopped(4)).arg(++number);
            cases.push_back(made);
        };
        while (!file.atEnd()) {
            const QByteArray line = file.readLine();
            if (!line.startsWith("--# ")) {
                body += line;
                continue;
            }
            finish();
            header = QString::fromUtf8(line);
            body.clear();
        }
        finish();
    }
    return cases;
}

} // namespace howdah::test
