// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/migrations/previewflow.h"

#include "base/async.h"
#include "migrations/scratch.h"
#include "stack/sandbox.h"
#include "ui/shell/jobmodel.h"

#include <algorithm>

namespace howdah::ui
{

using namespace Qt::StringLiterals;
using namespace howdah::migrations;

namespace
{

struct Target {
    TargetFacts facts;
    QStringList roles;
};

struct Asked {
    Applied applied;
    QVector<migrations::Pending> pending; // the last one is the one that is meant
    TargetFacts target;
    QStringList roles;
    QString searchPath;
};

Result<Preview> seenBy(const Asked &asked, const Progress &progress, const CancelToken &cancel)
{
    stack::SandboxChoice choice;
    choice.leastMajor = asked.target.major;
    choice.targetIdentifier = asked.target.systemIdentifier;
    auto sandbox = stack::openSandbox(choice, progress, cancel);
    if (!sandbox)
        return fail(std::move(sandbox.error()));
    auto scratch = Scratch::make(sandbox->spec(), sandbox->password(), sandbox->isPrivate(), cancel);
    if (!scratch)
        return fail(std::move(scratch.error()));
    if (const auto missing = (*scratch)->makeRoles(asked.roles, cancel); !missing)
        return fail(missing.error());
    if (Done entered = (*scratch)->enter(asked.searchPath, {}, cancel); !entered)
        return fail(std::move(entered.error()));
    if (Done replayed = (*scratch)->replay(asked.applied.files, progress, cancel); !replayed)
        return fail(Error(replayed.error()).during(u"build the schema of today from the applied migrations"_s));
    PreviewOptions options;
    options.searchPath = asked.searchPath;
    auto seen = preview(**scratch, asked.pending, asked.target, options, progress, cancel);
    if (!seen)
        return seen;
    seen->where = sandbox->where();
    const QString file = asked.pending.constLast().file.name;
    const bool before = std::any_of(seen->statements.cbegin(), seen->statements.cend(), [&](const PreviewedStatement &one) { return one.file != file && one.error; });
    if (!before)
        seen->statements.removeIf([&](const PreviewedStatement &one) { return one.file != file; });
    if (!asked.applied.missing.isEmpty())
        seen->basis += u"; not in it, since their text is not known: %1"_s.arg(asked.applied.missing.join(u", "_s));
    return seen;
}

} // namespace

PreviewFlow::PreviewFlow(const PaneContext &context, QObject *parent) : QObject(parent), m_context(context), m_worker(u"lock preview"_s) {}

void PreviewFlow::begin(const Project &project, const MigrationOptions &options, const File &file, const QByteArray &hash)
{
    if (isRunning() || !m_context.catalog || !m_context.jobs)
        return;
    m_version = file.version;
    m_hash = hash;
    m_asks = true;
    emit began(file.version);
    const auto service = [](pg::Connection &connection, const CancelToken &cancel) -> Result<Target> {
        auto facts = readTargetFacts(connection, cancel);
        if (!facts)
            return fail(std::move(facts.error()));
        auto roles = roleNames(connection, cancel);
        if (!roles)
            return fail(std::move(roles.error()));
        return Target{*std::move(facts), *std::move(roles)};
    };
    async::onFinished(m_context.catalog->run(service), this, [this, project, options, file, number = ++m_number](const Result<Target> &target) {
        if (number != m_number)
            return;
        m_asks = false;
        if (target)
            ask(project, options, file, target->facts, target->roles);
        else
            fails(target.error());
    });
}

void PreviewFlow::drop()
{
    ++m_number;
    m_asks = false;
    if (m_job)
        m_job->cancel();
}

void PreviewFlow::fails(const Error &error)
{
    m_asks = false;
    emit failed(m_version, m_hash, error);
}

void PreviewFlow::ask(const Project &project, const MigrationOptions &options, const File &file, const TargetFacts &target, const QStringList &roles)
{
    Asked asked;
    asked.applied = appliedFiles(project.folder, project.ledger);
    asked.target = target;
    asked.target.basis = u"replay of %1"_s.arg(asked.applied.text());
    asked.roles = roles;
    asked.searchPath = options.searchPath;
    for (const QString &version : project.pending()) {
        const File *before = project.folder.find(version);
        if (version == file.version || !before || before->isRepeatable())
            break;
        asked.pending.append({*before, Direction::Up});
    }
    asked.pending.append({file, Direction::Up});
    session::JobSpec spec;
    spec.title = u"Preview the locks of %1"_s.arg(file.name);
    spec.target = u"a sandbox"_s;
    const auto told = std::make_shared<Result<Preview>>(fail(ErrorKind::Cancelled, u"cancelled"_s, u"Given up"_s));
    m_job = m_context.jobs->start(spec, m_worker, [asked, told](const Progress &progress, const CancelToken &cancel) -> Result<QString> {
        *told = seenBy(asked, progress, cancel);
        if (!*told)
            return fail(told->error());
        return u"%1 statements seen in %2"_s.arg((*told)->statements.size()).arg((*told)->where);
    });
    connect(m_job, &session::Job::finished, this, [this, told, number = m_number] {
        if (number != m_number)
            return;
        if (!*told)
            return fails(told->error());
        m_asks = true;
        // Who would block it now: the target is asked last, so that it is now.
        const auto service = [preview = **told](pg::Connection &connection, const CancelToken &cancel) { return wouldBlock(connection, preview, cancel); };
        async::onFinished(m_context.catalog->run(service), this, [this, told, number](const Result<WouldBlock> &blockers) {
            if (number != m_number)
                return;
            m_asks = false;
            Preview preview = **told;
            preview.blockersKnown = blockers && blockers->known;
            if (blockers)
                preview.wouldBlockNow = blockers->now;
            emit seen(m_version, m_hash, preview);
        });
    });
}

} // namespace howdah::ui
