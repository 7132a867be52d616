// SPDX-License-Identifier: GPL-3.0-or-later
// What can be done with a project, above it: run, revert, redo, a new one, its folder and settings. Window's thread.
#pragma once

#include <QWidget>

class QPushButton;

namespace howdah::ui
{

class ElidedLabel;
struct Project;

class MigrationsBar : public QWidget
{
    Q_OBJECT
public:
    explicit MigrationsBar(QWidget *parent = nullptr);

    void show(const Project &project, const QString &folder, bool running); // what of it can be done now
    void showForeign(const QString &folder); // nothing of it can: it is another tool's
    bool mayRun() const;
    bool mayMake() const;

signals:
    void run();
    void revert();
    void redo();
    void make();
    void settings();

private:
    QPushButton *m_run;
    QPushButton *m_revert;
    QPushButton *m_redo;
    QPushButton *m_new;
    ElidedLabel *m_folder;
    QPushButton *m_settings;
};

} // namespace howdah::ui
