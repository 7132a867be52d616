// SPDX-License-Identifier: GPL-3.0-or-later
#include "base/json.h"
#include "base/savefile.h"
#include "pg/connection.h"
#include "resources/resources.h"
#include "ui/shell/firstpaint.h"
#include "ui/shell/mainwindow.h"
#include "ui/shell/picturerun.h"
#include "ui/shell/stallmeter.h"

#include <QApplication>
#include <QCommandLineParser>
#include <QJsonArray>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <cstring>

#include <sys/prctl.h>
#include <sys/resource.h>
#include <unistd.h>

using namespace howdah;

namespace
{

struct Options {
    ui::WindowOptions window;
    QString screenshots;
    QString stallReport;
    QString firstPaintReport;
};

Options readOptions(const QApplication &app)
{
    QCommandLineParser parser;
    parser.setApplicationDescription(QStringLiteral("Desktop console for PostgreSQL 18"));
    parser.addHelpOption();
    parser.addOption({{QStringLiteral("v"), QStringLiteral("version")}, QStringLiteral("Show the version, and what the libpq found here can")});
    const auto add = [&](const char *name, const char *text, const char *value) {
        parser.addOption({QString::fromLatin1(name), QString::fromLatin1(text), QString::fromLatin1(value)});
    };
    add("profile", "Open this profile instead of the last used", "NAME");
    add("pane", "Show this pane first: overview, catalog, stack", "ID");
    add("theme", "light or dark instead of the remembered choice", "NAME");
    add("screenshots", "Save a picture of every pane there, light and dark, at 1600x1000 and 1100x700, and end", "DIR");
    add("stall-report", "Rewrite this file each second with how long the window's thread kept the user waiting", "FILE");
    add("first-paint-report", "Write there how long the first frame and the first idle moment took", "FILE");
    parser.process(app);
    if (parser.isSet(QStringLiteral("version"))) {
        const QString lines = QStringLiteral("howdah %1\n%2\nQt %3\n")
                                  .arg(QCoreApplication::applicationVersion(), pg::featureLines().join(QLatin1Char('\n')), QString::fromLatin1(qVersion()));
        std::fputs(qUtf8Printable(lines), stdout);
        std::fflush(stdout);
        std::exit(0);
    }
    const auto value = [&](const char *name) { return parser.value(QString::fromLatin1(name)); };
    Options options;
    options.window.profile = value("profile");
    options.window.pane = value("pane");
    if (!value("theme").isEmpty())
        options.window.theme = ui::Theme::choiceFromName(value("theme"));
    options.screenshots = value("screenshots");
    options.stallReport = value("stall-report");
    options.firstPaintReport = value("first-paint-report");
    options.window.remember = options.screenshots.isEmpty();
    return options;
}

void takePictures(ui::MainWindow &window, const QString &folder)
{
    auto *run = new ui::PictureRun(&window, folder, &window);
    QObject::connect(run, &ui::PictureRun::finished, qApp, [](const QStringList &files) {
        const QByteArray line = jsonLine({{QStringLiteral("files"), QJsonArray::fromStringList(files)}});
        std::fwrite(line.constData(), 1, size_t(line.size()), stdout);
        QCoreApplication::exit(0);
    });
    QObject::connect(run, &ui::PictureRun::failed, qApp, [](const QString &why) {
        std::fprintf(stderr, "howdah: %s\n", qUtf8Printable(why));
        QCoreApplication::exit(1);
    });
    run->start();
}

void reportFirstPaint(const ui::FirstPaint &paint, const QString &file, Worker &worker)
{
    const QJsonObject report{{QStringLiteral("first_paint_ms"), paint.firstPaintMs()}, {QStringLiteral("idle_ms"), paint.idleMs()}};
    worker.post([file, report] {
        if (const Done saved = saveFile(file, jsonLine(report), 0644); !saved)
            std::fprintf(stderr, "howdah: %s\n", qUtf8Printable(saved.error().text()));
    });
}

constexpr const char *answeredWithoutScreen[] = {"-h", "--help", "--help-all", "-v", "--version"};

// A thread that waits for a silent server or a program is not waited for, and must not meet Qt's own end.
[[noreturn]] void leaveAtOnce(int code)
{
    std::fflush(nullptr);
    ::_exit(code);
}

} // namespace

int main(int argc, char **argv)
{
    // Passwords are in this process's memory: neither a core dump nor another process of the user's may read it.
    const rlimit none{0, 0};
    ::setrlimit(RLIMIT_CORE, &none);
    ::prctl(PR_SET_DUMPABLE, 0);
    pg::forgetEnvironment();

    // A question about the program needs no screen.
    const bool asksOnly = std::any_of(argv + 1, argv + argc, [](const char *argument) {
        return std::any_of(std::begin(answeredWithoutScreen), std::end(answeredWithoutScreen), [argument](const char *one) { return std::strcmp(argument, one) == 0; });
    });
    if (asksOnly)
        qputenv("QT_QPA_PLATFORM", "offscreen");
    QApplication app(argc, argv);
    QCoreApplication::setApplicationName(QStringLiteral("howdah"));
    QCoreApplication::setApplicationVersion(QStringLiteral(HOWDAH_VERSION));
    QGuiApplication::setDesktopFileName(QStringLiteral("howdah"));
    initResources();
    const Options options = readOptions(app);
    ui::theme().setChoice(options.window.theme.value_or(ui::Theme::Choice::System));

    const Clock clock;
    int code = 0;
    {
        store::StoreWorker store;
        store::Keychain keychain;
        Worker tools(QStringLiteral("tools"));
        {
            ui::StallMeter stalls(options.stallReport);
            ui::MainWindow window({&store, &keychain, &tools, &clock}, options.window);
            ui::FirstPaint paint(&window);
            QObject::connect(&paint, &ui::FirstPaint::painted, &window, [&] {
                if (!options.stallReport.isEmpty())
                    stalls.start();
                window.start();
                if (!options.screenshots.isEmpty())
                    takePictures(window, options.screenshots);
            });
            QObject::connect(&paint, &ui::FirstPaint::idle, &window, [&] {
                window.setWindowIcon(QIcon(QStringLiteral(":/icons/howdah.svg")));
                if (!options.firstPaintReport.isEmpty())
                    reportFirstPaint(paint, options.firstPaintReport, tools);
            });
            window.show();
            code = app.exec();
        }
        // The window is gone and has said all it had to; a job of the tools may still hold the store and the keychain, so it ends before them.
        tools.close();
        const bool ended = Worker::joinClosed(2000);
        store.drain(2000);
        if (!ended)
            leaveAtOnce(code);
    }
    if (!Worker::joinClosed(2000))
        leaveAtOnce(code);
    return code;
}
