// SPDX-License-Identifier: GPL-3.0-or-later
#include "bench.h"

#include "base/json.h"
#include "pg/connection.h"

#include <CLI/CLI.hpp>
#include <QApplication>

#include <cstdio>
#include <memory>

using namespace howdah;

static int print(const QJsonObject &object, bool json)
{
    const QByteArray text = json ? jsonLine(object) : QJsonDocument(object).toJson(QJsonDocument::Indented);
    std::fwrite(text.constData(), 1, size_t(text.size()), stdout);
    return object.contains(QStringLiteral("error")) ? 1 : 0;
}

int main(int argc, char **argv)
{
    pg::forgetEnvironment();
    if (argc > 2 && qstrcmp(argv[1], "--child") == 0) {
        const QString name = QString::fromLocal8Bit(argv[2]);
        std::unique_ptr<QCoreApplication> app;
        if (name == QStringLiteral("backup")) // no window, so no display
            app = std::make_unique<QCoreApplication>(argc, argv);
        else
            app = std::make_unique<QApplication>(argc, argv);
        return bench::runChild(name, QCoreApplication::arguments().mid(3));
    }
    QCoreApplication app(argc, argv);

    CLI::App cli("Measures Howdah and its peer on the same work, in one run");
    cli.require_subcommand(1);
    bool json = false;
    cli.add_flag("--json", json, "One JSON object on standard output");
    cli.fallthrough();
    auto *list = cli.add_subcommand("list", "The benchmarks");
    auto *run = cli.add_subcommand("run", "Run one");
    bool check = false, counts = false;
    run->add_flag("--check", check, "Exit 1 where a figure is worse than what is claimed of it");
    run->add_flag("--check-counts", counts, "The same for memory and counts alone: times are those of a quiet machine");
    std::string name;
    bench::Options options;
    run->add_option("name", name, "Its name")->required();
    run->add_option("--seconds", options.seconds, "How long, where that is a choice")->check(CLI::Range(1, 36000));
    run->add_option("--size", options.megabytes, "Megabytes of data, where that is a choice")->check(CLI::Range(16, 1'000'000));
    run->add_option("--step", options.minutes, "Minutes between two readings of a history, where that is a choice")->check(CLI::Range(1, 60));
    std::string only;
    run->add_option("--only", only, "One part of it, where there are several: base, compressed, dump, verify")->check(CLI::IsMember({"base", "compressed", "dump", "verify"}));
    run->add_flag("--long", options.isLong, "More of it, where there is more");
    CLI11_PARSE(cli, argc, argv);

    options.only = QString::fromStdString(only);
    if (list->parsed()) {
        QJsonObject all;
        for (const bench::Benchmark &benchmark : bench::allBenchmarks())
            all.insert(benchmark.name, benchmark.what);
        return print(all, json);
    }
    for (const bench::Benchmark &benchmark : bench::allBenchmarks()) {
        if (benchmark.name != QString::fromStdString(name))
            continue;
        const Result<QJsonObject> result = benchmark.run(options);
        int code = print(result ? *result : QJsonObject{{QStringLiteral("error"), result.error().toJson()}}, json);
        for (const bench::Limit &limit : options.isLong && !benchmark.longLimits.isEmpty() ? benchmark.longLimits : benchmark.limits) {
            if (!result || !(check || (counts && limit.kind == bench::Limit::Kind::Count)))
                continue;
            const QJsonValue value = result->value(limit.key);
            if (value.isUndefined() && !options.only.isEmpty())
                continue;
            if (value.isDouble() && value.toDouble() <= limit.most)
                continue;
            std::fprintf(stderr, "howdah-bench: %s is %g; at most %g is claimed\n", qPrintable(limit.key), value.toDouble(), limit.most);
            code = 1;
        }
        return code;
    }
    std::fprintf(stderr, "howdah-bench: no benchmark named %s; see: howdah-bench list\n", name.c_str());
    return 2;
}
