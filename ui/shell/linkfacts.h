// SPDX-License-Identifier: GPL-3.0-or-later
// What stands behind each part of the connection bar: facts as name and value, in a small window below the part. Window's thread.
#pragma once

#include <QString>
#include <QVector>

class QWidget;

namespace howdah::ui
{

class Workspace;

struct Fact {
    QString name;
    QString value;
};
struct Facts {
    QString title;
    QVector<Fact> facts;
    QString note;
};

Facts addressFacts(const Workspace &workspace);
Facts versionFacts(const Workspace &workspace);
Facts tlsFacts(const Workspace &workspace);
Facts roleFacts(const Workspace &workspace);
Facts aboutFacts(); // this program, and what the libpq found at run time can

void popupFacts(QWidget *below, const Facts &facts);
// The negotiated facts at once; the certificate is asked for again by a handshake of its own and added when it arrives.
void popupTlsFacts(QWidget *below, const Workspace &workspace);

} // namespace howdah::ui
