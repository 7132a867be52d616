// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/activity/sessiondetail.h"

#include "base/units.h"
#include "ui/activity/rows.h"
#include "ui/catalog/sqlhighlighter.h"
#include "ui/widgets/icon.h"
#include "ui/widgets/label.h"
#include "ui/widgets/theme.h"

#include <QFormLayout>
#include <QHBoxLayout>
#include <QPlainTextEdit>
#include <QPushButton>
#include <QVBoxLayout>

#include <algorithm>

namespace howdah::ui
{

using namespace Qt::StringLiterals;

SessionDetail::SessionDetail(QWidget *parent)
    : QFrame(parent), m_title(new PlainLabel({}, nullptr, "title")), m_does(new PlainLabel({}, nullptr, "muted")), m_facts(new QFormLayout),
      m_text(new QPlainTextEdit), m_highlighter(new SqlHighlighter(m_text->document())), m_toRoot(new QPushButton(u"Show who holds it up"_s)),
      m_cancel(new QPushButton(u"Cancel statement"_s)), m_terminate(new QPushButton(u"Terminate backend"_s))
{
    setProperty("card", true);
    setAccessibleName(u"The session"_s);
    auto *close = new QPushButton;
    close->setIcon(icon(u"close"_s));
    close->setToolTip(u"Close the panel (Esc)"_s);
    close->setAccessibleName(u"Close the panel"_s);
    setLook(close, "icon");
    m_title->setTextInteractionFlags(Qt::TextSelectableByMouse);
    m_does->setWordWrap(true);
    m_text->setReadOnly(true);
    m_text->setFont(fixedFont());
    m_text->setAccessibleName(u"Its statement, or the last one"_s);
    m_text->setPlaceholderText(u"No statement"_s);
    m_facts->setContentsMargins(0, 0, 0, 0);
    m_facts->setHorizontalSpacing(space::group);
    m_facts->setVerticalSpacing(space::inside);
    m_facts->setLabelAlignment(Qt::AlignLeft);
    setLook(m_terminate, "danger");
    setLook(m_toRoot, "flat");

    auto *head = new QHBoxLayout;
    head->addWidget(m_title, 1);
    head->addWidget(close);
    auto *buttons = new QHBoxLayout;
    buttons->setSpacing(space::part);
    buttons->addWidget(m_cancel);
    buttons->addStretch(1);
    buttons->addWidget(m_terminate);
    auto *column = new QVBoxLayout(this);
    column->setContentsMargins(space::group, space::part, space::group, space::group);
    column->setSpacing(space::part);
    column->addLayout(head);
    column->addWidget(m_does);
    column->addWidget(m_toRoot, 0, Qt::AlignLeft);
    column->addLayout(m_facts);
    column->addWidget(m_text, 1);
    column->addLayout(buttons);
    setMinimumWidth(332);

    connect(close, &QPushButton::clicked, this, &SessionDetail::closed);
    connect(m_toRoot, &QPushButton::clicked, this, [this] { emit blockerWanted(m_root); });
    connect(m_cancel, &QPushButton::clicked, this, [this] { emit endWanted(activity::End::Cancel, m_pid); });
    connect(m_terminate, &QPushButton::clicked, this, [this] { emit endWanted(activity::End::Terminate, m_pid); });
    showNothing();
}

void SessionDetail::setFact(const QString &name, const QString &value, const QString &tip)
{
    PlainLabel *&label = m_values[name];
    if (!label) {
        label = new PlainLabel;
        label->setTextInteractionFlags(Qt::TextSelectableByMouse);
        label->setWordWrap(true);
        auto *caption = new PlainLabel(name, nullptr, "muted");
        caption->setFont(smallFont());
        m_facts->addRow(caption, label);
    }
    label->setText(units::oneLine(value));
    label->setToolTip(tooltipText(tip));
}

void SessionDetail::setEndingAllowed(bool allowed, const QString &why)
{
    m_allowed = allowed;
    for (QPushButton *button : {m_cancel, m_terminate}) {
        button->setEnabled(allowed && m_pid > 0);
        button->setToolTip(tooltipText(allowed ? u"What it would cost is shown before it is done"_s : why));
    }
}

void SessionDetail::showNothing()
{
    m_pid = 0;
    m_statement.clear();
    m_title->setText(u"No session is selected"_s);
    m_does->clear();
    m_text->clear();
    m_toRoot->hide();
    m_cancel->setEnabled(false);
    m_terminate->setEnabled(false);
}

void SessionDetail::show(const activity::LockTree &tree, int pid)
{
    const activity::Backend *backend = tree.sessions.find(pid);
    if (!backend) {
        if (m_pid == pid) {
            m_does->setText(u"It is gone"_s); // its last facts stay to be read
            m_cancel->setEnabled(false);
            m_terminate->setEnabled(false);
        } else {
            showNothing();
        }
        return;
    }
    m_pid = pid;
    m_title->setText(u"Backend %1"_s.arg(pid));
    m_does->setText(units::oneLine(doesText(*backend)));

    int blocks = 0;
    m_root = 0;
    QString waits;
    for (int i = 0; i < tree.nodes.size(); ++i) {
        const activity::LockNode &node = tree.nodes.at(i);
        if (node.pid != pid)
            continue;
        blocks = node.blocked;
        if (node.waitsFor)
            waits = u"%1 on %2"_s.arg(node.waitsFor->mode, node.waitsFor->objectText());
        int up = i;
        while (tree.nodes.at(up).parent >= 0)
            up = tree.nodes.at(up).parent;
        m_root = up == i ? 0 : tree.nodes.at(up).pid;
    }
    m_toRoot->setVisible(m_root != 0);
    if (m_root)
        m_toRoot->setText(u"Show who holds it up: %1"_s.arg(m_root));

    const auto age = [this](const QString &name, std::optional<qint64> ms) {
        setFact(name, ageText(ms), ms ? units::exact(double(*ms)) + u" ms"_s : u"not known"_s);
    };
    setFact(u"Role"_s, who(*backend));
    setFact(u"Application"_s, backend->application.isEmpty() ? u"–"_s : backend->application);
    setFact(u"Client"_s, backend->client.isEmpty() ? u"–"_s : backend->client);
    age(u"Connected"_s, backend->backendMs);
    age(u"Transaction"_s, backend->transactionMs);
    age(u"Statement"_s, backend->queryMs);
    setFact(u"Pins"_s, backend->horizonAge() ? u"%1 transactions"_s.arg(units::exact(double(*backend->horizonAge()))) : u"nothing"_s,
            u"Row versions that ended since can't be removed by vacuum while it stands"_s);
    setFact(u"Waits for"_s, waits.isEmpty() ? u"–"_s : waits);
    setFact(u"Blocks"_s, blocks ? u"%1 sessions"_s.arg(blocks) : u"nobody"_s);
    setFact(u"Changed"_s, backend->xidAge ? u"something: ending it rolls that back"_s : u"nothing yet"_s);
    setFact(u"Query id"_s, backend->queryId.isEmpty() ? u"–"_s : backend->queryId);

    const QString statement = backend->permitted ? backend->query : u"-- not permitted: GRANT pg_monitor to this role shows it"_s;
    if (statement != m_statement) {
        m_statement = statement;
        m_text->setPlainText(statement);
    }
    setEndingAllowed(m_allowed, m_cancel->toolTip());
}

} // namespace howdah::ui
