// SPDX-License-Identifier: GPL-3.0-or-later
#include "e2e/stacksession.h"

#include <unistd.h>

namespace howdah::e2e
{

using namespace Qt::StringLiterals;

StackSession::StackSession(const QString &name) : m_name(u"%1-%2"_s.arg(name).arg(::getpid()))
{
    if (m_keyring.isRunning())
        m_keyring.startUnlocked();
    m_keyringError = m_keyring.error();
}

StackSession::~StackSession()
{
    if (m_keyringError.isEmpty())
        stack({u"destroy"_s, u"--typed"_s, m_name});
}

QString StackSession::error() const
{
    return m_keyringError;
}

Ran StackSession::keep(Ran ran)
{
    m_said += ran.output + ran.errors;
    return ran;
}

Ran StackSession::up()
{
    // The image may have to be built first.
    return stack({u"up"_s, u"--backend"_s, u"docker"_s, u"--port"_s, QString::number(58'000 + ::getpid() % 1000), u"--next-port"_s}, 1'000'000);
}

Ran StackSession::stack(const QStringList &arguments, int timeoutMs)
{
    return keep(howdahctl(QStringList{u"--json"_s, u"stack"_s, u"--name"_s, m_name} + arguments, {}, timeoutMs));
}

Ran StackSession::ctl(const QStringList &arguments, const QByteArray &input, int timeoutMs)
{
    return keep(howdahctl(QStringList{u"--json"_s, u"--profile"_s, m_name} + arguments, input, timeoutMs));
}

Ran StackSession::docker(const QStringList &arguments, const QByteArray &input)
{
    return run(u"docker"_s, arguments, input);
}

QString StackSession::container()
{
    return QString::fromLatin1(docker({u"ps"_s, u"-aqf"_s, u"label=com.docker.compose.project="_s + m_name}).output.trimmed());
}

Ran StackSession::psql(const QByteArray &sql, const QString &role)
{
    return docker({u"exec"_s, u"-i"_s, container(), u"psql"_s, u"-XAtq"_s, u"-v"_s, u"ON_ERROR_STOP=1"_s, u"-U"_s, role, u"-d"_s, u"jeex_idea"_s}, sql);
}

} // namespace howdah::e2e
