// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/query/editor.h"

#include "ui/query/editorlexer.h"
#include "ui/widgets/label.h"
#include "ui/widgets/theme.h"

#include <QKeyEvent>
#include <QPainter>
#include <QScrollBar>
#include <QToolTip>
#include <QWheelEvent>

namespace howdah::ui
{

namespace
{

constexpr int errorIndicator = 8; // below 8 are the lexers'
constexpr int dwellMs = 350;
constexpr int smallest = 9;
constexpr int largest = 32;
constexpr int tabColumns = 4;

// Keys with Ctrl that edit text; all others are the pane's or the window's, whatever Scintilla has them for.
bool isEditing(const QKeyEvent &key)
{
    const bool control = key.modifiers() & Qt::ControlModifier;
    switch (key.key()) {
    case Qt::Key_Z:
    case Qt::Key_Y:
    case Qt::Key_X:
    case Qt::Key_C:
    case Qt::Key_V:
    case Qt::Key_A:
    case Qt::Key_D: return control && !(key.modifiers() & Qt::AltModifier) && !(key.modifiers() & Qt::ShiftModifier && key.key() == Qt::Key_C);
    case Qt::Key_Left:
    case Qt::Key_Right:
    case Qt::Key_Up:
    case Qt::Key_Down:
    case Qt::Key_Home:
    case Qt::Key_End:
    case Qt::Key_Backspace:
    case Qt::Key_Delete:
    case Qt::Key_Insert: return true;
    case Qt::Key_Tab:
    case Qt::Key_Backtab:
    case Qt::Key_PageUp:
    case Qt::Key_PageDown: return !control;
    case Qt::Key_Return:
    case Qt::Key_Enter: return !control;
    case Qt::Key_Escape: return true;
    default: break;
    }
    if (key.key() >= Qt::Key_F1 && key.key() <= Qt::Key_F35)
        return false;
    return !control && !(key.modifiers() & Qt::MetaModifier);
}

} // namespace

SqlEditor::SqlEditor(QWidget *parent) : QsciScintilla(parent), m_lexer(new EditorLexer(this))
{
    setUtf8(true);
    setEolMode(EolUnix);
    setLexer(m_lexer);
    setAccessibleName(QStringLiteral("SQL"));
    setFrameShape(QFrame::NoFrame);
    setIndentationsUseTabs(false);
    setTabWidth(tabColumns);
    setBackspaceUnindents(true);
    setBraceMatching(SloppyBraceMatch);
    setMarginType(0, NumberMargin);
    setMarginWidth(1, 0);
    setCaretLineVisible(true);
    setScrollWidth(1);
    setScrollWidthTracking(true);
    SendScintilla(SCI_SETEXTRAASCENT, 2UL);
    SendScintilla(SCI_SETEXTRADESCENT, 2UL);
    SendScintilla(SCI_SETMARGINLEFT, 0UL, 8L);
    SendScintilla(SCI_SETIDLESTYLING, ulong(SC_IDLESTYLING_TOVISIBLE)); // a big text is coloured where it is seen
    SendScintilla(SCI_SETMOUSEDWELLTIME, ulong(dwellMs));
    SendScintilla(SCI_SETMULTIPLESELECTION, 1UL);
    SendScintilla(SCI_SETADDITIONALSELECTIONTYPING, 1UL);
    SendScintilla(SCI_SETPASTECONVERTENDINGS, 1UL);
    SendScintilla(SCI_INDICSETSTYLE, ulong(errorIndicator), long(INDIC_SQUIGGLEPIXMAP));
    SendScintilla(SCI_USEPOPUP, 0UL); // the tab's own menu
    applyTheme();
    connect(&theme(), &Theme::changed, this, &SqlEditor::applyTheme);
    connect(this, &QsciScintilla::textChanged, this, [this] {
        fitMargin();
        emit edited();
    });
    connect(this, &QsciScintilla::cursorPositionChanged, this, &SqlEditor::cursorMoved);
    connect(this, &QsciScintillaBase::SCN_CHARADDED, this, &SqlEditor::typed);
    connect(this, &QsciScintillaBase::SCN_DWELLSTART, this, [this](int at, int x, int y) { showTip(at, x, y); });
    connect(this, &QsciScintillaBase::SCN_DWELLEND, this, [] { QToolTip::hideText(); });
    fitMargin();
}

QByteArray SqlEditor::bytes() const
{
    const auto *text = static_cast<const char *>(SendScintillaPtrResult(SCI_GETCHARACTERPOINTER));
    return QByteArray(text, size());
}

void SqlEditor::setBytes(const QByteArray &utf8)
{
    SendScintilla(SCI_CLEARALL);
    SendScintilla(SCI_ADDTEXT, ulong(utf8.size()), utf8.constData());
    SendScintilla(SCI_CONVERTEOLS, ulong(SC_EOL_LF));
    SendScintilla(SCI_EMPTYUNDOBUFFER);
    SendScintilla(SCI_SETSAVEPOINT);
    clearErrorMarks();
    setCursor(0);
}

qsizetype SqlEditor::size() const
{
    return qsizetype(SendScintilla(SCI_GETLENGTH));
}

qsizetype SqlEditor::cursor() const
{
    return qsizetype(SendScintilla(SCI_GETCURRENTPOS));
}

void SqlEditor::setCursor(qsizetype at)
{
    SendScintilla(SCI_GOTOPOS, ulong(qBound<qsizetype>(0, at, size())));
    SendScintilla(SCI_VERTICALCENTRECARET);
}

SqlEditor::Range SqlEditor::selection() const
{
    return {qsizetype(SendScintilla(SCI_GETSELECTIONSTART)), qsizetype(SendScintilla(SCI_GETSELECTIONEND))};
}

void SqlEditor::select(const Range &range)
{
    SendScintilla(SCI_SETSEL, ulong(range.begin), long(range.end));
    SendScintilla(SCI_SCROLLCARET);
}

void SqlEditor::replaceSelection(const QByteArray &utf8)
{
    SendScintilla(SCI_BEGINUNDOACTION);
    SendScintilla(SCI_TARGETFROMSELECTION);
    const long begin = SendScintilla(SCI_GETTARGETSTART);
    SendScintilla(SCI_REPLACETARGET, ulong(utf8.size()), utf8.constData());
    SendScintilla(SCI_ENDUNDOACTION);
    SendScintilla(SCI_GOTOPOS, ulong(begin + utf8.size()));
}

void SqlEditor::toggleComment()
{
    const Range range = selection();
    const int first = int(SendScintilla(SCI_LINEFROMPOSITION, ulong(range.begin)));
    int last = int(SendScintilla(SCI_LINEFROMPOSITION, ulong(range.end)));
    // A selection that ends at a line's beginning does not mean that line.
    if (last > first && SendScintilla(SCI_POSITIONFROMLINE, ulong(last)) == range.end)
        --last;
    const auto lineText = [this](int line) { return text(line); };
    bool all = true;
    for (int line = first; line <= last; ++line) {
        const QString bare = lineText(line).trimmed();
        all = all && (bare.isEmpty() || bare.startsWith(QLatin1StringView("--")));
    }
    SendScintilla(SCI_BEGINUNDOACTION);
    for (int line = first; line <= last; ++line) {
        const QString whole = lineText(line);
        if (whole.trimmed().isEmpty() && first != last)
            continue;
        const long at = SendScintilla(SCI_GETLINEINDENTPOSITION, ulong(line));
        if (all) {
            const qsizetype sign = whole.indexOf(QLatin1StringView("--"));
            const bool space = sign >= 0 && whole.mid(sign + 2).startsWith(QLatin1Char(' '));
            if (sign >= 0)
                SendScintilla(SCI_DELETERANGE, ulong(at), space ? 3L : 2L);
        } else {
            SendScintilla(SCI_INSERTTEXT, ulong(at), "-- ");
        }
    }
    SendScintilla(SCI_ENDUNDOACTION);
}

void SqlEditor::setStatement(const Range &range)
{
    if (m_statement.begin == range.begin && m_statement.end == range.end)
        return;
    m_statement = range;
    viewport()->update();
}

void SqlEditor::addErrorMark(int id, const Range &range, const QString &message)
{
    m_errors.insert(id, message);
    SendScintilla(SCI_SETINDICATORCURRENT, ulong(errorIndicator));
    SendScintilla(SCI_SETINDICATORVALUE, ulong(id));
    SendScintilla(SCI_INDICATORFILLRANGE, ulong(range.begin), long(qMax<qsizetype>(1, range.end - range.begin)));
}

void SqlEditor::clearErrorMarks()
{
    m_errors.clear();
    SendScintilla(SCI_SETINDICATORCURRENT, ulong(errorIndicator));
    SendScintilla(SCI_INDICATORCLEARRANGE, 0UL, long(size()));
}

qsizetype SqlEditor::errorMark(int id) const
{
    const long end = long(size());
    long at = 0;
    while (at < end) {
        if (SendScintilla(SCI_INDICATORVALUEAT, ulong(errorIndicator), at) == id)
            return at;
        const long next = SendScintilla(SCI_INDICATOREND, ulong(errorIndicator), at);
        if (next <= at)
            break;
        at = next;
    }
    return -1;
}

void SqlEditor::setPixelSize(int pixels)
{
    pixels = qBound(smallest, pixels, largest);
    if (pixels == m_pixelSize)
        return;
    m_pixelSize = pixels;
    applyTheme();
    emit zoomed(pixels);
}

void SqlEditor::setStandardStrings(bool on)
{
    if (m_lexer->setStandardStrings(on))
        recolor();
}

bool SqlEditor::event(QEvent *event)
{
    if (event->type() == QEvent::ShortcutOverride) {
        if (!isEditing(*static_cast<QKeyEvent *>(event))) {
            SendScintilla(SCI_AUTOCCANCEL);
            event->ignore();
            return false;
        }
        event->accept();
        return true;
    }
    return QsciScintilla::event(event);
}

void SqlEditor::keyPressEvent(QKeyEvent *event)
{
    const bool listed = SendScintilla(SCI_AUTOCACTIVE) != 0;
    if (event->key() == Qt::Key_Escape && !listed && SendScintilla(SCI_CALLTIPACTIVE) == 0) {
        if (SendScintilla(SCI_GETSELECTIONS) > 1)
            return QsciScintilla::keyPressEvent(event);
        emit escape();
        return;
    }
    const bool plain = event->modifiers() == Qt::NoModifier || event->modifiers() == Qt::KeypadModifier;
    if (plain && (event->key() == Qt::Key_Return || event->key() == Qt::Key_Enter) && !(listed && m_takesByEnter)) {
        SendScintilla(SCI_AUTOCCANCEL);
        return newLine();
    }
    if (listed && (event->key() == Qt::Key_Up || event->key() == Qt::Key_Down || event->key() == Qt::Key_PageUp || event->key() == Qt::Key_PageDown))
        m_takesByEnter = true;
    QsciScintilla::keyPressEvent(event);
}

// A new line stands where the one before began, one step deeper behind an opening bracket.
void SqlEditor::newLine()
{
    const int line = int(SendScintilla(SCI_LINEFROMPOSITION, ulong(selection().begin)));
    long indent = SendScintilla(SCI_GETLINEINDENTATION, ulong(line));
    const long begin = SendScintilla(SCI_POSITIONFROMLINE, ulong(line));
    indent = qMin(indent, long(selection().begin) - begin);
    for (long at = long(selection().begin) - 1; at >= begin; --at) {
        const long c = SendScintilla(SCI_GETCHARAT, ulong(at));
        if (c == ' ')
            continue;
        if (c == '(')
            indent += tabColumns;
        break;
    }
    replaceSelection(QByteArray("\n") + QByteArray(qMax<qsizetype>(0, indent), ' '));
    SendScintilla(SCI_SCROLLCARET);
}

bool SqlEditor::focusNextPrevChild(bool next)
{
    // Tab writes a tab where there is a text; in an empty one there is nothing to indent, and the key goes on. F6 always does.
    return size() == 0 ? QAbstractScrollArea::focusNextPrevChild(next) : QsciScintilla::focusNextPrevChild(next);
}

void SqlEditor::wheelEvent(QWheelEvent *event)
{
    if (!(event->modifiers() & Qt::ControlModifier))
        return QsciScintilla::wheelEvent(event);
    setPixelSize(m_pixelSize + (event->angleDelta().y() > 0 ? 1 : -1));
    event->accept();
}

void SqlEditor::paintEvent(QPaintEvent *event)
{
    QsciScintilla::paintEvent(event);
    QPainter painter(viewport());
    if (size() == 0 && !m_placeholder.isEmpty()) {
        painter.setFont(fixedFont(m_pixelSize));
        painter.setPen(colors().muted);
        const int left = int(SendScintilla(SCI_POINTXFROMPOSITION, 0UL, 0L)) + 2;
        painter.drawText(QRect(left, 2, viewport()->width() - left, viewport()->height()), Qt::AlignLeft | Qt::AlignTop, m_placeholder);
    }
    if (m_statement.isEmpty() || m_statement.end > size())
        return;
    const int first = int(SendScintilla(SCI_LINEFROMPOSITION, ulong(m_statement.begin)));
    const int last = int(SendScintilla(SCI_LINEFROMPOSITION, ulong(m_statement.end)));
    const int height = int(SendScintilla(SCI_TEXTHEIGHT, ulong(first)));
    const long origin = SendScintilla(SCI_GETXOFFSET);
    const auto yOf = [&](qsizetype at) { return int(SendScintilla(SCI_POINTYFROMPOSITION, 0UL, long(at))); };
    const auto xOf = [&](qsizetype at) { return int(SendScintilla(SCI_POINTXFROMPOSITION, 0UL, long(at))); };
    const int margin = int(SendScintilla(SCI_GETMARGINWIDTHN, 0UL));
    QRectF box;
    if (first == last) {
        box = QRectF(xOf(m_statement.begin) - 3, yOf(m_statement.begin), xOf(m_statement.end) - xOf(m_statement.begin) + 6, height);
    } else {
        const int left = qMax(margin + 2, margin + 5 - int(origin));
        box = QRectF(left, yOf(m_statement.begin), viewport()->width() - left - 4, yOf(m_statement.end) + height - yOf(m_statement.begin));
    }
    QColor line = colors().accent;
    line.setAlphaF(0.55f);
    painter.setClipRect(margin, 0, viewport()->width() - margin, viewport()->height());
    painter.setRenderHint(QPainter::Antialiasing);
    painter.setPen(QPen(line, 1));
    painter.setBrush(Qt::NoBrush);
    painter.drawRoundedRect(box.adjusted(0.5, 0.5, -0.5, -0.5), 3, 3);
}

void SqlEditor::applyTheme()
{
    const Colors &c = colors();
    m_lexer->applyTheme(m_pixelSize);
    setMarginsFont(editorFont(m_pixelSize - 2));
    setMarginsForegroundColor(c.muted);
    setMarginsBackgroundColor(c.surface);
    setPaper(c.surface);
    setColor(c.text);
    setCaretForegroundColor(c.text);
    setCaretLineBackgroundColor(theme().isDark() ? c.raised : c.window);
    setSelectionBackgroundColor(c.selection);
    resetSelectionForegroundColor();
    setMatchedBraceBackgroundColor(c.selection);
    setMatchedBraceForegroundColor(c.text);
    setUnmatchedBraceBackgroundColor(c.criticalFill);
    setUnmatchedBraceForegroundColor(c.critical);
    const auto scintilla = [](const QColor &color) { return long(color.red() | color.green() << 8 | color.blue() << 16); };
    SendScintilla(SCI_INDICSETFORE, ulong(errorIndicator), scintilla(c.critical));
    fitMargin();
    recolor();
}

void SqlEditor::fitMargin()
{
    const QString widest = QString(qMax<qsizetype>(3, QString::number(lines()).size()), QLatin1Char('9'));
    const int width = QFontMetrics(fixedFont(m_pixelSize - 2)).horizontalAdvance(widest) + 18;
    if (SendScintilla(SCI_GETMARGINWIDTHN, 0UL) != width)
        setMarginWidth(0, width);
}

void SqlEditor::showTip(qsizetype at, int x, int y)
{
    if (at < 0)
        return;
    const int id = int(SendScintilla(SCI_INDICATORVALUEAT, ulong(errorIndicator), long(at)));
    if (const auto found = m_errors.constFind(id); found != m_errors.cend())
        QToolTip::showText(viewport()->mapToGlobal(QPoint(x, y)), tooltipText(*found), this);
}

} // namespace howdah::ui
