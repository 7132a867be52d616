// SPDX-License-Identifier: GPL-3.0-or-later
// What the server and psql's commands said, line by line, in order: a click or Enter on a line that has a place goes there. The oldest lines
// go when there are too many, which is said. Window's thread.
#pragma once

#include <QPlainTextEdit>

namespace howdah::ui
{

struct Message {
    enum class Kind { Done, Info, Notice, Warning, Error };
    Kind kind = Kind::Info;
    int line = 0;             // of the statement in the editor; 0: none
    qsizetype offset = -1;    // where it is about, bytes of the text that ran; -1: nowhere
    int mark = 0;             // SqlEditor's error mark: moves with the text; 0: none
    QString text;             // may have several lines
    qint64 atMs = 0;
};

class MessagesView : public QPlainTextEdit
{
    Q_OBJECT
public:
    explicit MessagesView(QWidget *parent = nullptr);
    void add(const Message &message);
    void clearAll();
    int errors() const { return m_errors; }

signals:
    void placeWanted(qsizetype offset, int mark);

protected:
    void mouseReleaseEvent(QMouseEvent *event) override;
    void mouseMoveEvent(QMouseEvent *event) override;
    void keyPressEvent(QKeyEvent *event) override;

private:
    bool goTo(const QTextCursor &at);
    void append(const Message &message);
    void redraw();

    QVector<Message> m_all; // for another theme
    int m_errors = 0;
    qint64 m_dropped = 0;
};

} // namespace howdah::ui
