// SPDX-License-Identifier: GPL-3.0-or-later
// What a dump's record promises is looked for in its list: of an extension's configuration tables the rows, since the extension makes the tables.
#include "backup/logical.h"

#include <QtTest>

using namespace howdah::backup;
using namespace Qt::StringLiterals;

class TestDumpManifest : public QObject
{
    Q_OBJECT
private slots:
    void rowsOfAnExtension();
    void asItIsKept();

private:
    static DumpManifest manifest()
    {
        DumpManifest made;
        made.id = u"20261127T020115Z-dump"_s;
        made.database = u"shop"_s;
        made.relations = {{16384, u"public"_s, u"orders"_s, u'r', 8192, true, 0}, {16500, u"cron"_s, u"job"_s, u'r', 8192, true, 0, true}};
        return made;
    }
    static DumpEntry entry(quint32 catalog, quint32 oid, const QString &kind)
    {
        DumpEntry one;
        one.catalog = catalog;
        one.oid = oid;
        one.kind = kind;
        return one;
    }
};

void TestDumpManifest::rowsOfAnExtension()
{
    constexpr quint32 pgClass = 1259;
    DumpListing listing;
    listing.entries = {entry(pgClass, 16384, u"TABLE"_s), entry(0, 16384, u"TABLE DATA"_s), entry(0, 16500, u"TABLE DATA"_s)};
    QCOMPARE(missingFrom(listing, manifest()), QStringList());
    listing.entries.removeLast();
    QCOMPARE(missingFrom(listing, manifest()), QStringList{u"the rows of cron.job"_s});
    // Of a table that no extension makes the table itself.
    listing.entries = {entry(0, 16384, u"TABLE DATA"_s), entry(0, 16500, u"TABLE DATA"_s)};
    QCOMPARE(missingFrom(listing, manifest()), QStringList{u"public.orders"_s});
}

void TestDumpManifest::asItIsKept()
{
    const QJsonObject json = manifest().toJson();
    const auto read = DumpManifest::fromJson(json, manifest().id);
    QVERIFY2(read, qPrintable(read ? QString() : read.error().text()));
    QCOMPARE(read->relations.size(), 2);
    QVERIFY(!read->relations.constFirst().ofExtension && read->relations.constLast().ofExtension);
    QCOMPARE(read->toJson(), json);
}

QTEST_APPLESS_MAIN(TestDumpManifest)
#include "tst_dumpmanifest.moc"
