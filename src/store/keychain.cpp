// SPDX-License-Identifier: GPL-3.0-or-later
#include "store/keychain.h"

#include "store/secretservice.h"

#include <QHash>
#include <QPromise>
#include <QTimer>

#include <qt6keychain/keychain.h>

#include <deque>
#include <utility>

namespace howdah::store
{

// Windows ignores the service and looks at the key alone, which therefore begins with our name too.
static QString service()
{
    return QStringLiteral("howdah");
}

QString SecretKey::text() const
{
    return QStringLiteral("howdah/") + profileId + QLatin1Char('/') + role + QLatin1Char('@') + host + QLatin1Char(':') + QString::number(port);
}

static Error keychainError(const QString &reason, const QString &message, const QString &hint, const QString &detail = {})
{
    Error error;
    error.kind = ErrorKind::Keychain;
    error.reason = reason;
    error.message = message;
    error.hint = hint;
    error.detail = detail;
    return error;
}

// QtKeychain's code and what the keyring says of itself, as one of ours. Its text is of the backend and holds no secret.
static Error errorOf(QKeychain::Error code, const QString &text, KeyringState state)
{
    const bool locked = state == KeyringState::Locked;
    switch (code) {
    case QKeychain::EntryNotFound:
        if (!locked)
            return keychainError(QStringLiteral("absent"), QStringLiteral("No password is saved in the keychain for this role on this server"),
                                 QStringLiteral("Save one with the profile"));
        [[fallthrough]];
    case QKeychain::CouldNotDeleteEntry:
    case QKeychain::AccessDenied:
        if (locked)
            return keychainError(QStringLiteral("locked"), QStringLiteral("The keychain is locked"), QStringLiteral("Unlock it and try again"), text);
        [[fallthrough]];
    case QKeychain::AccessDeniedByUser:
        return keychainError(QStringLiteral("denied"), QStringLiteral("The keychain denied access"), QStringLiteral("Allow it and try again"), text);
    default:
        // One that answers what state it is in is there: it is this that it won't do.
        if (state != KeyringState::Unknown)
            return keychainError(QStringLiteral("denied"), QStringLiteral("The keychain denied access"), QStringLiteral("Allow it and try again"), text);
        return keychainError(QStringLiteral("no_keychain"), QStringLiteral("No keychain answers"),
                             QStringLiteral("A password can be held for this session only; to save one, start the desktop's keyring"), text);
    }
}

static void wipe(QString &text)
{
    text.fill(QChar(0)); // in place: the string has no other owner
}

namespace
{
struct Request {
    enum class Kind { Read, Write, Remove };
    Kind kind = Kind::Read;
    QString key;
    Secret secret; // Write
    std::shared_ptr<QPromise<Result<Secret>>> secretPromise; // Read
    std::shared_ptr<QPromise<Done>> donePromise;             // Write, Remove
    QTimer *deadline = nullptr; // the keychain's child
    bool answered = false;
    bool triedAgain = false;
};
using RequestPtr = std::shared_ptr<Request>;
} // namespace

struct Keychain::Core {
    Keychain *keychain = nullptr;
    int deadlineMs = 0;
    std::deque<RequestPtr> queue;
    RequestPtr running; // until its job has answered, also past its deadline: QtKeychain itself runs one job at a time
    QHash<QString, Secret> held;

