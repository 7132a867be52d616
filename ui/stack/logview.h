// SPDX-License-Identifier: GPL-3.0-or-later
// The last lines of the stack's log: plain text, fixed font, bounded. Keeps its place unless it stands at the end. Window's thread.
#pragma once

#include <QPlainTextEdit>

namespace howdah::ui
{

class LogView : public QPlainTextEdit
{
    Q_OBJECT
public:
    static constexpr int maxLines = 500;
    explicit LogView(QWidget *parent = nullptr);
    void setLog(const QByteArray &text);

protected:
    void resizeEvent(QResizeEvent *event) override;

private:
    bool isAtEnd() const;

    QByteArray m_text;
};

} // namespace howdah::ui
