// SPDX-License-Identifier: GPL-3.0-or-later
// Find and replace below an editor: Ctrl+F, Ctrl+H, F3, Shift+F3, Esc. Window's thread.
#pragma once

#include <QWidget>

class QCheckBox;
class QLineEdit;

namespace howdah::ui
{

class PlainLabel;
class SqlEditor;

class FindBar : public QWidget
{
    Q_OBJECT
public:
    explicit FindBar(SqlEditor *editor, QWidget *parent = nullptr);
    void open(bool withReplace); // with what is selected, where that is one line
    void findNext(bool forward);
    void leave();

protected:
    void keyPressEvent(QKeyEvent *event) override;

private:
    bool find(bool forward, bool fromStart = false);
    void replaceOne();
    void replaceAll();
    void say(const QString &text);

    SqlEditor *m_editor;
    QLineEdit *m_word;
    QLineEdit *m_with;
    QWidget *m_replaceRow;
    QCheckBox *m_case;
    QCheckBox *m_whole;
    QCheckBox *m_pattern;
    PlainLabel *m_said;
};

} // namespace howdah::ui
