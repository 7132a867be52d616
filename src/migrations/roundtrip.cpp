// SPDX-License-Identifier: GPL-3.0-or-later
#include "migrations/roundtrip.h"

#include <QJsonArray>

#include <algorithm>

namespace howdah::migrations
{

using namespace Qt::StringLiterals;

QString verdictText(RoundTrip::Verdict verdict)
{
    switch (verdict) {
    case RoundTrip::Verdict::Same: return u"reversible"_s;
    case RoundTrip::Verdict::Waived: return u"irreversible, as it says"_s;
    case RoundTrip::Verdict::Differs: return u"does not lead back"_s;
    case RoundTrip::Verdict::Fails: return u"fails"_s;
    case RoundTrip::Verdict::NotTried: break;
    }
    return u"not tried in whole"_s;
}

QStringList RoundTrip::words() const
{
    QStringList all;
    const QString turn = again ? u"up again"_s : u"the way back"_s;
    for (const catalog::Difference &one : differences) {
        switch (one.what) {
        case catalog::Difference::What::Added: all << u"%1 leaves %2 %3"_s.arg(turn, one.kind, one.identity); break;
        case catalog::Difference::What::Removed: all << u"after %1 %2 %3 is missing"_s.arg(turn, one.kind, one.identity); break;
        case catalog::Difference::What::Changed: all << u"after %1 it is another: %2"_s.arg(turn, one.text()); break;
        }
    }
    for (const QString &one : left)
        all << u"not run: %1"_s.arg(one);
    if (error)
        all << u"%1 fails: %2"_s.arg(turn, error->text());
    return all;
}

QJsonObject RoundTrip::toJson() const
{
    QJsonArray differing;
    for (const catalog::Difference &one : differences)
        differing.append(one.toJson());
    return {{u"version"_s, version},
            {u"name"_s, name},
            {u"verdict"_s, verdict == Verdict::Same ? u"reversible"_s : verdict == Verdict::Waived ? u"waived"_s : verdict == Verdict::Differs ? u"differs"_s : verdict == Verdict::Fails ? u"fails"_s : u"not_tried"_s},
            {u"reason"_s, reason.isEmpty() ? QJsonValue(QJsonValue::Null) : QJsonValue(reason)},
            {u"left_out"_s, QJsonArray::fromStringList(left)},
            {u"up_again"_s, again},
            {u"differences"_s, differing},
            {u"words"_s, QJsonArray::fromStringList(words())},
            {u"error"_s, error ? QJsonValue(error->toJson()) : QJsonValue(QJsonValue::Null)}};
}

bool RoundTrips::passes() const
{
    return std::none_of(all.cbegin(), all.cend(), [](const RoundTrip &one) { return one.isFinding() || one.verdict == RoundTrip::Verdict::NotTried; });
}

QJsonObject RoundTrips::toJson() const
{
    QJsonArray trips;
    for (const RoundTrip &one : all)
        trips.append(one.toJson());
    return {{u"migrations"_s, trips}, {u"passes"_s, passes()}, {u"not_seen"_s, QJsonArray::fromStringList(notSeen)}, {u"base_left_out"_s, QJsonArray::fromStringList(left)}};
}

QString RoundTrips::text() const
{
    QString text;
    for (const RoundTrip &one : all) {
        text += u"%1  %2%3\n"_s.arg(verdictText(one.verdict).leftJustified(24), one.name, one.reason.isEmpty() ? QString() : u": "_s + one.reason);
        const QStringList words = one.words();
        for (const QString &line : words)
            text += u"    %1\n"_s.arg(line);
    }
    for (const QString &line : left)
        text += u"Left out of what stands before: %1\n"_s.arg(line);
    return text + u"%1 of %2 lead back. Rows are not looked at, only the schema\n"_s.arg(std::count_if(all.cbegin(), all.cend(), [](const RoundTrip &one) { return one.verdict == RoundTrip::Verdict::Same; })).arg(all.size());
}

namespace
{

class Traveller
{
public:
    Traveller(const FreshBase &fresh, const QVector<File> &files, const QString &searchPath, const CancelToken &cancel) : m_fresh(fresh), m_files(files), m_searchPath(searchPath), m_cancel(cancel) {}

    // A scratch as it is behind the first `count` files.
    Done begin(qsizetype count)
    {
        m_scratch.reset();
        auto made = m_fresh();
        if (!made)
            return fail(std::move(made.error()));
        m_scratch = *std::move(made);
        if (Done versions = m_scratch->makeVersions(m_cancel); !versions)
            return versions;
        for (qsizetype i = 0; i < count; ++i) {
            if (Done gone = go(i, Direction::Up); !gone)
                return gone;
        }
        return {};
    }

