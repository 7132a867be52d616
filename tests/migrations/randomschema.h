// SPDX-License-Identifier: GPL-3.0-or-later
// Random schemas, and random changes to them, from a seed: the same on every machine. A schema is a value that is put right after each change (what stands on
// something that is gone goes too) and written as the SQL that makes it. For tests only.
#pragma once

#include <QByteArray>
#include <QList>
#include <QMap>
#include <QStringList>

#include <random>

namespace howdah::test
{

struct RandomColumn {
    QString name, type, value, generated, identity, comment; // value: a default
    bool notNull = false;
};

struct RandomTable {
    QString name;
    QList<RandomColumn> columns;
    QStringList key;                        // of the primary key
    QMap<QString, QStringList> uniques;     // name -> columns
    QMap<QString, QString> checks;          // name -> column and condition, apart by a |
    QMap<QString, QStringList> references;  // name -> column, table, action
    QMap<QString, QStringList> indexes;     // name -> column, form
    QMap<QString, QString> triggers;        // name -> function
    QMap<QString, QString> policies;        // name -> column and condition, apart by a |
    bool rowSecurity = false;
    QString comment, readers;
    bool partitioned = false;

    RandomColumn *column(const QString &wanted)
    {
        for (RandomColumn &one : columns) {
            if (one.name == wanted)
                return &one;
        }
        return nullptr;
    }
};

struct RandomView {
    QString source; // a table's or an earlier view's name
    QStringList columns;
    QString condition; // a column that is not NULL; empty: none
    bool materialized = false;
    QString comment;
};

class RandomSchema
{
public:
    explicit RandomSchema(unsigned seed) : m_random(seed)
    {
        for (int i = 0, n = 1 + below(2); i < n; ++i)
            m_enums.insert(fresh("mood"), labels());
        m_domains.insert(fresh("amount"), {QStringLiteral("integer"), QStringLiteral("VALUE > %1").arg(below(9))});
        for (int i = 0, n = below(3); i < n; ++i)
            m_sequences.insert(fresh("ticket"), 1 + below(5));
        for (int i = 0, n = 1 + below(3); i < n; ++i)
            m_functions.insert(fresh("twice"), {QStringLiteral("integer"), QString::number(below(9))});
        for (int i = 0, n = 1 + below(2); i < n; ++i)
            m_triggerFunctions.insert(fresh("touch"), below(9));
        for (int i = 0, n = 2 + below(4); i < n; ++i)
            addTable();
        for (int i = 0, n = below(6); i < n; ++i)
            addView();
        repair();
    }

    void change(unsigned seed, int times)
    {
        m_random.seed(seed);
        for (int i = 0; i < times; ++i) {
            once();
            repair();
        }
    }

