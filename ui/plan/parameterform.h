// SPDX-License-Identifier: GPL-3.0-or-later
// The values of a statement's parameters, asked for in the pane: of each its type as the server infers it, its value, and NULL only where somebody
// says so. What is left alone is not given: nothing is put in its place. Window's thread.
#pragma once

#include "explain/explain.h"

#include <QWidget>

class QCheckBox;
class QGridLayout;
class QLineEdit;

namespace howdah::ui
{

class PlainLabel;

class ParameterForm : public QWidget
{
    Q_OBJECT
public:
    explicit ParameterForm(QWidget *parent = nullptr);

    // Keeps what was typed for numbers that stay.
    void setParameters(const QVector<explain::Parameter> &parameters);
    bool isEmpty() const { return m_rows.isEmpty(); }
    QMap<int, explain::Value> values() const; // those that are given
    void focusFirst();
    QLineEdit *valueLine(int number) const; // null: none
    QLineEdit *typeLine(int number) const;
    QCheckBox *nullBox(int number) const;
    QCheckBox *emptyBox(int number) const;

signals:
    void accepted(); // Enter in a line

private:
    struct Row {
        explain::Parameter parameter;
        QLineEdit *type;
        QLineEdit *value;
        QCheckBox *empty; // the empty text, which is a value too
        QCheckBox *null;
    };
    const Row *row(int number) const;
    void add(const explain::Parameter &parameter, const Row *before, QGridLayout *grid);

    QWidget *m_inside = nullptr;
    QVector<Row> m_rows;
};

} // namespace howdah::ui
