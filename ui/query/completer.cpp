// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/query/completer.h"

#include "base/async.h"
#include "ui/query/editor.h"
#include "ui/query/editorwords.h"

namespace howdah::ui
{

namespace
{

constexpr qint64 againMs = 10'000;
constexpr qsizetype enough = 2;    // letters before anything is offered unasked
constexpr QChar gap(0x2003);       // between a name and what is said of it
constexpr int rows = 12;

using Names = std::shared_ptr<const query::CatalogNames>;

Result<Names> readNames(pg::Connection &connection, const CancelToken &cancel)
{
    auto names = std::make_shared<query::CatalogNames>();
    const auto schemas = connection.runFile(QStringLiteral("query/complete_schemas"), {}, {}, cancel);
    if (!schemas)
        return fail(schemas.error());
    QSet<QString> onPath;
    for (qsizetype row = 0; row < schemas->size(); ++row) {
        names->schemas << schemas->text(row, 0);
        if (schemas->boolean(row, 1).value_or(false))
            onPath.insert(schemas->text(row, 0));
    }
    const auto entries = [&](const QString &file, QVector<query::CatalogNames::Entry> &into) -> Done {
        const auto found = connection.runFile(file, {}, {}, cancel);
        if (!found)
            return fail(found.error());
        into.reserve(found->size());
        for (qsizetype row = 0; row < found->size(); ++row) {
            const QString schema = found->text(row, 0);
            into.append({schema, found->text(row, 1), found->text(row, 2), onPath.contains(schema)});
        }
        return {};
    };
    if (auto done = entries(QStringLiteral("query/complete_relations"), names->relations); !done)
        return fail(std::move(done.error()));
    if (auto done = entries(QStringLiteral("query/complete_functions"), names->functions); !done)
        return fail(std::move(done.error()));
    return Names(names);
}

Result<QVector<query::ColumnName>> readColumns(pg::Connection &connection, const query::RelationName &relation, const CancelToken &cancel)
{
    const auto found = connection.runFile(QStringLiteral("query/complete_columns"), {relation.schema, relation.name}, {}, cancel);
    if (!found)
        return fail(found.error());
    QVector<query::ColumnName> columns;
    for (qsizetype row = 0; row < found->size(); ++row)
        columns.append({found->text(row, 0), found->text(row, 1)});
    return columns;
}

} // namespace

CatalogWords::CatalogWords(const PaneContext &context, QObject *parent) : QObject(parent), m_context(context) {}

void CatalogWords::read()
{
    m_stale = true;
    ++m_version;
    m_asked.clear();
    m_sinceError.invalidate();
}

Names CatalogWords::names()
{
    const bool waits = m_sinceError.isValid() && m_sinceError.elapsed() < againMs;
    if (!m_stale || m_reading || waits || !m_context.catalog)
        return m_names;
    m_stale = false;
    m_reading = true;
    const auto answer = m_context.catalog->run([](pg::Connection &connection, const CancelToken &cancel) { return readNames(connection, cancel); });
    async::onFinished(answer, this, [this](const Result<Names> &names) {
        m_reading = false;
        if (!names) {
            m_stale = true;
            m_sinceError.start();
            return;
        }
        m_names = *names;
        emit changed();
    });
    return m_names;
}

// Found as the server would: by its schema, else on the path, the system's own last.
std::optional<query::RelationName> CatalogWords::resolved(const query::RelationName &relation) const
{
    if (!relation.schema.isEmpty() || !m_names)
        return relation.schema.isEmpty() ? std::nullopt : std::optional(relation);
    std::optional<query::RelationName> found;
    for (const query::CatalogNames::Entry &entry : m_names->relations) {
        if (entry.onPath && entry.name == relation.name && (!found || entry.schema != QLatin1StringView("pg_catalog")))
            found = query::RelationName{entry.schema, entry.name};
    }
    return found;
}

std::optional<QVector<query::ColumnName>> CatalogWords::columns(const query::RelationName &relation)
{
    const auto name = resolved(relation);
    if (!name || !m_context.catalog)
        return {};
    if (!m_asked.contains(*name)) {
        m_asked.insert(*name);
        const auto answer = m_context.catalog->run(
            [relation = *name](pg::Connection &connection, const CancelToken &cancel) { return readColumns(connection, relation, cancel); });
        async::onFinished(answer, this, [this, relation = *name, version = m_version](const Result<QVector<query::ColumnName>> &columns) {
            if (version != m_version)
                return;
            if (!columns) {
                m_asked.remove(relation);
                return;
            }
            m_columns.insert(relation, *columns);
            emit changed();
        });
    }
    const auto known = m_columns.constFind(*name);
    return known == m_columns.cend() ? std::nullopt : std::optional(*known);
}

Completer::Completer(SqlEditor *editor, CatalogWords *words, QObject *parent) : QObject(parent), m_editor(editor), m_words(words)
{
    using Sci = QsciScintillaBase;
    m_editor->SendScintilla(Sci::SCI_AUTOCSETSEPARATOR, ulong('\n'));
    m_editor->SendScintilla(Sci::SCI_AUTOCSETTYPESEPARATOR, 1UL);
    m_editor->SendScintilla(Sci::SCI_AUTOCSETIGNORECASE, 1UL);
    m_editor->SendScintilla(Sci::SCI_AUTOCSETORDER, ulong(Sci::SC_ORDER_CUSTOM));
    m_editor->SendScintilla(Sci::SCI_AUTOCSETMAXHEIGHT, ulong(rows));
    connect(m_editor, &SqlEditor::typed, this, &Completer::typed);
    connect(m_editor, &SqlEditor::completionWanted, this, [this] { offer(true); });
    connect(m_editor, qOverload<const char *, int, int, int>(&Sci::SCN_AUTOCSELECTION), this,
            [this](const char *item, int, int, int) { take(QByteArray(item)); });
    // What was asked for and came a moment later is shown where the cursor still stands there.
    connect(m_words, &CatalogWords::changed, this, [this] {
        if (m_cursor == m_editor->cursor() && m_editor->hasFocus())
            offer(m_asked);
    });
}

void Completer::ran(const QByteArray &tag)
{
    for (const char *verb : {"CREATE", "ALTER", "DROP", "IMPORT"}) {
        if (tag.startsWith(verb))
            return m_words->read();
    }
}

void Completer::typed()
{
    offer(false);
}

void Completer::offer(bool asked)
{
    using Sci = QsciScintillaBase;
    const qsizetype cursor = m_editor->cursor();
    m_editor->SendScintilla(Sci::SCI_AUTOCCANCEL);
    m_cursor = -1;
    if (!m_editor->selection().isEmpty() || m_editor->SendScintilla(Sci::SCI_GETSELECTIONS) > 1 || m_editor->isReadOnly())
        return;
    const QByteArray text = m_editor->bytes();
    if (!asked) {
        const uchar before = cursor > 0 ? uchar(text[cursor - 1]) : 0;
        if (!(std::isalnum(before) || before == '_' || before == '.' || before == '"' || before >= 0x80))
            return;
    }
    static const QByteArrayList keywords = completionKeywords();
    m_shown = query::complete(text, cursor, {m_words->names(), keywords, [this](const query::RelationName &name) { return m_words->columns(name); }});
    const QString typed = QString::fromUtf8(text.sliced(m_shown.begin, cursor - m_shown.begin));
    if (!asked && !m_shown.qualified && typed.size() < enough)
        return;
    m_cursor = cursor;
    m_asked = asked;
    const auto whole = [&](const query::Suggestion &one) { return one.text.compare(typed, Qt::CaseInsensitive) == 0; };
    if (m_shown.suggestions.isEmpty() || (!asked && std::any_of(m_shown.suggestions.cbegin(), m_shown.suggestions.cend(), whole)))
        return; // it is there already
    QStringList items;
    for (const query::Suggestion &one : m_shown.suggestions) {
        QString item = one.text;
        if (!one.detail.isEmpty())
            item += gap + one.detail.left(60);
        items << item.replace(QLatin1Char('\n'), QLatin1Char(' '));
    }
    m_editor->setTakesByEnter(asked);
    m_editor->SendScintilla(Sci::SCI_AUTOCSHOW, 0UL, items.join(QLatin1Char('\n')).toUtf8().constData());
}

void Completer::take(const QByteArray &item)
{
    m_editor->SendScintilla(QsciScintillaBase::SCI_AUTOCCANCEL); // ours is put in, not the list's line
    m_cursor = -1;
    const qsizetype cursor = m_editor->cursor();
    if (m_shown.begin > cursor)
        return;
    m_editor->select({m_shown.begin, cursor});
    m_editor->replaceSelection(QString::fromUtf8(item).section(gap, 0, 0).toUtf8());
}

} // namespace howdah::ui
