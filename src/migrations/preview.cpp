// SPDX-License-Identifier: GPL-3.0-or-later
#include "migrations/preview.h"

#include "base/units.h"
#include "migrations/clusterwide.h"
#include "migrations/ddl.h"
#include "migrations/previewparts.h"
#include "migrations/scratchrows.h"

#include <QElapsedTimer>
#include <QJsonArray>
#include <QJsonDocument>
#include <QMap>

namespace howdah::migrations
{

using namespace Qt::StringLiterals;

namespace
{

constexpr int mostEmptied = 4; // so often a section is tried with fewer rows
constexpr int pauseMs = 100; // at each COMMIT of what is looked at from outside: longer than a busy machine keeps the looker waiting

class Previewer
{
public:
    Previewer(Scratch &scratch, const TargetFacts &target, const PreviewOptions &options, const CancelToken &cancel)
        : m_link(scratch.connection()), m_scratch(scratch), m_target(target), m_options(options), m_cancel(cancel), m_words{target, {}, {}}
    {
    }

    Done ready(const QVector<Pending> &pending)
    {
        QVector<QByteArray> texts;
        for (const Pending &one : pending)
            texts << sectionOf(one).text;
        if (Done settled = settle(); !settled)
            return settled;
        m_preview.basis = m_target.basis;
        const auto filled = ownRows() ? Result<Filled>() : fillRows(m_scratch, texts, m_options.rows, 40, m_cancel);
        if (!filled)
            return fail(filled.error());
        const QString words = filled->left.isEmpty() ? QString() : u". "_s + filled->left.join(u". "_s);
        if (!ownRows())
            m_preview.basis = u"%1; %2 made-up rows for each of %3 tables%4"_s.arg(m_target.basis.isEmpty() ? u"the scratch database as it was"_s : m_target.basis).arg(m_options.rows).arg(filled->rows.size()).arg(words);
        const auto sizes = m_link.runFile(u"migrations/preview_sizes"_s, {}, {}, m_cancel);
        if (!sizes)
            return fail(sizes.error());
        for (qsizetype row = 0; row < sizes->size(); ++row)
            m_words.sizes.insert(sizes->text(row, "name"_L1), {sizes->integer(row, "rows"_L1).value_or(-1), sizes->integer(row, "bytes"_L1).value_or(-1)});
        if (!m_scratch.isSuperuser()) {
            m_preview.basis += u". Why a table is rewritten and what a CASCADE takes is not known: the sandbox's role is no superuser"_s;
            return {};
        }
        for (const auto *file : {"preview_schema", "preview_rewrite_function", "preview_drop_function", "preview_rewrite_trigger", "preview_drop_trigger"}) {
            const auto made = m_link.runFile("migrations/"_L1 + QLatin1StringView(file), {}, {}, m_cancel);
            if (!made && made.error().sqlstate == "42P06"_L1)
                break; // an earlier preview in this scratch has made them
            if (!made)
                return fail(made.error());
        }
        return {};
    }

    // False: the rest is not tried. An error: of the link.
    Result<bool> section(const Pending &pending)
    {
        const Section &section = sectionOf(pending);
        Result<bool> gone = true;
        for (int tries = 0; tries < mostEmptied; ++tries) {
            const qsizetype before = m_preview.statements.size();
            gone = section.transaction ? together(pending, section) : oneByOne(pending, section);
            if (!gone || *gone || !section.transaction)
                break;
            // With other rows, or none, it may go.
            const auto emptied = empty(m_preview.statements.constLast());
            if (!emptied)
                return fail(emptied.error());
            if (!*emptied)
                break;
            m_preview.statements.resize(before);
            m_preview.stopped.clear();
        }
        if (gone && *gone) {
            if (Done settled = settle(); !settled)
                return fail(std::move(settled.error()));
        }
        return gone;
    }

