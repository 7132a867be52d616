// SPDX-License-Identifier: GPL-3.0-or-later
// One value, all of it: as text, as JSON with its structure, as bytes. Large ones in pages, so that no text of megabytes is laid out at once.
// Window's thread; JSON is formatted by a worker.
#pragma once

#include "base/worker.h"

#include <QByteArray>
#include <QFrame>

class QButtonGroup;
class QPlainTextEdit;
class QPushButton;
class QToolButton;

namespace howdah::ui
{

class ElidedLabel;
class PlainLabel;

struct Value {
    QString column;
    QString row;           // "row 12"
    quint32 typeOid = 0;
    bool null = false;
    QByteArray bytes;      // as the server gave them
};

class ValueViewer : public QFrame
{
    Q_OBJECT
public:
    enum class Form { Text, Json, Hex };

    explicit ValueViewer(QWidget *parent = nullptr);
    void showValue(const Value &value); // in the form that suits it, unless the user chose one for this type
    void showFailure(const QString &why);
    Form form() const { return m_form; }
    void setForm(Form form);
    QString shownText() const; // of this page

signals:
    void closed();

protected:
    void keyPressEvent(QKeyEvent *event) override;

private:
    void format();
    void setFormatted(const QByteArray &text);
    void showPage();
    QString hexPage() const;
    qsizetype pageCount() const { return qsizetype(m_pages.size()); }

    Value m_value;
    Form m_form = Form::Text;
    QByteArray m_formatted;          // what is paged: the text, or the raw bytes for hex
    QVector<qsizetype> m_pages;      // where each begins
    qsizetype m_page = 0;
    quint64 m_shown = 0;             // a late answer for another value is dropped
    Worker m_worker;

    ElidedLabel *m_title;
    PlainLabel *m_facts;
    QButtonGroup *m_forms;
    QToolButton *m_wrap;
    QPlainTextEdit *m_text;
    QWidget *m_pager;
    PlainLabel *m_pageLabel;
    QPushButton *m_previous;
    QPushButton *m_next;
};

} // namespace howdah::ui
