// SPDX-License-Identifier: GPL-3.0-or-later
// For the test of the window: a client of the server, and what can be read of models and widgets. Window's thread.
#pragma once

#include "support/testserver.h"

#include <QAbstractItemModel>
#include <QLabel>
#include <QWidget>

#include <algorithm>
#include <memory>
#include <thread>

namespace howdah::test
{

// One client of the server; start() leaves a statement running on a thread of its own.
class Client
{
public:
    Client(const TestServer &server, const QString &name)
    {
        pg::ConnectionSpec spec = server.spec();
        spec.applicationName = name;
        if (auto opened = pg::Connection::open(spec, server.password()))
            m_link = std::move(*opened);
    }
    ~Client()
    {
        if (m_thread.joinable())
            m_thread.join();
        if (m_link)
            m_link->abandon();
    }
    Client(const Client &) = delete;
    Client &operator=(const Client &) = delete;

    int pid() const { return m_link ? m_link->facts().backendPid : -1; }
    bool run(const QByteArray &statement) { return m_link && m_link->run({statement, {}}).has_value(); }
    void start(const QByteArray &statement)
    {
        m_thread = std::thread([this, statement] { (void)run(statement); });
    }

private:
    std::unique_ptr<pg::Connection> m_link;
    std::thread m_thread;
};

inline int rowsOf(const QAbstractItemModel *model, const QModelIndex &parent = {})
{
    int all = model->rowCount(parent);
    for (int row = 0, here = all; row < here; ++row)
        all += rowsOf(model, model->index(row, 0, parent));
    return all;
}

inline QModelIndex childOf(const QAbstractItemModel *model, const QModelIndex &parent, const QString &beginning)
{
    for (int row = 0; row < model->rowCount(parent); ++row) {
        if (const QModelIndex child = model->index(row, 0, parent); child.data().toString().startsWith(beginning))
            return child;
    }
    return {};
}

inline bool hasWords(const QAbstractItemModel *model, const QString &words, const QModelIndex &parent = {})
{
    for (int row = 0; row < model->rowCount(parent); ++row) {
        for (int column = 0; column < model->columnCount(parent); ++column) {
            if (model->index(row, column, parent).data().toString().contains(words))
                return true;
        }
        if (hasWords(model, words, model->index(row, 0, parent)))
            return true;
    }
    return false;
}

inline bool says(const QWidget *in, const QString &text)
{
    const auto labels = in->findChildren<QLabel *>();
    return std::any_of(labels.cbegin(), labels.cend(), [&](const QLabel *label) { return label->isVisible() && label->text().contains(text); });
}

} // namespace howdah::test
