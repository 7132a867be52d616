// SPDX-License-Identifier: GPL-3.0-or-later
// What stands behind each part of the connection bar: facts as name and value, in a small window below the part. Window's thread.
#pragma once

#include "pg/connection.h"

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
// Of the connection that stands, or the last that did: what it negotiated and the chain it was shown, by whatever way it went.
Facts tlsFacts(const Workspace &workspace);
Facts tlsFacts(const pg::LinkFacts &link, pg::SslMode mode, bool standing);
Facts poolerFacts(); // what can't be had behind one
Facts roleFacts(const Workspace &workspace);
Facts aboutFacts(); // this program, and what the libpq found at run time can

void popupFacts(QWidget *below, const Facts &facts);
} // namespace howdah::ui