    QByteArray sql() const
    {
        QStringList all{QStringLiteral("CREATE SCHEMA app")};
        for (auto one = m_enums.cbegin(); one != m_enums.cend(); ++one)
            all << QStringLiteral("CREATE TYPE %1 AS ENUM ('%2')").arg(one.key(), one.value().join(QStringLiteral("', '")));
        for (auto one = m_functions.cbegin(); one != m_functions.cend(); ++one)
            all << QStringLiteral("CREATE FUNCTION %1(a integer) RETURNS %2 LANGUAGE sql IMMUTABLE AS 'SELECT (a * 2 + %3)::%2'").arg(one.key(), one.value()[0], one.value()[1]);
        for (auto one = m_domains.cbegin(); one != m_domains.cend(); ++one)
            all << QStringLiteral("CREATE DOMAIN %1 AS %2 CONSTRAINT fits CHECK (%3)").arg(one.key(), one.value()[0], one.value()[1]);
        for (auto one = m_triggerFunctions.cbegin(); one != m_triggerFunctions.cend(); ++one)
            all << QStringLiteral("CREATE FUNCTION %1() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN PERFORM %2; RETURN NEW; END'").arg(one.key()).arg(one.value());
        for (auto one = m_sequences.cbegin(); one != m_sequences.cend(); ++one)
            all << QStringLiteral("CREATE SEQUENCE %1 INCREMENT BY %2").arg(one.key()).arg(one.value());
        for (const RandomTable &table : m_tables)
            write(table, all);
        for (const RandomTable &table : m_tables) {
            for (auto one = table.references.cbegin(); one != table.references.cend(); ++one)
                all << QStringLiteral("ALTER TABLE %1 ADD CONSTRAINT %2 FOREIGN KEY (%3) REFERENCES %4%5").arg(table.name, one.key(), one.value()[0], one.value()[1], one.value()[2]);
        }
        for (const QString &name : m_viewOrder) {
            const RandomView &view = m_views[name];
            all << QStringLiteral("CREATE %1VIEW %2 AS SELECT %3 FROM %4%5").arg(view.materialized ? QStringLiteral("MATERIALIZED ") : QString(), name, view.columns.join(QStringLiteral(", ")),
                view.source, view.condition.isEmpty() ? QString() : QStringLiteral(" WHERE %1 IS NOT NULL").arg(view.condition));
            if (!view.comment.isEmpty())
                all << QStringLiteral("COMMENT ON %1VIEW %2 IS '%3'").arg(view.materialized ? QStringLiteral("MATERIALIZED ") : QString(), name, view.comment);
            if (view.materialized)
                all << QStringLiteral("CREATE INDEX %1_i ON %2 (%3)").arg(name.section(u'.', -1), name, view.columns.first());
            else
                all << QStringLiteral("GRANT SELECT ON %1 TO reader").arg(name);
        }
        return all.join(QStringLiteral(";\n")).toUtf8() + ';';
    }

private:
    int below(int most) { return int(m_random() % unsigned(most)); }
    bool chance(int percent) { return below(100) < percent; }
    QString fresh(const char *word) { return QStringLiteral("%1.%2_%3").arg(chance(70) ? QStringLiteral("public") : QStringLiteral("app"), QLatin1StringView(word)).arg(++m_count); }
    QString part(const char *word) { return QStringLiteral("%1_%2").arg(QLatin1StringView(word)).arg(++m_count); }
    QString any(const QStringList &of) { return of.isEmpty() ? QString() : of.at(below(int(of.size()))); }
    QStringList labels() { return QStringList{part("a"), part("b"), part("c")}; }
    RandomTable *anyTable() { return m_tables.isEmpty() ? nullptr : &m_tables[below(int(m_tables.size()))]; }

    static bool isNumber(const QString &type) { return type == u"integer" || type == u"bigint" || type == u"smallint"; }

    QString type()
    {
        if (chance(12) && !m_enums.isEmpty())
            return any(m_enums.keys());
        if (chance(6) && !m_domains.isEmpty())
            return any(m_domains.keys());
        return any({QStringLiteral("integer"), QStringLiteral("integer"), QStringLiteral("bigint"), QStringLiteral("smallint"), QStringLiteral("numeric(10,2)"), QStringLiteral("text"),
                    QStringLiteral("text"), QStringLiteral("character varying(40)"), QStringLiteral("boolean"), QStringLiteral("date"), QStringLiteral("timestamp with time zone"),
                    QStringLiteral("uuid"), QStringLiteral("jsonb"), QStringLiteral("text[]")});
    }

    QString valueOf(const QString &of)
    {
        if (isNumber(of) && chance(15) && !m_sequences.isEmpty())
            return QStringLiteral("nextval('%1')").arg(any(m_sequences.keys()));
        if (of == u"integer" && chance(15) && !m_functions.isEmpty())
            return QStringLiteral("%1(%2)::integer").arg(any(m_functions.keys())).arg(below(9));
        if (isNumber(of) || of.startsWith(u"numeric") || m_domains.contains(of))
            return QString::number(10 + below(9));
        if (of == u"text" || of.startsWith(u"character"))
            return QStringLiteral("'it''s %1'").arg(below(9));
        if (of == u"boolean")
            return QStringLiteral("true");
        if (of == u"date" || of.startsWith(u"timestamp"))
            return QStringLiteral("CURRENT_TIMESTAMP");
        if (of == u"uuid")
            return QStringLiteral("gen_random_uuid()");
        if (of == u"text[]" || of == u"jsonb")
            return QStringLiteral("'{}'");
        return m_enums.contains(of) ? u'\'' + any(m_enums.value(of)) + u'\'' : QString();
    }

