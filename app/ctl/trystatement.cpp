// SPDX-License-Identifier: GPL-3.0-or-later
#include "ctl/trystatement.h"

#include "base/readatmost.h"
#include "ctl/input.h"
#include "explain/readlog.h"
#include "statements/history.h"
#include "statements/ranking.h"
#include "trial/loggedvalues.h"

#include <QDateTime>
#include <QFile>

#include <algorithm>

namespace howdah::ctl
{

using namespace Qt::StringLiterals;

namespace
{

constexpr qint64 longestText = 8 * 1024 * 1024;
constexpr qint64 historyMs = 400LL * 24 * 3600 * 1000; // as long as it is kept

TriedStatement triedOf(const statements::Key &key, const QString &text, const statements::Names &names)
{
    return {text, names.databases.value(key.databaseId), names.roles.value(key.roleId), QString::number(key.queryId)};
}

bool isSame(const statements::Key &a, const statements::Key &b)
{
    return a.roleId == b.roleId && a.databaseId == b.databaseId && a.queryId == b.queryId && a.toplevel == b.toplevel;
}

tl::unexpected<Error> cut(const QString &key)
{
    return fail(ErrorKind::Client, u"text_cut"_s, u"Of the text of %1 only the beginning is known"_s.arg(key), u"Give the whole of it with --text FILE"_s);
}

Result<std::optional<TriedStatement>> fromServer(Ctl &ctl, const statements::Key &wanted, const QString &name)
{
    auto connection = ctl.connect(Ctl::Link::Monitor);
    if (!connection)
        return fail(std::move(connection.error()));
    const auto snapshot = statements::readSnapshot(**connection, ctl.cancel());
    if (!snapshot)
        return fail(snapshot.error());
    const auto found = std::find_if(snapshot->entries.keyBegin(), snapshot->entries.keyEnd(), [&](const statements::Key &key) { return isSame(key, wanted); });
    if (found == snapshot->entries.keyEnd())
        return std::optional<TriedStatement>();
    const auto texts = statements::readTexts(**connection, {*found}, ctl.cancel());
    if (!texts)
        return fail(texts.error());
    const auto text = texts->constFind(*found);
    if (text == texts->constEnd())
        return std::optional<TriedStatement>();
    if (!text->isWhole())
        return cut(name);
    const auto names = statements::readNames(**connection, ctl.cancel());
    return std::optional(triedOf(wanted, text->text, names ? *names : statements::Names()));
}

Result<std::optional<TriedStatement>> fromHistory(Ctl &ctl, const statements::Key &wanted, const QString &name)
{
    const auto target = ctl.target();
    if (!target)
        return fail(target.error());
    if (target->profile.id.isEmpty())
        return std::optional<TriedStatement>();
    auto store = ctl.store();
    if (!store)
        return fail(std::move(store.error()));
    const qint64 nowMs = QDateTime::currentMSecsSinceEpoch();
    const auto list = statements::historyOf(**store, statements::historySource(target->profile.id), nowMs - historyMs, nowMs);
    if (!list)
        return fail(list.error());
    const auto found = std::find_if(list->totals.cbegin(), list->totals.cend(), [&](const statements::Total &total) { return isSame(total.key, wanted); });
    if (found == list->totals.cend() || !found->text)
        return std::optional<TriedStatement>();
    if (!found->text->isWhole())
        return cut(name);
    return std::optional(triedOf(wanted, found->text->text, list->names));
}

} // namespace

Result<TriedStatement> statementOfKey(Ctl &ctl, const QString &name)
{
    const auto key = statements::keyFromText(name);
    if (!key)
        return fail(ErrorKind::Client, u"usage"_s, u"%1 is no statement's key"_s.arg(name), u"As statements top shows it: 10/5/-663649735074294001"_s);
    auto live = fromServer(ctl, *key, name);
    if (live && *live)
        return **std::move(live);
    if (!live && live.error().reason == "text_cut"_L1)
        return fail(std::move(live.error()));
    auto kept = fromHistory(ctl, *key, name);
    if (kept && *kept)
        return **std::move(kept);
    if (!live)
        return fail(std::move(live.error()));
    if (!kept)
        return fail(std::move(kept.error()));
    return fail(ErrorKind::Client, u"no_such_statement"_s, u"The text of %1 is known neither to the server nor to the history"_s.arg(name),
                u"Give it with --text FILE"_s);
}

Result<QString> textOfFile(const std::string &name, const CancelToken &cancel)
{
    Result<QByteArray> bytes = QByteArray();
    if (name == "-") {
        bytes = readInput(longestText, cancel);
    } else {
        QFile file(QString::fromStdString(name));
        std::optional<QByteArray> read;
        if (file.open(QIODevice::ReadOnly))
            read = readAtMost(file, longestText);
        if (!read)
            return fail(ErrorKind::Io, u"unreadable"_s, u"%1: %2"_s.arg(file.fileName(), file.errorString()));
        bytes = *std::move(read);
    }
    if (!bytes)
        return fail(std::move(bytes.error()));
    if (bytes->size() > longestText)
        return fail(ErrorKind::Client, u"text_too_long"_s, u"The text is longer than %1 MB"_s.arg(longestText / (1024 * 1024)));
    return QString::fromUtf8(*bytes);
}

Result<QMap<int, explain::Value>> valuesFromLog(const QString &file, const TriedStatement &statement, const CancelToken &cancel)
{
    explain::LogSource source;
    source.form = file.endsWith(".csv"_L1) ? explain::LogForm::Csv : file.endsWith(".json"_L1) ? explain::LogForm::Json : explain::LogForm::Stderr;
    explain::LogCursor cursor{file, 0, true};
    QString parameters;
    for (;;) {
        const auto read = explain::readLogFile(cursor, source);
        if (!read)
            return fail(read.error());
        for (const explain::LoggedPlan &plan : read->plans.plans) {
            const bool same = !statement.queryId.isEmpty() && !plan.queryId.isEmpty() ? plan.queryId == statement.queryId
                                                                                      : plan.queryText.trimmed() == statement.text.trimmed();
            if (same && !plan.parameters.isEmpty())
                parameters = plan.parameters;
        }
        if (cancel.isCancelled())
            return fail(ErrorKind::Cancelled, u"cancelled"_s, u"Cancelled while the log was read"_s);
        const bool isEnd = read->behind <= 0 || read->next.offset <= cursor.offset;
        if (isEnd && source.ended)
            break;
        source.ended = isEnd; // once more for the entry that ends with the file
        cursor = read->next;
        source.atBoundary = cursor.atBoundary;
    }
    if (parameters.isEmpty())
        return fail(
            ErrorKind::Client, u"no_logged_plan"_s, u"%1 has no plan of this statement with its parameters"_s.arg(file),
            u"auto_explain logs them where log_parameter_max_length is not 0 and the statement has parameters; joined by Query Identifier (log_verbose)"_s);
    return trial::valuesOf(parameters);
}

} // namespace howdah::ctl
