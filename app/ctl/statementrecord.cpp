// SPDX-License-Identifier: GPL-3.0-or-later
#include "ctl/statementrecord.h"

#include "base/clock.h"
#include "base/units.h"
#include "ctl/terminal.h"
#include "ctl/timewords.h"
#include "statements/recorder.h"

#include <limits>

namespace howdah::ctl
{

using namespace Qt::StringLiterals;
using statements::Reading;

namespace
{

void tell(const QString &line)
{
    endProgressLine();
    toErrors(printable(QDateTime::currentDateTime().toString(u"HH:mm:ss "_s) + line + u'\n'));
}

struct Recorded {
    int pieces = 0;
    int refused = 0;  // another console keeps the same
    int failures = 0;
    qint64 beganMs = 0;
    qint64 lastMs = 0;
};

Result<statements::Kept> keepReading(Ctl &ctl, const QString &source, const Reading &reading)
{
    auto store = ctl.store();
    if (!store)
        return fail(std::move(store.error()));
    return statements::keep(**store, source, reading, Clock().wallMs());
}

// A reading that fails is part of the next interval; a lost link is opened again with it.
Done recordOne(Ctl &ctl, const QString &source, statements::Recorder &recorder, std::unique_ptr<pg::Connection> &connection, Recorded &recorded)
{
    if (!connection) {
        auto again = ctl.connect(Ctl::Link::Monitor);
        if (!again)
            return fail(std::move(again.error()));
        connection = *std::move(again);
    }
    auto reading = recorder.read(*connection, ctl.cancel());
    if (!reading) {
        connection.reset();
        return fail(std::move(reading.error()));
    }
    if (!*reading) {
        recorded.beganMs = recorder.atMs();
        tell(u"The history begins: what ran before this reading is not in it"_s);
        return {};
    }
    const auto kept = keepReading(ctl, source, **reading);
    recorder.done(kept);
    if (!kept)
        return fail(kept.error());
    ++(kept->written ? recorded.pieces : recorded.refused);
    recorded.lastMs = recorder.atMs();
    const QString gaps = (*reading)->interval.gaps.text();
    tell(u"%1 statements%2%3"_s.arg((*reading)->interval.changes.size())
             .arg(kept->written ? QString() : u", kept by another console already"_s, gaps.isEmpty() ? QString() : u". "_s + units::oneLine(gaps)));
    return {};
}

} // namespace

Result<Answer> recordStatements(Ctl &ctl, const RecordOptions &options)
{
    const auto forMs = options.span.empty() ? std::optional(std::numeric_limits<qint64>::max() / 2) : spanMs(QString::fromStdString(options.span));
    const auto everyMs = spanMs(QString::fromStdString(options.every));
    if (!forMs || !everyMs || *everyMs < 1000)
        return fail(ErrorKind::Client, u"usage"_s, u"--for and --every are times"_s, u"30s, 10m, 2h, 1d; --every 1s at the least"_s);
    const auto target = ctl.target();
    if (!target)
        return fail(target.error());
    if (target->profile.id.isEmpty())
        return fail(ErrorKind::Client, u"no_profile"_s, u"A history is kept for a saved server only"_s, u"Save it: howdahctl profile add"_s);
    const QString source = statements::historySource(target->profile.id);
    statements::Recorder recorder;
    std::unique_ptr<pg::Connection> connection;
    Recorded recorded;
    const qint64 begin = Clock().monotonicMs();
    for (qint64 turn = 0;; ++turn) {
        // The last reading is at the end of the time.
        const qint64 atMs = std::min(turn * *everyMs, *forMs);
        if (!waitUntil(begin + atMs, ctl.cancel()))
            break;
        const auto one = recordOne(ctl, source, recorder, connection, recorded);
        if (!one && turn == 0)
            return fail(one.error());
        if (!one && one.error().kind != ErrorKind::Cancelled) {
            ++recorded.failures;
            tell(one.error().text());
        }
        if (atMs == *forMs)
            break;
    }
    const QJsonObject json{{u"intervals"_s, recorded.pieces},
                           {u"kept_by_another"_s, recorded.refused},
                           {u"failures"_s, recorded.failures},
                           {u"from_ms"_s, recorded.beganMs},
                           {u"to_ms"_s, recorded.lastMs ? recorded.lastMs : recorded.beganMs}};
    QString text = u"%1 intervals recorded"_s.arg(recorded.pieces);
    if (recorded.refused)
        text += u", %1 kept by another console"_s.arg(recorded.refused);
    if (recorded.failures)
        text += u", %1 readings failed"_s.arg(recorded.failures);
    return Answer{json, text + u'\n', recorded.failures && !recorded.pieces && !recorded.refused ? ExitCode::Failed : ExitCode::Success};
}

} // namespace howdah::ctl
