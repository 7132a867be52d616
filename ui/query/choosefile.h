// SPDX-License-Identifier: GPL-3.0-or-later
// Which file: the system's dialog for people, a DialogAnswers for tests. The answer comes by call; nothing where none was chosen.
// Window's thread.
#pragma once

#include <QString>

#include <functional>

class QObject;
class QWidget;

namespace howdah::ui
{

struct FileQuestion {
    QString title;    // "Save the query"
    QString verb;     // "Save"
    QString proposal; // a path or a name
    QString filter;   // "SQL (*.sql);;All files (*)"
    bool save = false;
    bool folder = false; // one that is there
};
void chooseFile(QWidget *parent, const FileQuestion &question, QObject *context, std::function<void(const QString &path)> chosen);

} // namespace howdah::ui
