// SPDX-License-Identifier: GPL-3.0-or-later
// 20 schemas of 1,000 tables with a second index each. Howdah: the schema tree on a connection that stands, its first paint, then one schema's
// tables opened and painted. The peer: psql listing that schema's tables, from its start to its end.
#include "bench.h"
#include "benchserver.h"
#include "child.h"
#include "process.h"

#include "ui/catalog/catalogpane.h"
#include "ui/shell/stallmeter.h"
#include "ui/widgets/timerange.h"

#include <QEvent>
#include <QHBoxLayout>
#include <QScrollBar>
#include <QTemporaryDir>
#include <QTimer>
#include <QTreeView>

namespace howdah::bench
{

namespace
{
constexpr int kSchemas = 20;
constexpr int kTables = 1000;

// Counts the paints of one widget.
class Paints : public QObject
{
public:
    explicit Paints(QWidget *widget) : QObject(widget) { widget->installEventFilter(this); }
    int count = 0;

protected:
    bool eventFilter(QObject *, QEvent *event) override
    {
        if (event->type() == QEvent::Paint)
            ++count;
        return false;
    }
};

QModelIndex childNamed(const QAbstractItemModel &model, const QModelIndex &parent, const QString &name)
{
    for (int row = 0; row < model.rowCount(parent); ++row) {
        const QModelIndex index = model.index(row, 0, parent);
        if (index.data().toString().startsWith(name))
            return index;
    }
    return {};
}

QJsonObject childError(const QString &what)
{
    return {{QStringLiteral("error"), what}};
}
} // namespace

QJsonObject treeChild(const QStringList &arguments)
{
    const Target target = readTarget(arguments.value(0));
    const Clock clock;
    ui::TimeRange range;
    ui::PaneContext context;
    context.profile.id = QStringLiteral("bench");
    context.profile.spec = target.spec;
    pg::Session catalog(target.spec, target.password, pg::Session::Purpose::Editor);
    context.catalog = &catalog;
    context.range = &range;
    context.clock = &clock;
    store::StoreWorker store(arguments.value(1));
    context.store = &store;
    // As in the program: the window stands and was painted before its server answers.
    QWidget window;
    window.resize(1600, 1000);
    auto *layout = new QHBoxLayout(&window);
    layout->addWidget(new QTreeView(&window));
    window.show();
    turnUntil(300, [] { return false; });
    QElapsedTimer time;
    QObject::connect(&catalog, &pg::Session::statusChanged, &window, [&](const pg::LinkStatus &status) {
        if (status.state == pg::LinkState::Connected)
            time.start();
    });
    ui::Pane *pane = ui::makeCatalogPane(context, &window);
    delete layout->takeAt(0)->widget();
    layout->addWidget(pane);
    auto *tree = pane->findChild<QTreeView *>();
    if (!tree)
        return childError(QStringLiteral("the pane has no tree"));
    auto *paints = new Paints(tree->viewport());
    pane->activated();
    catalog.open();
    if (!turnUntil(20'000, [&] { return time.isValid(); }))
        return childError(QStringLiteral("not connected within 20 s"));
    if (!turnUntil(20'000, [&] { return pane->isSettled(); }))
        return childError(QStringLiteral("the tree did not settle within 20 s"));
    // What it settled on may have been painted in the same turn: one more frame, so that the measured one surely shows it.
    const int before = paints->count;
    tree->viewport()->update();
    if (!turnUntil(20'000, [&] { return paints->count > before; }))
        return childError(QStringLiteral("the tree was not painted"));
    const double firstPaintMs = double(time.nsecsElapsed()) / 1e6;

    ui::StallMeter stalls{QString()};
    stalls.start();
    QAbstractItemModel *model = tree->model();
    const auto open = [&](const QModelIndex &parent, const QString &name) {
        QModelIndex found;
        turnUntil(20'000, [&] {
            found = childNamed(*model, parent, name);
            return found.isValid();
        });
        if (found.isValid())
            tree->expand(found);
        return found;
    };
    const QPersistentModelIndex database = open({}, target.spec.database);
    // Some trees have a group of schemas in between; the schema's name decides.
    QModelIndex schema = childNamed(*model, database, QStringLiteral("bench_07"));
    if (!schema.isValid() && model->rowCount(database) > 0 && childNamed(*model, database, QStringLiteral("Schemas")).isValid())
        schema = open(open(database, QStringLiteral("Schemas")), QStringLiteral("bench_07"));
    time.restart();
    const QPersistentModelIndex opened = schema.isValid() ? schema : open(database, QStringLiteral("bench_07"));
    tree->expand(opened);
    const QPersistentModelIndex tables = open(opened, QStringLiteral("Tables"));
    const bool filled = turnUntil(20'000, [&] { return model->rowCount(tables) >= kTables; });
    const int painted = paints->count;
    tree->viewport()->update();
    const bool shown = filled && turnUntil(20'000, [&] { return paints->count > painted; });
    const double expandMs = double(time.nsecsElapsed()) / 1e6;
    if (!shown)
        return childError(QStringLiteral("schema bench_07 has %1 tables in the tree").arg(model->rowCount(tables)));

    // Then a person scrolls through them.
    QTimer scroll;
    QObject::connect(&scroll, &QTimer::timeout, tree, [tree] {
        QScrollBar *bar = tree->verticalScrollBar();
        bar->setValue(bar->value() + bar->pageStep() > bar->maximum() ? 0 : bar->value() + bar->pageStep());
    });
    scroll.start(16);
    turnUntil(3000, [] { return false; });
    const QJsonObject report = stalls.report();
    return {{QStringLiteral("first_paint_ms"), firstPaintMs},
            {QStringLiteral("expand_ms"), expandMs},
            {QStringLiteral("tables"), model->rowCount(tables)},
            {QStringLiteral("peak_rss_mb"), selfPeakRssMb()},
            {QStringLiteral("stall_p999_ms"), report.value(QStringLiteral("p999_ms"))},
            {QStringLiteral("stall_max_ms"), report.value(QStringLiteral("max_ms"))}};
}

static Done makeTables(BenchServer &server)
{
    QList<QByteArray> statements;
    for (int schema = 0; schema < kSchemas; ++schema) {
        const QByteArray name = "bench_" + QByteArray::number(schema).rightJustified(2, '0');
        statements << "CREATE SCHEMA " + name;
        // Portions: a thousand tables in one transaction want more lock space than the server has.
        for (int from = 0; from < kTables; from += 250) {
            statements << "DO $$ BEGIN FOR i IN " + QByteArray::number(from) + ".." + QByteArray::number(from + 249) + " LOOP EXECUTE pg_catalog.format('CREATE TABLE " + name
                    + ".table_%s (id bigint PRIMARY KEY, name text NOT NULL, made timestamptz)', lpad(i::text, 4, '0'));"
                      " EXECUTE pg_catalog.format('CREATE INDEX ON "
                    + name + ".table_%s (made)', lpad(i::text, 4, '0')); END LOOP; END $$";
        }
    }
    return server.execute(statements);
}

Result<QJsonObject> runTree(const Options &)
{
    const Result<QString> psql = peerProgram(QStringLiteral("psql"));
    if (!psql)
        return fail(psql.error());
    const auto server = BenchServer::start();
    if (!server)
        return fail(server.error());
    if (const Done made = makeTables(**server); !made)
        return fail(made.error());
    const auto screen = XServer::start();
    if (!screen)
        return fail(screen.error());
    const QTemporaryDir folder;
    const QString target = folder.filePath(QStringLiteral("target.json"));
    if (const Done written = writeTarget(target, (*server)->target(QStringLiteral("postgres"))); !written)
        return fail(written.error());

    QVector<double> us, peer, ratios, firstPaint;
    double rss = 0, p999 = 0, stall = 0;
    for (int pair = 0; pair < kPairs; ++pair) {
        const Result<QJsonObject> own = child((*screen)->display(), QStringLiteral("tree"), {target, folder.filePath(QStringLiteral("store.sqlite"))}, 120'000);
        if (!own)
            return own;
        QElapsedTimer time;
        time.start();
        if (const Done listed = (*server)->psql(*psql, QStringLiteral("postgres"), "\\dt bench_07.*\n"); !listed)
            return fail(listed.error());
        peer << double(time.nsecsElapsed()) / 1e6;
        us << own->value(QStringLiteral("expand_ms")).toDouble();
        ratios << us.constLast() / peer.constLast();
        firstPaint << own->value(QStringLiteral("first_paint_ms")).toDouble();
        rss = std::max(rss, own->value(QStringLiteral("peak_rss_mb")).toDouble());
        p999 = std::max(p999, own->value(QStringLiteral("stall_p999_ms")).toDouble());
        stall = std::max(stall, own->value(QStringLiteral("stall_max_ms")).toDouble());
    }
    return QJsonObject{{QStringLiteral("us"), median(us)},
                       {QStringLiteral("peer"), median(peer)},
                       {QStringLiteral("ratio"), median(ratios)},
                       {QStringLiteral("first_paint_ms"), median(firstPaint)},
                       {QStringLiteral("peak_rss_mb"), rss},
                       {QStringLiteral("stall_p999_ms"), p999},
                       {QStringLiteral("stall_max_ms"), stall},
                       {QStringLiteral("unit"), QStringLiteral("ms to open a schema of 1,000 tables and paint it; peer: psql listing them")}};
}

} // namespace howdah::bench