    void enqueue(const RequestPtr &request);
    void startNext();
    void begin();
    void start(QKeychain::Job *job, std::function<void(QKeychain::Job *)> done);
    void read();
    void write();
    void remove();
    void answer(const RequestPtr &request, Result<Secret> result) const;
    void finish(Result<Secret> result);
    void finish(QKeychain::Job *job);
};

void Keychain::Core::answer(const RequestPtr &request, Result<Secret> result) const
{
    if (std::exchange(request->answered, true))
        return;
    const QString what = request->kind == Request::Kind::Read ? QStringLiteral("read the password") :
        request->kind == Request::Kind::Write ? QStringLiteral("save the password") : QStringLiteral("remove the password");
    if (!result)
        result = fail(std::move(result.error()).during(what));
    if (request->secretPromise) {
        request->secretPromise->addResult(std::move(result));
        request->secretPromise->finish();
    } else {
        request->donePromise->addResult(result ? Done() : Done(fail(std::move(result.error()))));
        request->donePromise->finish();
    }
    request->secret = {};
    if (request->deadline)
        std::exchange(request->deadline, nullptr)->deleteLater();
}

void Keychain::Core::enqueue(const RequestPtr &request)
{
    queue.push_back(request);
    // From now on, not from its turn: behind a frozen daemon none may wait longer than the first.
    request->deadline = new QTimer(keychain); // QTimer::singleShot would keep the request after us
    request->deadline->setSingleShot(true);
    QObject::connect(request->deadline, &QTimer::timeout, keychain, [this, request] {
        answer(request, fail(keychainError(QStringLiteral("timeout"), QStringLiteral("The keychain does not answer"),
                                           request->kind == Request::Kind::Read
                                               ? QStringLiteral("Try again, or give the password for this session only")
                                               : QStringLiteral("Whether it was done is not known: it may still do it once it answers"))));
    });
    request->deadline->start(deadlineMs);
    // Not from within the caller: whoever asked gets the future before anything happens.
    QMetaObject::invokeMethod(keychain, [this] { startNext(); }, Qt::QueuedConnection);
}

void Keychain::Core::startNext()
{
    while (!running && !queue.empty()) {
        const RequestPtr next = queue.front();
        queue.pop_front();
        if (next->answered)
            continue;
        running = next;
        begin();
    }
}

void Keychain::Core::begin()
{
    switch (running->kind) {
    case Request::Kind::Read: return read();
    case Request::Kind::Write: return write();
    case Request::Kind::Remove: return remove();
    }
}

void Keychain::Core::finish(Result<Secret> result)
{
    answer(running, std::move(result));
    running.reset();
    startNext();
}

void Keychain::Core::finish(QKeychain::Job *job)
{
    const QKeychain::Error code = job->error();
    const QString text = job->errorString();
    // Also what a keyring says that was started anew since we first spoke to it.
    if (code == QKeychain::OtherError && !running->answered && !std::exchange(running->triedAgain, true)) {
        forgetKeyringSession();
        return begin();
    }
    if (code == QKeychain::AccessDeniedByUser)
        return finish(fail(errorOf(code, text, KeyringState::Unknown)));
    askKeyringState(keychain, 3000, [this, code, text](KeyringState state) { finish(fail(errorOf(code, text, state))); });
}

// The job deletes itself when it has answered, which a frozen daemon may delay for ever; ours or not, it is not touched until then.
void Keychain::Core::start(QKeychain::Job *job, std::function<void(QKeychain::Job *)> done)
{
    job->setKey(running->key);
    QObject::connect(job, &QKeychain::Job::finished, keychain, std::move(done));
    job->start();
}

void Keychain::Core::read()
{
    start(new QKeychain::ReadPasswordJob(service()), [this](QKeychain::Job *job) {
        if (job->error() != QKeychain::NoError)
            return finish(job);
        // The bytes of a text entry too, without the detour over a QString that nobody wipes.
        const QByteArray bytes = static_cast<QKeychain::ReadPasswordJob *>(job)->binaryData();
        finish(Secret(bytes));
    });
}

void Keychain::Core::write()
{
    // As text, so that people find it with their desktop's own tool: it may be their only way back to a server.
    auto *job = new QKeychain::WritePasswordJob(service());
    QString text = QString::fromUtf8(running->secret.data(), running->secret.size());
    job->setTextData(text);
    wipe(text);
    start(job, [this](QKeychain::Job *written) {
        if (written->error() != QKeychain::NoError)
            return finish(written);
        if (running->answered)
            return finish(Secret()); // too late: nobody waits for the proof
        start(new QKeychain::ReadPasswordJob(service()), [this](QKeychain::Job *back) {
            if (back->error() != QKeychain::NoError && back->error() != QKeychain::EntryNotFound)
                return finish(back);
            if (!running->answered && Secret(static_cast<QKeychain::ReadPasswordJob *>(back)->binaryData()) == running->secret) {
                held.remove(running->key);
                return finish(Secret());
            }
            finish(fail(keychainError(QStringLiteral("not_kept"), QStringLiteral("The keychain did not keep the password as it was given"),
                                      QStringLiteral("Hold it for this session only"))));
        });
    });
}

void Keychain::Core::remove()
{
    start(new QKeychain::DeletePasswordJob(service()), [this](QKeychain::Job *job) {
        if (job->error() != QKeychain::NoError)
            return finish(job);
        finish(Secret());
    });
}

Keychain::Keychain(QObject *parent, int deadlineMs) : QObject(parent), m_core(std::make_unique<Core>())
{
    m_core->keychain = this;
    m_core->deadlineMs = deadlineMs;
}

Keychain::~Keychain() = default;

QFuture<Result<Secret>> Keychain::read(const SecretKey &key)
{
    auto request = std::make_shared<Request>();
    request->key = key.text();
    request->secretPromise = std::make_shared<QPromise<Result<Secret>>>();
    request->secretPromise->start();
    if (const auto held = m_core->held.constFind(request->key); held != m_core->held.constEnd())
        m_core->answer(request, *held);
    else
        m_core->enqueue(request);
    return request->secretPromise->future();
}

QFuture<Done> Keychain::write(const SecretKey &key, const Secret &secret)
{
    auto request = std::make_shared<Request>();
    request->kind = Request::Kind::Write;
    request->key = key.text();
    request->secret = secret;
    request->donePromise = std::make_shared<QPromise<Done>>();
    request->donePromise->start();
    QString text = QString::fromUtf8(secret.data(), secret.size());
    const bool isText = Secret(text.toUtf8()) == secret && !text.contains(QChar(0));
    wipe(text);
    if (isText)
        m_core->enqueue(request);
    else
        m_core->answer(request, fail(keychainError(QStringLiteral("not_kept"), QStringLiteral("The password is not UTF-8 text"), {})));
    return request->donePromise->future();
}

QFuture<Done> Keychain::remove(const SecretKey &key)
{
    auto request = std::make_shared<Request>();
    request->kind = Request::Kind::Remove;
    request->key = key.text();
    request->donePromise = std::make_shared<QPromise<Done>>();
    request->donePromise->start();
    m_core->held.remove(request->key);
    m_core->enqueue(request);
    return request->donePromise->future();
}

void Keychain::holdForSession(const SecretKey &key, const Secret &secret)
{
    m_core->held.insert(key.text(), secret);
}

bool Keychain::isSessionOnly(const SecretKey &key) const
{
    return m_core->held.contains(key.text());
}

} // namespace howdah::store
