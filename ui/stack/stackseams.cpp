// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/stack/stackseams.h"

#include "base/async.h"

#include <QPointer>

#include <condition_variable>
#include <mutex>

namespace howdah::ui
{

namespace
{

// Longer than the keychain's own deadline: only a main loop that has ended lets it pass.
constexpr int mainLoopDeadlineMs = 60'000;
constexpr int cancelPollMs = 100;

template<typename T>
struct Pending {
    std::mutex mutex;
    std::condition_variable arrived;
    std::optional<Result<T>> answer;
};

// Asks on the keychain's thread and waits here.
template<typename T, typename Ask>
Result<T> onMainLoop(QPointer<store::Keychain> keychain, const CancelToken &cancel, Ask ask)
{
    const auto pending = std::make_shared<Pending<T>>();
    QMetaObject::invokeMethod(
        keychain.data(),
        [keychain, pending, ask] {
            async::onFinished(ask(*keychain), keychain.data(), [pending](const Result<T> &answer) {
                {
                    const std::lock_guard lock(pending->mutex);
                    pending->answer = answer;
                }
                pending->arrived.notify_all();
            });
        },
        Qt::QueuedConnection);
    std::unique_lock lock(pending->mutex);
    for (int waited = 0; waited < mainLoopDeadlineMs; waited += cancelPollMs) {
        if (pending->arrived.wait_for(lock, std::chrono::milliseconds(cancelPollMs), [&] { return pending->answer.has_value(); }))
            return *pending->answer;
        if (cancel.isCancelled())
            return fail(ErrorKind::Cancelled, QStringLiteral("cancelled"), QStringLiteral("Cancelled while waiting for the keychain"));
    }
    return fail(ErrorKind::Keychain, QStringLiteral("timeout"), QStringLiteral("The keychain did not answer"));
}

template<typename T>
Result<T> await(QFuture<Result<T>> future)
{
    future.waitForFinished();
    if (future.resultCount() == 0)
        return fail(ErrorKind::Cancelled, QStringLiteral("dropped"), QStringLiteral("The store was closed"));
    return future.result();
}

} // namespace

stack::Seams makeStackSeams(store::Keychain *keychain, store::StoreWorker *store, const CancelToken &cancel, bool sessionOnly)
{
    const QPointer<store::Keychain> chain(keychain);
    stack::Seams seams;
    seams.readSecret = [chain, cancel, sessionOnly](const store::SecretKey &key) {
        return onMainLoop<Secret>(chain, cancel, [key, sessionOnly](store::Keychain &k) {
            if (!sessionOnly || k.isSessionOnly(key))
                return k.read(key);
            // No keychain is asked: what this program does not hold gets a new password.
            QPromise<Result<Secret>> none;
            none.start();
            none.addResult(Result<Secret>(fail(ErrorKind::Keychain, QStringLiteral("absent"), QStringLiteral("No password is held for this session"))));
            none.finish();
            return none.future();
        });
    };
    seams.writeSecret = [chain, cancel, sessionOnly](const store::SecretKey &key, const Secret &secret) {
        return onMainLoop<void>(chain, cancel, [key, secret, sessionOnly](store::Keychain &k) {
            if (!sessionOnly)
                return k.write(key, secret);
            k.holdForSession(key, secret);
            QPromise<Done> done;
            done.start();
            done.addResult(Done());
            done.finish();
            return done.future();
        });
    };
    seams.removeSecret = [chain, cancel, sessionOnly](const store::SecretKey &key) {
        if (sessionOnly)
            return Done();
        return onMainLoop<void>(chain, cancel, [key](store::Keychain &k) { return k.remove(key); });
    };
    seams.readProfile = [store](const QString &name) {
        return await(store->run([name](store::Store &open) -> Result<std::optional<session::Profile>> {
            Result<session::Profile> profile = session::readProfile(open, name);
            if (profile)
                return std::optional(*profile);
            if (profile.error().reason == QLatin1StringView("no_such_profile"))
                return std::optional<session::Profile>();
            return fail(profile.error());
        }));
    };
    seams.saveProfile = [store](const session::Profile &profile) {
        return await(store->run([profile](store::Store &open) { return session::saveProfile(open, profile); }));
    };
    return seams;
}

} // namespace howdah::ui