    RandomColumn newColumn()
    {
        RandomColumn column;
        column.name = part("c");
        column.type = type();
        column.notNull = chance(35);
        if (chance(40))
            column.value = valueOf(column.type);
        else if (isNumber(column.type) && chance(10)) {
            column.identity = any({QStringLiteral("ALWAYS"), QStringLiteral("BY DEFAULT")});
            column.notNull = true;
        }
        if (chance(15))
            column.comment = part("note");
        return column;
    }

    QString condition(RandomTable &table)
    {
        QStringList numbers;
        for (const RandomColumn &one : std::as_const(table.columns)) {
            if (isNumber(one.type) && one.generated.isEmpty())
                numbers << one.name;
        }
        const QString name = any(numbers);
        if (name.isEmpty())
            return {};
        if (chance(25) && !m_functions.isEmpty())
            return QStringLiteral("%1|%2(%1::integer) > %3").arg(name, any(m_functions.keys())).arg(below(9));
        return QStringLiteral("%1|%1 > %2").arg(name).arg(below(9));
    }

    void addTable()
    {
        RandomTable table;
        table.name = fresh("t");
        table.columns << RandomColumn{QStringLiteral("id"), chance(70) ? QStringLiteral("integer") : QStringLiteral("bigint"), {}, {}, chance(40) ? QStringLiteral("ALWAYS") : QString(), {}, true};
        if (chance(80))
            table.key = {QStringLiteral("id")};
        for (int i = 0, n = 1 + below(6); i < n; ++i)
            table.columns << newColumn();
        if (chance(25))
            table.columns << RandomColumn{part("g"), QStringLiteral("bigint"), {}, QStringLiteral("id * %1").arg(2 + below(7)), {}, {}, false};
        table.partitioned = chance(2);
        m_tables << table;
        for (int i = 0, n = below(6); i < n; ++i)
            addPart(m_tables.last());
    }

    void addPart(RandomTable &table)
    {
        const QString column = table.columns[below(int(table.columns.size()))].name;
        switch (below(9)) {
        case 0: table.uniques.insert(part("u"), {column}); break;
        case 1:
        case 2:
            if (const QString text = condition(table); !text.isEmpty())
                table.checks.insert(part("k"), text);
            break;
        case 3: {
            const RandomTable &other = *anyTable();
            RandomColumn refers;
            refers.name = part("r");
            table.columns << refers; // its type is put right
            table.references.insert(part("f"), {refers.name, other.name, any({QString(), QStringLiteral(" ON DELETE CASCADE")})});
            break;
        }
        case 4:
        case 5: table.indexes.insert(part("i"), {column, any({QStringLiteral("%1"), QStringLiteral("%1 DESC NULLS LAST"), QStringLiteral("(%1 IS NULL)")})}); break;
        case 6:
            if (!m_triggerFunctions.isEmpty())
                table.triggers.insert(part("tr"), any(m_triggerFunctions.keys()));
            break;
        case 7:
            if (const QString text = condition(table); !text.isEmpty())
                table.policies.insert(part("p"), text);
            table.rowSecurity = chance(50);
            break;
        default: chance(50) ? table.comment = part("table's") : table.readers = any({QStringLiteral("SELECT"), QStringLiteral("SELECT, INSERT"), QString()}); break;
        }
    }

    void addView()
    {
        QStringList sources = m_viewOrder;
        for (const RandomTable &table : std::as_const(m_tables))
            sources << table.name;
        RandomView view;
        view.source = any(sources);
        for (const QString &column : columnsOf(view.source)) {
            if (chance(60))
                view.columns << column;
        }
        if (view.columns.isEmpty())
            return;
        view.condition = chance(40) ? any(view.columns) : QString();
        view.materialized = chance(25);
        view.comment = chance(20) ? part("view") : QString();
        const QString name = fresh("v");
        m_views.insert(name, view);
        m_viewOrder << name;
    }

