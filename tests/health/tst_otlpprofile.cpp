// SPDX-License-Identifier: GPL-3.0-or-later
// A profile's export as settings: what it says goes first, what it does not say the OTEL_* variables say, and no token reaches another receiver.
#include "health/endpointtoken.h"
#include "health/otlpprofile.h"

#include <QTest>

using namespace howdah;
using namespace howdah::health;
using namespace Qt::StringLiterals;
using Choice = session::OtlpExport::Choice;

namespace
{

QProcessEnvironment variables()
{
    QProcessEnvironment environment;
    environment.insert(u"OTEL_EXPORTER_OTLP_ENDPOINT"_s, u"https://variable:4318"_s);
    environment.insert(u"OTEL_EXPORTER_OTLP_HEADERS"_s, u"authorization=variable"_s);
    environment.insert(u"OTEL_EXPORTER_OTLP_METRICS_CLIENT_KEY"_s, u"/variable.key"_s);
    environment.insert(u"OTEL_EXPORTER_OTLP_CERTIFICATE"_s, u"/variable.pem"_s);
    environment.insert(u"OTEL_EXPORTER_OTLP_PROTOCOL"_s, u"http/json"_s);
    environment.insert(u"OTEL_EXPORTER_OTLP_TIMEOUT"_s, u"1234"_s);
    environment.insert(u"OTEL_METRIC_EXPORT_INTERVAL"_s, u"9000"_s);
    environment.insert(u"OTEL_RESOURCE_ATTRIBUTES"_s, u"deployment.environment=lab"_s);
    return environment;
}

session::Profile exporting(const QString &endpoint)
{
    session::Profile profile;
    profile.id = u"0c9b1b0e-0000-4000-8000-000000000001"_s;
    profile.otlp.choice = Choice::On;
    profile.otlp.endpoint = endpoint;
    return profile;
}

} // namespace

class TestOtlpProfile : public QObject
{
    Q_OBJECT
private slots:
    void whatIsUnsaidIsTheVariables()
    {
        const auto settings = otlpOf({}, Secret("X: y"_qba), variables());
        QVERIFY(settings && *settings);
        QCOMPARE((*settings)->endpoint.toString(), u"https://variable:4318/v1/metrics"_s);
        QCOMPARE((*settings)->headers.size(), 1);
        QCOMPARE((*settings)->headers.at(0).second, "variable"_qba);
        QCOMPARE((*settings)->intervalMs, 9000);
        const auto none = otlpOf({}, {}, {});
        QVERIFY(none && !*none);
    }

    void offIsOff()
    {
        session::Profile profile = exporting(u"https://x"_s);
        profile.otlp.choice = Choice::Off;
        const auto settings = otlpOf(profile, {}, variables());
        QVERIFY(settings && !*settings);
    }

    void onIsTheProfile()
    {
        session::Profile profile = exporting(u"https://mine:1"_s);
        profile.otlp.intervalS = 7;
        profile.otlp.caFile = u"/mine.pem"_s;
        QProcessEnvironment environment = variables();
        environment.insert(u"OTEL_SDK_DISABLED"_s, u"true"_s); // it is switched on here, by hand
        environment.insert(u"OTEL_METRICS_EXPORTER"_s, u"none"_s);
        const auto settings = otlpOf(profile, Secret("Authorization: Bearer a:b\r\n\nX-Scope: 1\n"_qba), environment);
        QVERIFY2(settings, qPrintable(settings ? QString() : settings.error().text()));
        const OtlpSettings &all = **settings;
        QCOMPARE(all.endpoint.toString(), u"https://mine:1/v1/metrics"_s);
        QVERIFY(all.encoding == OtlpEncoding::Protobuf);
        QCOMPARE(all.intervalMs, 7000);
        QCOMPARE(all.caFile, u"/mine.pem"_s);
        QCOMPARE(all.keyFile, QString()); // of the variables' receiver
        QCOMPARE(all.timeoutMs, 1234);
        QCOMPARE(all.resource.value(u"deployment.environment"_s), u"lab"_s);
        QCOMPARE(all.headers.size(), 2);
        QCOMPARE(all.headers.at(0), std::pair("Authorization"_qba, "Bearer a:b"_qba));
        QCOMPARE(all.headers.at(1), std::pair("X-Scope"_qba, "1"_qba));
        profile.otlp.encoding = session::OtlpExport::Encoding::Json;
        QVERIFY((*otlpOf(profile, {}, {}))->encoding == OtlpEncoding::Json);
        QVERIFY((*otlpOf(profile, {}, variables()))->headers.isEmpty());
    }

    void endpoints()
    {
        const auto of = [](const QString &text) {
            const auto endpoint = profileEndpoint(text);
            return endpoint ? endpoint->toString() : endpoint.error().reason;
        };
        QCOMPARE(of(u" http://c:4318 "_s), u"http://c:4318/v1/metrics"_s);
        QCOMPARE(of(u"http://c:4318/"_s), u"http://c:4318/v1/metrics"_s);
        QCOMPARE(of(u"https://c/otlp/v1/metrics"_s), u"https://c/otlp/v1/metrics"_s);
        for (const QString &wrong : {u"c:4318"_s, u"ftp://c"_s, u"https://user:geheim@c"_s, QString()}) {
            QCOMPARE(of(wrong), u"bad_endpoint"_s);
            QVERIFY(!otlpOf(exporting(wrong), {}, variables()));
        }
    }

    void badHeadersAreToldWithoutTheirValue()
    {
        for (const QByteArray &wrong : {"geheim"_qba, "Name with space: geheim"_qba, "X: geheim\x01"_qba, "X:"_qba, "Host: geheim"_qba, "content-length: 1"_qba}) {
            const auto settings = otlpOf(exporting(u"https://c"_s), Secret(wrong), {});
            QVERIFY2(!settings, wrong.constData());
            QCOMPARE(settings.error().reason, u"bad_headers"_s);
            QVERIFY(!settings.error().text().contains(u"geheim"_s));
        }
    }

    void headersBelongToTheirEndpoint()
    {
        const QString kept = exporting(u"https://c:4318"_s).otlpSecretKey().text();
        QCOMPARE(exporting(u"https://c:4318/v1/metrics"_s).otlpSecretKey().text(), kept);
        for (const QString &other : {u"https://d:4318"_s, u"https://c:4319"_s, u"http://c:4318"_s})
            QVERIFY2(exporting(other).otlpSecretKey().text() != kept, qPrintable(other));
    }

    void namesStayAtHome()
    {
        session::Profile profile = exporting(u"https://c"_s);
        QVERIFY(!otlpSeriesOf(profile).names);
        profile.otlp.names = true;
        QVERIFY(otlpSeriesOf(profile).names);
        profile.otlp.choice = Choice::Unsaid;
        QVERIFY(!otlpSeriesOf(profile).names);
    }

    void tokens()
    {
        const auto one = makeEndpointToken(), two = makeEndpointToken();
        QVERIFY(one && two && !(*one == *two));
        QCOMPARE(one->size(), 43);
        QVERIFY(checkEndpointToken(*one));
        for (const QByteArray &wrong : {""_qba, "short"_qba, "sixteen letters!"_qba, "0123456789abcde\n"_qba})
            QVERIFY2(!checkEndpointToken(Secret(wrong)), wrong.constData());
    }
};

QTEST_GUILESS_MAIN(TestOtlpProfile)
#include "tst_otlpprofile.moc"