    Preview &result() { return m_preview; }
    static const Section &sectionOf(const Pending &pending) { return pending.direction == Direction::Up ? pending.file.up : pending.file.down; }

private:
    bool ownRows() const { return m_options.rows == 0; }
    // As a run has it for each migration.
    Done settle()
    {
        if (Done settled = m_scratch.settle(m_cancel); !settled)
            return settled;
        if (Done entered = m_scratch.enter(m_options.searchPath, {}, m_cancel); !entered)
            return entered;
        const auto set = m_link.runFile(u"migrations/preview_settings"_s, {}, {}, m_cancel);
        return set ? Done() : Done(fail(set.error()));
    }

    Result<PreviewRelations> relations() const
    {
        const auto rows = m_link.runFile(u"migrations/preview_relations"_s, {}, {}, m_cancel);
        if (!rows)
            return fail(rows.error());
        PreviewRelations all;
        for (qsizetype row = 0; row < rows->size(); ++row)
            all.insert(rows->integer(row, "oid"_L1).value_or(0), {rows->text(row, "name"_L1), rows->text(row, "kind"_L1).front(), rows->integer(row, "file"_L1).value_or(0), rows->integer(row, "table_oid"_L1).value_or(0),
                                                                  rows->integer(row, "read_now"_L1).value_or(0), rows->integer(row, "read_ever"_L1).value_or(0)});
        return all;
    }

    struct Mark {
        qint64 wal = 0;
        qint64 transactions = 0;
    };
    Done mark(PreviewSeen *seen, Mark *last)
    {
        const auto row = m_link.runFile(u"migrations/preview_mark"_s, {}, {}, m_cancel);
        if (!row)
            return fail(row.error());
        const Mark at{row->integer(0, "wal"_L1).value_or(0), row->integer(0, "transactions"_L1).value_or(0)};
        if (seen) {
            seen->wal = at.wal - last->wal;
            seen->transactions = at.transactions - last->transactions;
            const QStringList rewrites = row->text(0, "rewrites"_L1).split(u' ', Qt::SkipEmptyParts);
            for (const QString &one : rewrites)
                seen->rewrites[one.section(u':', 0, 0).toLongLong()] |= one.section(u':', 1).toInt();
            seen->dropped = row->text(0, "dropped"_L1).split(QChar(0x1e), Qt::SkipEmptyParts);
        }
        *last = at;
        return {};
    }

    // The statement with what it did around it. The error is the statement's own, or the link's.
    Done measured(const Pending &pending, const Section &section, int index, PreviewSeen &seen, double &ms)
    {
        Mark last;
        if (Done marked = mark(nullptr, &last); !marked)
            return marked;
        QElapsedTimer clock;
        clock.start();
        Done done = runPiece(m_link, pending.file, section, index, m_cancel);
        ms = double(clock.nsecsElapsed()) / 1e6;
        if (!done)
            return done;
        if (Done marked = mark(&seen, &last); !marked)
            return marked;
        const auto locks = m_link.runFile(u"migrations/preview_locks"_s, {m_link.facts().backendPid}, {}, m_cancel);
        if (!locks)
            return fail(locks.error());
        for (qsizetype row = 0; row < locks->size(); ++row)
            seen.locks.insert({locks->integer(row, 0).value_or(0), locks->text(row, 1)});
        auto after = relations();
        if (!after)
            return fail(std::move(after.error()));
        seen.after = *std::move(after);
        return {};
    }

    Result<bool> together(const Pending &pending, const Section &section)
    {
        if (Done begun = m_link.command("BEGIN"); !begun)
            return fail(std::move(begun.error()));
        auto before = relations();
        if (!before)
            return fail(std::move(before.error()));
        const QSet<qint64> old(before->keyBegin(), before->keyEnd());
        PreviewLocks held;
        for (int i = 0; i < int(section.statements.size()); ++i) {
            PreviewSeen seen;
            seen.before = *before;
            PreviewedStatement statement = statementOf(pending, section, i);
            statement.notTried = m_scratch.whyNot(statement.text);
            if (!statement.notTried.isEmpty()) {
                m_preview.statements.append(std::move(statement));
                continue;
            }
            Done done = measured(pending, section, i, seen, statement.ms);
            if (done)
                done = m_scratch.untouched(m_cancel);
            if (!done) {
                (void)m_link.command("ROLLBACK");
                return refused(std::move(statement), done.error());
            }
            m_words.put(statement, seen, old, held, true);
            held = seen.locks;
            *before = seen.after;
            m_preview.statements.append(std::move(statement));
        }
        Done committed = m_link.command("COMMIT");
        if (committed)
            return true;
        // A constraint that is checked at the end.
        if (m_preview.statements.isEmpty() || !m_preview.statements.constLast().notTried.isEmpty())
            return fail(std::move(committed.error()));
        PreviewedStatement last = m_preview.statements.takeLast();
        return refused(std::move(last), committed.error());
    }

