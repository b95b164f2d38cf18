#include "orders.hpp"

#include "checksum.hpp"
#include "tables.hpp"

#include <cstddef>

namespace orders {
namespace {

constexpr std::int64_t items_each = 20;
constexpr std::int64_t warming = 5;

std::vector<NewItem> items_of(std::int64_t order) {
    std::vector<NewItem> out;
    for (std::int64_t i = 0; i < items_each; ++i) {
        NewItem item{.quantity = static_cast<std::int32_t>(1 + i % 5), .price = {199 + order * 7 + i * 12'345}};
        for (std::size_t at = 0; at < 8; ++at)
            item.product_id.data[15 - at] = static_cast<std::uint8_t>((order * 1'000 + i) >> (8 * at));
        out.push_back(item);
    }
    return out;
}

} // namespace

outcome write_and_read(const setting& with, stopwatch& watch) {
    tables::clear(with.config);
    const auto keeper = with.library.keeps_orders(with.config);
    std::vector<std::vector<NewItem>> items;
    for (std::int64_t i = 0; i < with.operations + warming; ++i) items.push_back(items_of(i));
    std::uint64_t sum = 0;
    const auto run = [&](std::int64_t from, std::int64_t to, bool adding) {
        for (std::int64_t i = from; i < to; ++i) {
            const auto at = static_cast<std::size_t>(i);
            const pgrepo::uuid id =
                keeper->write({.user_id = with.ids[at % with.ids.size()], .total = {1'000 + i}}, items[at]);
            const OrderWithItems read = keeper->read(id);
            require(read.items.size() == items_each && read.order.id == id, "an order or its items were missed");
            if (adding) sum += checksums::of_written(read);
        }
    };
    run(0, warming, true);
    watch.measure([&] { run(warming, warming + with.operations, false); });
    require(tables::count_orders(with.config) == with.operations + warming, "not all orders were written");
    return {.operations = with.operations, .checksum = sum};
}

} // namespace orders
