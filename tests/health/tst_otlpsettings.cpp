// SPDX-License-Identifier: GPL-3.0-or-later
#include "health/otlpsettings.h"

#include <QTest>

using namespace howdah;
using namespace howdah::health;
using namespace Qt::StringLiterals;

namespace
{
QProcessEnvironment with(const QList<std::pair<QString, QString>> &variables)
{
    QProcessEnvironment environment;
    for (const auto &[name, value] : variables)
        environment.insert(name, value);
    return environment;
}
} // namespace

class TestOtlpSettings : public QObject
{
    Q_OBJECT
private slots:
    void nothingIsAskedFor()
    {
        for (const auto &environment : {with({}), with({{u"OTEL_EXPORTER_OTLP_HEADERS"_s, u"a=b"_s}}),
                                        with({{u"OTEL_EXPORTER_OTLP_ENDPOINT"_s, u"http://x"_s}, {u"OTEL_METRICS_EXPORTER"_s, u"none"_s}}),
                                        with({{u"OTEL_EXPORTER_OTLP_ENDPOINT"_s, u"http://x"_s}, {u"OTEL_SDK_DISABLED"_s, u"True"_s}}),
                                        with({{u"OTEL_EXPORTER_OTLP_ENDPOINT"_s, u"http://x"_s}, {u"OTEL_METRICS_EXPORTER"_s, u"prometheus"_s}}),
                                        with({{u"OTEL_EXPORTER_OTLP_ENDPOINT"_s, u"http://x"_s}, {u"OTEL_METRICS_EXPORTER"_s, u"console, prometheus"_s}}),
                                        with({{u"OTEL_EXPORTER_OTLP_ENDPOINT"_s, QString()}})}) {
            const auto settings = otlpFromEnvironment(environment);
            QVERIFY(settings && !*settings);
        }
    }

    void temporality()
    {
        const auto of = [](const QString &preference) {
            return otlpFromEnvironment(with({{u"OTEL_EXPORTER_OTLP_ENDPOINT"_s, u"http://x"_s}, {u"OTEL_EXPORTER_OTLP_METRICS_TEMPORALITY_PREFERENCE"_s, preference}}));
        };
        for (const QString &good : {u"cumulative"_s, u"Cumulative"_s, u"LowMemory"_s, QString()})
            QVERIFY2(of(good) && *of(good), qPrintable(good));
        const auto delta = of(u"delta"_s);
        QVERIFY(!delta);
        QCOMPARE(delta.error().reason, u"bad_variable"_s);
        QVERIFY(delta.error().message.contains("OTEL_EXPORTER_OTLP_METRICS_TEMPORALITY_PREFERENCE"_L1));
    }

    void endpoints()
    {
        const auto of = [](const QList<std::pair<QString, QString>> &variables) {
            const auto settings = otlpFromEnvironment(with(variables));
            return settings && *settings ? (*settings)->endpoint.toString() : u"none"_s;
        };
        QCOMPARE(of({{u"OTEL_METRICS_EXPORTER"_s, u"otlp"_s}}), u"http://localhost:4318/v1/metrics"_s);
        QCOMPARE(of({{u"OTEL_METRICS_EXPORTER"_s, u"console, otlp"_s}}), u"http://localhost:4318/v1/metrics"_s);
        QCOMPARE(of({{u"OTEL_EXPORTER_OTLP_METRICS_ENDPOINT"_s, u"https://z/a%2Fb/v1"_s}}), u"https://z/a%2Fb/v1"_s);
        QCOMPARE(of({{u"OTEL_EXPORTER_OTLP_ENDPOINT"_s, u"https://z/a%2Fb"_s}}), u"https://z/a%2Fb/v1/metrics"_s);
        QCOMPARE(of({{u"OTEL_EXPORTER_OTLP_ENDPOINT"_s, u"https://x:1"_s}}), u"https://x:1/v1/metrics"_s);
        QCOMPARE(of({{u"OTEL_EXPORTER_OTLP_ENDPOINT"_s, u"https://x/otlp/"_s}}), u"https://x/otlp/v1/metrics"_s);
        QCOMPARE(of({{u"OTEL_EXPORTER_OTLP_ENDPOINT"_s, u"https://x/y"_s}, {u"OTEL_EXPORTER_OTLP_METRICS_ENDPOINT"_s, u"https://z"_s}}), u"https://z/"_s);
        QCOMPARE(of({{u"OTEL_EXPORTER_OTLP_METRICS_ENDPOINT"_s, u"https://z/mine?q=1"_s}}), u"https://z/mine?q=1"_s);
        for (const QString &wrong : {u"localhost:4318"_s, u"ftp://x"_s, u"http://"_s, u"http://user:geheim@x"_s, u"x"_s}) {
            const auto settings = otlpFromEnvironment(with({{u"OTEL_EXPORTER_OTLP_ENDPOINT"_s, wrong}}));
            QVERIFY2(!settings, qPrintable(wrong));
            QCOMPARE(settings.error().reason, u"bad_endpoint"_s);
            QVERIFY(!settings.error().text().contains(u"geheim"_s));
        }
    }

