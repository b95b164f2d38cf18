#include "../by_hand_pool.hpp"
#include "../client.hpp"
#include "../text_values.hpp"

#include <pqxx/pqxx>

namespace {

void set(std::string& to, const pqxx::field& from) {
    to.assign(from.c_str(), from.size());
}
std::string_view view(const pqxx::field& from) {
    return {from.c_str(), from.size()};
}
void decode(const pqxx::row& row, User& to) { // columns by number, which is libpqxx's fast way
    to.id = text_values::uuid(view(row[0]));
    set(to.email, row[1]);
    set(to.first_name, row[2]);
    set(to.last_name, row[3]);
    to.status = text_values::status(view(row[4]));
    to.is_verified = view(row[5]) == "t";
    to.created_at = text_values::time(view(row[6]));
    to.updated_at = text_values::time(view(row[7]));
    if (!row[8].is_null()) to.deleted_at = text_values::time(view(row[8]));
}
void decode(const pqxx::row& row, Order& to) {
    to.id = text_values::uuid(view(row[0]));
    to.user_id = text_values::uuid(view(row[1]));
    set(to.status, row[2]);
    to.total = text_values::cents(view(row[3]));
    to.created_at = text_values::time(view(row[4]));
    to.updated_at = text_values::time(view(row[5]));
    if (!row[6].is_null()) to.deleted_at = text_values::time(view(row[6]));
}
void decode(const pqxx::row& row, Item& to) {
    to.id = text_values::uuid(view(row[0]));
    to.order_id = text_values::uuid(view(row[1]));
    to.product_id = text_values::uuid(view(row[2]));
    to.quantity = row[3].as<std::int32_t>();
    to.price = text_values::cents(view(row[4]));
    to.created_at = text_values::time(view(row[5]));
    to.updated_at = text_values::time(view(row[6]));
}
template <class Record> std::vector<Record> all(const pqxx::result& rows) {
    std::vector<Record> out;
    out.reserve(rows.size());
    for (const auto& row : rows) decode(row, out.emplace_back());
    return out;
}
template <class Record> std::optional<Record> first(const pqxx::result& rows) {
    std::optional<Record> out;
    if (!rows.empty()) decode(rows[0], out.emplace());
    return out;
}

std::string address(const pgrepo::postgres_config& config) {
    return "host='" + config.host + "' port=" + std::to_string(config.port) + " user='" + config.user + "' password='" +
           std::string(config.password.reveal()) + "' dbname='" + config.database + "'";
}
/// A session with its statements, which libpqxx prepares when they are first used.
struct session {
    pqxx::connection link;