    QStringList columnsOf(const QString &source) const
    {
        if (m_views.contains(source))
            return m_views.value(source).columns;
        QStringList columns;
        for (const RandomTable &table : m_tables) {
            for (const RandomColumn &one : table.columns) {
                if (table.name == source)
                    columns << one.name;
            }
        }
        return columns;
    }

    void once()
    {
        RandomTable *table = anyTable();
        RandomColumn *column = table ? &table->columns[below(int(table->columns.size()))] : nullptr;
        const bool plain = column && column->name != u"id" && column->generated.isEmpty();
        switch (below(26)) {
        case 0: addTable(); break;
        case 1: if (m_tables.size() > 1) m_tables.removeAt(below(int(m_tables.size()))); break;
        case 2: case 3: case 4: if (table) table->columns << newColumn(); break;
        case 5: case 6: if (plain) { const QString name = column->name; table->columns.removeIf([&](const RandomColumn &one) { return one.name == name; }); } break;
        case 7: case 8: if (plain && column->identity.isEmpty()) retype(*column); break;
        case 9: if (plain && column->identity.isEmpty()) column->value = column->value.isEmpty() ? valueOf(column->type) : QString(); break;
        case 10: case 11: if (plain && column->identity.isEmpty()) column->notNull = !column->notNull; break;
        case 12: case 13: case 14: if (table) addPart(*table); break;
        case 15: if (table) dropPart(*table); break;
        case 16: if (table) table->key = table->key.isEmpty() ? QStringList{QStringLiteral("id")} : QStringList(); break;
        case 17: addView(); break;
        case 18: if (!m_viewOrder.isEmpty()) m_views[any(m_viewOrder)].condition = QString(); break;
        case 19: if (!m_viewOrder.isEmpty()) { const QString name = any(m_viewOrder); m_viewOrder.removeAll(name); m_views.remove(name); } break;
        case 20: changeView(); break;
        case 21: if (chance(30)) changeEnum(); break;
        case 22: if (!m_functions.isEmpty()) m_functions[any(m_functions.keys())] = QStringList{chance(70) ? QStringLiteral("integer") : QStringLiteral("bigint"), QString::number(below(9))}; break;
        case 23: if (!m_triggerFunctions.isEmpty()) m_triggerFunctions[any(m_triggerFunctions.keys())] = below(99); break;
        case 24: if (table) { for (RandomColumn &one : table->columns) { if (!one.generated.isEmpty()) one.generated = QStringLiteral("id * %1").arg(2 + below(99)); } } break;
        default: changeOther(); break;
        }
    }

    void retype(RandomColumn &column)
    {
        static const QMap<QString, QStringList> near{{QStringLiteral("integer"), {QStringLiteral("bigint"), QStringLiteral("text"), QStringLiteral("numeric(10,2)")}},
                                                     {QStringLiteral("bigint"), {QStringLiteral("integer"), QStringLiteral("text")}},
                                                     {QStringLiteral("smallint"), {QStringLiteral("integer"), QStringLiteral("bigint")}},
                                                     {QStringLiteral("numeric(10,2)"), {QStringLiteral("integer"), QStringLiteral("text")}},
                                                     {QStringLiteral("text"), {QStringLiteral("character varying(40)"), QStringLiteral("text[]")}},
                                                     {QStringLiteral("character varying(40)"), {QStringLiteral("text")}},
                                                     {QStringLiteral("date"), {QStringLiteral("timestamp with time zone"), QStringLiteral("text")}}};
        column.type = chance(95) && near.contains(column.type) ? any(near.value(column.type)) : type();
        if (!column.value.isEmpty())
            column.value = valueOf(column.type);
    }

    void changeView()
    {
        const QString name = any(m_viewOrder);
        if (name.isEmpty())
            return;
        RandomView &view = m_views[name];
        const QString more = any(columnsOf(view.source));
        if (!view.columns.contains(more))
            chance(50) ? view.columns.append(more) : view.columns.prepend(more);
        else if (view.columns.size() > 1)
            view.columns.removeAll(more);
    }

