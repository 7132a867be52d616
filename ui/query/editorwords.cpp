// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/query/editorwords.h"

#include <QHash>

#include <algorithm>

namespace howdah::ui
{

namespace
{

constexpr char keywords[] =
    "all analyse analyze and any array as asc asymmetric authorization between binary both case cast check coalesce collate collation column "
    "concurrently constraint create cross current_catalog current_date current_role current_schema current_time current_timestamp current_user "
    "default deferrable desc distinct do else end except exists extract false fetch for foreign freeze from full grant greatest group grouping "
    "having ilike in initially inner inout intersect into is isnull join json_array json_arrayagg json_exists json_object json_objectagg json_query "
    "json_scalar json_serialize json_table json_value lateral leading least left like limit localtime localtimestamp merge_action national natural "
    "none normalize not notnull null nullif offset on only or order out outer overlaps overlay placing position primary references returning right "
    "row select session_user setof similar some substring symmetric system_user table tablesample then to trailing treat trim true union unique "
    "user using values variadic verbose when where window with xmlattributes xmlconcat xmlelement xmlexists xmlforest xmlnamespaces xmlparse xmlpi "
    "xmlroot xmlserialize xmltable "
    "abort absolute access add admin after aggregate also alter always asensitive assertion assignment at atomic attach attribute backward "
    "before begin breadth by cache call called cascade cascaded catalog chain characteristics checkpoint close cluster columns commit committed "
    "compression configuration conflict connection constraints continue conversion copy cost csv cube current cursor cycle database deallocate "
    "declare defaults deferred definer delete delimiter delimiters depends depth detach dictionary disable discard document domain drop each empty "
    "enable encoding encrypted enforced enum escape exclude excluding exclusive execute explain expression extension external family filter finalize "
    "first following force format forward function functions generated global granted groups handler header hold if immediate immutable implicit "
    "import include including increment indent index indexes inherit inherits inline input insensitive insert instead invoker isolation last leakproof "
    "listen load local lock logged mapping match matched materialized maxvalue merge minvalue move next nfc nfd nfkc nfkd no normalized nothing "
    "notify nowait nulls of off oids old operator option options ordinality over overriding owned parallel parser partial partition passing "
    "preceding prepare prepared preserve prior privileges procedural procedure procedures program publication range read reassign recursive ref "
    "referencing refresh reindex relative release rename repeatable replace replica reset restart restrict return returns revoke rollback rollup "
    "routine routines rows rule savepoint schema schemas scroll search security sequence sequences serializable server set sets share show snapshot "
    "stable standalone statement statistics stdin stdout storage stored strict strip subscription support sysid tables tablespace temp temporary ties "
    "transaction transform trigger truncate trusted uescape unbounded uncommitted unconditional unencrypted unlisten unlogged until update vacuum "
    "valid validate validator varying view views virtual volatile whitespace within without work wrapper write zone";

// In capitals only: elsewhere they are what somebody called a column.
constexpr char names[] =
    "absent action class comment comments content data day delimiters error event host hour identity key keys label language large level location "
    "locked method minute mode month name names nested new object objects omit others owner parameter password path period plan plans policy quote "
    "quotes role scalar second session simple skip source sql start system target template type types unknown value version year yes target";

constexpr char types[] =
    "bigint bigserial bit bool boolean box bpchar bytea char character cidr circle date daterange datemultirange dec decimal double float float4 float8 "
    "inet int int2 int4 int4multirange int4range int8 int8multirange int8range integer interval json jsonb jsonpath line lseg macaddr macaddr8 money nchar "
    "numeric nummultirange numrange oid oidvector pg_lsn point polygon precision real regclass regcollation regconfig regnamespace regoper regoperator "
    "regproc regprocedure regrole regtype serial serial4 serial8 smallint smallserial text time timestamp timestamptz timetz tsmultirange tsquery tsrange "
    "tstzmultirange tstzrange tsvector txid_snapshot uuid varbit varchar xid xid8 xml";

QHash<QByteArray, WordLook> table()
{
    QHash<QByteArray, WordLook> all;
    const auto add = [&all](const char *words, WordLook look, bool capitalsOnly = false) {
        for (const QByteArray &word : QByteArray(words).split(' ')) {
            all.insert(word.toUpper(), look);
            if (!capitalsOnly)
                all.insert(word, look);
        }
    };
    add(names, WordLook::Keyword, true);
    add(keywords, WordLook::Keyword);
    add(types, WordLook::Type);
    return all;
}

} // namespace

QByteArrayList completionKeywords()
{
    QByteArrayList all = QByteArray(keywords).split(' ') + QByteArray(types).split(' ');
    std::sort(all.begin(), all.end());
    all.erase(std::unique(all.begin(), all.end()), all.end());
    return all;
}

WordLook lookOf(QByteArrayView word)
{
    static const QHash<QByteArray, WordLook> all = table();
    constexpr qsizetype longest = 24;
    if (word.size() > longest)
        return WordLook::Name;
    const QByteArray exact = QByteArray::fromRawData(word.data(), word.size());
    const auto found = all.constFind(exact);
    if (found != all.cend())
        return *found;
    // Mixed case ("Select"): as in small letters.
    const QByteArray lower = exact.toLower();
    return lower == exact || lower.toUpper() == exact ? WordLook::Name : all.value(lower, WordLook::Name);
}

} // namespace howdah::ui