    explicit session(const pgrepo::postgres_config& config) : link(address(config)) {
        const std::string find = text_values::find;
        link.prepare("find", find + " AND id = $1::uuid");
        link.prepare("all", find);
        link.prepare("by_ids", find + " AND id = ANY($1::uuid[])");
        link.prepare("create", std::string("INSERT INTO written_users (email, first_name, last_name, is_verified) "
                                           "VALUES ($1, $2, $3, $4) RETURNING ") +
                                   text_values::user_columns);
        const std::string order_columns = text_values::order_columns;
        link.prepare("create_order",
                     "INSERT INTO orders (user_id, total) VALUES ($1::uuid, $2::numeric) RETURNING " + order_columns);
        link.prepare("create_item", "INSERT INTO order_items (order_id, product_id, quantity, price) "
                                    "VALUES ($1::uuid, $2::uuid, $3, $4::numeric)");
        link.prepare("find_order",
                     "SELECT " + order_columns + " FROM orders WHERE id = $1::uuid AND deleted_at IS NULL");
        link.prepare("find_items", std::string(text_values::find_items) + " WHERE order_id = $1::uuid");
    }
    std::optional<User> find(const pgrepo::uuid& id) {
        pqxx::nontransaction work(link);
        return first<User>(work.exec_prepared("find", text_values::text_of(id)));
    }
};
User create(pqxx::transaction_base& work, const NewUser& draft) {
    return first<User>(work.exec_prepared("create", draft.email, draft.first_name, draft.last_name, draft.is_verified))
        .value();
}
Order create_order(pqxx::transaction_base& work, const pgrepo::uuid& user, Cents total) {
    return first<Order>(work.exec_prepared("create_order", text_values::text_of(user), text_values::text_of(total)))
        .value();
}

class libpqxx_reader final : public reader {
public:
    explicit libpqxx_reader(const pgrepo::postgres_config& config) : session_(config) {}
    std::optional<User> find(const pgrepo::uuid& id) override { return session_.find(id); }
    std::vector<User> find_all() override {
        pqxx::nontransaction work(session_.link);
        return all<User>(work.exec_prepared("all"));
    }
    std::vector<User> find_by_ids(const std::vector<pgrepo::uuid>& ids) override {
        pqxx::nontransaction work(session_.link);
        return all<User>(work.exec_prepared("by_ids", text_values::text_of(ids)));
    }

private:
    session session_;
};

class libpqxx_writer final : public writer {
public:
    explicit libpqxx_writer(const pgrepo::postgres_config& config) : session_(config) {}
    void write(std::span<const NewUser> drafts) override {
        for (const NewUser& draft : drafts) {
            pqxx::nontransaction work(session_.link);
            (void)create(work, draft);
        }
    }

private:
    session session_;
};

class libpqxx_shared_finder final : public shared_finder {
public:
    explicit libpqxx_shared_finder(const pgrepo::postgres_config& config)
        : pool_(config.pool_max, [config] { return std::make_unique<session>(config); }) {}
    std::optional<User> find(const pgrepo::uuid& id) override {
        const auto lease = pool_.acquire();
        return lease->find(id);
    }
    std::size_t open() const override { return pool_.open_count(); }

private:
    by_hand::pool<session> pool_;
};

class libpqxx_transactor final : public transactor {
public:
    explicit libpqxx_transactor(const pgrepo::postgres_config& config) : session_(config) {}
    void one(const NewUser& draft) override {
        pqxx::work work(session_.link);
        (void)create(work, draft);
        work.commit();
    }
    std::optional<User> three(const pgrepo::uuid& user, const NewUser& draft, Cents total) override {
        pqxx::work work(session_.link);
        auto found = first<User>(work.exec_prepared("find", text_values::text_of(user)));
        (void)create(work, draft);
        (void)create_order(work, user, total);
        work.commit();
        return found;
    }

private:
    session session_;
};

class libpqxx_order_keeper final : public order_keeper {
public:
    explicit libpqxx_order_keeper(const pgrepo::postgres_config& config) : session_(config) {}
    pgrepo::uuid write(const NewOrder& order, std::span<const NewItem> items) override {
        pqxx::work work(session_.link);
        const pgrepo::uuid id = create_order(work, order.user_id, order.total).id;
        const std::string id_text = text_values::text_of(id);
        for (const NewItem& item : items)
            work.exec_prepared("create_item", id_text, text_values::text_of(item.product_id), item.quantity,
                               text_values::text_of(item.price));
        work.commit();
        return id;
    }
    OrderWithItems read(const pgrepo::uuid& id) override {
        pqxx::nontransaction work(session_.link);
        const std::string text = text_values::text_of(id);
        return {first<Order>(work.exec_prepared("find_order", text)).value(),
                all<Item>(work.exec_prepared("find_items", text))};
    }

private:
    session session_;
};

} // namespace

client this_client() {
    return {.version = "libpqxx " PQXX_VERSION,
            .reads = make<reader, libpqxx_reader>,
            .writes_single = make<writer, libpqxx_writer>,
            .shares = make<shared_finder, libpqxx_shared_finder>, // it has no pool: it is lent that of the baseline
            .shares_growing = make<shared_finder, libpqxx_shared_finder>,
            .transacts = make<transactor, libpqxx_transactor>,
            .keeps_orders = make<order_keeper, libpqxx_order_keeper>};
}