    void changeEnum()
    {
        if (m_enums.isEmpty() || chance(20)) {
            m_enums.insert(fresh("mood"), labels());
            return;
        }
        QStringList &of = m_enums[any(m_enums.keys())];
        if (chance(25) && of.size() > 1)
            of.removeAt(below(int(of.size())));
        else
            of.insert(below(int(of.size()) + 1), part("l"));
    }

    void changeOther()
    {
        switch (below(5)) {
        case 0: if (!m_sequences.isEmpty()) m_sequences[any(m_sequences.keys())] = 1 + below(9); break;
        case 1: m_sequences.insert(fresh("ticket"), 1); break;
        case 2: if (!m_domains.isEmpty()) m_domains[any(m_domains.keys())][1] = QStringLiteral("VALUE > %1").arg(below(9)); break;
        case 3: if (!m_functions.isEmpty()) m_functions.remove(any(m_functions.keys())); break;
        default: if (!m_sequences.isEmpty()) m_sequences.remove(any(m_sequences.keys())); break;
        }
    }

    void dropPart(RandomTable &table)
    {
        const auto drop = [&](auto &of) { if (!of.isEmpty()) of.erase(of.begin()); };
        switch (below(7)) {
        case 0: drop(table.uniques); break;
        case 1: drop(table.checks); break;
        case 2: drop(table.references); break;
        case 3: drop(table.indexes); break;
        case 4: drop(table.triggers); break;
        case 5: drop(table.policies); break;
        default: table.comment.clear(); table.rowSecurity = false; break;
        }
    }

    static bool names(const QString &text, const QString &name) { return text.contains(name + u'(') || text.contains(u'\'' + name + u'\''); }

    // What stands on something that is gone goes too.
    void repair()
    {
        const auto stands = [&](const QString &text) {
            static const QStringList words{QStringLiteral("public.twice_"), QStringLiteral("app.twice_"), QStringLiteral("public.ticket_"), QStringLiteral("app.ticket_")};
            for (const QString &word : words) {
                if (!text.contains(word))
                    continue;
                const QStringList known = m_functions.keys() + m_sequences.keys();
                if (std::none_of(known.cbegin(), known.cend(), [&](const QString &one) { return names(text, one); }))
                    return false;
            }
            return true;
        };
        for (RandomTable &table : m_tables) {
            const auto fits = [&](const QString &text) {
                const RandomColumn *on = table.column(text.section(u'|', 0, 0));
                return on && isNumber(on->type) && stands(text);
            };
            if (table.partitioned)
                table.references.clear();
            for (auto one = table.references.begin(); one != table.references.end();) {
                RandomTable *other = nullptr;
                for (RandomTable &each : m_tables)
                    other = each.name == one.value()[1] ? &each : other;
                RandomColumn *column = table.column(one.value()[0]);
                if (!other || other->key.isEmpty() || other->partitioned || !column) {
                    one = table.references.erase(one);
                    continue;
                }
                column->type = other->column(QStringLiteral("id"))->type;
                column->value.clear();
                column->identity.clear();
                ++one;
            }
            table.columns.removeIf([](const RandomColumn &one) { return one.type.isEmpty(); });
            for (RandomColumn &column : table.columns) {
                if (!stands(column.value) || (m_enums.contains(column.type) && !column.value.isEmpty() && !m_enums.value(column.type).contains(column.value.mid(1, column.value.size() - 2))))
                    column.value.clear();
            }
            table.checks.removeIf([&](auto one) { return !fits(one.value()); });
            table.policies.removeIf([&](auto one) { return !fits(one.value()); });
            table.uniques.removeIf([&](auto one) { const RandomColumn *on = table.column(one.value()[0]); return !on || on->type == u"jsonb" || !on->generated.isEmpty(); });
            table.indexes.removeIf([&](auto one) { const RandomColumn *on = table.column(one.value()[0]); return !on || on->type == u"jsonb" || !on->generated.isEmpty(); });
            table.triggers.removeIf([&](auto one) { return !m_triggerFunctions.contains(one.value()); });
        }
        const QStringList order = m_viewOrder;
        m_viewOrder.clear();
        for (const QString &name : order) {
            RandomView &view = m_views[name];
            const QStringList columns = columnsOf(view.source);
            const bool later = m_views.contains(view.source) && !m_viewOrder.contains(view.source);
            view.columns.removeIf([&](const QString &one) { return !columns.contains(one); });
            if (!columns.contains(view.condition))
                view.condition.clear();
            if (view.columns.isEmpty() || later)
                m_views.remove(name);
            else
                m_viewOrder << name;
        }
    }

