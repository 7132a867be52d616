// SPDX-License-Identifier: GPL-3.0-or-later
#include "activity/reach.h"

#include <bit>
#include <cstddef>
#include <cstdint>
#include <utility>

namespace howdah::activity
{

namespace
{

// Each after those that can be come to from it, as far as there are no cycles; without recursion, since a chain can be as long as max_connections.
std::vector<int> lastFirst(const std::vector<std::vector<int>> &next)
{
    std::vector<int> order;
    std::vector<bool> seen(next.size());
    std::vector<std::pair<int, std::size_t>> open;
    for (std::size_t start = 0; start < next.size(); ++start) {
        if (seen[start])
            continue;
        seen[start] = true;
        open.emplace_back(int(start), 0);
        while (!open.empty()) {
            auto &[node, at] = open.back();
            const std::vector<int> &ways = next[std::size_t(node)];
            if (at == ways.size()) {
                order.push_back(node);
                open.pop_back();
                continue;
            }
            const int to = ways[at++];
            if (!seen[std::size_t(to)]) {
                seen[std::size_t(to)] = true;
                open.emplace_back(to, 0);
            }
        }
    }
    return order;
}

} // namespace

std::vector<Reach> reachOf(const std::vector<std::vector<int>> &next)
{
    const std::size_t words = (next.size() + 63) / 64;
    std::vector<std::uint64_t> bits(next.size() * words);
    const std::vector<int> order = lastFirst(next);
    // Once round suffices without cycles; with them until nothing is added.
    for (bool grew = true; grew;) {
        grew = false;
        for (const int node : order) {
            std::uint64_t *mine = &bits[std::size_t(node) * words];
            for (const int to : next[std::size_t(node)]) {
                const std::uint64_t *theirs = &bits[std::size_t(to) * words];
                for (std::size_t word = 0; word < words; ++word) {
                    const std::uint64_t direct = word == std::size_t(to) / 64 ? std::uint64_t(1) << (to % 64) : 0;
                    const std::uint64_t with = mine[word] | theirs[word] | direct;
                    grew = grew || with != mine[word];
                    mine[word] = with;
                }
            }
        }
    }
    std::vector<Reach> all(next.size());
    for (std::size_t node = 0; node < next.size(); ++node) {
        Reach &reach = all[node];
        reach.itself = (bits[node * words + node / 64] >> (node % 64)) & 1U;
        for (std::size_t word = 0; word < words; ++word)
            reach.others += std::popcount(bits[node * words + word]);
        reach.others -= reach.itself ? 1 : 0;
    }
    return all;
}

} // namespace howdah::activity
