#pragma once
// Lists that SQL cannot narrow alone: read on in order, keep what may be shown, stop when there is enough.

#include "storage/tx.h"

#include <cstdint>
#include <vector>

namespace callboard::http {

/// The first `wanted` rows of the query that `keep` keeps. The query has no page of its own.
template <class T, class Keep>
std::vector<T> scan(Tx& tx, Query<T> query, std::size_t wanted, Keep keep) {
    constexpr std::int64_t batch = 500;
    std::vector<T> kept;
    for (std::int64_t offset = 0; kept.size() < wanted; offset += batch) {
        auto rows = tx.list(query.page(batch, offset));
        for (auto& row : rows)
            if (kept.size() < wanted && keep(row)) kept.push_back(std::move(row));
        if (static_cast<std::int64_t>(rows.size()) < batch) break;
    }
    return kept;
}

}  // namespace callboard::http