    Result<bool> oneByOne(const Pending &pending, const Section &section)
    {
        for (int i = 0; i < int(section.statements.size()); ++i) {
            PreviewedStatement statement = statementOf(pending, section, i);
            statement.transaction = false;
            statement.notTried = m_scratch.whyNot(statement.text);
            if (!statement.notTried.isEmpty()) {
                m_preview.statements.append(std::move(statement));
                continue;
            }
            if (Done begun = m_link.command("BEGIN"); !begun)
                return fail(std::move(begun.error()));
            auto before = relations();
            if (!before)
                return fail(std::move(before.error()));
            PreviewSeen seen;
            seen.before = *std::move(before);
            const QSet<qint64> old(seen.before.keyBegin(), seen.before.keyEnd());
            // Within a transaction every lock is seen; what refuses to run in one is looked at from outside.
            Done done = measured(pending, section, i, seen, statement.ms);
            if (done)
                done = m_scratch.untouched(m_cancel);
            if (done)
                done = m_link.command("COMMIT");
            else
                (void)m_link.command("ROLLBACK");
            const bool alone = !done && (done.error().sqlstate == "25001"_L1 || done.error().sqlstate == "2D000"_L1);
            if (alone && (m_scratch.isOurs() || !runsCode(statement.text))) {
                statement.sampled = true;
                seen = PreviewSeen();
                done = sampled(pending, section, i, seen, statement.ms);
            }
            if (!done) {
                auto gone = refused(std::move(statement), done.error());
                const auto emptied = gone ? empty(m_preview.statements.constLast()) : Result<bool>(false);
                if (!emptied)
                    return fail(emptied.error());
                if (!*emptied)
                    return gone;
                m_preview.statements.removeLast();
                m_preview.stopped.clear();
                --i;
                continue;
            }
            m_words.put(statement, seen, old, {}, false);
            m_preview.statements.append(std::move(statement));
        }
        return true;
    }

    Done sampled(const Pending &pending, const Section &section, int index, PreviewSeen &seen, double &ms)
    {
        auto sampler = LockSampler::make(m_link, m_cancel);
        if (!sampler)
            return fail(std::move(sampler.error()));
        if (const auto flushed = m_link.runFile(u"migrations/preview_flush"_s, {}, {}, m_cancel); !flushed)
            return fail(flushed.error());
        auto before = relations();
        if (!before)
            return fail(std::move(before.error()));
        Mark last;
        if (Done marked = mark(nullptr, &last); !marked)
            return marked;
        if (Done paused = pause(pauseMs * 1000); !paused)
            return paused;
        (*sampler)->begin();
        QElapsedTimer clock;
        clock.start();
        Done done = runPiece(m_link, pending.file, section, index, m_cancel);
        ms = double(clock.nsecsElapsed()) / 1e6;
        const PreviewLocks locks = (*sampler)->take();
        if (!done)
            return done;
        if (Done paused = pause(0); !paused)
            return paused;
        if (Done marked = mark(&seen, &last); !marked)
            return marked;
        if (const auto flushed = m_link.runFile(u"migrations/preview_flush"_s, {}, {}, m_cancel); !flushed)
            return fail(flushed.error());
        auto after = relations();
        if (!after)
            return fail(std::move(after.error()));
        seen.before = *std::move(before);
        seen.after = *std::move(after);
        seen.locks = locks;
        seen.now = false;
        seen.lost = (*sampler)->failed();
        if (m_scratch.isSuperuser())
            ms = std::max(0.1, ms - double(pauseMs * seen.transactions)); // those were ours
        return {};
    }

