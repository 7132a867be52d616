// SPDX-License-Identifier: GPL-3.0-or-later
// A script's results for a terminal, a pipe or a file: rows in the format that was asked for on the output; notices, errors and what is not data on
// standard error. On the link's thread.
#pragma once

#include "base/partfile.h"
#include "query/displaywriter.h"

#include <QJsonObject>

#include <functional>

namespace howdah::ctl
{

struct QueryScript {
    QString name;      // of the file, or empty: given with -c
    QByteArray text;
};

class QueryOutput : public query::Output, public pg::RowSink
{
public:
    // `file`: takes the rows instead of standard output; not owned. `json`: errors as JSON objects, one a line.
    QueryOutput(query::Format format, PartFile *file, bool json);

    void begin(const QueryScript &script); // the pieces that follow are of it

    void statementBegins(int index, const query::Piece &piece) override;
    pg::RowSink *resultBegins(int index, const std::vector<pg::Column> &columns) override;
    void resultEnds(int index, const QByteArray &tag) override;
    void notice(int index, const pg::Notice &notice) override;
    bool copyOut(int index, QByteArrayView bytes) override;
    void statementEnds(int index, const query::StatementEnd &end) override;
    void fileBegins(int index, const QString &name, const QByteArray &text) override;
    void fileEnds(int index) override;
    void message(int index, const QString &text) override;
    void tagged(int index, const QByteArray &tag) override;
    void warning(int index, const QString &text) override;
    bool display(int index, const query::Display &wanted) override;
    bool push(const pg::Rows &chunk) override;

    const std::optional<Error> &writeError() const { return m_writeError; } // the output took no more
    const std::optional<Error> &lastError() const { return m_lastError; }   // of a statement
    bool outcomeUnknown() const { return m_outcomeUnknown; }                // of a COMMIT in the script
    qint64 rows() const { return m_rows; }

private:
    void put(QByteArrayView bytes);
    void putLine(const QString &text);
    void closeOther(); // the file of \o
    void tell(const QString &text) const;
    void tellError(const query::StatementEnd &end);
    QString place(int position, QJsonObject *json) const;

    const query::Format m_format;
    PartFile *m_file;
    const bool m_json;
    std::unique_ptr<PartFile> m_other;
    query::Display m_display;
    QueryScript m_script;
    std::vector<QueryScript> m_outerScripts; // around \i
    query::Piece m_piece;
    std::unique_ptr<query::RowWriter> m_writer;
    qint64 m_rows = 0;
    qint64 m_resultRows = 0;
    std::optional<Error> m_writeError;
    std::optional<Error> m_lastError;
    bool m_outcomeUnknown = false;
};

} // namespace howdah::ctl
