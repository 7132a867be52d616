// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/migrations/projectsource.h"

#include "base/async.h"
#include "migrations/run.h"

#include <QDir>

#include <algorithm>

namespace howdah::ui
{

using namespace Qt::StringLiterals;
using namespace howdah::migrations;

namespace
{

constexpr int lookMs = 2000;

// What changes when a file does.
QByteArray seenOf(const QString &folder, const QStringList &elsewhere)
{
    QByteArray seen;
    const QStringList paths = QStringList{folder, folder + u"/../"_s + QLatin1StringView(repeatableFolder), folder + u"/../"_s + QLatin1StringView(verifyFolder)} + elsewhere;
    for (const QString &path : paths) {
        const QFileInfoList files = QDir(path).entryInfoList(QDir::Files, QDir::Name);
        for (const QFileInfo &file : files)
            seen += file.fileName().toUtf8() + ' ' + QByteArray::number(file.size()) + ' ' + QByteArray::number(file.lastModified().toMSecsSinceEpoch()) + '\n';
    }
    return seen;
}

// Where another tool's files may lie below its project's folder. Of a large tree only a part is looked at: the rest is seen when it is read again.
QStringList foldersBelow(const QString &folder)
{
    constexpr int deepest = 2, most = 200;
    static const QStringList others{u"node_modules"_s, u"__pycache__"_s, u"venv"_s, u"target"_s, u"build"_s};
    QStringList all{folder}, level{folder};
    for (int depth = 0; depth < deepest; ++depth) {
        QStringList next;
        for (const QString &one : std::as_const(level)) {
            const QStringList names = QDir(one).entryList(QDir::Dirs | QDir::NoDotAndDotDot | QDir::NoSymLinks, QDir::Name);
            for (const QString &name : names) {
                if (!others.contains(name) && all.size() + next.size() < most)
                    next << one + u'/' + name;
            }
        }
        all += next;
        level = next;
    }
    return all;
}

struct Files {
    Folder folder;
    SumCheck sum;
    QByteArray seen;
    QVector<ForeignProject> foreign; // not empty: it is theirs, and none of ours
    QStringList elsewhere;
};

Result<Files> readFiles(const QString &path)
{
    Files files;
    if (!hasMigrations(path)) {
        const auto found = foreignProjects(path, nullptr);
        for (const ForeignProject &one : found.value_or(QVector<ForeignProject>())) {
            if (one.folder.isEmpty())
                continue;
            files.foreign.append(one);
            files.elsewhere << foldersBelow(one.folder);
        }
    }
    files.seen = seenOf(path, files.elsewhere);
    if (!files.foreign.isEmpty())
        return files;
    auto folder = readFolder(path);
    if (!folder)
        return fail(std::move(folder.error()));
    files.folder = *std::move(folder);
    const auto sum = checkSum(files.folder);
    if (!sum)
        return fail(sum.error());
    files.sum = *sum;
    return files;
}

Result<Project> readProject(pg::Connection &connection, const Folder &folder, const SumCheck &sum, const CancelToken &cancel)
{
    Project project;
    project.folder = folder;
    project.sum = sum;
    auto ledger = readLedger(connection, cancel);
    if (!ledger)
        return fail(std::move(ledger.error()));
    project.ledger = *std::move(ledger);
    project.state = stateOf(project.folder, project.ledger);
    QVector<const File *> pending;
    for (const QString &version : project.pending()) {
        if (const File *file = project.folder.find(version))
            pending.append(file);
    }
    auto facts = readLintFacts(connection, pending, cancel);
    if (!facts)
        return fail(std::move(facts.error()));
    project.facts = *std::move(facts);
    project.facts.runnerSetsTimeouts = true;
    for (const File *file : pending) {
        if (!file->isRepeatable())
            project.findings.insert(file->version, lint(lintFileOf(*file), project.facts));
    }
    project.running = otherRunner(connection, cancel).value_or(QString());
    return project;
}

// As who runs them: the ledger may be that role's alone. The link is every pane's, so that we are ourselves again whatever came of it.
Result<Project> readProjectAs(pg::Connection &connection, const QString &role, const Folder &folder, const SumCheck &sum, const CancelToken &cancel)
{
    if (role.isEmpty())
        return readProject(connection, folder, sum, cancel);
    if (Done acts = actAs(connection, role, cancel); !acts)
        return fail(std::move(acts.error()));
    auto project = readProject(connection, folder, sum, cancel);
    if (Done back = actAs(connection, {}); !back)
        return fail(std::move(back.error()));
    return project;
}

} // namespace

std::optional<File> Project::fileOf(const QString &version) const
{
    if (const File *file = folder.find(version))
        return *file;
    const Event *by = ledger.appliedBy(version);
    if (!by || by->file.isEmpty())
        return std::nullopt;
    auto kept = parseFile(by->name, by->file);
    return kept ? std::optional(*std::move(kept)) : std::nullopt;
}

const Entry *Project::entry(const QString &version) const
{
    for (const QVector<Entry> *list : {&state.entries, &state.repeatables}) {
        const auto found = std::find_if(list->cbegin(), list->cend(), [&](const Entry &one) { return one.version == version; });
        if (found != list->cend())
            return &*found;
    }
    return nullptr;
}

int Project::standing(const QString &version) const
{
    const QList<Finding> all = findings.value(version);
    return int(std::count_if(all.cbegin(), all.cend(), [](const Finding &one) { return one.waived.isEmpty() && one.level != Level::Note; }));
}

QStringList Project::pending() const
{
    return plannedUp(folder, ledger, {});
}

ProjectSource::ProjectSource(const PaneContext &context, QObject *parent) : QObject(parent), m_context(context), m_worker(u"migrations"_s)
{
    m_look.setInterval(lookMs);
    connect(&m_look, &QTimer::timeout, this, [this] { look(); });
}

void ProjectSource::setOptions(const MigrationOptions &options)
{
    m_options = options;
    readNow();
}

void ProjectSource::setShown(bool shown)
{
    if (!shown)
        return m_look.stop();
    m_look.start();
    readNow();
}

// Only the folder: the server is asked when the files have changed, after a run, and by F5.
void ProjectSource::look()
{
    if (m_options.folder.isEmpty())
        return;
    async::onFinished(m_worker.run([folder = m_options.folder, elsewhere = m_elsewhere]() -> Result<QByteArray> { return seenOf(folder, elsewhere); }), this, [this](const Result<QByteArray> &seen) {
        if (seen && *seen != m_seen)
            readNow();
    });
}

void ProjectSource::readNow()
{
    if (m_options.folder.isEmpty() || !m_context.catalog)
        return;
    const quint64 number = ++m_number;
    async::onFinished(m_worker.run([folder = m_options.folder] { return readFiles(folder); }), this, [this, number](const Result<Files> &files) {
        if (number != m_number)
            return;
        if (!files)
            return emit failed(u"The folder could not be read"_s, files.error());
        m_seen = files->seen;
        m_elsewhere = files->elsewhere;
        if (!files->foreign.isEmpty())
            return readForeign(files->foreign, number);
        readServer(files->folder, files->sum, number);
    });
}

void ProjectSource::readForeign(const QVector<ForeignProject> &files, quint64 number)
{
    const auto service = [folder = m_options.folder](pg::Connection &connection, const CancelToken &cancel) { return foreignProjects(folder, &connection, cancel); };
    async::onFinished(m_context.catalog->run(service), this, [this, files, number](const Result<QVector<ForeignProject>> &projects) {
        if (number != m_number)
            return;
        emit foreignRead(projects && !projects->isEmpty() ? *projects : files); // of the files alone it is not known what is applied
        if (!projects)
            emit failed(u"What is applied could not be read"_s, projects.error());
    });
}

void ProjectSource::readServer(Folder folder, const SumCheck &sum, quint64 number)
{
    const auto service = [folder = std::move(folder), sum, role = m_options.role](pg::Connection &connection, const CancelToken &cancel) {
        return readProjectAs(connection, role, folder, sum, cancel);
    };
    async::onFinished(m_context.catalog->run(service), this, [this, number](const Result<Project> &project) {
        if (number != m_number)
            return;
        if (project)
            emit read(*project);
        else
            emit failed(u"What is applied could not be read"_s, project.error());
    });
}

} // namespace howdah::ui
