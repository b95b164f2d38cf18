// Every workload: to add one, add a line here and a function beside it.

#include "orders.hpp"
#include "pages.hpp"
#include "pool.hpp"
#include "reading.hpp"
#include "threads.hpp"
#include "transactions.hpp"
#include "writing.hpp"

const std::vector<workload>& workloads() {
    using threads::closed_loop;
    // The sizes make a measurement some 50 to 300 ms long. The second one is with 1 ms more a round trip; 0: not over a network.
    static const std::vector<workload> all{
        {"W1", "find by uuid, prepared", 5'000, 100, [](const client& c) { return c.reads != nullptr; }, reading::find},
        {"W2", "all rows of nine fields into a vector", 100'000, 0, [](const client& c) { return c.reads != nullptr; },
         reading::find_all},
        {"W2-stream", "1,000,000 rows, one at a time", 1'000'000, 0,
         [](const client& c) { return c.streams != nullptr; }, reading::stream},
        {"W3-single", "insert, a statement and a transaction each, the row comes back", 5'000, 0,
         [](const client& c) { return c.writes_single != nullptr; }, writing::single},
        {"W3-pipeline", "insert, pipelines of 1,000 statements", 10'000, 0,
         [](const client& c) { return c.writes_pipeline != nullptr; }, writing::pipeline},
        {"W3-unnest", "insert, arrays of 1,000 rows", 30'000, 0,
         [](const client& c) { return c.writes_unnest != nullptr; }, writing::unnest},
        {"W3-copy", "insert by COPY", 30'000, 0, [](const client& c) { return c.writes_copy != nullptr; },
         writing::copy},
        {"W4", "1,000 ids in one call", 20'000, 0, [](const client& c) { return c.reads != nullptr; },
         reading::find_by_ids},
        {"W5", "a session taken from the pool and given back", 1'000'000, 0,
         [](const client& c) { return c.lends != nullptr; }, pool::alone},
        {"W5-contended", "the same, 8 threads on 4 sessions", 100'000, 0,
         [](const client& c) { return c.lends != nullptr; }, pool::contended},
        {"W5-idle", "the same, after 10 ms unused: the socket is looked at", 1'000, 0,
         [](const client& c) { return c.lends_after_a_look != nullptr; }, pool::after_idle},
        {"W7-2", "finds by 2 threads on 4 sessions", 8'000, 0, [](const client& c) { return c.shares != nullptr; },
         closed_loop<2, 4>},
        {"W7-8", "finds by 8 threads on 4 sessions", 8'000, 0, [](const client& c) { return c.shares != nullptr; },
         closed_loop<8, 4>},
        {"W7-32", "finds by 32 threads on 4 sessions", 8'000, 0, [](const client& c) { return c.shares != nullptr; },
         closed_loop<32, 4>},
        {"W7-2-on-8", "finds by 2 threads on 8 sessions", 8'000, 0, [](const client& c) { return c.shares != nullptr; },
         closed_loop<2, 8>},
        {"W7-8-on-8", "finds by 8 threads on 8 sessions", 8'000, 0, [](const client& c) { return c.shares != nullptr; },
         closed_loop<8, 8>},
        {"W7-32-on-8", "finds by 32 threads on 8 sessions", 8'000, 0,
         [](const client& c) { return c.shares != nullptr; }, closed_loop<32, 8>},
        {"W8-one", "a transaction of one statement", 3'000, 100, [](const client& c) { return c.transacts != nullptr; },
         transactions::one},
        {"W8-three", "a transaction of three statements", 2'000, 50,
         [](const client& c) { return c.transacts != nullptr; }, transactions::three},
        {"W9", "an order with 20 items, written and read", 200, 20,
         [](const client& c) { return c.keeps_orders != nullptr; }, orders::write_and_read},
        {"W10-page", "the first 50 of 100,000 by LIMIT and OFFSET", 1'000, 100,
         [](const client& c) { return c.pages != nullptr; }, pages::first_by_offset},
        {"W10-page-100000", "the last 50 of 100,000 by LIMIT and OFFSET", 8, 8,
         [](const client& c) { return c.pages != nullptr; }, pages::last_by_offset},
        {"W10-keyset", "the first 50 of 100,000 by key", 1'000, 100,
         [](const client& c) { return c.pages_by_key != nullptr; }, pages::first_by_key},
        {"W10-keyset-100000", "the last 50 of 100,000 by key", 1'000, 100,
         [](const client& c) { return c.pages_by_key != nullptr; }, pages::last_by_key},
        {"W11", "find by uuid through a cache that holds it", 500'000, 0,
         [](const client& c) { return c.caches != nullptr; }, reading::find_cached},
        {"W12", "50 threads at once on a pool with one session open", 50, 0,
         [](const client& c) { return c.shares_growing != nullptr; }, threads::spike},
    };
    return all;
}
