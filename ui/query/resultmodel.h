// SPDX-License-Identifier: GPL-3.0-or-later
// A stored result as a table: the rows that have come so far, in the store's order or in another. Parts that are in the file are read by a
// worker; until then their cells are placeholders. Nothing is held for a cell. Window's thread.
#pragma once

#include "base/worker.h"
#include "query/order.h"

#include <QAbstractTableModel>
#include <QTimer>

#include <memory>
#include <set>

namespace howdah::ui
{

using StorePtr = std::shared_ptr<query::ResultStore>;
using OrderPtr = std::shared_ptr<const query::RowOrder>;

class ResultModel : public QAbstractTableModel
{
    Q_OBJECT
public:
    enum Role { LoadedRole = Qt::UserRole, NullRole, StoreRowRole };
    static constexpr int mostRows = 80'000'000; // more can't be placed on a screen of ints

    explicit ResultModel(QObject *parent = nullptr);
    ~ResultModel() override;

    void setStore(StorePtr store);
    const StorePtr &store() const { return m_store; }
    // Another order, or null for the store's own.
    void setOrder(OrderPtr order);
    const OrderPtr &order() const { return m_order; }

    int rowCount(const QModelIndex &parent = {}) const override;
    int columnCount(const QModelIndex &parent = {}) const override;
    QVariant data(const QModelIndex &index, int role) const override;
    QVariant headerData(int section, Qt::Orientation orientation, int role) const override;

    // One row for painting: a part of the result and where it is there.
    struct RowRef {
        std::optional<pg::Rows> rows; // nullopt: not read yet, asked for
        qsizetype index = 0;
        bool failed = false; // can't be read back; see loadError()
    };
    RowRef rowRef(int row) const;
    qint64 storeRow(int row) const;
    const pg::Column &column(int column) const { return m_store->columns()[size_t(column)]; }
    // A cell in one line, as it is shown: cut where no cell is that wide; line breaks and bidi controls made visible.
    static QString shownText(const pg::Rows &rows, qsizetype row, int column, qsizetype mostBytes = 512);

    // What rowRef() asked for since the last call is read, the rest is no longer wanted: at the end of a paint.
    void loadWanted() const;
    const std::optional<Error> &loadError() const { return m_loadError; }

signals:
    void grown();    // rows came, or the end
    void read();     // placeholders became cells

private:
    struct Notify;
    struct Loaded;
    void sync();
    void take(std::vector<Loaded> loaded);

    StorePtr m_store;
    OrderPtr m_order;
    int m_rows = 0; // of the store, as told to views
    bool m_finished = false;
    std::shared_ptr<Notify> m_notify;
    QTimer m_syncTimer;

    mutable Worker m_worker;
    mutable std::set<int> m_wanted;
    mutable bool m_loading = false;
    mutable QTimer m_wantedTimer; // for who asks outside of a paint
    struct Cached {
        std::optional<pg::Rows> rows; // nullopt: failed
        qint64 bytes = 0;
        mutable quint64 used = 0;
    };
    std::map<int, Cached> m_cache;
    qint64 m_cacheBytes = 0;
    mutable quint64 m_uses = 0;
    std::optional<Error> m_loadError;
};

} // namespace howdah::ui
