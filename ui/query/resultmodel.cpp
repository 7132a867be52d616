// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/query/resultmodel.h"

#include "base/async.h"
#include "base/units.h"
#include "pg/rowsdata.h"
#include "query/cellkind.h"
#include "ui/widgets/label.h"

#include <algorithm>
#include <mutex>

namespace howdah::ui
{

using pg::Rows;

namespace
{
constexpr int syncMs = 30;                  // rows are told to views at most so often
constexpr qint64 cacheBytes = 16 << 20;
constexpr qint64 trimAbove = 1 << 20;       // a larger part is kept with its cells cut
constexpr qsizetype trimmedCell = 1024;
constexpr qsizetype tooltipChars = 1000;

qsizetype wholeCharacters(QByteArrayView text, qsizetype most)
{
    if (text.size() <= most)
        return text.size();
    while (most > 0 && (uchar(text[most]) & 0xc0) == 0x80)
        --most;
    return most;
}

// Forty rows of a sorted result may lie in forty parts, each of them with cells of megabytes: only what can be shown is kept.
Rows trimmed(const Rows &rows)
{
    if (rows.data().byteSize() <= trimAbove)
        return rows;
    auto data = std::make_shared<Rows::Data>();
    data->columns = rows.columns();
    for (qsizetype row = 0; row < rows.size(); ++row) {
        data->beginRow();
        for (int column = 0; column < int(rows.columns().size()); ++column) {
            if (rows.isNull(row, column))
                data->addNull();
            else
                data->addCell(rows.bytes(row, column).first(wholeCharacters(rows.bytes(row, column), trimmedCell)));
        }
    }
    return Rows(std::move(data));
}
} // namespace

// The writer's thread calls this; the model may be gone by then.
struct ResultModel::Notify {
    std::mutex mutex;
    ResultModel *model = nullptr;
    std::atomic<bool> told = false;
};

struct ResultModel::Loaded {
    int chunk = 0;
    Result<Rows> rows;
};

ResultModel::ResultModel(QObject *parent) : QAbstractTableModel(parent), m_worker(QStringLiteral("grid-read"))
{
    m_syncTimer.setSingleShot(true);
    connect(&m_syncTimer, &QTimer::timeout, this, &ResultModel::sync);
    m_wantedTimer.setSingleShot(true);
    connect(&m_wantedTimer, &QTimer::timeout, this, &ResultModel::loadWanted);
}

ResultModel::~ResultModel()
{
    setStore(nullptr);
}

void ResultModel::setStore(StorePtr store)
{
    if (m_notify) {
        const std::lock_guard lock(m_notify->mutex);
        m_notify->model = nullptr;
    }
    m_notify.reset();
    m_syncTimer.stop();
    beginResetModel();
    m_store = std::move(store);
    m_order.reset();
    m_rows = 0;
    m_finished = false;
    m_cache.clear();
    m_cacheBytes = 0;
    m_wanted.clear();
    m_loadError.reset();
    endResetModel();
    if (!m_store)
        return;
    m_notify = std::make_shared<Notify>();
    m_notify->model = this;
    m_store->onChange([notify = m_notify] {
        if (notify->told.exchange(true))
            return; // one call is on its way already
        const std::lock_guard lock(notify->mutex);
        if (ResultModel *model = notify->model)
            QMetaObject::invokeMethod(model, [model] { model->m_syncTimer.isActive() ? void() : model->m_syncTimer.start(model->m_rows == 0 ? 0 : syncMs); }, Qt::QueuedConnection);
    });
    sync(); // what came before
}

void ResultModel::sync()
{
    m_notify->told = false; // before the look: what comes from here on is told again
    const int now = int(std::min<qint64>(m_store->rowCount(), mostRows));
    const bool finished = m_store->isFinished();
    if (now > m_rows && !m_order) {
        beginInsertRows({}, m_rows, now - 1);
        m_rows = now;
        endInsertRows();
    }
    m_rows = now;
    m_finished = finished;
    emit grown();
}

void ResultModel::setOrder(OrderPtr order)
{
    beginResetModel();
    m_order = std::move(order);
    m_wanted.clear();
    endResetModel();
}

int ResultModel::rowCount(const QModelIndex &parent) const
{
    if (parent.isValid())
        return 0;
    return m_order ? int(m_order->rows.size()) : m_rows;
}

int ResultModel::columnCount(const QModelIndex &parent) const
{
    return parent.isValid() || !m_store ? 0 : int(m_store->columns().size());
}

qint64 ResultModel::storeRow(int row) const
{
    return m_order ? qint64(m_order->rows[size_t(row)]) : row;
}

ResultModel::RowRef ResultModel::rowRef(int row) const
{
    const qint64 at = storeRow(row);
    const int chunk = m_store->chunkOf(at);
    const auto index = qsizetype(at - m_store->firstRow(chunk));
    if (auto rows = m_store->resident(chunk))
        return {std::move(rows), index, false};
    if (const auto cached = m_cache.find(chunk); cached != m_cache.end()) {
        cached->second.used = ++m_uses;
        return {cached->second.rows, index, !cached->second.rows};
    }
    m_wanted.insert(chunk);
    if (!m_loading && !m_wantedTimer.isActive())
        m_wantedTimer.start(0);
    return {std::nullopt, index, false};
}

void ResultModel::loadWanted() const
{
    m_wantedTimer.stop();
    if (m_loading || m_wanted.empty())
        return; // what is asked for meanwhile is looked at when that is here
    std::vector<int> chunks;
    std::copy_if(m_wanted.begin(), m_wanted.end(), std::back_inserter(chunks), [this](int chunk) { return m_cache.count(chunk) == 0; });
    m_wanted.clear();
    if (chunks.empty())
        return;
    m_loading = true;
    const auto future = m_worker.run([store = m_store, chunks]() -> Result<std::vector<Loaded>> {
        std::vector<Loaded> loaded;
        for (const int chunk : chunks) {
            Result<Rows> rows = store->load(chunk);
            if (rows)
                rows = trimmed(*rows);
            loaded.push_back({chunk, std::move(rows)});
        }
        return loaded;
    });
    auto *self = const_cast<ResultModel *>(this);
    async::onFinished(future, self, [self, of = m_store](Result<std::vector<Loaded>> loaded) {
        self->m_loading = false;
        if (loaded && self->m_store == of)
            self->take(std::move(*loaded));
        self->loadWanted();
    });
}

void ResultModel::take(std::vector<Loaded> loaded)
{
    for (Loaded &one : loaded) {
        Cached cached;
        if (one.rows) {
            cached.rows = std::move(*one.rows);
            cached.bytes = cached.rows->data().byteSize();
        } else {
            m_loadError = one.rows.error();
        }
        cached.used = ++m_uses;
        if (const auto before = m_cache.find(one.chunk); before != m_cache.end())
            m_cacheBytes -= before->second.bytes; // asked for twice
        m_cacheBytes += cached.bytes;
        m_cache.insert_or_assign(one.chunk, std::move(cached));
    }
    // The longest unused go; never what came just now, which is what is looked at.
    while (m_cacheBytes > cacheBytes && m_cache.size() > loaded.size()) {
        const auto oldest = std::min_element(m_cache.begin(), m_cache.end(), [](const auto &a, const auto &b) { return a.second.used < b.second.used; });
        m_cacheBytes -= oldest->second.bytes;
        m_cache.erase(oldest);
    }
    emit read();
}

QString ResultModel::shownText(const Rows &rows, qsizetype row, int column, qsizetype mostBytes)
{
    const QByteArrayView cell = rows.bytes(row, column);
    const qsizetype size = wholeCharacters(cell, mostBytes);
    QString text = units::oneLine(QString::fromUtf8(cell.first(size)));
    if (size < cell.size())
        text += QChar(0x2026);
    return text;
}

QVariant ResultModel::data(const QModelIndex &index, int role) const
{
    if (!index.isValid())
        return {};
    switch (role) {
    case Qt::DisplayRole:
    case Qt::ToolTipRole:
    case Qt::AccessibleTextRole:
    case LoadedRole:
    case NullRole: {
        const RowRef ref = rowRef(index.row());
        if (role == LoadedRole)
            return ref.rows.has_value();
        if (!ref.rows)
            return role == NullRole ? QVariant() : QVariant(ref.failed ? QStringLiteral("can't be read back") : QString(QChar(0x2026)));
        const bool null = ref.rows->isNull(ref.index, index.column());
        if (role == NullRole)
            return null;
        if (null)
            return QStringLiteral("NULL");
        if (role != Qt::ToolTipRole)
            return shownText(*ref.rows, ref.index, index.column());
        const QByteArrayView cell = ref.rows->bytes(ref.index, index.column());
        return tooltipText(QString::fromUtf8(cell.first(wholeCharacters(cell, tooltipChars))));
    }
    case Qt::TextAlignmentRole:
        return QVariant::fromValue(query::isRightAligned(column(index.column()).typeOid) ? Qt::AlignRight | Qt::AlignVCenter : Qt::AlignLeft | Qt::AlignVCenter);
    case StoreRowRole: return storeRow(index.row());
    default: return {};
    }
}

QVariant ResultModel::headerData(int section, Qt::Orientation orientation, int role) const
{
    if (role != Qt::DisplayRole || !m_store)
        return {};
    if (orientation == Qt::Vertical)
        return QVariant::fromValue(storeRow(section) + 1);
    return section >= 0 && section < columnCount() ? QVariant(units::oneLine(column(section).name)) : QVariant();
}

} // namespace howdah::ui
