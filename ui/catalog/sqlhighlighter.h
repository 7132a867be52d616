// SPDX-License-Identifier: GPL-3.0-or-later
// Enough colour to read a definition by: keywords, strings, comments, in the theme's colours. Window's thread; owned by its document.
#pragma once

#include <QSyntaxHighlighter>

namespace howdah::ui
{

class SqlHighlighter : public QSyntaxHighlighter
{
    Q_OBJECT
public:
    explicit SqlHighlighter(QTextDocument *document);

protected:
    void highlightBlock(const QString &text) override;
};

} // namespace howdah::ui
