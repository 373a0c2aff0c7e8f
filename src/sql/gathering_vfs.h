#pragma once

// SQLite writes a transaction to its log two small pieces a page. This file system layer under it gathers what is
// written one after the other and hands it to the system in one piece when the transaction is complete, which is
// a good part of what an enqueue costs the kernel. Reading, syncing, anything else first hands over what was gathered.

namespace callboard::sqlite {

/// The name to open a database with. Registers the layer when first called; for any thread.
const char* gathering_vfs();

}  // namespace callboard::sqlite
