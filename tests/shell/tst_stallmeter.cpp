// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/shell/stallmeter.h"

#include <QJsonDocument>
#include <QTemporaryDir>
#include <QtTest>

using namespace howdah::ui;

class TestStallMeter : public QObject
{
    Q_OBJECT

private slots:
    void seesAPlantedStall()
    {
        StallMeter meter({});
        meter.start();
        QTRY_VERIFY(meter.report().value(QLatin1StringView("seconds")).toDouble() > 0.3);
        const int before = meter.report().value(QLatin1StringView("over_50_ms")).toInt();
        QTimer::singleShot(0, &meter, [] { std::this_thread::sleep_for(std::chrono::milliseconds(80)); });
        QTRY_COMPARE(meter.report().value(QLatin1StringView("over_50_ms")).toInt(), before + 1);
        QVERIFY(meter.report().value(QLatin1StringView("max_ms")).toDouble() >= 75);
    }

    void reportIsRewrittenWhileTheWindowHangs()
    {
        QTemporaryDir folder;
        const QString path = folder.filePath(QStringLiteral("stalls.json"));
        const auto seconds = [&path] {
            QFile file(path);
            return file.open(QIODevice::ReadOnly) ? QJsonDocument::fromJson(file.readAll())[QLatin1StringView("seconds")].toDouble(-1) : -1;
        };
        StallMeter meter(path);
        meter.start();
        QTRY_VERIFY(seconds() >= 0);
        const double before = seconds();
        std::this_thread::sleep_for(std::chrono::milliseconds(2300)); // this thread is the window's
        QVERIFY(seconds() >= before + 0.9);
    }

    void endsWithALastReport()
    {
        QTemporaryDir folder;
        const QString path = folder.filePath(QStringLiteral("stalls.json"));
        {
            StallMeter meter(path);
            meter.start();
            QTRY_VERIFY(meter.report().value(QLatin1StringView("seconds")).toDouble() > 0.2);
        }
        QFile file(path);
        QVERIFY(file.open(QIODevice::ReadOnly));
        const QJsonObject report = QJsonDocument::fromJson(file.readAll()).object();
        QCOMPARE(report.keys(), QStringList({QStringLiteral("max_ms"), QStringLiteral("over_50_ms"), QStringLiteral("p999_ms"), QStringLiteral("seconds")}));
        QVERIFY(report.value(QLatin1StringView("seconds")).toDouble() > 0.2);
    }
};

QTEST_MAIN(TestStallMeter)
#include "tst_stallmeter.moc"
