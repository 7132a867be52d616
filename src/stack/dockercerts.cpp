// SPDX-License-Identifier: GPL-3.0-or-later
// The certificates in a stack's TLS volume. The server sees the volume read-only: they are changed by one-shot containers of the seed service.
#include "stack/certificates.h"
#include "stack/dockerstack.h"
#include "stack/tar.h"

#include <string.h>

namespace howdah::stack
{

namespace
{
const QString tlsFolder()
{
    return QStringLiteral("/etc/howdah/tls");
}
const QString keptFolder()
{
    return tlsFolder() + QStringLiteral("/previous");
}
QStringList filesIn(const QString &folder) // the key first, as the seed does
{
    return {folder + QStringLiteral("/server.key"), folder + QStringLiteral("/server.crt"), folder + QStringLiteral("/ca.crt")};
}

tool::Command seedRun(const DockerStack &stack, const QStringList &options = {}, const QStringList &arguments = {})
{
    return stack.compose(QStringList{QStringLiteral("--profile"), QStringLiteral("seed"), QStringLiteral("run"), QStringLiteral("--rm"), QStringLiteral("-T"),
                                     QStringLiteral("--no-deps")}
                         + options + QStringList{QStringLiteral("seed")} + arguments);
}

Done inVolume(const DockerStack &stack, const QString &program, const QStringList &arguments, const CancelToken &cancel)
{
    if (auto done = tool::runChecked(seedRun(stack, {QStringLiteral("--entrypoint"), program}, arguments), cancel); !done)
        return fail(dockerError(std::move(done.error())));
    return {};
}

} // namespace

Done seedCertificates(const DockerStack &stack, const Certificates &certificates, const CancelToken &cancel)
{
    tool::Command command = seedRun(stack);
    command.input = tarStream({{"ca.crt", certificates.ca},
                               {"server.crt", certificates.server},
                               {"server.key", {certificates.serverKey.data(), certificates.serverKey.size()}}});
    Result<tool::Outcome> outcome = tool::runChecked(command, cancel);
    ::explicit_bzero(command.input.data(), size_t(command.input.size()));
    if (outcome)
        return {};
    Error error = dockerError(std::move(outcome.error()));
    if (error.kind == ErrorKind::Tool && error.reason == QLatin1String("failed")) {
        error.reason = QStringLiteral("seed_failed");
        error.message = QStringLiteral("The certificates could not be put into the stack's volume");
        error.hint = QStringLiteral("Doing it again makes new ones");
    }
    return fail(std::move(error));
}

CertificatePlace DockerStack::certificatePlace(const Container &running) const
{
    CertificatePlace place;
    place.name = m_record.name;
    place.port = running.port;
    place.inside = inside(running.id);
    place.readCa = [this, id = running.id](const CancelToken &cancel) -> Result<QByteArray> {
        Result<tool::Outcome> read = tool::runChecked(exec(id, {QStringLiteral("cat"), tlsFolder() + QStringLiteral("/ca.crt")}), cancel);
        if (!read)
            return fail(dockerError(std::move(read.error())));
        return read->output;
    };
    place.keep = [this](const CancelToken &cancel) {
        return inVolume(*this, QStringLiteral("install"),
                        QStringList{QStringLiteral("-D"), QStringLiteral("-o"), QStringLiteral("999"), QStringLiteral("-g"), QStringLiteral("999"), QStringLiteral("-m"),
                                    QStringLiteral("0600"), QStringLiteral("-t"), keptFolder()}
                            + filesIn(tlsFolder()),
                        cancel);
    };
    place.put = [this](const Certificates &certificates, const CancelToken &cancel) { return seedCertificates(*this, certificates, cancel); };
    place.putBack = [this] {
        return inVolume(*this, QStringLiteral("mv"), QStringList{QStringLiteral("-f"), QStringLiteral("-t"), tlsFolder()} + filesIn(keptFolder()), {});
    };
    place.drop = [this] { return inVolume(*this, QStringLiteral("rm"), {QStringLiteral("-rf"), keptFolder()}, {}); };
    return place;
}

} // namespace howdah::stack
