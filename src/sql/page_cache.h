#pragma once

// SQLite forgets, at the end of every transaction, the pages that lie beyond the database's end: there are some when it
// was undone. Whether there can be any, its cache tells by the highest page number that it has seen. But pages that a
// growing index puts in order change places by way of a number far beyond the end (that of the page at 1 GiB, which
// holds nothing), so that after most commits the whole cache is walked through in vain. This layer above that cache
// leaves numbers out that were only passed through, and asks for the walk only when there is something to find.

namespace callboard::sqlite {

/// Puts the layer between SQLite and its cache, before the first connection of the process.
void know_the_last_page();

}  // namespace callboard::sqlite
