// SPDX-License-Identifier: GPL-3.0-or-later
// A section while it is linted: its statements, and what those before the present one have made of the world. Internal to src/migrations. Pure, any thread.
#pragma once

#include "migrations/ddl.h"
#include "migrations/lint.h"
#include "query/statement.h"

#include <QMultiHash>

namespace howdah::migrations
{

enum class Lock { None, AccessShare, RowExclusive, ShareUpdateExclusive, Share, ShareRowExclusive, Exclusive, AccessExclusive };
enum class Work { None, Scan, Rewrite };

struct Taken {
    Lock lock = Lock::None;
    Work work = Work::None; // while it is held, as far as the words tell
    QString relation;
};

// Names that match with and without their schema.
class Names
{
public:
    void add(const QString &name) { m_names.insert(last(name), name); }
    void remove(const QString &name);
    bool contains(const QString &name) const;

    static QString last(const QString &name) { return name.mid(name.lastIndexOf(u'.') + 1); }

private:
    QMultiHash<QString, QString> m_names;
};

struct Statement {
    qsizetype offset = 0; // in the section's text
    QByteArray text;
    bool command = false; // psql's
    bool several = false; // joined by \;
    Ddl ddl;
};

// A constraint that an earlier statement added without looking at the rows.
struct Unproven {
    QString relation;
    Constraint constraint;
};

class LintedSection
{
public:
    LintedSection(const LintFile &file, const LintFacts &facts, bool down);

    const LintFile &file() const { return m_file; }
    const LintFacts &facts() const { return m_facts; }
    const LintSection &section() const { return m_section; }
    bool down() const { return m_down; }
    bool transaction() const { return m_section.transaction; }
    bool inTransaction() const { return m_section.transaction || m_begun; } // the statement that is looked at
    const std::vector<Statement> &statements() const { return m_statements; }

    // Of the statement that is looked at.
    bool isOld(const QString &relation) const { return !relation.isEmpty() && !m_new.contains(relation); }
    bool isOldIndex(const QString &index) const { return !m_newIndexes.contains(index); }
    QList<QStringList> indexesOn(const QString &table) const; // the columns of those that the section makes, wherever it does
    bool isPartitioned(const QString &relation) const;
    bool isSmall(const QString &relation) const; // known to have under 10,000 rows
    bool isEmpty(const QString &relation) const; // known to
    QString columnType(const QString &relation, const QString &column) const; // normalType; empty: not known
    Level blocking(const QString &relation) const { return isSmall(relation) ? Level::Note : Level::Warning; }
    Level inDown(Level level) const { return m_down ? Level::Note : level; } // what a way back is there for

    Names newTypes;        // enums and the like: without constraints of their own
    Names newDomains;
    Names checkedDomains;  // of these those with constraints
    QList<Unproven> notValid;
    QList<Unproven> proven; // CHECKs that were validated
    bool lockTimeout = false; // set and not 0
    bool statementTimeout = false;
    bool utc = false;

    // What is NOT VALID when an action of this statement runs: of earlier statements, and of earlier actions of its own.
    QList<Unproven> notValidAt(const Ddl &ddl, const Action &action) const;

    // `begin` and `end` are bytes of the statement; end < 0: all of it.
    Finding &add(int hazard, int statement, Level level, qsizetype begin = 0, qsizetype end = -1, const QString &more = {});
    void fix(Finding &finding, int statement, qsizetype at, qsizetype length, const QByteArray &text) const;
    const QList<Taken> &taken(int statement) const { return m_taken[size_t(statement)]; } // of old relations; those up to the present one
    void look(int statement);  // before its rules
    void take(int statement); // after its rules: what is new from here on
    QList<Finding> findings(); // waivers applied, sorted

private:
    void applyWaivers();

    const LintFile &m_file;
    const LintFacts &m_facts;
    const LintSection &m_section;
    bool m_down;
    bool m_begun = false; // by a BEGIN of the section
    std::vector<Statement> m_statements;
    Names m_new;
    Names m_newIndexes;
    Names m_partitioned;
    QMultiHash<QString, std::pair<QString, QStringList>> m_indexes; // by the table's name without schema
    struct Found { Finding finding; int statement; };
    std::vector<Found> m_found;
    std::vector<QList<Taken>> m_taken;
};

struct Waiver {
    qsizetype offset = 0;
    qsizetype length = 0;
    QStringList rules;
    QString reason;
    QStringList used; // of the rules
};
// The waiver that a comment is; no rules: it is none.
Waiver waiverIn(QByteArrayView comment);
bool waives(const QString &rule, const Finding &finding);

QList<Taken> takenBy(const LintedSection &section, const Statement &statement);
QString lockName(Lock lock);
// A DEFAULT whose value differs from row to row. `unknown`: it calls a function that is not known.
bool callsVolatile(const QByteArray &expression, bool *unknown);

// The rules, each for one statement of a section …
void indexRules(LintedSection &section, int statement);
void columnRules(LintedSection &section, int statement);
void typeRules(LintedSection &section, int statement);
void constraintRules(LintedSection &section, int statement);
void objectRules(LintedSection &section, int statement);
void partitionRules(LintedSection &section, int statement);
void timeoutRules(LintedSection &section, int statement);
void transactionRules(LintedSection &section, int statement);
// … and for all of it.
void sectionRules(LintedSection &section);
void fileRules(LintedSection &section);

} // namespace howdah::migrations
