// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/catalog/catalogdetail.h"

#include "base/async.h"
#include "base/units.h"
#include "ui/activity/relationusersview.h"
#include "ui/catalog/kindlook.h"
#include "ui/catalog/sqlhighlighter.h"
#include "ui/widgets/emptystate.h"
#include "ui/widgets/errorbar.h"
#include "ui/widgets/label.h"
#include "ui/widgets/theme.h"

#include <QClipboard>
#include <QGridLayout>
#include <QGuiApplication>
#include <QHBoxLayout>
#include <QHeaderView>
#include <QPlainTextEdit>
#include <QPushButton>
#include <QSplitter>
#include <QStackedLayout>
#include <QTableWidget>
#include <QVBoxLayout>

namespace howdah::ui
{

using catalog::Object;
using catalog::ObjectKind;

namespace
{

constexpr int restMs = 120; // so long must a selection rest before it is read: arrow keys run over many
// Above it the text stands without colours: the highlighter lays out every line on the window's thread, 260 ms for 1.5 MB.
constexpr qsizetype colouredChars = 100'000;

bool hasSize(ObjectKind kind)
{
    return kind == ObjectKind::Database || kind == ObjectKind::Index || (isRelation(kind) && kind != ObjectKind::View && kind != ObjectKind::ForeignTable);
}

QPushButton *copyButton(const QString &text, QWidget *parent, std::function<QString()> what)
{
    auto *button = new QPushButton(text, parent);
    button->setFont(smallFont());
    QObject::connect(button, &QPushButton::clicked, button, [what = std::move(what)] { QGuiApplication::clipboard()->setText(what()); });
    return button;
}

QString rowsText(const Object &object)
{
    if (!isRelation(object.ref.kind) || object.ref.kind == ObjectKind::View)
        return {};
    return object.estimatedRows < 0 ? QStringLiteral("not known, never analyzed") : QStringLiteral("about ") + units::count(object.estimatedRows);
}

QTableWidgetItem *cell(const QString &text, const QFont &font)
{
    auto *item = new QTableWidgetItem(units::oneLine(text));
    item->setFont(font);
    item->setToolTip(tooltipText(units::oneLine(text)));
    return item;
}

} // namespace

CatalogDetail::CatalogDetail(CatalogLinks *links, QWidget *parent)
    : QFrame(parent), m_links(links), m_pages(new QStackedLayout), m_name(new ElidedLabel({}, this, "title", Qt::ElideMiddle)),
      m_kind(new PlainLabel({}, this, "small")), m_comment(new PlainLabel({}, this)), m_facts(new QGridLayout), m_error(new ErrorBar(this)),
      m_split(new QSplitter(Qt::Vertical, this)), m_users(new RelationUsersView(this)), m_columns(new QTableWidget(0, 3, this)), m_text(new QPlainTextEdit(this)),
      m_highlighter(new SqlHighlighter(m_text->document())), m_longNote(new PlainLabel({}, this, "small")),
      m_copyDefinition(copyButton(QStringLiteral("Copy definition"), this, [this] { return m_definition; }))
{
    setProperty("card", true);
    QFont nameFont = fixedFont(15);
    nameFont.setWeight(QFont::DemiBold);
    m_name->setFont(nameFont);
    m_comment->setWordWrap(true);
    m_comment->setTextInteractionFlags(Qt::TextSelectableByMouse);
    m_facts->setHorizontalSpacing(space::group);
    m_facts->setVerticalSpacing(space::inside);
    m_facts->setColumnStretch(1, 1);

    m_columns->setHorizontalHeaderLabels({QStringLiteral("Column"), QStringLiteral("Type"), QStringLiteral("Comment")});
    m_columns->setAccessibleName(QStringLiteral("Columns"));
    m_columns->verticalHeader()->hide();
    m_columns->verticalHeader()->setDefaultSectionSize(space::row);
    m_columns->verticalHeader()->setSectionResizeMode(QHeaderView::Fixed);
    m_columns->horizontalHeader()->setDefaultAlignment(Qt::AlignLeft | Qt::AlignVCenter);
    m_columns->horizontalHeader()->setStretchLastSection(true);
    m_columns->setShowGrid(false);
    m_columns->setEditTriggers(QAbstractItemView::NoEditTriggers);
    m_columns->setSelectionBehavior(QAbstractItemView::SelectRows);
    m_columns->setTabKeyNavigation(false);
    m_columns->horizontalHeader()->setStyleSheet(QStringLiteral("QHeaderView::section { padding: 4px 3px; }")); // over the cells' words
    m_text->setReadOnly(true);
    m_text->setFont(fixedFont());
    m_text->setLineWrapMode(QPlainTextEdit::NoWrap);
    m_text->setTabChangesFocus(true);
    m_text->setCornerWidget(new QWidget(m_text));
    m_text->setAccessibleName(QStringLiteral("Definition"));
    m_split->setChildrenCollapsible(false);
    m_split->setHandleWidth(space::part);
    m_split->setStyleSheet(QStringLiteral("QSplitter::handle { background: transparent; }"));
    m_split->addWidget(m_columns);
    m_split->addWidget(m_text);
    m_split->setStretchFactor(0, 2);
    m_split->setStretchFactor(1, 3);
    connect(m_split, &QSplitter::splitterMoved, this, [this] { m_splitIsTheUsers = true; });

    auto *buttons = new QHBoxLayout;
    buttons->setSpacing(space::part);
    buttons->addWidget(copyButton(QStringLiteral("Copy name"), this, [this] { return m_object.name; }));
    buttons->addWidget(copyButton(QStringLiteral("Copy qualified name"), this, [this] { return m_qualified; }));
    buttons->addWidget(m_copyDefinition);
    buttons->addStretch();

    auto *page = new QWidget(this);
    auto *column = new QVBoxLayout(page);
    column->setContentsMargins(space::group, 12, space::group, space::group);
    column->setSpacing(space::part);
    column->addWidget(m_name);
    column->addWidget(m_kind);
    column->addWidget(m_comment);
    column->addLayout(m_facts);
    column->addLayout(buttons);
    column->addWidget(m_users);
    column->addWidget(m_error);
    column->addWidget(m_split, 1);
    column->addWidget(m_longNote);
    m_longNote->setWordWrap(true);
    m_longNote->hide();
    m_error->setRetryVisible(true);
    m_error->clear();
    connect(m_error, &ErrorBar::retry, this, &CatalogDetail::read);
    connect(m_users, &RelationUsersView::againWanted, this, [this] {
        ++m_open;
        readUsers(m_shown);
    });
    connect(m_users, &RelationUsersView::sessionWanted, this, &CatalogDetail::sessionWanted);

    setLayout(m_pages);
    m_pages->addWidget(new EmptyState(QStringLiteral("Select an object: its facts, size and definition stand here"), {}, {}, this));
    m_pages->addWidget(page);
    m_wait.setSingleShot(true);
    m_wait.setInterval(restMs);
    connect(&m_wait, &QTimer::timeout, this, &CatalogDetail::read);
}

void CatalogDetail::showNothing()
{
    m_cancel.cancel();
    m_wait.stop();
    ++m_shown;
    m_open = 0;
    m_pages->setCurrentIndex(0);
}

void CatalogDetail::addFact(const QString &name, const QString &value, const QString &exact)
{
    if (value.isEmpty())
        return;
    const int row = m_facts->rowCount();
    auto *label = new PlainLabel(name, this, "muted");
    auto *text = new PlainLabel(units::oneLine(value), this);
    text->setWordWrap(true);
    text->setToolTip(tooltipText(exact));
    text->setTextInteractionFlags(Qt::TextSelectableByMouse);
    m_facts->addWidget(label, row, 0, Qt::AlignTop);
    m_facts->addWidget(text, row, 1);
    m_factValues.insert(name, text);
}

void CatalogDetail::setFact(const QString &name, const QString &value, const QString &exact)
{
    if (PlainLabel *label = m_factValues.value(name)) {
        label->setText(units::oneLine(value));
        label->setToolTip(tooltipText(exact));
    }
}

void CatalogDetail::showObject(const Object &object, const Object *relation, const QString &database)
{
    const bool same = m_pages->currentIndex() == 1 && object.ref == m_object.ref && database == m_database;
    m_cancel.cancel();
    m_cancel = CancelToken();
    ++m_shown;
    m_open = 0;
    m_object = object;
    m_database = database;
    m_qualified = qualifiedName(object, relation);

    m_name->setText(object.name);
    QString kind = catalog::kindName(object.ref.kind);
    if (relation)
        kind += QStringLiteral(" of ") + qualifiedName(*relation, nullptr);
    else if (!object.schema.isEmpty())
        kind += QStringLiteral(" in ") + object.schema;
    if (object.ref.kind != ObjectKind::Database)
        kind += QStringLiteral(" · database ") + database;
    m_kind->setText(units::oneLine(kind));
    m_comment->setText(units::oneLine(object.comment));
    m_comment->setVisible(!object.comment.isEmpty());

    while (QLayoutItem *item = m_facts->takeAt(0)) {
        delete item->widget();
        delete item;
    }
    m_factValues.clear();
    addFact(QStringLiteral("Owner"), object.owner);
    const QString rows = rowsText(object);
    addFact(QStringLiteral("Rows"), rows, object.estimatedRows < 0 ? QString() : units::exact(object.estimatedRows));
    if (rows.isEmpty())
        addFact(QStringLiteral("Detail"), object.detail);
    if (hasSize(object.ref.kind))
        addFact(QStringLiteral("Size"), QStringLiteral("reading…"));

    m_error->clear();
    m_columns->setVisible(isRelation(object.ref.kind));
    m_users->setVisible(isRelation(object.ref.kind) && object.permitted);
    if (!same) { // else the last answer stays until the next one
        m_users->showReading();
        m_columns->setRowCount(0);
        m_definition.clear();
        m_text->clear();
        m_longNote->clear();
    }
    m_copyDefinition->setEnabled(!m_definition.isEmpty());
    m_text->setVisible(object.permitted);
    m_longNote->setVisible(object.permitted && !m_longNote->text().isEmpty());
    m_pages->setCurrentIndex(1);
    m_open = 1; // until read() has asked
    m_wait.start();
}

template<typename T>
void CatalogDetail::answered(quint64 number, void (CatalogDetail::*place)(const Result<T> &), const Result<T> &result)
{
    if (number != m_shown)
        return;
    (this->*place)(result);
    if (--m_open == 0)
        emit readDone();
}

void CatalogDetail::read()
{
    m_error->clear();
    m_open = 0;
    if (!m_links || !m_object.permitted) {
        emit readDone();
        return;
    }
    const catalog::ObjectRef ref = m_object.ref;
    const quint64 number = m_shown;
    m_open = 1 + (hasSize(ref.kind) ? 1 : 0) + (isRelation(ref.kind) ? 2 : 0);
    if (isRelation(ref.kind)) {
        readUsers(number);
        m_links->read({LevelRequest::What::Parts, m_database, ref.oid}, m_cancel, this,
                      [this, number](const Level &parts) { answered(number, &CatalogDetail::showColumns, parts); });
    }
    m_links->run<QString>(
        m_database, [ref](pg::Connection &connection, const CancelToken &cancel) { return catalog::definition(connection, ref, cancel); },
        m_cancel, this, [this, number](const Result<QString> &definition) { answered(number, &CatalogDetail::showDefinition, definition); });
    if (hasSize(ref.kind))
        m_links->run<catalog::Sizes>(
            m_database, [ref](pg::Connection &connection, const CancelToken &cancel) { return catalog::sizes(connection, ref, cancel); }, m_cancel,
            this, [this, number](const Result<catalog::Sizes> &sizes) { answered(number, &CatalogDetail::showSizes, sizes); });
}

void CatalogDetail::readUsers(quint64 number)
{
    m_links->run<QVector<activity::RelationUser>>(
        m_database,
        [oid = m_object.ref.oid](pg::Connection &connection, const CancelToken &cancel) { return activity::readRelationUsers(connection, oid, cancel); },
        m_cancel, this, [this, number](const Result<QVector<activity::RelationUser>> &users) { answered(number, &CatalogDetail::showUsers, users); });
}

void CatalogDetail::showUsers(const Result<QVector<activity::RelationUser>> &users)
{
    m_users->show(users);
}

void CatalogDetail::showDefinition(const Result<QString> &definition)
{
    if (!definition) {
        m_error->showError(QStringLiteral("The definition could not be read"), definition.error());
        return;
    }
    if (*definition != m_definition || m_text->document()->isEmpty()) {
        m_definition = *definition;
        const bool coloured = m_definition.size() <= colouredChars;
        QTextDocument *document = coloured ? m_text->document() : nullptr;
        if (m_highlighter->document() != document)
            m_highlighter->setDocument(document);
        m_text->setPlainText(m_definition);
        m_longNote->setText(coloured ? QString() : QStringLiteral("Shown without colours: ") + units::count(double(m_definition.size())) + QStringLiteral(" characters. Copy definition has all of it."));
        m_longNote->setVisible(!coloured);
    }
    m_copyDefinition->setEnabled(!m_definition.isEmpty());
}

void CatalogDetail::showSizes(const Result<catalog::Sizes> &sizes)
{
    const QString name = QStringLiteral("Size");
    if (!sizes)
        return setFact(name, QStringLiteral("not known: ") + sizes.error().message);
    if (!sizes->total)
        return setFact(name, sizes->unknownBecause.isEmpty() ? QStringLiteral("not known") : sizes->unknownBecause);
    QStringList parts;
    QStringList exact;
    const auto add = [&](const char *what, const std::optional<qint64> &value) {
        if (!value)
            return;
        parts.append(QString::fromLatin1(what) + QLatin1Char(' ') + units::bytes(double(*value)));
        exact.append(QString::fromLatin1(what) + QLatin1Char(' ') + units::exact(double(*value)) + QStringLiteral(" B"));
    };
    add("heap", sizes->heap);
    add("indexes", sizes->indexes);
    add("TOAST", sizes->toast);
    QString text = units::bytes(double(*sizes->total));
    if (!parts.isEmpty())
        text += QStringLiteral(" (") + parts.join(QStringLiteral(", ")) + QLatin1Char(')');
    setFact(name, text, units::exact(double(*sizes->total)) + QStringLiteral(" B") + (exact.isEmpty() ? QString() : QLatin1Char('\n') + exact.join(QLatin1Char('\n'))));
}

void CatalogDetail::showColumns(const Result<QVector<Object>> &parts)
{
    if (!parts) {
        m_error->showError(QStringLiteral("The columns could not be read"), parts.error());
        return;
    }
    QVector<const Object *> columns;
    for (const Object &part : *parts) {
        if (part.ref.kind == ObjectKind::Column)
            columns.append(&part);
    }
    const bool first = m_columns->rowCount() == 0;
    m_columns->setRowCount(int(columns.size()));
    const QFont names = fixedFont();
    for (int row = 0; row < columns.size(); ++row) {
        m_columns->setItem(row, 0, cell(columns.at(row)->name, names));
        m_columns->setItem(row, 1, cell(columns.at(row)->detail, smallFont()));
        m_columns->setItem(row, 2, cell(columns.at(row)->comment, smallFont()));
    }
    // Sized once, from the first rows, and capped; the user's own widths stay.
    if (!m_widthsSet && !columns.isEmpty()) {
        m_widthsSet = true;
        m_columns->horizontalHeader()->setResizeContentsPrecision(50);
        for (int i = 0; i < 2; ++i) {
            m_columns->resizeColumnToContents(i);
            m_columns->setColumnWidth(i, qMin(m_columns->columnWidth(i) + space::group, 280));
        }
    }
    if (!first || m_splitIsTheUsers)
        return;
    // As high as its rows, and never more than its share: the rest is the definition's. Until the user moves the handle.
    const int wanted = m_columns->horizontalHeader()->height() + int(columns.size()) * space::row + space::part;
    const int all = m_split->height() - m_split->handleWidth();
    const int upper = qMin(wanted, all * 9 / 20);
    m_split->setSizes({upper, all - upper});
}

} // namespace howdah::ui
