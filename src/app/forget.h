#pragma once
// Old rows go a few at a time, so that nothing waits behind them. Ids grow with time: what is older is below.

#include "storage/tx.h"

namespace callboard {

/// Deletes rows that were made before `oldest`; true when there may be more.
template <class T>
bool forget_before(Tx& tx, Timestamp oldest, Query<T> among = {}) {
    constexpr std::int64_t at_once = 500;
    auto old = tx.list(among.below(&T::id, decltype(T::id){IdSource::first_of(oldest)}).order_by(&T::id).page(at_once));
    for (const auto& row : old) tx.erase<T>(row.id);
    return static_cast<std::int64_t>(old.size()) == at_once;
}

}  // namespace callboard
