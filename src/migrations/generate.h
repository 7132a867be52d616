// SPDX-License-Identifier: GPL-3.0-or-later
// Migrations worked out from two catalog snapshots: files with both sections, in the safe form where there is one (indexes CONCURRENTLY and constraints NOT
// VALID first, VALIDATE in a file of its own). What it can't say is said: in `unsupported`, and as a "-- TODO: unsupported difference" that the linter does
// not let pass. A rename looks like a loss and is asked about, never guessed. Pure, any thread. None of it is to be trusted before converge() has run it.
#pragma once

#include "catalog/snapshot.h"
#include "base/result.h"

#include <QHash>
#include <QSet>
#include <QStringList>

namespace howdah::migrations
{

struct GeneratedStatement {
    QString key;  // of the difference it is for; empty: a rename
    QString text; // without its semicolon
};

struct GeneratedFile {
    QString title;           // of the file's name: "add orders", "add orders, indexes"
    bool transaction = true;
    QVector<GeneratedStatement> up;
    QVector<GeneratedStatement> down;
    QStringList upNotes;     // comment lines at its head: TODO, what must be filled by hand
    QStringList downNotes;

    QByteArray section(bool isDown) const; // its text, notes first
};

struct RenameQuestion {
    QString kind; // "column", "table"
    QString from;
    QString to;
    QString text() const;
};

struct Generated {
    QVector<GeneratedFile> files; // in the order they run
    QStringList unsupported;      // in words, each a difference that stays
    QSet<QString> stays;          // their keys
    QStringList oneWay;           // in words: what `down` does not take back
    QVector<RenameQuestion> questions;
    catalog::Snapshot target;     // what there is after all of them: the desired state but for what is unsupported
    catalog::Snapshot back;       // what there is after going back: the first state but for what is one way

    bool isEmpty() const { return files.isEmpty(); }
    bool isWhole() const { return unsupported.isEmpty() && oneWay.isEmpty(); }
};

struct GenerateOptions {
    QString title = QStringLiteral("changes");
    QHash<QString, QString> impossible; // key -> why: what a replay has shown not to go
    QHash<QString, int> later;          // key -> how often a function was refused for what its body names: that much later it is made
    QSet<std::pair<QString, QString>> byCast; // types, from and to, between which the server casts only when it is told to …
    QSet<std::pair<QString, QString>> byText; // … or knows no cast: by way of text
};

// `from` and `to` of servers of one major version: definitions are worded by the server.
Generated generate(const catalog::Snapshot &from, const catalog::Snapshot &to, const GenerateOptions &options = {});

// The file that renames, to run before the others: "public.t.a=public.t.b" (column), "public.t=public.u" (table, view, sequence, index, type); "public." may
// be left out, and of the second all but the last part. What follows is generated from a snapshot that was taken after it.
// Errors: Client/bad_rename.
Result<GeneratedFile> renameFile(const QStringList &renames, const catalog::Snapshot &in, const QString &title);

} // namespace howdah::migrations