    Done go(qsizetype index, Direction direction)
    {
        if (Done entered = m_scratch->enter(m_searchPath, {}, m_cancel); !entered)
            return entered;
        Done done = m_scratch->apply(m_files.at(index), direction, m_cancel);
        // What it has set is not the next one's.
        const QStringList left = m_scratch->takeLeft();
        for (const QString &one : left) {
            if (!m_left.contains(one))
                m_left << one;
        }
        const Done settled = m_scratch->connection().isAlive() ? m_scratch->settle(m_cancel) : Done();
        return done ? settled : done;
    }

    QStringList takeLeft() { return std::exchange(m_left, {}); }
    Result<catalog::Snapshot> look() { return catalog::readSnapshot(m_scratch->connection(), m_cancel); }

    // The verdict on one; what stands before it is there. An error: of the link, or its own on the way forth.
    Done trip(qsizetype index, RoundTrip &told)
    {
        const auto before = look();
        if (!before)
            return fail(before.error());
        if (Done up = go(index, Direction::Up); !up)
            return up;
        const auto after = look();
        if (!after)
            return fail(after.error());
        told.verdict = RoundTrip::Verdict::Fails;
        if (Done down = go(index, Direction::Down); !down)
            return failed(told, std::move(down.error()));
        if (Done same = compared(*before, told); !same || told.verdict == RoundTrip::Verdict::Differs)
            return same;
        told.again = true;
        if (Done up = go(index, Direction::Up); !up)
            return failed(told, std::move(up.error()));
        if (Done same = compared(*after, told); !same || told.verdict == RoundTrip::Verdict::Differs)
            return same;
        told.again = false;
        told.verdict = RoundTrip::Verdict::Same;
        return {};
    }

private:
    Done failed(RoundTrip &told, Error error) const
    {
        if (error.kind == ErrorKind::Cancelled || !m_scratch->connection().isAlive())
            return fail(std::move(error));
        told.error = std::move(error);
        return {};
    }

    Done compared(const catalog::Snapshot &expected, RoundTrip &told)
    {
        const auto is = look();
        if (!is)
            return fail(is.error());
        told.differences = catalog::compare(expected, *is);
        if (!told.differences.isEmpty())
            told.verdict = RoundTrip::Verdict::Differs;
        return {};
    }

    const FreshBase &m_fresh;
    const QVector<File> &m_files;
    const QString &m_searchPath;
    const CancelToken &m_cancel;
    std::unique_ptr<Scratch> m_scratch;
    QStringList m_left;
};

} // namespace

Result<RoundTrips> roundTrip(const FreshBase &fresh, const QVector<File> &files, const QStringList &versions, const QString &searchPath, const Progress &progress, const CancelToken &cancel)
{
    for (const QString &version : versions) {
        if (std::none_of(files.cbegin(), files.cend(), [&](const File &file) { return file.version == version; }))
            return fail(ErrorKind::Client, u"no_such_version"_s, u"There is no migration %1"_s.arg(version));
    }
    RoundTrips trips;
    Traveller traveller(fresh, files, searchPath, cancel);
    if (Done begun = traveller.begin(0); !begun)
        return fail(std::move(begun.error()));
    for (qsizetype i = 0; i < files.size(); ++i) {
        const File &file = files.at(i);
        if (progress)
            progress({u"Round trip"_s, file.name, i, files.size(), {}});
        if (!versions.isEmpty() && !versions.contains(file.version)) {
            if (Done gone = traveller.go(i, Direction::Up); !gone)
                return fail(std::move(gone.error()));
            trips.left += traveller.takeLeft();
            continue;
        }
        RoundTrip told{file.version, file.name, RoundTrip::Verdict::Waived, file.irreversible, {}, false, {}, {}};
        if (Done done = file.irreversible.isEmpty() ? traveller.trip(i, told) : traveller.go(i, Direction::Up); !done)
            return fail(std::move(done.error()));
        told.left = traveller.takeLeft();
        if (told.verdict == RoundTrip::Verdict::Same && !told.left.isEmpty())
            told.verdict = RoundTrip::Verdict::NotTried; // of what was left out nobody knows whether it leads back
        trips.all.append(told);
        if (told.isFinding() && i + 1 < files.size()) {
            if (Done begun = traveller.begin(i + 1); !begun)
                return fail(std::move(begun.error()));
            (void)traveller.takeLeft(); // told already
        }
    }
    if (const auto last = traveller.look())
        trips.notSeen = last->notSeen;
    return trips;
}

} // namespace howdah::migrations
