#pragma once

// Orders: transactions that travel as one pipeline, so that BEGIN and COMMIT cost no round trip of their own.

#include "by_hand_parameters.hpp"
#include "by_hand_pipeline.hpp"
#include "by_hand_writing.hpp"
#include "records.hpp"

#include <optional>
#include <span>
#include <string>

namespace by_hand {

inline void prepare_transactions(PGconn* link) {
    prepare(link);
    prepare_writing(link);
    const Oid uuid = 2950, numeric = 1700, uuids = 2951, ints = 1007, numerics = 1231;
    prepare(link, "begin", "BEGIN", {});
    prepare(link, "commit", "COMMIT", {});
    const std::string order_columns = "id, user_id, status, total, created_at, updated_at, deleted_at";
    prepare(link, "create_order", "INSERT INTO orders (user_id, total) VALUES ($1, $2) RETURNING " + order_columns,
            {uuid, numeric});
    prepare(link, "insert_order", "INSERT INTO orders (id, user_id, total) VALUES ($1, $2, $3)", {uuid, uuid, numeric});
    prepare(link, "insert_items",
            "INSERT INTO order_items (order_id, product_id, quantity, price) SELECT $1, * FROM unnest($2, $3, $4)",
            {uuid, uuids, ints, numerics});
    prepare(link, "find_order", "SELECT " + order_columns + " FROM orders WHERE id = $1 AND deleted_at IS NULL",
            {uuid});
    prepare(link, "find_items",
            "SELECT id, order_id, product_id, quantity, price, created_at, updated_at FROM order_items "
            "WHERE order_id = $1",
            {uuid});
}

inline void load_id(const PGresult* rows, int row, int column, pgrepo::uuid& to) {
    expect_width(rows, row, column, 16);
    std::memcpy(to.data, PQgetvalue(rows, row, column), 16);
}
inline void load_cents(const PGresult* rows, int row, int column, Cents& to) {
    if (!money::decode({PQgetvalue(rows, row, column), static_cast<std::size_t>(PQgetlength(rows, row, column))}, to))
        throw std::runtime_error("no amount in hundredths");
}
inline void load_order(const PGresult* rows, int row, Order& to) {
    load_id(rows, row, 0, to.id);
    load_id(rows, row, 1, to.user_id);
    load_text(rows, row, 2, to.status);
    load_cents(rows, row, 3, to.total);
    to.created_at = load_time(rows, row, 4);
    to.updated_at = load_time(rows, row, 5);
    if (!PQgetisnull(rows, row, 6)) to.deleted_at = load_time(rows, row, 6);
}
inline void load_item(const PGresult* rows, int row, Item& to) {
    load_id(rows, row, 0, to.id);
    load_id(rows, row, 1, to.order_id);
    load_id(rows, row, 2, to.product_id);
    expect_width(rows, row, 3, 4);
    std::uint32_t quantity;
    std::memcpy(&quantity, PQgetvalue(rows, row, 3), 4);
    to.quantity = static_cast<std::int32_t>(__builtin_bswap32(quantity));
    load_cents(rows, row, 4, to.price);
    to.created_at = load_time(rows, row, 5);
    to.updated_at = load_time(rows, row, 6);
}

/// BEGIN, one statement, COMMIT, one Sync: one round trip. The row comes back.
inline User create_in_transaction(PGconn* link, const NewUser& draft) {
    pipeline sending(link);
    send_plain(link, "begin");
    parameters_of(draft).send(link, "create");
    send_plain(link, "commit");
    sending.sync();
    (void)sending.next(PGRES_COMMAND_OK);
    const result rows = sending.next(PGRES_TUPLES_OK);
    (void)sending.next(PGRES_COMMAND_OK);
    sending.expect_sync();
    User out;
    load_user(rows.get(), 0, out);
    return out;
}

/// Three statements, of which none needs the answer of another: one round trip too.
inline std::optional<User> three_in_transaction(PGconn* link, const pgrepo::uuid& user, const NewUser& draft,
                                                Cents total) {
    money::bytes room;
    parameters<1> by_id;
    by_id.add(user);
    parameters<2> order;
    order.add(user).add(room.data(), money::encode(total, room));
    pipeline sending(link);
    send_plain(link, "begin");
    by_id.send(link, "find");
    parameters_of(draft).send(link, "create");
    order.send(link, "create_order");
    send_plain(link, "commit");
    sending.sync();
    (void)sending.next(PGRES_COMMAND_OK);
    const result found = sending.next(PGRES_TUPLES_OK);
    const result created = sending.next(PGRES_TUPLES_OK);
    const result ordered = sending.next(PGRES_TUPLES_OK);
    (void)sending.next(PGRES_COMMAND_OK);
    sending.expect_sync();
    User created_user;
    load_user(created.get(), 0, created_user);
    Order created_order;
    load_order(ordered.get(), 0, created_order);
    std::optional<User> out;
    if (PQntuples(found.get()) > 0) load_user(found.get(), 0, out.emplace());
    return out;
}

/// The id is made on this side, so that the items need not wait for it: one round trip.
inline pgrepo::uuid write_order(PGconn* link, const NewOrder& order, std::span<const NewItem> items) {
    const pgrepo::uuid id = pgrepo::make_uuid_v4();
    money::bytes room;
    parameters<3> order_values;
    order_values.add(id).add(order.user_id).add(room.data(), money::encode(order.total, room));
    array_parameter products(2950, items.size(), 16), quantities(23, items.size(), 4), prices(1700, items.size(), 16);
    for (const NewItem& item : items) {
        products.add({reinterpret_cast<const char*>(item.product_id.data), 16});
        const std::uint32_t quantity = __builtin_bswap32(static_cast<std::uint32_t>(item.quantity));
        quantities.add({reinterpret_cast<const char*>(&quantity), 4});
        money::bytes price;
        prices.add({price.data(), money::encode(item.price, price)});
    }
    parameters<4> item_values;
    item_values.add(id).add(products.bytes()).add(quantities.bytes()).add(prices.bytes());
    pipeline sending(link);
    send_plain(link, "begin");
    order_values.send(link, "insert_order");
    item_values.send(link, "insert_items");
    send_plain(link, "commit");
    sending.sync();
    for (int i = 0; i < 4; ++i) (void)sending.next(PGRES_COMMAND_OK);
    sending.expect_sync();
    return id;
}

/// Both statements in one round trip.
inline OrderWithItems read_order(PGconn* link, const pgrepo::uuid& id) {
    parameters<1> by_id;
    by_id.add(id);
    pipeline sending(link);
    by_id.send(link, "find_order");
    by_id.send(link, "find_items");
    sending.sync();
    const result order = sending.next(PGRES_TUPLES_OK);
    const result items = sending.next(PGRES_TUPLES_OK);
    sending.expect_sync();
    if (PQntuples(order.get()) != 1) throw std::runtime_error("there is no such order");
    OrderWithItems out;
    load_order(order.get(), 0, out.order);
    const int count = PQntuples(items.get());
    out.items.reserve(static_cast<std::size_t>(count));
    for (int i = 0; i < count; ++i) load_item(items.get(), i, out.items.emplace_back());
    return out;
}

} // namespace by_hand
