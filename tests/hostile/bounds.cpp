// SPDX-License-Identifier: GPL-3.0-or-later
#include "hostile/bounds.h"

#include <QFile>

#include <algorithm>

#include <malloc.h>

namespace howdah::test
{

#if defined(__SANITIZE_ADDRESS__)
static constexpr bool judgesMemory = false;
static constexpr qint64 leastBoundMs = 15'000;
#else
static constexpr bool judgesMemory = true;
static constexpr qint64 leastBoundMs = 0;
#endif

static double statusMb(const char *field)
{
    QFile file(QStringLiteral("/proc/self/status"));
    if (!file.open(QIODevice::ReadOnly))
        return 0;
    for (const QByteArray &line : file.readAll().split('\n')) {
        if (line.startsWith(field))
            return line.mid(line.indexOf(':') + 1).trimmed().split(' ').constFirst().toDouble() / 1024;
    }
    return 0;
}

Bounds::Bounds()
{
    if (judgesMemory) {
        ::malloc_trim(0); // what the last one left must not hide what the next one takes
        QFile peak(QStringLiteral("/proc/self/clear_refs"));
        if (peak.open(QIODevice::WriteOnly))
            peak.write("5"); // the peak begins anew
        peak.close();
        m_before = statusMb("VmRSS");
        if (statusMb("VmHWM") > m_before + 20)
            qFatal("The kernel does not reset the peak of memory: it can't be judged");
    }
    m_clock.start();
}

double Bounds::grownMb() const
{
    return judgesMemory ? statusMb("VmHWM") - m_before : 0;
}

QString Bounds::exceeded(qint64 mostMs, double mostMb) const
{
    const qint64 took = ms();
    const double grown = grownMb();
    const qint64 boundMs = std::max(mostMs, leastBoundMs);
    if (took > boundMs || grown > mostMb)
        return QStringLiteral("it took %1 ms (at most %2) and %3 MB (at most %4)").arg(took).arg(boundMs).arg(grown).arg(mostMb);
    return {};
}

} // namespace howdah::test
