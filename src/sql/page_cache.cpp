#include "sql/page_cache.h"

#include <algorithm>
#include <memory>

#include <sqlite3.h>

namespace callboard::sqlite {

namespace {

/// SQLite's own, which does the work.
sqlite3_pcache_methods2 below;

/// One connection's.
struct Cache {
    sqlite3_pcache* pages;
    /// No page in it has a higher number, but one that is passing through.
    unsigned last;
    /// The number beyond all others that a page has on its way from one to another; 0: none is on its way.
    unsigned passing;
};

Cache& cache_of(sqlite3_pcache* cache) { return *reinterpret_cast<Cache*>(cache); }

int begin(void*) { return below.xInit ? below.xInit(below.pArg) : SQLITE_OK; }

void end(void*) {
    if (below.xShutdown) below.xShutdown(below.pArg);
}

sqlite3_pcache* create(int page_size, int extra_size, int purgeable) {
    auto* pages = below.xCreate(page_size, extra_size, purgeable);
    if (!pages) return nullptr;
    auto* cache = static_cast<Cache*>(sqlite3_malloc64(sizeof(Cache)));
    if (!cache) {
        below.xDestroy(pages);
        return nullptr;
    }
    std::construct_at(cache, Cache{pages, 0, 0});
    return reinterpret_cast<sqlite3_pcache*>(cache);
}

void destroy(sqlite3_pcache* cache) {
    below.xDestroy(cache_of(cache).pages);
    sqlite3_free(cache);
}

void set_size(sqlite3_pcache* cache, int pages) { below.xCachesize(cache_of(cache).pages, pages); }

int count(sqlite3_pcache* cache) { return below.xPagecount(cache_of(cache).pages); }

sqlite3_pcache_page* fetch(sqlite3_pcache* cache, unsigned number, int create_it) {
    auto& known = cache_of(cache);
    auto* page = below.xFetch(known.pages, number, create_it);
    if (page && number > known.last) known.last = number;
    return page;
}

void unpin(sqlite3_pcache* cache, sqlite3_pcache_page* page, int discard) {
    below.xUnpin(cache_of(cache).pages, page, discard);
}

void rename(sqlite3_pcache* cache, sqlite3_pcache_page* page, unsigned from, unsigned to) {
    auto& known = cache_of(cache);
    below.xRekey(known.pages, page, from, to);
    if (from == known.passing) known.passing = 0;
    if (to <= known.last) return;
    // Two on their way at once: then the first one stays, as far as is known here.
    known.last = std::max(known.last, known.passing);
    known.passing = to;
}

void truncate(sqlite3_pcache* cache, unsigned first) {
    auto& known = cache_of(cache);
    if (first > std::max(known.last, known.passing)) return;
    below.xTruncate(known.pages, first);
    known.last = first == 0 ? 0 : first - 1;
    known.passing = 0;
}

void shrink(sqlite3_pcache* cache) { below.xShrink(cache_of(cache).pages); }

}  // namespace

void know_the_last_page() {
    if (sqlite3_config(SQLITE_CONFIG_GETPCACHE2, &below) != SQLITE_OK) return;
    auto ours = sqlite3_pcache_methods2{
        .iVersion = 1,
        .pArg = nullptr,
        .xInit = begin,
        .xShutdown = end,
        .xCreate = create,
        .xCachesize = set_size,
        .xPagecount = count,
        .xFetch = fetch,
        .xUnpin = unpin,
        .xRekey = rename,
        .xTruncate = truncate,
        .xDestroy = destroy,
        .xShrink = shrink,
    };
    sqlite3_config(SQLITE_CONFIG_PCACHE2, &ours);
}

}  // namespace callboard::sqlite
