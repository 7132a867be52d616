// SPDX-License-Identifier: GPL-3.0-or-later
// A managed cloud is told by the role it makes in a superuser's place; a server of one's own is never taken for one.
#include "backup/managedcloud.h"
#include "support/testserver.h"

#include <QtTest>

using namespace howdah;
using namespace howdah::backup;
using namespace howdah::test;
using namespace Qt::StringLiterals;

class TestManagedCloud : public QObject
{
    Q_OBJECT
private slots:
    void byItsRole()
    {
        QString why;
        const auto server = TestServer::start({}, &why);
        QVERIFY2(server, qPrintable(why));
        QVERIFY2(server->sql({"CREATE ROLE clerk LOGIN PASSWORD 'geheim'"}, &why), qPrintable(why));
        const auto cloudOf = [&](const QString &role, const Secret &secret) -> QString {
            const auto link = pg::Connection::open(server->spec().withRole(role), secret);
            const auto cloud = link ? managingCloud(**link) : Result<QString>(fail(link.error()));
            return cloud ? *cloud : cloud.error().text();
        };
        const Secret clerks(QByteArray("geheim"));
        QCOMPARE(cloudOf(u"clerk"_s, clerks), QString());
        QVERIFY2(server->sql({"CREATE ROLE rds_superuser"}, &why), qPrintable(why));
        QCOMPARE(cloudOf(u"clerk"_s, clerks), u"Amazon RDS"_s);
        QCOMPARE(cloudOf(u"postgres"_s, server->password()), QString()); // who is superuser has no cloud above
    }
};

QTEST_GUILESS_MAIN(TestManagedCloud)
#include "tst_managedcloud.moc"
