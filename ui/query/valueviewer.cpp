// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/query/valueviewer.h"

#include "base/async.h"
#include "base/units.h"
#include "query/cellkind.h"
#include "query/jsontext.h"
#include "ui/widgets/label.h"
#include "ui/widgets/theme.h"

#include <QButtonGroup>
#include <QClipboard>
#include <QGuiApplication>
#include <QHBoxLayout>
#include <QKeyEvent>
#include <QPlainTextEdit>
#include <QPushButton>
#include <QToolButton>
#include <QVBoxLayout>

#include <algorithm>

namespace howdah::ui
{

using query::CellKind;

namespace
{

constexpr qsizetype pageBytes = 128 << 10;
constexpr qsizetype hexPageBytes = 16 << 10;
constexpr qsizetype lineChars = 4000;          // a longer line is broken on screen: laid out as one it stalls the window
constexpr qsizetype copyBytes = 256 << 20;

QToolButton *formButton(const QString &text, QButtonGroup *group, int id, QWidget *parent)
{
    auto *button = new QToolButton(parent);
    button->setText(text);
    button->setCheckable(true);
    setLook(button, "flat");
    group->addButton(button, id);
    return button;
}

QByteArray unhex(const QByteArray &text)
{
    return text.startsWith("\\x") ? QByteArray::fromHex(text.mid(2)) : text;
}

} // namespace

ValueViewer::ValueViewer(QWidget *parent)
    : QFrame(parent), m_worker(QStringLiteral("value-format")), m_title(new ElidedLabel({}, this, "title", Qt::ElideMiddle)), m_facts(new PlainLabel({}, this, "small")),
      m_forms(new QButtonGroup(this)), m_wrap(new QToolButton(this)), m_text(new QPlainTextEdit(this)), m_pager(new QWidget(this)),
      m_pageLabel(new PlainLabel({}, m_pager, "small")), m_previous(new QPushButton(QStringLiteral("Previous part"), m_pager)),
      m_next(new QPushButton(QStringLiteral("Next part"), m_pager))
{
    setObjectName(QStringLiteral("valueViewer"));
    setProperty("card", true);
    auto *tools = new QHBoxLayout;
    tools->setSpacing(space::inside);
    tools->addWidget(formButton(QStringLiteral("Text"), m_forms, int(Form::Text), this));
    tools->addWidget(formButton(QStringLiteral("JSON"), m_forms, int(Form::Json), this));
    tools->addWidget(formButton(QStringLiteral("Hex"), m_forms, int(Form::Hex), this));
    tools->addStretch();
    m_wrap->setText(QStringLiteral("Wrap"));
    m_wrap->setCheckable(true);
    m_wrap->setChecked(true);
    setLook(m_wrap, "flat");
    tools->addWidget(m_wrap);
    auto *copy = new QPushButton(QStringLiteral("Copy value"), this);
    copy->setObjectName(QStringLiteral("copyValue"));
    tools->addWidget(copy);

    auto *close = new QToolButton(this);
    close->setText(QString(QChar(0x2715)));
    close->setAccessibleName(QStringLiteral("Close the value"));
    close->setToolTip(QStringLiteral("Close (Esc)"));
    setLook(close, "flat");
    auto *head = new QHBoxLayout;
    head->addWidget(m_title, 1);
    head->addWidget(close);

    m_text->setReadOnly(true);
    m_text->setFont(fixedFont());
    m_text->setObjectName(QStringLiteral("valueText"));
    m_text->setAccessibleName(QStringLiteral("Value"));
    m_text->setTabChangesFocus(true);

    auto *pager = new QHBoxLayout(m_pager);
    pager->setContentsMargins(0, 0, 0, 0);
    pager->addWidget(m_previous);
    pager->addWidget(m_next);
    pager->addWidget(m_pageLabel, 1);
    m_pager->hide();

    auto *layout = new QVBoxLayout(this);
    layout->setContentsMargins(space::part, space::part, space::part, space::part);
    layout->setSpacing(space::part);
    layout->addLayout(head);
    layout->addWidget(m_facts);
    layout->addLayout(tools);
    layout->addWidget(m_text, 1);
    layout->addWidget(m_pager);

    connect(m_forms, &QButtonGroup::idClicked, this, [this](int id) { setForm(Form(id)); });
    connect(m_wrap, &QToolButton::toggled, this, [this](bool wrap) { m_text->setLineWrapMode(wrap ? QPlainTextEdit::WidgetWidth : QPlainTextEdit::NoWrap); });
    connect(close, &QToolButton::clicked, this, &ValueViewer::closed);
    connect(m_previous, &QPushButton::clicked, this, [this] {
        --m_page;
        showPage();
    });
    connect(m_next, &QPushButton::clicked, this, [this] {
        ++m_page;
        showPage();
    });
    connect(copy, &QPushButton::clicked, this, [this] {
        // Exactly what the server gave, or its JSON as it is shown.
        const QByteArray &text = m_form == Form::Json ? m_formatted : m_value.bytes;
        if (text.size() > copyBytes)
            m_facts->setText(QStringLiteral("Too large for the clipboard: ") + units::bytes(double(text.size())));
        else
            QGuiApplication::clipboard()->setText(QString::fromUtf8(text));
    });
}

void ValueViewer::showValue(const Value &value)
{
    const CellKind kind = query::cellKind(value.typeOid);
    const bool sameType = value.typeOid == m_value.typeOid && !m_title->fullText().isEmpty();
    m_value = value;
    m_title->setText(units::oneLine(value.column));
    m_facts->setText(value.null ? value.row + QStringLiteral(" \u00b7 NULL")
                                : QString(value.row + QStringLiteral(" \u00b7 ") + units::bytes(double(value.bytes.size()))
                                          + (value.bytes.isEmpty() ? QStringLiteral(" \u00b7 the empty string") : QString())));
    if (!sameType)
        m_form = kind == CellKind::Json ? Form::Json : kind == CellKind::Bytea ? Form::Hex : Form::Text;
    format();
}

void ValueViewer::showFailure(const QString &why)
{
    ++m_shown;
    m_value = {};
    setFormatted({});
    m_facts->setText(why);
}

void ValueViewer::setForm(Form form)
{
    m_form = form;
    format();
}

void ValueViewer::format()
{
    m_forms->button(int(m_form))->setChecked(true);
    const quint64 number = ++m_shown;
    if (m_form == Form::Text || m_value.null) {
        setFormatted(m_value.bytes);
        return;
    }
    m_text->setPlaceholderText(QString(QChar(0x2026)));
    const auto future = m_worker.run([form = m_form, bytes = m_value.bytes]() -> Result<QByteArray> {
        if (form == Form::Hex)
            return unhex(bytes);
        if (auto pretty = query::prettyJson(bytes))
            return std::move(*pretty);
        return fail(ErrorKind::Client, QStringLiteral("not_json"), QStringLiteral("This is not JSON; shown as text"));
    });
    async::onFinished(future, this, [this, number](const Result<QByteArray> &formatted) {
        if (number != m_shown)
            return;
        setFormatted(formatted ? *formatted : m_value.bytes);
        if (!formatted)
            m_facts->setText(formatted.error().message);
    });
}

void ValueViewer::setFormatted(const QByteArray &text)
{
    m_formatted = text;
    m_pages = {0};
    const qsizetype size = m_form == Form::Hex && !m_value.null ? hexPageBytes : pageBytes;
    for (qsizetype at = size; at < text.size(); at = m_pages.last() + size) {
        if (m_form != Form::Hex) {
            // At a line's end where one is near, never inside of a character.
            const qsizetype line = text.lastIndexOf('\n', at - 1);
            if (line > at - size / 4)
                at = line + 1;
            while (at > m_pages.last() + 1 && (uchar(text[at]) & 0xc0) == 0x80)
                --at;
        }
        m_pages << at;
    }
    m_page = 0;
    showPage();
}

QString ValueViewer::hexPage() const
{
    static constexpr char hex[] = "0123456789abcdef";
    const qsizetype begin = m_pages[m_page];
    const qsizetype end = m_page + 1 < pageCount() ? m_pages[m_page + 1] : m_formatted.size();
    QByteArray out;
    for (qsizetype line = begin; line < end; line += 16) {
        QByteArray bytes, letters;
        for (qsizetype i = line; i < line + 16; ++i) {
            if (i >= end) {
                bytes += "   ";
                continue;
            }
            const auto c = uchar(m_formatted[i]);
            bytes += hex[c >> 4];
            bytes += hex[c & 15];
            bytes += ' ';
            letters += c >= 0x20 && c < 0x7f ? char(c) : '.';
            if (i == line + 7)
                bytes += ' ';
        }
        out += QByteArray::number(line, 16).rightJustified(8, '0') + "  " + bytes + ' ' + letters + '\n';
    }
    return QString::fromLatin1(out);
}

void ValueViewer::showPage()
{
    QString text;
    if (m_value.null) {
        m_text->setPlaceholderText(QStringLiteral("NULL"));
    } else if (m_form == Form::Hex) {
        text = hexPage();
    } else {
        m_text->setPlaceholderText(m_formatted.isEmpty() ? QStringLiteral("the empty string") : QString());
        const qsizetype begin = m_pages[m_page];
        const qsizetype end = m_page + 1 < pageCount() ? m_pages[m_page + 1] : m_formatted.size();
        const QStringList lines = QString::fromUtf8(QByteArrayView(m_formatted).sliced(begin, end - begin)).split(QLatin1Char('\n'));
        for (qsizetype i = 0; i < lines.size(); ++i) {
            if (i > 0)
                text += QLatin1Char('\n');
            // Line breaks stay; what would turn the text around or hide in it is drawn as a sign.
            QString line = units::oneLine(lines[i]).replace(QChar(0x2409), QLatin1Char('\t'));
            for (qsizetype at = lineChars; at < line.size(); at += lineChars + 1)
                line.insert(at, QLatin1Char('\n'));
            text += line;
        }
    }
    m_text->setPlainText(text);
    m_pager->setVisible(pageCount() > 1);
    m_previous->setEnabled(m_page > 0);
    m_next->setEnabled(m_page + 1 < pageCount());
    m_pageLabel->setText(QStringLiteral("part %1 of %2").arg(m_page + 1).arg(pageCount()));
}

QString ValueViewer::shownText() const
{
    return m_text->toPlainText();
}

void ValueViewer::keyPressEvent(QKeyEvent *event)
{
    if (event->key() == Qt::Key_Escape)
        emit closed();
    else
        QFrame::keyPressEvent(event);
}

} // namespace howdah::ui
