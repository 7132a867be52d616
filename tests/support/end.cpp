// SPDX-License-Identifier: GPL-3.0-or-later
// A test's program ends behind its workers' threads: one in its last act among what main's end destroys crashes, or never ends.
#include "base/worker.h"

#include <QCoreApplication>

#include <cstdio>

#include <unistd.h>

static void waitForWorkers()
{
    if (howdah::Worker::joinClosed(30'000))
        return;
    std::fputs("A worker's thread has not ended in 30 s.\n", stderr);
    std::fflush(nullptr);
    ::_exit(86);
}

static void atStart()
{
    qAddPostRoutine(waitForWorkers);
}

Q_COREAPP_STARTUP_FUNCTION(atStart)
