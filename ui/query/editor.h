// SPDX-License-Identifier: GPL-3.0-or-later
// A text of SQL being written: QScintilla with our lexer, our keys and our colours. Positions are bytes of UTF-8, as everywhere in query.
// Window's thread.
#pragma once

#include <Qsci/qsciscintilla.h>

#include <QByteArray>

namespace howdah::ui
{

class EditorLexer;

class SqlEditor : public QsciScintilla
{
    Q_OBJECT
public:
    explicit SqlEditor(QWidget *parent = nullptr);

    QByteArray bytes() const;
    void setBytes(const QByteArray &utf8); // a new document: nothing to undo
    qsizetype size() const;
    qsizetype cursor() const;
    void setCursor(qsizetype at); // into view, nothing selected
    struct Range {
        qsizetype begin = 0;
        qsizetype end = 0;
        bool isEmpty() const { return end <= begin; }
    };
    Range selection() const;
    void select(const Range &range);
    void replaceSelection(const QByteArray &utf8); // one step to undo
    void toggleComment();

    // The statement that would run, outlined; empty: none.
    void setStatement(const Range &range);
    Range statement() const { return m_statement; }
    // Where the server found an error; the mark moves with the text. `id` > 0 finds it again.
    void addErrorMark(int id, const Range &range, const QString &message);
    void clearErrorMarks();
    qsizetype errorMark(int id) const; // where it stands now; -1: it is gone
    void setStandardStrings(bool on); // standard_conforming_strings of the session: where a string ends
    void setPixelSize(int pixels);     // zoom
    int pixelSize() const { return m_pixelSize; }
    void setTakesByEnter(bool takes) { m_takesByEnter = takes; } // of the list of completions that shows; else Enter is a new line
    void setPlaceholder(const QString &text) { m_placeholder = text; } // while there is no text

signals:
    void edited();
    void cursorMoved();
    void escape();               // nothing of the editor's own was there to close
    void completionWanted();     // by key
    void typed();                // a character: completion may want to show
    void zoomed(int pixelSize);

protected:
    bool event(QEvent *event) override;
    void keyPressEvent(QKeyEvent *event) override;
    void paintEvent(QPaintEvent *event) override;
    void wheelEvent(QWheelEvent *event) override;
    bool focusNextPrevChild(bool next) override;

private:
    void applyTheme();
    void fitMargin();
    void newLine();
    void showTip(qsizetype at, int x, int y);

    EditorLexer *m_lexer;
    Range m_statement;
    QHash<int, QString> m_errors;
    QString m_placeholder;
    int m_pixelSize = 13;
    bool m_takesByEnter = false;
};

} // namespace howdah::ui
