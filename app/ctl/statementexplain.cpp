// SPDX-License-Identifier: GPL-3.0-or-later
#include "ctl/statementexplain.h"

#include "base/clock.h"
#include "ctl/planverb.h"
#include "ctl/statementspan.h"
#include "plan/withoutliterals.h"
#include "statements/ranking.h"

namespace howdah::ctl
{

using namespace Qt::StringLiterals;
using namespace statements;

namespace
{

struct Named {
    Text text;
    QString database;
};

// As the server has it, else as the history keeps it.
Result<Named> namedBy(Ctl &ctl, const Key &key)
{
    auto link = ctl.connect(Ctl::Link::Monitor);
    if (!link)
        return fail(std::move(link.error()));
    const auto names = readNames(**link, ctl.cancel());
    if (!names)
        return fail(names.error());
    const QString database = names->databases.value(key.databaseId);
    if (database.isEmpty())
        return fail(ErrorKind::Client, u"no_such_database"_s,
                    u"The statement's database (%1) is gone"_s.arg(key.databaseId));
    const auto texts = readTexts(**link, {key}, ctl.cancel());
    if (texts && !texts->isEmpty())
        return Named{texts->cbegin().value(), database};
    if (const auto target = ctl.target(); target && !target->profile.id.isEmpty()) {
        if (const auto list = historyFrom(ctl, {1, Clock().wallMs()}))
            for (const Total &total : list->totals)
                if (total.key == key && total.text)
                    return Named{*total.text, database};
    }
    if (!texts)
        return fail(texts.error());
    return fail(ErrorKind::Client, u"no_such_statement"_s,
                u"Neither the server nor the history knows a text of %1"_s.arg(keyText(key)),
                u"As statements top shows it: 10/5/-663649735074294001"_s);
}

Result<Answer> explainStatement(Ctl &ctl, const std::string &given, LadderOptions options)
{
    const auto key = keyFromText(QString::fromStdString(given));
    if (!key)
        return fail(ErrorKind::Client, u"usage"_s, u"%1 is no statement's key"_s.arg(QString::fromStdString(given)),
                    u"As statements top shows it: 10/5/-663649735074294001"_s);
    const auto named = namedBy(ctl, *key);
    if (!named)
        return fail(named.error());
    if (!named->text.isWhole())
        return fail(ErrorKind::Client, u"text_cut"_s,
                    u"The statement has %1 characters, of which %2 are kept: of a part there "
                    "is no plan"_s.arg(named->text.length)
                        .arg(named->text.text.size()),
                    u"howdahctl plan takes the whole text"_s);
    if (plan::isMasked(named->text.text))
        return fail(ErrorKind::Client, u"text_masked"_s, u"Its literals are not kept"_s,
                    u"Give the statement with values to howdahctl plan"_s);
    options.text = named->text.text.toStdString();
    options.database = named->database.toStdString();
    auto answer = runPlan(ctl, options);
    if (answer)
        answer->json.insert("statement"_L1, keyText(*key));
    return answer;
}

} // namespace

void addStatementExplainVerb(CLI::App *statements, Ctl &ctl)
{
    CLI::App *verb =
        statements->add_subcommand("explain", "The plan of one statement, as it is in pg_stat_statements, in its own "
                                              "database: for any values, or for those that are given.\n"
                                              "Exit code 5 where values or consent are wanted first");
    const auto key = std::make_shared<std::string>();
    const auto options = std::make_shared<LadderOptions>();
    verb->add_option("key", *key, "As top shows it")->required();
    addLadderOptions(verb, options);
    verb->callback(
        [&ctl, key, options] { ctl.choose([key, options](Ctl &c) { return explainStatement(c, *key, *options); }); });
}

} // namespace howdah::ctl
