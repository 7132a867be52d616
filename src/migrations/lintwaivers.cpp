// SPDX-License-Identifier: GPL-3.0-or-later
// Waivers in comments: ours, and those of the linters that a project may have had before.
#include "migrations/lintparts.h"

namespace howdah::migrations
{

using namespace Qt::StringLiterals;

Waiver waiverIn(QByteArrayView comment)
{
    QByteArray text = comment.toByteArray();
    if (text.startsWith("/*"))
        text = text.mid(2, text.size() - (text.endsWith("*/") ? 4 : 2));
    else
        text = text.mid(2);
    text = text.simplified();
    qsizetype at = -1;
    // squawk's and eugene's "-file" forms are for whole files: not read.
    for (const char *mark : {"howdah:ignore ", "squawk-ignore ", "eugene: ignore ", "pgfence-ignore: ", "pgfence-ignore "}) {
        if (text.startsWith(mark)) {
            at = qsizetype(qstrlen(mark));
            break;
        }
    }
    Waiver waiver;
    if (at < 0) {
        // The bare word, without even a rule: as one without a reason.
        if (text == "howdah:ignore")
            waiver.rules << QString();
        return waiver;
    }
    const auto isRule = [](char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' || c == '_'; };
    for (;;) {
        const qsizetype begin = at;
        while (at < text.size() && isRule(text[at]))
            ++at;
        waiver.rules << QString::fromUtf8(text.mid(begin, at - begin));
        qsizetype next = at;
        while (next < text.size() && text[next] == ' ')
            ++next;
        if (next >= text.size() || text[next] != ',')
            break;
        for (at = next + 1; at < text.size() && text[at] == ' '; ++at) { }
    }
    waiver.reason = QString::fromUtf8(text.mid(at)).trimmed();
    while (waiver.reason.startsWith(u'-') || waiver.reason.startsWith(u':') || waiver.reason.startsWith(u'—'))
        waiver.reason = waiver.reason.mid(1).trimmed();
    return waiver;
}

// What others call what we call by another name.
static const QHash<QString, QList<int>> &strangers()
{
    static const QHash<QString, QList<int>> names{
        {u"require-concurrent-index-creation"_s, {6, 8}}, {u"require-concurrent-index-deletion"_s, {9}}, {u"require-concurrent-reindex"_s, {10}},
        {u"require-concurrent-partition-detach"_s, {41}}, {u"constraint-missing-not-valid"_s, {28, 29, 31}}, {u"adding-field-with-default"_s, {14, 16}},
        {u"adding-foreign-key-constraint"_s, {20, 29, 32}}, {u"adding-not-nullable-field"_s, {25}}, {u"adding-required-field"_s, {13}},
        {u"adding-serial-primary-key-field"_s, {12, 15}}, {u"changing-column-type"_s, {22, 23, 24}}, {u"renaming-column"_s, {35}}, {u"renaming-table"_s, {35}},
        {u"disallowed-unique-constraint"_s, {11}}, {u"ban-drop-database"_s, {38}}, {u"ban-drop-table"_s, {33}}, {u"ban-drop-column"_s, {21}},
        {u"ban-drop-not-null"_s, {27}}, {u"ban-truncate-cascade"_s, {37}}, {u"ban-uncommitted-transaction"_s, {50}}, {u"transaction-nesting"_s, {50}},
        {u"ban-concurrent-index-creation-in-transaction"_s, {4}}, {u"ban-alter-domain-with-add-constraint"_s, {47}}, {u"prefer-robust-stmts"_s, {51}},
        {u"require-lock-timeout"_s, {1}}, {u"require-statement-timeout"_s, {2}}, {u"require-timeout-settings"_s, {1, 2}},
        {u"E1"_s, {19, 28, 29}}, {u"E2"_s, {25, 26}}, {u"E4"_s, {48}}, {u"E5"_s, {22}}, {u"E6"_s, {6}}, {u"E7"_s, {11}}, {u"E8"_s, {11}}, {u"E9"_s, {1}},
        {u"E10"_s, {14, 22, 23, 44}}, {u"E11"_s, {15, 16}}, {u"W12"_s, {48}}, {u"W14"_s, {12}}, {u"E15"_s, {34}}};
    return names;
}

bool waives(const QString &rule, const Finding &finding)
{
    return (!rule.isEmpty() && rule == finding.rule) || (rule == "ban-drop-table"_L1 && finding.rule == "drop-table"_L1) || (finding.hazard > 0 && strangers().value(rule).contains(finding.hazard));
}

} // namespace howdah::migrations