    Done pause(int microseconds)
    {
        if (!m_scratch.isSuperuser())
            return {}; // then it is as good as the looks are quick
        const auto set = m_link.runFile(u"migrations/preview_pause"_s, {QString::number(microseconds)}, {}, m_cancel);
        return set ? Done() : Done(fail(set.error()));
    }

    PreviewedStatement statementOf(const Pending &pending, const Section &section, int index) const
    {
        const query::Piece &piece = section.statements.at(size_t(index));
        PreviewedStatement statement;
        statement.file = pending.file.name;
        statement.down = pending.direction == Direction::Down;
        statement.number = index + 1;
        statement.line = pending.file.lineAt(section.begin + piece.begin);
        statement.text = piece.text;
        return statement;
    }

    Result<bool> refused(PreviewedStatement statement, const Error &error)
    {
        if (!m_link.isAlive() || error.kind == ErrorKind::Cancelled)
            return fail(error);
        statement.error = error;
        m_preview.stopped = u"%1 fails at statement %2; what comes behind it was not tried"_s.arg(statement.file).arg(statement.number);
        if (!ownRows() && error.sqlstate.startsWith("23"_L1)) // integrity: the made-up rows may be to blame
            m_preview.stopped += u". The made-up rows may break what the target's own do not"_s;
        m_preview.statements.append(std::move(statement));
        return false;
    }

    // Where it was the made-up rows that a statement was refused for: they are taken out of the tables it names, and that is said. False: nothing was.
    Result<bool> empty(const PreviewedStatement &statement)
    {
        if (ownRows() || !statement.error || !statement.error->sqlstate.startsWith("23"_L1))
            return false;
        const Ddl ddl = recognise(statement.text);
        QStringList named = ddl.relations, tables;
        for (const Action &action : ddl.actions) {
            if (action.kind == Action::Kind::Attach)
                named << action.object;
        }
        for (auto size = m_words.sizes.begin(); size != m_words.sizes.end(); ++size) {
            if (size->rows > 0 && std::any_of(named.cbegin(), named.cend(), [&](const QString &name) { return sameRelation(name, size.key()); })) {
                tables << size.key();
                size->rows = 0;
            }
        }
        if (tables.isEmpty())
            return false;
        const auto text = m_link.runFile(u"migrations/preview_empty"_s, {QJsonDocument(QJsonArray::fromStringList(tables)).toJson(QJsonDocument::Compact)}, {}, m_cancel);
        if (!text)
            return fail(text.error());
        if (text->isEmpty())
            return false;
        if (const auto emptied = m_link.run({text->text(0, 0).toUtf8(), {}}, {}, {}, m_cancel); !emptied)
            return fail(emptied.error());
        m_words.emptied += tables;
        m_preview.basis += u". The made-up rows of %1 (and of what refers to it) were taken out again: %2 was refused with them (%3)"_s.arg(tables.join(u", "_s), statement.file, units::oneLine(statement.error->message));
        return true;
    }

    pg::Connection &m_link;
    Scratch &m_scratch;
    const TargetFacts &m_target;
    const PreviewOptions &m_options;
    const CancelToken &m_cancel;
    PreviewWords m_words;
    Preview m_preview;
};

} // namespace

Result<Preview> preview(Scratch &scratch, const QVector<Pending> &pending, const TargetFacts &target, const PreviewOptions &options, const Progress &progress, const CancelToken &cancel)
{
    const auto say = [&](const QString &note, qint64 done) {
        if (progress)
            progress({u"Preview"_s, note, done, pending.size(), {}});
    };
    Previewer previewer(scratch, target, options, cancel);
    say(u"rows"_s, 0);
    if (Done ready = previewer.ready(pending); !ready)
        return fail(std::move(ready.error()).during(u"make ready for a preview"_s));
    for (qsizetype i = 0; i < pending.size(); ++i) {
        say(pending.at(i).file.name, i);
        const auto goes = previewer.section(pending.at(i));
        if (!goes)
            return fail(goes.error());
        if (!*goes)
            break;
    }
    return std::move(previewer.result());
}

} // namespace howdah::migrations
