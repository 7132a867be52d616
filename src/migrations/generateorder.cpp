// SPDX-License-Identifier: GPL-3.0-or-later
// The graph of operations as a list.
#include "migrations/generateparts.h"

namespace howdah::migrations
{

QVector<GeneratedStatement> inOrder(const std::vector<Operation> &operations)
{
    const auto before = [&operations](int a, int b) {
        const Operation &one = operations[size_t(a)], &other = operations[size_t(b)];
        return std::tie(one.rank, one.key, a) < std::tie(other.rank, other.key, b);
    };
    std::vector<std::vector<int>> later(operations.size());
    std::vector<size_t> waits(operations.size());
    std::set<int, decltype(before)> ready(before), left(before);
    for (int i = 0; i < int(operations.size()); ++i) {
        waits[size_t(i)] = operations[size_t(i)].after.size();
        for (const int earlier : operations[size_t(i)].after)
            later[size_t(earlier)].push_back(i);
        left.insert(i);
        if (waits[size_t(i)] == 0)
            ready.insert(i);
    }
    QVector<GeneratedStatement> all;
    while (!left.empty()) {
        // A circle: it is cut somewhere, and whether that goes is for the server to say.
        const int op = ready.empty() ? *left.begin() : *ready.begin();
        ready.erase(op);
        left.erase(op);
        for (const QString &text : operations[size_t(op)].texts)
            all.append({operations[size_t(op)].key, text});
        for (const int one : later[size_t(op)]) {
            if (waits[size_t(one)] > 0 && --waits[size_t(one)] == 0 && left.contains(one))
                ready.insert(one);
        }
    }
    return all;
}

} // namespace howdah::migrations
