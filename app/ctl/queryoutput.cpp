// SPDX-License-Identifier: GPL-3.0-or-later
#include "ctl/queryoutput.h"

#include "base/json.h"
#include "ctl/terminal.h"

#include <cstdio>

#include <sys/ioctl.h>
#include <unistd.h>

namespace howdah::ctl
{

using namespace Qt::StringLiterals;
using query::Display;

namespace
{

int screenColumns()
{
    winsize size{};
    return ::isatty(STDOUT_FILENO) && ::ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0 ? size.ws_col : 0;
}

// As psql writes it: "Time: 0.310 ms", "Time: 83456.789 ms (01:23.457)".
QString timeText(qint64 us)
{
    QString text = u"Time: %1 ms"_s.arg(double(us) / 1000, 0, 'f', 3);
    if (us < 1'000'000)
        return text;
    const qint64 minutes = us / 60'000'000, hours = minutes / 60, days = hours / 24;
    const auto two = [](qint64 number) { return u"%1"_s.arg(number, 2, 10, QChar(u'0')); };
    QString clock = two(minutes % 60) + u':' + u"%1"_s.arg(double(us % 60'000'000) / 1'000'000, 6, 'f', 3, QChar(u'0'));
    if (hours > 0)
        clock = two(hours % 24) + u':' + clock;
    if (days > 0)
        clock = u"%1 d "_s.arg(days) + clock;
    return text + u" (%1)"_s.arg(clock);
}

bool changes(const QByteArray &tag)
{
    return tag.startsWith("INSERT") || tag.startsWith("UPDATE") || tag.startsWith("DELETE") || tag.startsWith("MERGE");
}

} // namespace

QueryOutput::QueryOutput(query::Format format, PartFile *file, bool json) : m_format(format), m_file(file), m_json(json) {}

void QueryOutput::begin(const QueryScript &script)
{
    m_script = script;
}

void QueryOutput::put(QByteArrayView bytes)
{
    if (m_writeError || bytes.isEmpty())
        return;
    if (PartFile *file = m_other ? m_other.get() : m_file) {
        if (Done written = file->write(bytes); !written)
            m_writeError = std::move(written.error());
        return;
    }
    // A pipe that nobody reads any more (| head) ends it without a word of its own.
    if (std::fwrite(bytes.data(), 1, size_t(bytes.size()), stdout) != size_t(bytes.size()) || std::fflush(stdout) != 0)
        m_writeError = Error{ErrorKind::Io, u"not_written"_s, u"Standard output takes no more"_s, {}, {}, {}, {}, 0};
}

// What a server says between rows (a tag, a table's name, a notification): a terminal would obey it.
void QueryOutput::putLine(const QString &text)
{
    const bool shown = !m_other && !m_file && ::isatty(STDOUT_FILENO) == 1;
    put(shown ? printable(text + u'\n') : QString(text + u'\n').toUtf8());
}

void QueryOutput::tell(const QString &text) const
{
    endProgressLine();
    toErrors(printable(text + u'\n'));
}

void QueryOutput::statementBegins(int, const query::Piece &piece)
{
    m_piece = piece;
}

pg::RowSink *QueryOutput::resultBegins(int, const std::vector<pg::Column> &columns)
{
    m_writer = m_format == query::Format::Table ? query::makeDisplayWriter(m_display, screenColumns()) : query::RowWriter::make(m_format);
    m_resultRows = 0;
    put(m_writer->begin(columns));
    return this;
}

bool QueryOutput::push(const pg::Rows &chunk)
{
    m_resultRows += chunk.size();
    m_rows += chunk.size();
    put(m_writer->rows(chunk));
    return !m_writeError;
}

void QueryOutput::resultEnds(int, const QByteArray &tag)
{
    if (!m_writer)
        return;
    put(m_writer->end());
    m_writer.reset();
    if (m_format == query::Format::Table && changes(tag) && !m_display.tuplesOnly)
        putLine(QString::fromUtf8(tag));
}

void QueryOutput::tagged(int, const QByteArray &tag)
{
    if (m_format == query::Format::Table && !m_display.tuplesOnly && !tag.isEmpty())
        putLine(QString::fromUtf8(tag));
}

void QueryOutput::notice(int, const pg::Notice &notice)
{
    QString text = m_script.name.isEmpty() ? QString() : u"%1:%2: "_s.arg(m_script.name).arg(m_piece.line);
    text += u"%1: %2"_s.arg(notice.severity, notice.message);
    if (!notice.detail.isEmpty())
        text += u"\nDETAIL: "_s + notice.detail;
    if (!notice.hint.isEmpty())
        text += u"\nHINT: "_s + notice.hint;
    tell(text);
}

bool QueryOutput::copyOut(int, QByteArrayView bytes)
{
    put(bytes);
    return !m_writeError;
}

void QueryOutput::message(int, const QString &text)
{
    // Between rows for a program there is no room for words.
    if (m_format == query::Format::Table)
        putLine(text);
    else
        tell(text);
}

void QueryOutput::warning(int, const QString &text)
{
    tell(text);
}

void QueryOutput::closeOther()
{
    if (!m_other)
        return;
    if (m_writeError)
        m_other.reset(); // what stood there stays
    else if (Done done = m_other->commit(); !done)
        m_writeError = std::move(done.error());
    m_other.reset();
}

bool QueryOutput::display(int, const Display &wanted)
{
    if (wanted.outputFile != m_display.outputFile) {
        closeOther();
        if (!wanted.outputFile.isEmpty()) {
            auto opened = PartFile::open(wanted.outputFile);
            if (!opened) {
                tell(opened.error().text());
                return false;
            }
            m_other = std::move(*opened);
        }
    }
    m_display = wanted;
    return true;
}

// "orders.sql:3:8", and for a program the same in parts: where in the file, where in the statement.
QString QueryOutput::place(int position, QJsonObject *json) const
{
    qsizetype offset = m_piece.begin;
    if (position > 0)
        offset = query::scriptOffset(m_script.text, m_piece, position);
    const QByteArrayView before = QByteArrayView(m_script.text).first(std::min(offset, m_script.text.size()));
    const auto line = 1 + std::count(before.begin(), before.end(), '\n');
    const auto lineBegin = before.lastIndexOf('\n') + 1;
    const auto column = 1 + QString::fromUtf8(before.sliced(lineBegin)).toUcs4().size();
    if (json) {
        json->insert(u"file"_s, m_script.name);
        json->insert(u"line"_s, qint64(line));
        json->insert(u"column"_s, qint64(column));
        if (position > 0) {
            // As the server counts: characters of what was sent.
            const QList<uint> text = QString::fromUtf8(m_piece.text).toUcs4();
            const auto end = text.begin() + std::min<qsizetype>(position - 1, text.size());
            const auto lineStart = std::find(std::make_reverse_iterator(end), text.rend(), uint('\n')).base();
            json->insert(u"statement"_s, QJsonObject{{u"line"_s, 1 + int(std::count(text.begin(), end, uint('\n')))}, {u"column"_s, 1 + int(end - lineStart)}});
        }
    }
    const QString file = m_script.name.isEmpty() ? u"-c"_s : m_script.name;
    return u"%1:%2:%3"_s.arg(file).arg(line).arg(column);
}

void QueryOutput::tellError(const query::StatementEnd &end)
{
    const Error &error = *end.error;
    QJsonObject json{{u"error"_s, error.toJson()}};
    const int position = end.filePosition > 0 ? end.filePosition : error.position;
    const QString where = place(position, &json);
    if (end.incomplete)
        json.insert(u"incomplete_rows"_s, m_resultRows);
    if (end.outcomeUnknown)
        json.insert(u"outcome_unknown"_s, true);
    if (!end.outcome.isEmpty())
        json.insert(u"outcome"_s, end.outcome);
    if (m_json) {
        toErrors(jsonLine(json));
        return;
    }
    QString text = where + u": "_s + (error.sqlstate.isEmpty() ? QString() : error.sqlstate + u": "_s) + error.message;
    if (position > 0) {
        // The line, and a caret below the place.
        const qsizetype offset = query::scriptOffset(m_script.text, m_piece, position);
        const qsizetype begin = offset > 0 ? m_script.text.lastIndexOf('\n', offset - 1) + 1 : 0;
        qsizetype lineEnd = m_script.text.indexOf('\n', offset);
        lineEnd = lineEnd < 0 ? m_script.text.size() : lineEnd;
        const QString line = QString::fromUtf8(m_script.text.sliced(begin, lineEnd - begin)).replace(u'\t', u' ');
        const auto column = QString::fromUtf8(m_script.text.sliced(begin, offset - begin)).size();
        const qsizetype from = std::max<qsizetype>(0, column - 60);
        text += u"\n  "_s + line.mid(from, 120) + u"\n  "_s + QString(column - from, u' ') + u'^';
    }
    if (!error.detail.isEmpty())
        text += u"\nDETAIL: "_s + error.detail;
    if (!error.hint.isEmpty())
        text += u"\nHINT: "_s + error.hint;
    if (end.incomplete)
        text += u"\nThe result is incomplete: %1 rows came before the error"_s.arg(m_resultRows);
    if (end.outcomeUnknown && end.commitSent)
        text += u"\nWhether it was committed is not known%1"_s.arg(end.outcome.isEmpty() ? QString() : u": "_s + end.outcome);
    else if (end.outcomeUnknown)
        text += u"\nWhether it changed anything is "_s + end.outcome;
    else if (!end.outcome.isEmpty())
        text += u"\nThe transaction is "_s + end.outcome;
    tell(text);
}

void QueryOutput::fileBegins(int, const QString &name, const QByteArray &text)
{
    m_outerScripts.push_back(std::exchange(m_script, {name, text}));
}

void QueryOutput::fileEnds(int)
{
    m_script = std::move(m_outerScripts.back());
    m_outerScripts.pop_back();
}

void QueryOutput::statementEnds(int, const query::StatementEnd &end)
{
    if (end.error) {
        m_lastError = end.error;
        m_outcomeUnknown = m_outcomeUnknown || end.outcomeUnknown;
        m_writer.reset(); // a result that was cut off has no end: nothing is written that would make it look whole
        if (!m_writeError) // else the output's own failure is what happened
            tellError(end);
        return;
    }
    if (m_format == query::Format::Table && !m_display.tuplesOnly && !end.tag.isEmpty() && !end.shown)
        putLine(QString::fromUtf8(end.tag));
    if (m_display.timing && !end.tag.isEmpty()) {
        const QString text = timeText(end.timing.allUs);
        if (m_format == query::Format::Table)
            put(QByteArray(text.toUtf8() + '\n'));
        else
            tell(text);
    }
    if (m_piece.kind == query::Piece::Kind::Statement && end.outcome.size() > 0)
        tell(end.outcome);
}

} // namespace howdah::ctl
