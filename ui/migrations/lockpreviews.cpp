// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/migrations/lockpreviews.h"

#include "ui/migrations/lockpreviewview.h"
#include "ui/migrations/migrationview.h"

#include <QCryptographicHash>

namespace howdah::ui
{

using namespace Qt::StringLiterals;
using namespace howdah::migrations;

LockPreviews::LockPreviews(const PaneContext &context, ProjectSource *source, MigrationView *text, QObject *parent)
    : QObject(parent), m_source(source), m_text(text), m_view(new LockPreviewView), m_flow(new PreviewFlow(context, this))
{
    connect(m_view, &LockPreviewView::previewWanted, this, [this] { preview(); });
    connect(m_flow, &PreviewFlow::began, this, [this] { show(); });
    connect(m_flow, &PreviewFlow::failed, this, [this](const QString &version, const QByteArray &hash, const Error &error) {
        m_seen.insert(version, {hash, fail(error)});
        show();
    });
    connect(m_flow, &PreviewFlow::seen, this, [this](const QString &version, const QByteArray &hash, const Preview &preview) {
        m_seen.insert(version, {hash, preview});
        show();
    });
    connect(text, &MigrationView::looked, this, [this] { show(); });
}

void LockPreviews::setProject(const Project &project)
{
    m_project = project;
}

void LockPreviews::forget()
{
    m_seen.clear();
    m_flow->drop();
}

// Of the text as it is written now and of those that run before it: what it locks may stand on either.
QByteArray LockPreviews::hash() const
{
    QCryptographicHash hash(QCryptographicHash::Sha256);
    hash.addData(m_text->textHash());
    for (const QString &version : m_project.pending()) {
        const File *before = m_project.folder.find(version);
        if (version == m_text->version() || !before || before->isRepeatable())
            break;
        hash.addData(before->sha256.toLatin1());
    }
    return hash.result();
}

void LockPreviews::show()
{
    const Entry *entry = m_project.entry(m_text->version());
    const auto seen = m_seen.constFind(m_text->version());
    const QByteArray now = hash();
    if (!entry || m_text->isAdrift())
        m_view->showNothing(u"It has no file of its own: once it is saved its locks can be previewed"_s);
    else if (!isPending(entry->standing))
        m_view->showNothing(u"It is applied: there is nothing left to preview"_s);
    else if (m_flow->isRunning(entry->version, now))
        m_view->showBusy();
    else if (seen != m_seen.cend() && seen->hash == now)
        seen->preview ? m_view->show(*seen->preview) : m_view->showError(seen->preview.error());
    else if (m_flow->isRunning())
        m_view->showNothing(u"The sandbox is busy with another text; how far it is stands in the strip below"_s);
    else if (seen != m_seen.cend())
        m_view->showStale();
    else
        m_view->showNothing({});
}

void LockPreviews::preview()
{
    const auto &file = m_text->file();
    const Entry *entry = m_project.entry(m_text->version());
    if (!file || !entry || file->isRepeatable() || entry->appliedMs || m_flow->isRunning() || m_text->isAdrift())
        return;
    const auto written = parseFile(file->name, m_text->text());
    m_text->showTab(m_view);
    if (!written)
        return m_view->showError(written.error());
    m_flow->begin(m_project, m_source->options(), *written, hash());
}

} // namespace howdah::ui