    void allOfIt()
    {
        const auto settings = otlpFromEnvironment(with({{u"OTEL_EXPORTER_OTLP_ENDPOINT"_s, u"https://x"_s},
                                                        {u"OTEL_EXPORTER_OTLP_HEADERS"_s, u"general=1"_s},
                                                        {u"OTEL_EXPORTER_OTLP_METRICS_HEADERS"_s, u"api-key=a%20b%3D, X-Two = 2"_s},
                                                        {u"OTEL_EXPORTER_OTLP_PROTOCOL"_s, u"http/json"_s},
                                                        {u"OTEL_EXPORTER_OTLP_COMPRESSION"_s, u"none"_s},
                                                        {u"OTEL_EXPORTER_OTLP_TIMEOUT"_s, u"2500"_s},
                                                        {u"OTEL_METRIC_EXPORT_INTERVAL"_s, u"15000"_s},
                                                        {u"OTEL_EXPORTER_OTLP_CERTIFICATE"_s, u"/ca.pem"_s},
                                                        {u"OTEL_EXPORTER_OTLP_CLIENT_CERTIFICATE"_s, u"/c.pem"_s},
                                                        {u"OTEL_EXPORTER_OTLP_CLIENT_KEY"_s, u"/k.pem"_s},
                                                        {u"OTEL_RESOURCE_ATTRIBUTES"_s, u"service.name=a,deployment.environment.name=prod%2C1"_s},
                                                        {u"OTEL_SERVICE_NAME"_s, u"shop-db"_s}}));
        QVERIFY2(settings && *settings, settings ? "none" : qPrintable(settings.error().text()));
        const OtlpSettings &read = **settings;
        QCOMPARE(read.headers.size(), 2);
        QCOMPARE(read.headers[0].first, "api-key");
        QCOMPARE(read.headers[0].second, "a b=");
        QCOMPARE(read.headers[1].second, "2");
        QCOMPARE(read.encoding, OtlpEncoding::Json);
        QVERIFY(!read.compressed);
        QCOMPARE(read.timeoutMs, 2500);
        QCOMPARE(read.intervalMs, 15'000);
        QCOMPARE(read.caFile, u"/ca.pem"_s);
        QCOMPARE(read.certificateFile, u"/c.pem"_s);
        QCOMPARE(read.keyFile, u"/k.pem"_s);
        QCOMPARE(read.resource.value(u"service.name"_s), u"shop-db"_s);
        QCOMPARE(read.resource.value(u"deployment.environment.name"_s), u"prod,1"_s);
    }

    void wrongOnes_data()
    {
        QTest::addColumn<QString>("name");
        QTest::addColumn<QString>("value");
        QTest::addRow("grpc") << u"OTEL_EXPORTER_OTLP_PROTOCOL"_s << u"grpc"_s;
        QTest::addRow("compression") << u"OTEL_EXPORTER_OTLP_COMPRESSION"_s << u"zstd"_s;
        QTest::addRow("timeout") << u"OTEL_EXPORTER_OTLP_TIMEOUT"_s << u"10s"_s;
        QTest::addRow("no time") << u"OTEL_METRIC_EXPORT_INTERVAL"_s << u"0"_s;
        QTest::addRow("no header") << u"OTEL_EXPORTER_OTLP_HEADERS"_s << u"geheim"_s;
        QTest::addRow("smuggled header") << u"OTEL_EXPORTER_OTLP_HEADERS"_s << u"a=geheim%0D%0AHost: x"_s;
        QTest::addRow("header's name") << u"OTEL_EXPORTER_OTLP_HEADERS"_s << u"a b=geheim"_s;
        QTest::addRow("attributes") << u"OTEL_RESOURCE_ATTRIBUTES"_s << u"a"_s;
    }

    void wrongOnes()
    {
        QFETCH(QString, name);
        QFETCH(QString, value);
        const auto settings = otlpFromEnvironment(with({{u"OTEL_EXPORTER_OTLP_ENDPOINT"_s, u"http://x"_s}, {name, value}}));
        QVERIFY(!settings);
        QCOMPARE(settings.error().reason, u"bad_variable"_s);
        QVERIFY(settings.error().message.contains(name));
        QVERIFY(!settings.error().text().contains(u"geheim"_s));
    }
};

QTEST_APPLESS_MAIN(TestOtlpSettings)
#include "tst_otlpsettings.moc"
