// SPDX-License-Identifier: GPL-3.0-or-later
// storewriter FILE COUNT: writes so many samples into the store, each named on standard output once it is durable. Then it keeps the store
// open until its standard input ends. An error goes to standard output as its reason, exit code 1.
#include "store/samples.h"

#include <QCoreApplication>

#include <cstdio>

#include <unistd.h>

using namespace howdah;

static void say(const QByteArray &line)
{
    std::puts(line.constData());
    std::fflush(stdout);
}

int main(int argc, char **argv)
{
    QCoreApplication app(argc, argv);
    if (argc != 3)
        return 2;
    const auto store = store::Store::open(QString::fromLocal8Bit(argv[1]));
    if (!store) {
        say(store.error().reason.toUtf8());
        return 1;
    }
    say("open");
    for (int i = 1; i <= QByteArray(argv[2]).toInt(); ++i) {
        const QJsonObject values{{QStringLiteral("n"), i}, {QStringLiteral("ballast"), QString(300, QLatin1Char('x'))}};
        // SQLite is not fair: who waits among others that write without a pause may do so for longer than one patience.
        auto done = store::appendSamples(**store, QStringLiteral("writer"), {{i, values}});
        for (int again = 0; !done && done.error().reason == QLatin1StringView("store_busy") && again < 5; ++again)
            done = store::appendSamples(**store, QStringLiteral("writer"), {{i, values}});
        if (!done) {
            say(done.error().reason.toUtf8());
            return 1;
        }
        say(QByteArray::number(i));
    }
    say("end");
    char c = 0;
    while (::read(STDIN_FILENO, &c, 1) > 0) { }
    return 0;
}
