// SPDX-License-Identifier: GPL-3.0-or-later
// The editor's colours: query::lex over what is to be shown, from the nearest place before it where a token begins. Window's thread.
#pragma once

#include <Qsci/qscilexercustom.h>

#include "query/lexer.h"

#include <utility>

namespace howdah::ui
{

QFont editorFont(int pixelSize); // fixedFont, as Scintilla wants it

class EditorLexer : public QsciLexerCustom
{
    Q_OBJECT
public:
    enum Style { Plain, Keyword, Type, Comment, String, Number, QuotedName, Operator, Parameter, Command, CopyData, Broken };

    explicit EditorLexer(QsciScintilla *editor);
    const char *language() const override { return "PostgreSQL"; }
    QString description(int style) const override;
    void styleText(int start, int end) override;
    bool setStandardStrings(bool on) { return std::exchange(m_standardStrings, on) != on; } // true: it is another
    void applyTheme(int pixelSize); // colours and font of ui::theme()

private:
    int restartLine(int line) const;
    void paint(std::vector<char> &styles, const std::vector<query::Token> &tokens, const char *text, qsizetype offset, bool atEnd,
               int depth) const;
    static Style styleOf(const query::Token &token, const char *text, bool cutShort);

    bool m_standardStrings = true;
};

} // namespace howdah::ui
