// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/stack/stackactions.h"

#include "base/units.h"
#include "stack/bringup.h"
#include "stack/rotatecerts.h"
#include "ui/shell/jobmodel.h"
#include "ui/stack/stackseams.h"
#include "ui/widgets/dialogs.h"

namespace howdah::ui
{

namespace
{

bool isBusy(const PaneContext &context, const QString &target)
{
    for (const session::Job *job : context.jobs->running()) {
        if (job->spec().target == target)
            return true;
    }
    return false;
}

session::Job *start(const PaneContext &context, const QString &title, const QString &command, const QString &undo, session::Job::Service service)
{
    session::JobSpec spec;
    spec.title = title;
    spec.target = stackTarget(stackNameOf(context));
    spec.commands = command;
    spec.undo = undo;
    // One thing at a time is done to a stack; a second click on a button does nothing.
    if (!context.jobs || !context.tools || isBusy(context, spec.target))
        return nullptr;
    return context.jobs->start(spec, *context.tools, std::move(service));
}

QString startedText(const stack::BroughtUp &up, qint64 ms)
{
    QString text = QStringLiteral("PostgreSQL %1 on %2:%3 in %4")
                       .arg(up.status.serverVersion, up.status.listen)
                       .arg(up.status.port)
                       .arg(units::duration(ms));
    if (up.rekeyed)
        text += QStringLiteral("; the keychain had lost passwords, new ones are set for ") + up.newPasswords.join(QStringLiteral(", "));
    return text + QLatin1Char('.');
}

} // namespace

QString stackNameOf(const PaneContext &context)
{
    return context.profile.stack.isEmpty() ? QStringLiteral("howdah") : context.profile.stack;
}

QString stackCommand(const PaneContext &context, const QString &verb)
{
    const QString name = stackNameOf(context);
    const QString of = name == QLatin1StringView("howdah") ? QString() : QStringLiteral("--name ") + name + QLatin1Char(' ');
    return QStringLiteral("howdahctl stack ") + of + verb;
}

QString stackTarget(const QString &name)
{
    return QStringLiteral("stack ") + name;
}

void startStack(const PaneContext &context, QWidget *, const StackStart &how)
{
    stack::UpOptions options;
    options.name = stackNameOf(context);
    options.takeNextFreePort = how.takeNextFreePort;
    if (how.localCluster)
        options.backend = stack::Backend::Local;
    const auto up = std::make_shared<stack::BroughtUp>();
    const auto service = [options, up, how, keychain = context.keychain, store = context.store,
                          clock = context.clock](const Progress &progress, const CancelToken &cancel) -> Result<QString> {
        const qint64 began = clock->monotonicMs();
        Result<stack::BroughtUp> result =
            stack::bringUp(options, makeStackSeams(keychain, store, cancel, how.sessionOnly), progress, cancel);
        if (!result)
            return fail(std::move(result.error()));
        *up = *result;
        return startedText(*up, clock->monotonicMs() - began);
    };
    session::Job *job = start(context, QStringLiteral("Start the stack %1").arg(options.name), stackCommand(context, QStringLiteral("up")),
                              stackCommand(context, QStringLiteral("down")), service);
    if (!job)
        return;
    QObject::connect(job, &session::Job::finished, job, [job, up, open = context.openProfile] {
        if (job->state() == session::Job::State::Done && open)
            open(up->profile.name);
    });
}

void stopStack(const PaneContext &context, QWidget *window)
{
    const QString name = stackNameOf(context);
    Question question;
    question.title = QStringLiteral("Stop the stack %1").arg(name);
    question.text = QStringLiteral("PostgreSQL writes a checkpoint and shuts down; every connection to it ends. Its data stays.");
    question.detail = stackCommand(context, QStringLiteral("down"));
    question.verb = QStringLiteral("Stop the stack");
    ask(window, question, window, [context, name](const Answer &answer) {
        if (!answer.accepted)
            return;
        start(context, QStringLiteral("Stop the stack %1").arg(name), stackCommand(context, QStringLiteral("down")), stackCommand(context, QStringLiteral("up")),
              [name](const Progress &progress, const CancelToken &cancel) -> Result<QString> {
                  if (Done done = stack::down(name, progress, cancel); !done)
                      return fail(std::move(done.error()));
                  return QStringLiteral("Stopped; its data is kept.");
              });
    });
}

void destroyStack(const PaneContext &context, QWidget *window)
{
    const QString name = stackNameOf(context);
    Question question;
    question.title = QStringLiteral("Destroy the stack %1").arg(name);
    question.text = QStringLiteral("Its container, its databases, its WAL archive and its base backup are removed from this machine. "
                                   "This can't be undone.");
    question.detail = stackCommand(context, QStringLiteral("destroy"));
    question.verb = QStringLiteral("Destroy the stack");
    question.dangerous = true;
    question.typedName = name;
    ask(window, question, window, [context, name, detail = question.detail](const Answer &answer) {
        if (!answer.accepted)
            return;
        start(context, QStringLiteral("Destroy the stack %1").arg(name), detail, QStringLiteral("none: the data is gone"),
              [name, typed = answer.text, keychain = context.keychain, store = context.store](const Progress &progress, const CancelToken &cancel) -> Result<QString> {
                  if (Done done = stack::destroy(name, typed, progress, cancel); !done)
                      return fail(std::move(done.error()));
                  const Done forgotten = stack::forgetPasswords(name, makeStackSeams(keychain, store, cancel, false));
                  return forgotten ? QStringLiteral("Removed with all its data and its passwords.")
                                   : QString(QStringLiteral("Removed with all its data. Its passwords stay in the keychain: ") + forgotten.error().text());
              });
    });
}

void rotateStackCertificates(const PaneContext &context, QWidget *window)
{
    const QString name = stackNameOf(context);
    Question question;
    question.title = QStringLiteral("Rotate the certificates of the stack %1").arg(name);
    question.text = QStringLiteral("The server gets a new certificate with a new CA and reads it at once; the old one comes back when the new one "
                                   "is not seen to be served. No session ends: open ones go on with the old certificate until they reconnect. "
                                   "Programs that trust a copy of the old CA need the new file afterwards.");
    question.detail = stackCommand(context, QStringLiteral("rotate-certs"));
    question.verb = QStringLiteral("Rotate certificates");
    ask(window, question, window, [context, name, detail = question.detail](const Answer &answer) {
        if (!answer.accepted)
            return;
        start(context, QStringLiteral("Rotate the certificates of the stack %1").arg(name), detail, QStringLiteral("none: the old CA's trust is gone"),
              [name](const Progress &progress, const CancelToken &cancel) -> Result<QString> {
                  const Result<stack::Rotated> rotated = stack::rotateCertificates(name, progress, cancel);
                  if (!rotated)
                      return fail(rotated.error());
                  return rotated->text().trimmed();
              });
    });
}

void fillWithDemoData(const PaneContext &context, QWidget *)
{
    const QString name = stackNameOf(context);
    start(context, QStringLiteral("Fill jeex_idea with demo data"), stackCommand(context, QStringLiteral("demo")), {},
          [name](const Progress &progress, const CancelToken &cancel) { return stack::demo(name, progress, cancel); });
}

} // namespace howdah::ui
