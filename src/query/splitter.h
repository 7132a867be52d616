// SPDX-License-Identifier: GPL-3.0-or-later
// A script in pieces, cut where psql cuts it: quotes, dollar quotes, nested comments, parentheses, BEGIN ATOMIC bodies, COPY data and backslash
// commands understood. Pure functions, any thread.
#pragma once

#include <QByteArray>

#include <vector>

namespace howdah::query
{

struct Piece {
    enum class Kind { Statement, Command };
    Kind kind = Kind::Statement;
    QByteArray text;       // as it is sent, without its ';'; of a Command the line with its backslash
    qsizetype begin = 0;   // of its first character that is no space and no comment, in bytes of the script
    qsizetype end = 0;     // behind its ';'
    int line = 1;          // of begin
    bool terminated = true; // false: the script ended first
    bool several = false;  // holds \; : one message of several statements
    QByteArray sender;     // the \g, \gx, \gset … that sends it in place of a ';'; empty: none
    QByteArray copyData;   // what follows COPY … FROM STDIN; in the script, without its \. line; of several COPYs with the lines between them
    bool hasCopyData = false;
    QByteArray openText;   // of a Command in the midst of a statement: what of that was read before it

    // Where the text stands in the script: text differs from it by the comment lines before it, \; and backslash commands in its midst.
    struct Stretch {
        qsizetype text = 0;
        qsizetype script = 0;
    };
    std::vector<Stretch> stretches;
    std::vector<qsizetype> escapedColons; // of the text: written \:, so that they begin no variable
    bool standardStrings = true; // standard_conforming_strings behind it, as far as the script tells
};

// What standard_conforming_strings is known to be from an offset on, in order: it decides where a string ends.
using StringSettings = std::vector<std::pair<qsizetype, bool>>;
std::vector<Piece> split(const QByteArray &script, bool standardStrings = true, const StringSettings &known = {});
// Pieces of a part of a script, as pieces of the whole.
void shift(std::vector<Piece> &pieces, qsizetype bytes, int lines);
// The statement that a cursor stands in or just behind; -1: none.
int pieceAt(const std::vector<Piece> &pieces, qsizetype cursor);
// A server's error position (characters of the piece's text, 1-based) as a byte offset into the script.
qsizetype scriptOffset(const QByteArray &script, const Piece &piece, int position);

} // namespace howdah::query
