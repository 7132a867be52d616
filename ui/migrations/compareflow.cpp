// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/migrations/compareflow.h"

#include "base/async.h"
#include "catalog/objects.h"
#include "migrations/fromdiff.h"
#include "session/wayin.h"
#include "stack/sandbox.h"
#include "ui/shell/jobmodel.h"

#include <QTimer>

namespace howdah::ui
{

using namespace Qt::StringLiterals;
using namespace howdah::migrations;

// What a database is to be compared with, and how.
struct CompareFlow::Asked {
    Desired desired;
    QString systemIdentifier;
    Folder folder;
    FromDiffOptions options;
    QString role;
};

CompareFlow::CompareFlow(const PaneContext &context, QObject *parent) : QObject(parent), m_context(context), m_worker(u"compare"_s) {}

void CompareFlow::readSources()
{
    if (!m_context.catalog || !m_context.store)
        return;
    async::onFinished(m_context.catalog->run([](pg::Connection &connection, const CancelToken &cancel) { return catalog::listDatabases(connection, cancel); }), this,
                      [this](const Result<QVector<catalog::Object>> &databases) {
        QVector<CompareSource> sources;
        for (const catalog::Object &one : databases.value_or(QVector<catalog::Object>())) {
            if (!one.system && one.permitted)
                sources.append({one.name == m_context.profile.spec.database ? u"this database, %1"_s.arg(one.name) : u"%1, on this server"_s.arg(one.name), one.name, {}});
        }
        async::onFinished(m_context.store->run([](store::Store &store) { return session::readProfiles(store); }), this, [this, sources](const Result<QVector<session::Profile>> &profiles) mutable {
            for (const session::Profile &profile : profiles.value_or(QVector<session::Profile>())) {
                if (profile.id != m_context.profile.id)
                    sources.append({u"%1 (%2, database %3)"_s.arg(profile.name, profile.spec.address(), profile.spec.database), {}, profile});
            }
            emit sourcesRead(sources);
        });
    });
}

void CompareFlow::fails(const Error &error)
{
    emit failed(m_number, error);
}

// What runs is given up wherever it is: on the link, or in the sandbox.
void CompareFlow::drop()
{
    ++m_number;
    if (m_link)
        m_link->deleteLater();
    m_link.clear();
    if (m_job)
        m_job->cancel();
    m_job.clear();
}

void CompareFlow::cancel(quint64 number)
{
    if (number == m_number)
        drop();
}

quint64 CompareFlow::begin(const Project &project, const MigrationOptions &options, const CompareSource &source, const QString &title, const QStringList &renames)
{
    if (!m_context.jobs)
        return 0;
    drop();
    const quint64 number = m_number;
    if (!source.database.isEmpty()) {
        m_link = m_context.catalogLink ? m_context.catalogLink(source.database, this) : nullptr;
        readDesired(project, options, title, renames);
        return number;
    }
    const auto open = [this, project, options, title, renames, source](const Secret &secret) {
        m_link = new pg::Session(source.profile.spec, session::prepareFor(source.profile, source.profile.spec.role, [secret](const store::SecretKey &, const CancelToken &) -> Result<Secret> { return secret; }),
                                 pg::Session::Purpose::Editor, this);
        readDesired(project, options, title, renames);
    };
    if (!source.profile.needsPassword() || !m_context.keychain) {
        open(Secret());
        return number;
    }
    async::onFinished(m_context.keychain->read(source.profile.secretKey()), this, [this, open, number](const Result<Secret> &secret) {
        if (number != m_number)
            return;
        if (!secret && secret.error().reason != "absent"_L1)
            return fails(secret.error());
        open(secret ? *secret : Secret());
    });
    return number;
}

void CompareFlow::readDesired(const Project &project, const MigrationOptions &options, const QString &title, const QStringList &renames)
{
    if (!m_link) {
        QTimer::singleShot(0, this, [this, number = m_number] { // once its number is known to who has asked
            if (number == m_number)
                fails(Error{ErrorKind::Client, u"no_link"_s, u"There is no link to it"_s, {}, {}, {}, {}, 0});
        });
        return;
    }
    const FromDiffOptions wanted{title, renames, options.searchPath};
    const auto service = [folder = project.folder, wanted, role = options.role](pg::Connection &connection, const CancelToken &cancel) -> Result<std::shared_ptr<const Asked>> {
        const auto ledger = readLedger(connection, cancel);
        if (!ledger)
            return fail(ledger.error());
        auto desired = desiredOf(connection, folder, *ledger, cancel);
        if (!desired)
            return fail(std::move(desired.error()));
        (void)connection.readIdentity(cancel);
        return std::make_shared<const Asked>(Asked{*std::move(desired), connection.identity().systemIdentifier, folder, wanted, role});
    };
    async::onFinished(m_link->run(service), this, [this, number = m_number](const Result<std::shared_ptr<const Asked>> &asked) {
        if (number != m_number)
            return;
        if (!asked)
            return fails(asked.error());
        work(*asked);
    });
}

void CompareFlow::work(const std::shared_ptr<const Asked> &asked)
{
    session::JobSpec spec;
    spec.title = u"Compare with what the migrations make"_s;
    spec.target = u"a sandbox"_s;
    const auto told = std::make_shared<Result<Compared>>(fail(ErrorKind::Cancelled, u"cancelled"_s, u"Given up"_s));
    m_job = m_context.jobs->start(spec, m_worker, [asked, told](const Progress &progress, const CancelToken &cancel) -> Result<QString> {
        const auto all = [&]() -> Result<Compared> {
            stack::SandboxChoice choice;
            choice.leastMajor = asked->desired.snapshot.serverVersion / 10'000;
            choice.targetIdentifier = asked->systemIdentifier;
            const auto sandbox = stack::openSandbox(choice, progress, cancel);
            if (!sandbox)
                return fail(sandbox.error());
            ScratchServer server;
            server.spec = sandbox->spec();
            server.password = sandbox->password();
            server.ours = sandbox->isPrivate();
            server.role = asked->role;
            auto made = fromDiff(asked->desired, asked->folder, server, asked->options, progress, cancel);
            if (!made)
                return fail(std::move(made.error()));
            return Compared{std::move(made->generated), std::move(made->notSeen), sandbox->where()};
        };
        *told = all();
        if (!*told)
            return fail(told->error());
        return u"%1 files, run forth and back"_s.arg((*told)->generated.files.size());
    });
    connect(m_job, &session::Job::finished, this, [this, told, number = m_number] {
        if (number != m_number)
            return;
        if (*told)
            emit compared(number, **told);
        else
            fails(told->error());
    });
}

} // namespace howdah::ui
