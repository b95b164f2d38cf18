#pragma once

#include <cstdint>
#include <optional>
#include <vector>

namespace pgrepo {

/// Whether a page says how many records there are in all.
enum class total : unsigned char {
    exact, ///< counted, in the same snapshot as the items
    none,  ///< not counted: cheaper on large tables
};

/// Which page.
struct page_request {
    std::uint32_t limit = 50; ///< records on the page at most
    std::uint64_t offset = 0; ///< records before it
    pgrepo::total total = total::exact;
};

/// A page of records. Items and total come from one snapshot.
template <class Record> struct page {
    std::vector<Record> items{};
    std::optional<std::int64_t> total{}; ///< records in all; empty when it was not asked for
    bool has_more = false;               ///< there are records after this page
    page_request request{};
};

} // namespace pgrepo
