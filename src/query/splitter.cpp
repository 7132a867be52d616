// SPDX-License-Identifier: GPL-3.0-or-later
#include "query/splitter.h"

#include "query/scan.h"

#include <deque>

namespace howdah::query
{

namespace
{
class Splitter
{
public:
    Splitter(const QByteArray &script, bool standardStrings, const StringSettings &known) : m_script(script), m_scanner(script, standardStrings, known) {}

    std::vector<Piece> pieces()
    {
        while (const auto found = m_scanner.next())
            take(*found);
        if (m_begun)
            finish(m_script.size(), false, 0);
        return std::move(m_pieces);
    }

private:
    void take(const ScriptToken &found);
    void command(const Token &token, int copies);
    void append(QByteArrayView bytes, qsizetype from);
    void finish(qsizetype end, bool terminated, int copies);
    void copyData(const Token &token);
    int lineOf(qsizetype offset);

    const QByteArray &m_script;
    ScriptScanner m_scanner;
    std::vector<Piece> m_pieces;
    Piece m_open;          // the statement that is being read
    bool m_begun = false;  // something of it is neither space nor comment
    qsizetype m_next = -1; // where the script must go on so that the last stretch does
    std::deque<size_t> m_waiting; // pieces that wait for COPY data, in order
    qsizetype m_lineAt = 0;
    int m_line = 1;
};

void Splitter::take(const ScriptToken &found)
{
    using Mark = ScriptToken::Mark;
    const Token &token = found.token;
    const QByteArrayView bytes = QByteArrayView(m_script).sliced(token.begin, token.end - token.begin);
    if (token.kind == Token::Kind::CopyData)
        return copyData(token);
    // psql sends a block comment that stands first (hints are such), and neither lines of comment nor space.
    if (token.isSpace()) {
        if (!m_open.text.isEmpty() || token.kind == Token::Kind::BlockComment)
            append(bytes, token.begin);
        return;
    }
    switch (found.mark) {
    case Mark::End:
        if (m_begun)
            finish(token.end, true, found.copies);
        m_open = {};
        return;
    case Mark::Sender:
        if (!m_begun)
            return command(token, found.copies);
        m_open.sender = bytes.toByteArray().trimmed();
        return finish(token.end, true, found.copies);
    case Mark::Reset:
        m_open = {};
        m_begun = false;
        return command(token, 0);
    case Mark::Separator: return;
    case Mark::None:
        if (token.kind == Token::Kind::Command)
            return command(token, found.copies);
        break;
    case Mark::Join:
        m_open.several = true;
        break;
    case Mark::Colon: break;
    }
    if (!m_begun) {
        m_begun = true;
        m_open.begin = token.begin;
        m_open.line = lineOf(token.begin);
    }
    if (found.mark == Mark::Colon)
        m_open.escapedColons.push_back(m_open.text.size());
    const bool escaped = found.mark == Mark::Join || found.mark == Mark::Colon;
    append(escaped ? bytes.sliced(1) : bytes, token.begin + (escaped ? 1 : 0));
}

void Splitter::command(const Token &token, int copies)
{
    Piece piece;
    piece.kind = Piece::Kind::Command;
    piece.text = m_script.mid(token.begin, token.end - token.begin).trimmed();
    piece.begin = token.begin;
    piece.end = token.end;
    piece.line = lineOf(token.begin);
    piece.stretches = {{0, token.begin}};
    piece.standardStrings = m_scanner.expected();
    if (m_begun)
        piece.openText = m_open.text.endsWith('\n') ? m_open.text.chopped(1) : m_open.text;
    m_waiting.insert(m_waiting.end(), size_t(copies), m_pieces.size());
    m_pieces.push_back(std::move(piece));
}

void Splitter::append(QByteArrayView bytes, qsizetype from)
{
    if (m_open.stretches.empty() || from != m_next)
        m_open.stretches.push_back({m_open.text.size(), from});
    m_open.text += bytes;
    m_next = from + bytes.size();
}

void Splitter::finish(qsizetype end, bool terminated, int copies)
{
    m_open.end = end;
    m_open.terminated = terminated;
    m_open.standardStrings = m_scanner.expected();
    m_waiting.insert(m_waiting.end(), size_t(copies), m_pieces.size());
    m_pieces.push_back(std::exchange(m_open, {}));
    m_begun = false;
}

void Splitter::copyData(const Token &token)
{
    const QByteArrayView all = QByteArrayView(m_script).sliced(token.begin, token.end - token.begin);
    QByteArray data = all.toByteArray();
    for (const char *mark : {"\\.\n", "\\.\r\n", "\\."}) {
        if (data.endsWith(mark)) {
            data.chop(qsizetype(qstrlen(mark)));
            break;
        }
    }
    if (m_waiting.empty())
        return;
    Piece &piece = m_pieces[m_waiting.front()];
    m_waiting.pop_front();
    if (piece.hasCopyData)
        piece.copyData += "\\.\n";
    piece.copyData += data;
    piece.hasCopyData = true;
}

int Splitter::lineOf(qsizetype offset)
{
    m_line += int(QByteArrayView(m_script).sliced(m_lineAt, offset - m_lineAt).count('\n'));
    m_lineAt = offset;
    return m_line;
}
} // namespace

std::vector<Piece> split(const QByteArray &script, bool standardStrings, const StringSettings &known)
{
    return Splitter(script, standardStrings, known).pieces();
}

void shift(std::vector<Piece> &pieces, qsizetype bytes, int lines)
{
    for (Piece &piece : pieces) {
        piece.begin += bytes;
        piece.end += bytes;
        piece.line += lines;
        for (Piece::Stretch &stretch : piece.stretches)
            stretch.script += bytes;
    }
}

int pieceAt(const std::vector<Piece> &pieces, qsizetype cursor)
{
    int found = -1;
    for (size_t i = 0; i < pieces.size(); ++i) {
        const qsizetype first = pieces[i].stretches.empty() ? pieces[i].begin : qMin(pieces[i].begin, pieces[i].stretches.front().script);
        if (first <= cursor && cursor <= pieces[i].end)
            found = int(i); // the later of two that touch, and the command inside a statement
    }
    return found;
}

qsizetype scriptOffset(const QByteArray &script, const Piece &piece, int position)
{
    qsizetype byte = 0;
    for (int character = 1; character < position && byte < piece.text.size(); ++character) {
        ++byte;
        while (byte < piece.text.size() && (piece.text[byte] & 0xC0) == 0x80)
            ++byte;
    }
    Piece::Stretch last{0, piece.begin};
    for (const Piece::Stretch &stretch : piece.stretches) {
        if (stretch.text > byte)
            break;
        last = stretch;
    }
    return qMin(last.script + byte - last.text, script.size());
}

} // namespace howdah::query
