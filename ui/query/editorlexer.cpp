// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/query/editorlexer.h"

#include "ui/query/editorwords.h"
#include "ui/widgets/theme.h"

#include <Qsci/qsciscintilla.h>

#include <QGuiApplication>
#include <QScreen>

namespace howdah::ui
{

namespace
{

using Kind = query::Token::Kind;

// What a line's beginning is, kept with the line (Scintilla moves it along when lines come and go).
enum LineState { InsideToken = 0, BetweenTokens = 1, StatementStart = 2 };

// So far back for a statement's start, since a COPY is told by its first words; a statement longer than that is entered in its middle.
constexpr int farthestStart = 3000;
constexpr int deepestBody = 2; // bodies in bodies: DO $$ … EXECUTE $x$ … $x$ $$

// Of $tag$…: the tag with both its signs; 0: none.
qsizetype tagLength(const char *text, qsizetype size)
{
    if (size < 2 || text[0] != '$')
        return 0;
    for (qsizetype i = 1; i < size; ++i) {
        if (text[i] == '$')
            return i + 1;
        if (text[i] == '\n')
            return 0;
    }
    return 0;
}

} // namespace

QFont editorFont(int pixelSize)
{
    // Scintilla takes sizes in points.
    constexpr double pointsOfInch = 72;
    const QScreen *screen = QGuiApplication::primaryScreen();
    QFont font = fixedFont(pixelSize);
    font.setPointSizeF(pixelSize * pointsOfInch / (screen ? screen->logicalDotsPerInchY() : 96));
    return font;
}

EditorLexer::EditorLexer(QsciScintilla *editor) : QsciLexerCustom(editor) {}

QString EditorLexer::description(int style) const
{
    // A style without a description is no style to QScintilla.
    return style <= Broken ? QString::number(style) : QString();
}

void EditorLexer::applyTheme(int pixelSize)
{
    const Colors &c = colors();
    const bool dark = theme().isDark();
    const auto deep = [dark](int series) { return dark ? seriesColor(series) : seriesColor(series).darker(170); };
    const QFont font = editorFont(pixelSize);
    setDefaultFont(font);
    setDefaultPaper(c.surface);
    setDefaultColor(c.text);
    QFont strong = font;
    strong.setWeight(QFont::DemiBold);
    const auto set = [&](Style style, const QColor &color, const QFont &face) {
        setColor(color, style);
        setPaper(c.surface, style);
        setFont(face, style);
    };
    set(Plain, c.text, font);
    set(Keyword, c.accent, strong);
    set(Type, deep(6), font);
    set(Comment, c.muted, font);
    set(String, deep(3), font);
    set(Number, dark ? seriesColor(1) : seriesColor(1).darker(190), font);
    set(QuotedName, c.text, font);
    // JetBrains Mono draws >= and -> as one sign, and Scintilla has no switch for that: what was typed is to be read.
    QFont plain = font;
    plain.setFamilies({QStringLiteral("DejaVu Sans Mono")});
    set(Operator, c.muted, plain);
    set(Parameter, dark ? seriesColor(1) : seriesColor(1).darker(190), strong);
    set(Command, deep(6), strong);
    set(CopyData, c.muted, font);
    set(Broken, c.critical, font);
}

int EditorLexer::restartLine(int line) const
{
    int between = -1;
    for (int at = line; at > 0 && line - at < farthestStart; --at) {
        const long state = editor()->SendScintilla(QsciScintillaBase::SCI_GETLINESTATE, ulong(at));
        if (state == StatementStart)
            return at;
        if (state == BetweenTokens && between < 0)
            between = at;
    }
    return line < farthestStart || between < 0 ? 0 : between;
}

EditorLexer::Style EditorLexer::styleOf(const query::Token &token, const char *text, bool cutShort)
{
    switch (token.kind) {
    case Kind::Space: return Plain;
    case Kind::LineComment:
    case Kind::BlockComment: return Comment;
    case Kind::Word: break;
    case Kind::QuotedName: return QuotedName;
    case Kind::Number: return Number;
    case Kind::String:
    case Kind::DollarString: return String;
    case Kind::Operator:
    case Kind::Punctuation: return Operator;
    case Kind::Parameter:
    case Kind::Variable: return Parameter;
    case Kind::Command: return Command;
    case Kind::CopyData: return CopyData;
    case Kind::Unterminated:
        // Cut short by us at the end of what is shown, or by its author at the end of the text.
        if (!cutShort)
            return Broken;
        if (text[token.begin] == '/')
            return Comment;
        return text[token.begin] == '"' ? QuotedName : String;
    }
    switch (lookOf(QByteArrayView(text + token.begin, token.end - token.begin))) {
    case WordLook::Keyword: return Keyword;
    case WordLook::Type: return Type;
    case WordLook::Name: break;
    }
    return Plain;
}

void EditorLexer::paint(std::vector<char> &styles, const std::vector<query::Token> &tokens, const char *text, qsizetype offset, bool atEnd,
                        int depth) const
{
    for (const query::Token &token : tokens) {
        const qsizetype tag = tagLength(text + token.begin, token.end - token.begin);
        const bool body = token.kind == Kind::DollarString || (token.kind == Kind::Unterminated && tag > 0);
        const Style style = styleOf(token, text, !atEnd);
        std::fill(styles.begin() + offset + token.begin, styles.begin() + offset + token.end, char(style));
        // A body of several lines is code in a string's clothes.
        if (body && depth < deepestBody && memchr(text + token.begin, '\n', size_t(token.end - token.begin)) && style != Broken) {
            const qsizetype close = token.kind == Kind::DollarString ? tag : 0;
            const QByteArrayView inside(text + token.begin + tag, token.end - token.begin - tag - close);
            paint(styles, query::lex(inside, m_standardStrings), inside.data(), offset + token.begin + tag, false, depth + 1);
        }
    }
}

void EditorLexer::styleText(int start, int end)
{
    QsciScintilla *view = editor();
    if (!view || end <= start)
        return;
    const int length = int(view->SendScintilla(QsciScintillaBase::SCI_GETLENGTH));
    const int line = restartLine(int(view->SendScintilla(QsciScintillaBase::SCI_LINEFROMPOSITION, ulong(start))));
    const int lastLine = int(view->SendScintilla(QsciScintillaBase::SCI_LINEFROMPOSITION, ulong(end)));
    const int from = int(view->SendScintilla(QsciScintillaBase::SCI_POSITIONFROMLINE, ulong(line)));
    const int to = qMin(length, int(view->SendScintilla(QsciScintillaBase::SCI_GETLINEENDPOSITION, ulong(lastLine))) + 1);
    if (to <= from)
        return;
    const auto *text = static_cast<const char *>(view->SendScintillaPtrResult(QsciScintillaBase::SCI_GETCHARACTERPOINTER)) + from;
    const qsizetype size = to - from;
    std::vector<char> styles(static_cast<size_t>(size), Plain);
    const std::vector<query::Token> tokens = query::lex(QByteArrayView(text, size), m_standardStrings);
    paint(styles, tokens, text, 0, to == length, 0);

    // Where the next look may begin.
    std::vector<char> states(size_t(lastLine - line + 1), char(InsideToken));
    bool between = true; // only spaces and comments since a statement's end
    for (const query::Token &token : tokens) {
        const bool blank = token.kind == Kind::Space || token.kind == Kind::LineComment;
        if (blank) {
            for (qsizetype at = token.begin; at < token.end; ++at) {
                if (text[at] != '\n')
                    continue;
                const int next = int(view->SendScintilla(QsciScintillaBase::SCI_LINEFROMPOSITION, ulong(from + at + 1)));
                if (next - line < int(states.size()))
                    states[size_t(next - line)] = between ? StatementStart : BetweenTokens;
            }
        } else if (token.kind == Kind::Punctuation) {
            between = text[token.begin] == ';';
        } else if (token.kind != Kind::BlockComment) {
            between = token.kind == Kind::Command || token.kind == Kind::CopyData;
        }
    }
    for (int at = line + 1; at <= lastLine; ++at)
        view->SendScintilla(QsciScintillaBase::SCI_SETLINESTATE, ulong(at), long(states[size_t(at - line)]));

    startStyling(start);
    view->SendScintilla(QsciScintillaBase::SCI_SETSTYLINGEX, ulong(qMin(end, to) - start), styles.data() + (start - from));
}

} // namespace howdah::ui