    static void write(const RandomTable &table, QStringList &all)
    {
        QStringList lines;
        for (const RandomColumn &one : table.columns) {
            QString line = one.name + u' ' + one.type;
            if (!one.generated.isEmpty())
                line += QStringLiteral(" GENERATED ALWAYS AS (%1) STORED").arg(one.generated);
            if (!one.value.isEmpty())
                line += QStringLiteral(" DEFAULT ") + one.value;
            if (!one.identity.isEmpty())
                line += QStringLiteral(" GENERATED %1 AS IDENTITY").arg(one.identity);
            lines << line + (one.notNull ? QStringLiteral(" NOT NULL") : QString());
        }
        const QString bare = table.name.section(u'.', -1);
        if (!table.key.isEmpty())
            lines << QStringLiteral("CONSTRAINT %1_pk PRIMARY KEY (%2)").arg(bare, table.key.join(u','));
        for (auto one = table.uniques.cbegin(); !table.partitioned && one != table.uniques.cend(); ++one)
            lines << QStringLiteral("CONSTRAINT %1 UNIQUE (%2)").arg(one.key(), one.value().join(u','));
        for (auto one = table.checks.cbegin(); one != table.checks.cend(); ++one)
            lines << QStringLiteral("CONSTRAINT %1 CHECK (%2)").arg(one.key(), one.value().section(u'|', 1));
        all << QStringLiteral("CREATE TABLE %1 (%2)%3").arg(table.name, lines.join(QStringLiteral(", ")), table.partitioned ? QStringLiteral(" PARTITION BY RANGE (id)") : QString());
        for (auto one = table.indexes.cbegin(); one != table.indexes.cend(); ++one)
            all << QStringLiteral("CREATE INDEX %1 ON %2 (%3)").arg(one.key(), table.name, one.value()[1].arg(one.value()[0]));
        for (auto one = table.triggers.cbegin(); one != table.triggers.cend(); ++one)
            all << QStringLiteral("CREATE TRIGGER %1 BEFORE INSERT ON %2 FOR EACH ROW EXECUTE FUNCTION %3()").arg(one.key(), table.name, one.value());
        for (auto one = table.policies.cbegin(); one != table.policies.cend(); ++one)
            all << QStringLiteral("CREATE POLICY %1 ON %2 FOR SELECT TO reader USING (%3)").arg(one.key(), table.name, one.value().section(u'|', 1));
        if (table.rowSecurity)
            all << QStringLiteral("ALTER TABLE %1 ENABLE ROW LEVEL SECURITY").arg(table.name);
        if (!table.comment.isEmpty())
            all << QStringLiteral("COMMENT ON TABLE %1 IS '%2'").arg(table.name, QString(table.comment).replace(u'\'', QStringLiteral("''")));
        for (const RandomColumn &one : table.columns) {
            if (!one.comment.isEmpty())
                all << QStringLiteral("COMMENT ON COLUMN %1.%2 IS '%3'").arg(table.name, one.name, one.comment);
        }
        if (!table.readers.isEmpty())
            all << QStringLiteral("GRANT %1 ON %2 TO reader").arg(table.readers, table.name);
    }

    std::mt19937 m_random;
    int m_count = 0;
    QMap<QString, QStringList> m_enums, m_domains, m_functions;
    QMap<QString, int> m_sequences, m_triggerFunctions;
    QList<RandomTable> m_tables;
    QMap<QString, RandomView> m_views;
    QStringList m_viewOrder;
};

} // namespace howdah::test
