// SPDX-License-Identifier: GPL-3.0-or-later
// Asks for the values of a run's parameters, once, with those of the last time filled in. Window's thread.
#pragma once

#include "ui/query/params.h"

#include <QDialog>

#include <optional>

class QCheckBox;
class QLineEdit;

namespace howdah::ui
{

struct ParameterValue {
    bool null = false;
    QString text;
};
using ParameterValues = QHash<QString, ParameterValue>; // by ":name" and "$1"
QString parameterKey(const Parameter &parameter);

class ParamDialog : public QDialog
{
    Q_OBJECT
public:
    ParamDialog(const QVector<Parameter> &parameters, const ParameterValues &last, QWidget *parent = nullptr);
    ParameterValues values() const;

private:
    struct Row {
        Parameter parameter;
        QLineEdit *line;
        QCheckBox *null;
    };
    QVector<Row> m_rows;
};

} // namespace howdah::ui
