// SPDX-License-Identifier: GPL-3.0-or-later
#include "support/netns.h"

#include <QDir>
#include <QProcess>

#include <cerrno>
#include <csignal>

#include <unistd.h>

namespace howdah::test
{

static const QString prefix()
{
    return QStringLiteral("howdah-");
}

// Root's tools are not on everybody's PATH.
static bool runTool(const QString &program, const QStringList &arguments, QString *why = nullptr)
{
    QProcessEnvironment environment;
    environment.insert(QStringLiteral("PATH"), QStringLiteral("/usr/sbin:/usr/bin:/sbin:/bin"));
    QProcess process;
    process.setProcessEnvironment(environment);
    process.setProcessChannelMode(QProcess::MergedChannels);
    process.start(QStringLiteral("/usr/bin/env"), QStringList{program} + arguments);
    const bool done = process.waitForFinished(20'000) && process.exitStatus() == QProcess::NormalExit && process.exitCode() == 0;
    if (!done && why)
        *why = QStringLiteral("%1 %2: %3 %4").arg(program, arguments.join(QLatin1Char(' ')), QString::fromUtf8(process.readAll().trimmed()), process.errorString());
    return done;
}

// howdah-<pid>-<n>
static void removeThoseOfTheDead()
{
    const QStringList names = QDir(QStringLiteral("/run/netns")).entryList({prefix() + QStringLiteral("*-*")}, QDir::Files | QDir::System);
    for (const QString &name : names) {
        const auto pid = pid_t(name.section(QLatin1Char('-'), 1, 1).toInt());
        if (pid > 0 && ::kill(pid, 0) != 0 && errno == ESRCH)
            runTool(QStringLiteral("ip"), {QStringLiteral("netns"), QStringLiteral("del"), name});
    }
}

std::unique_ptr<NetworkNamespace> NetworkNamespace::make(QString *why)
{
    static int made = 0;
    if (::geteuid() != 0) {
        *why = QStringLiteral("Network namespaces need root");
        return nullptr;
    }
    removeThoseOfTheDead();
    std::unique_ptr<NetworkNamespace> space(new NetworkNamespace);
    const int number = ++made;
    space->m_name = prefix() + QStringLiteral("%1-%2").arg(::getpid()).arg(number);
    if (!runTool(QStringLiteral("ip"), {QStringLiteral("netns"), QStringLiteral("add"), space->m_name}, why))
        return nullptr;
    const auto ip = [why](const QString &words) { return runTool(QStringLiteral("ip"), words.split(QLatin1Char(' ')), why); };
    space->m_cable = QStringLiteral("hw%1-%2").arg(::getpid()).arg(number); // 15 characters at most
    const QString inner = QStringLiteral("server");
    // A network of four addresses of its own; another test may have it already.
    for (int attempt = 0; attempt < 8; ++attempt) {
        const int net = ((::getpid() * 8 + number + attempt * 1031) & 0x3fff) * 4;
        const QString base = QStringLiteral("10.213.%1.").arg(net / 256);
        space->m_outside = base + QString::number(net % 256 + 1);
        space->m_inside = base + QString::number(net % 256 + 2);
        const bool taken = runTool(QStringLiteral("sh"), {QStringLiteral("-c"), QStringLiteral("ip -4 -o addr show | grep -qF ' %1/'").arg(space->m_outside)});
        if (!taken)
            break;
    }
    const QString name = space->m_name;
    if (!ip(QStringLiteral("link add %1 type veth peer name %2 netns %3").arg(space->m_cable, inner, name))
        || !ip(QStringLiteral("addr add %1/30 dev %2").arg(space->m_outside, space->m_cable)) || !ip(QStringLiteral("link set %1 up").arg(space->m_cable))
        || !ip(QStringLiteral("-n %1 addr add %2/30 dev %3").arg(name, space->m_inside, inner)) || !ip(QStringLiteral("-n %1 link set %2 up").arg(name, inner))
        || !ip(QStringLiteral("-n %1 link set lo up").arg(name)))
        return nullptr;
    return space;
}

NetworkNamespace::~NetworkNamespace()
{
    runTool(QStringLiteral("ip"), {QStringLiteral("link"), QStringLiteral("del"), m_cable}); // both ends
    runTool(QStringLiteral("ip"), {QStringLiteral("netns"), QStringLiteral("del"), m_name});
}

QString NetworkNamespace::path() const
{
    return QStringLiteral("/run/netns/") + m_name;
}

bool NetworkNamespace::inside(const QString &program, const QStringList &arguments)
{
    const bool done = runTool(QStringLiteral("ip"), QStringList{QStringLiteral("netns"), QStringLiteral("exec"), m_name, program} + arguments, &m_why);
    if (!done)
        qWarning("%s", qPrintable(m_why));
    return done;
}

bool NetworkNamespace::filter(const QString &chain, const QStringList &rule)
{
    return inside(QStringLiteral("iptables"), QStringList{QStringLiteral("-w"), QStringLiteral("-I"), chain} + rule);
}

bool NetworkNamespace::dropAll()
{
    const QStringList drop{QStringLiteral("-j"), QStringLiteral("DROP")};
    return filter(QStringLiteral("INPUT"), drop) && filter(QStringLiteral("OUTPUT"), drop);
}

bool NetworkNamespace::resetAll()
{
    return filter(QStringLiteral("INPUT"), {QStringLiteral("-p"), QStringLiteral("tcp"), QStringLiteral("-j"), QStringLiteral("REJECT"),
                                            QStringLiteral("--reject-with"), QStringLiteral("tcp-reset")});
}

bool NetworkNamespace::lose(double share)
{
    const QStringList some{QStringLiteral("-p"), QStringLiteral("tcp"), QStringLiteral("-m"), QStringLiteral("statistic"), QStringLiteral("--mode"),
                           QStringLiteral("random"), QStringLiteral("--probability"), QString::number(share), QStringLiteral("-j"), QStringLiteral("DROP")};
    return filter(QStringLiteral("INPUT"), some) && filter(QStringLiteral("OUTPUT"), some);
}

bool NetworkNamespace::limit(int bytesPerSecond)
{
    const auto shape = [&](const QString &device) {
        return QStringList{QStringLiteral("qdisc"), QStringLiteral("add"), QStringLiteral("dev"), device, QStringLiteral("root"), QStringLiteral("tbf"),
                           QStringLiteral("rate"), QStringLiteral("%1bps").arg(bytesPerSecond), // tc's "bps" are bytes
                           QStringLiteral("burst"), QStringLiteral("3200"), QStringLiteral("latency"), QStringLiteral("400ms")};
    };
    // A veth hands over whole bundles of packets, larger than the bucket: they would never pass.
    const auto noBundles = [](const QString &device) {
        return QStringList{QStringLiteral("link"), QStringLiteral("set"), QStringLiteral("dev"), device, QStringLiteral("gso_max_segs"), QStringLiteral("1")};
    };
    const QString inner = QStringLiteral("server");
    return inside(QStringLiteral("ip"), noBundles(inner)) && runTool(QStringLiteral("ip"), noBundles(m_cable), &m_why)
        && inside(QStringLiteral("tc"), shape(inner)) && runTool(QStringLiteral("tc"), shape(m_cable), &m_why);
}

bool NetworkNamespace::heal()
{
    const auto plain = [](const QString &device) {
        return QStringList{QStringLiteral("qdisc"), QStringLiteral("del"), QStringLiteral("dev"), device, QStringLiteral("root")};
    };
    runTool(QStringLiteral("tc"), plain(m_cable)); // fails where there is none
    runTool(QStringLiteral("ip"), QStringList{QStringLiteral("netns"), QStringLiteral("exec"), m_name, QStringLiteral("tc")} + plain(QStringLiteral("server")));
    return inside(QStringLiteral("iptables"), {QStringLiteral("-w"), QStringLiteral("-F")});
}

} // namespace howdah::test
