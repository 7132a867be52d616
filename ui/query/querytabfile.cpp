// SPDX-License-Identifier: GPL-3.0-or-later
// A tab and its file, its find bar, its parts by key.
#include "ui/query/choosefile.h"
#include "ui/query/findbar.h"
#include "ui/query/querytab.h"
#include "ui/query/resulttabs.h"
#include "ui/query/runbar.h"
#include "ui/query/transactionbar.h"
#include "ui/widgets/errorbar.h"

#include <QApplication>
#include <QFileInfo>

namespace howdah::ui
{

namespace
{
QString sqlFilter()
{
    return QStringLiteral("SQL (*.sql);;All files (*)");
}
}

void QueryTab::openFile()
{
    chooseFile(this, {QStringLiteral("Open a query"), QStringLiteral("Open"), QFileInfo(m_draft.filePath).absolutePath(), sqlFilter(), false}, this,
               [this](const QString &path) { openPath(path); });
}

void QueryTab::openPath(const QString &path)
{
    m_file->read(path, [this, path](const Result<QByteArray> &text) {
        if (!text)
            return say(QStringLiteral("The file was not opened"), text.error());
        m_trouble->clear();
        m_loading = true;
        m_editor->setBytes(*text);
        m_loading = false;
        m_draft.filePath = path;
        m_draft.modified = false;
        setTitle(QFileInfo(path).fileName());
    });
}

void QueryTab::saveFile(bool anotherName)
{
    if (m_draft.filePath.isEmpty() || anotherName) {
        const QString proposal = m_draft.filePath.isEmpty() ? m_draft.title + QStringLiteral(".sql") : m_draft.filePath;
        return chooseFile(this, {QStringLiteral("Save the query"), QStringLiteral("Save"), proposal, sqlFilter(), true}, this, [this](const QString &path) {
            m_draft.filePath = path;
            m_draft.modified = true;
            saveFile(false);
        });
    }
    const quint64 version = m_version;
    const QString path = m_draft.filePath;
    m_file->save(path, m_editor->bytes(), [this, path, version](const Done &saved) {
        if (!saved)
            return say(QStringLiteral("%1 was not saved; the file there is as it was").arg(path), saved.error());
        m_trouble->clear();
        m_draft.modified = version != m_version;
        setTitle(QFileInfo(path).fileName());
    });
}

void QueryTab::find(bool withReplace)
{
    m_find->open(withReplace);
}

void QueryTab::findNext(bool forward)
{
    m_find->findNext(forward);
}

void QueryTab::insert(const QString &text)
{
    m_editor->replaceSelection(text.toUtf8());
    m_editor->setFocus();
}

void QueryTab::focusNextPart(bool forward)
{
    // Editor, results, buttons, and round.
    const QVector<QWidget *> parts{m_editor, m_results->currentWidget(), m_bar};
    qsizetype at = 0;
    for (qsizetype i = 0; i < parts.size(); ++i) {
        const QWidget *focused = QApplication::focusWidget();
        if (focused && (focused == parts.at(i) || parts.at(i)->isAncestorOf(focused)))
            at = i;
    }
    QWidget *next = parts.at((at + (forward ? 1 : parts.size() - 1)) % parts.size());
    if (next == m_bar) {
        m_bar->setFocus();
        QApplication::sendEvent(m_bar, std::make_unique<QFocusEvent>(QEvent::FocusIn, Qt::TabFocusReason).get());
    } else {
        next->setFocus(Qt::TabFocusReason);
    }
}

void QueryTab::setShown(bool shown)
{
    m_file->watch(shown);
    if (shown)
        m_editor->setFocus();
}

} // namespace howdah::ui
