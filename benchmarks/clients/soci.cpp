#include "../client.hpp"
#include "../text_values.hpp"

#include <soci/postgresql/soci-postgresql.h>
#include <soci/soci.h>
#include <soci/version.h>
#include <thread>

namespace {

std::string address(const pgrepo::postgres_config& config) {
    return "host='" + config.host + "' port=" + std::to_string(config.port) + " user='" + config.user + "' password='" +
           std::string(config.password.reveal()) + "' dbname='" + config.database + "'";
}

/// A prepared statement, the texts that it is given, and the variables that its rows come in.
class statement {
public:
    template <class Row>
    statement(soci::session& session, const std::string& text, std::size_t parameters, Row& row)
        : given(parameters),
          sent(session) {
        row.exchange(sent);
        for (std::string& each : given) sent.exchange(soci::use(each));
        sent.alloc();
        sent.prepare(text);
        sent.define_and_bind();
    }
    template <class Row> auto first(const Row& row) -> std::optional<typename Row::record> {
        std::optional<typename Row::record> out;
        if (sent.execute(true)) row.decode(out.emplace());
        return out;
    }
    template <class Row> auto all(const Row& row) -> std::vector<typename Row::record> {
        std::vector<typename Row::record> out;
        sent.execute(false);
        out.reserve(static_cast<std::size_t>(std::max(sent.get_affected_rows(), 0LL)));
        while (sent.fetch()) row.decode(out.emplace_back());
        return out;
    }

    std::vector<std::string> given;
    soci::statement sent;
};

struct user_row {
    using record = User;
    std::string id, email, first_name, last_name, status, verified, created, updated, deleted;
    soci::indicator is_deleted = soci::i_null;

    void exchange(soci::statement& with) {
        for (std::string* each : {&id, &email, &first_name, &last_name, &status, &verified, &created, &updated})
            with.exchange(soci::into(*each));
        with.exchange(soci::into(deleted, is_deleted));
    }
    void decode(User& to) const {
        to.id = text_values::uuid(id);
        to.email = email;
        to.first_name = first_name;
        to.last_name = last_name;
        to.status = text_values::status(status);
        to.is_verified = verified == "t";
        to.created_at = text_values::time(created);
        to.updated_at = text_values::time(updated);
        if (is_deleted == soci::i_ok) to.deleted_at = text_values::time(deleted);
    }
};
struct order_row {
    using record = Order;
    std::string id, user, status, total, created, updated, deleted;
    soci::indicator is_deleted = soci::i_null;

    void exchange(soci::statement& with) {
        for (std::string* each : {&id, &user, &status, &total, &created, &updated}) with.exchange(soci::into(*each));
        with.exchange(soci::into(deleted, is_deleted));
    }
    void decode(Order& to) const {
        to.id = text_values::uuid(id);
        to.user_id = text_values::uuid(user);
        to.status = status;
        to.total = text_values::cents(total);
        to.created_at = text_values::time(created);
        to.updated_at = text_values::time(updated);
        if (is_deleted == soci::i_ok) to.deleted_at = text_values::time(deleted);
    }
};
struct item_row {
    using record = Item;
    std::string id, order, product, price, created, updated;
    int quantity = 0;

    void exchange(soci::statement& with) {
        for (std::string* each : {&id, &order, &product}) with.exchange(soci::into(*each));
        with.exchange(soci::into(quantity));
        for (std::string* each : {&price, &created, &updated}) with.exchange(soci::into(*each));
    }
    void decode(Item& to) const {
        to.id = text_values::uuid(id);
        to.order_id = text_values::uuid(order);
        to.product_id = text_values::uuid(product);
        to.quantity = quantity;
        to.price = text_values::cents(price);
        to.created_at = text_values::time(created);
        to.updated_at = text_values::time(updated);
    }
};
struct no_row {
    void exchange(soci::statement&) {}
};

class find_statement {
public:
    explicit find_statement(soci::session& session)
        : sent_(session, std::string(text_values::find) + " AND id = CAST(:id AS uuid)", 1, row_) {}
    std::optional<User> operator()(const pgrepo::uuid& id) {
        sent_.given[0] = text_values::text_of(id);
        return sent_.first(row_);
    }

private:
    user_row row_{};
    statement sent_;
};
class create_statement {
public:
    explicit create_statement(soci::session& session)
        : sent_(session,
                std::string(
                    "INSERT INTO written_users (email, first_name, last_name, is_verified) VALUES (:email, :first, "
                    ":last, CAST(:verified AS boolean)) RETURNING ") +
                    text_values::user_columns,
                4, row_) {}
    User operator()(const NewUser& draft) {
        sent_.given[0] = draft.email;
        sent_.given[1] = draft.first_name;
        sent_.given[2] = draft.last_name;
        sent_.given[3] = draft.is_verified ? "t" : "f";
        return sent_.first(row_).value();
    }

private:
    user_row row_{};
    statement sent_;
};
class create_order_statement {
public:
    explicit create_order_statement(soci::session& session)
        : sent_(session,
                std::string("INSERT INTO orders (user_id, total) VALUES (CAST(:user AS uuid), CAST(:total AS numeric)) "
                            "RETURNING ") +
                    text_values::order_columns,
                2, row_) {}
    Order operator()(const pgrepo::uuid& user, Cents total) {
        sent_.given[0] = text_values::text_of(user);
        sent_.given[1] = text_values::text_of(total);
        return sent_.first(row_).value();
    }

private:
    order_row row_{};
    statement sent_;
};

class soci_reader final : public reader {
public:
    explicit soci_reader(const pgrepo::postgres_config& config) : session_(soci::postgresql, address(config)) {}
    std::optional<User> find(const pgrepo::uuid& id) override { return find_(id); }
    std::vector<User> find_all() override { return all_.all(row_); }
    std::vector<User> find_by_ids(const std::vector<pgrepo::uuid>& ids) override {
        by_ids_.given[0] = text_values::text_of(ids);
        return by_ids_.all(row_);
    }

private:
    soci::session session_;
    user_row row_{};
    find_statement find_{session_};
    statement all_{session_, text_values::find, 0, row_};
    statement by_ids_{session_, std::string(text_values::find) + " AND id = ANY(CAST(:ids AS uuid[]))", 1, row_};
};

class soci_writer final : public writer {
public:
    explicit soci_writer(const pgrepo::postgres_config& config) : session_(soci::postgresql, address(config)) {}
    void write(std::span<const NewUser> drafts) override {
        for (const NewUser& draft : drafts) (void)create_(draft);
    }

private:
    soci::session session_;
    create_statement create_{session_};
};

/// SOCI's own pool: its sessions are opened beforehand.
class sessions {
public:
    explicit sessions(const pgrepo::postgres_config& config) : size(config.pool_max), pool(size) {
        for (std::size_t i = 0; i < size; ++i) pool.at(i).open(soci::postgresql, address(config));
    }
    class lease {
    public:
        explicit lease(soci::connection_pool& pool) : place(pool.lease()), pool_(pool) {}
        lease(const lease&) = delete;
        lease& operator=(const lease&) = delete;
        ~lease() { pool_.give_back(place); }
        const std::size_t place;

    private:
        soci::connection_pool& pool_;
    };
    const std::size_t size;
    soci::connection_pool pool;
};

class soci_lender final : public lender {
public:
    explicit soci_lender(const pgrepo::postgres_config& config) : sessions_(config) {}
    void borrow(std::int64_t times, bool yielding) override {
        for (std::int64_t i = 0; i < times; ++i) {
            const sessions::lease lease(sessions_.pool);
            if (yielding) std::this_thread::yield();
        }
    }
    void borrow_all() override {
        std::vector<std::unique_ptr<sessions::lease>> held;
        for (std::size_t i = 0; i < sessions_.size; ++i)
            held.push_back(std::make_unique<sessions::lease>(sessions_.pool));
    }

private:
    sessions sessions_;
};

class soci_shared_finder final : public shared_finder {
public:
    explicit soci_shared_finder(const pgrepo::postgres_config& config) : sessions_(config) {
        for (std::size_t i = 0; i < sessions_.size; ++i)
            find_.push_back(std::make_unique<find_statement>(sessions_.pool.at(i)));
    }
    std::optional<User> find(const pgrepo::uuid& id) override {
        const sessions::lease lease(sessions_.pool);
        return (*find_[lease.place])(id);
    }
    std::size_t open() const override { return sessions_.size; }

private:
    sessions sessions_;
    std::vector<std::unique_ptr<find_statement>> find_{};
};

class soci_transactor final : public transactor {
public:
    explicit soci_transactor(const pgrepo::postgres_config& config) : session_(soci::postgresql, address(config)) {}
    void one(const NewUser& draft) override {
        soci::transaction tx(session_);
        (void)create_(draft);
        tx.commit();
    }
    std::optional<User> three(const pgrepo::uuid& user, const NewUser& draft, Cents total) override {
        soci::transaction tx(session_);
        auto found = find_(user);
        (void)create_(draft);
        (void)create_order_(user, total);
        tx.commit();
        return found;
    }

private:
    soci::session session_;
    find_statement find_{session_};
    create_statement create_{session_};
    create_order_statement create_order_{session_};
};

class soci_order_keeper final : public order_keeper {
public:
    explicit soci_order_keeper(const pgrepo::postgres_config& config) : session_(soci::postgresql, address(config)) {}
    pgrepo::uuid write(const NewOrder& order, std::span<const NewItem> items) override {
        soci::transaction tx(session_);
        const pgrepo::uuid id = create_order_(order.user_id, order.total).id;
        create_item_.given[0] = text_values::text_of(id);
        for (const NewItem& item : items) {
            create_item_.given[1] = text_values::text_of(item.product_id);
            create_item_.given[2] = std::to_string(item.quantity);
            create_item_.given[3] = text_values::text_of(item.price);
            create_item_.sent.execute(true);
        }
        tx.commit();
        return id;
    }
    OrderWithItems read(const pgrepo::uuid& id) override {
        find_order_.given[0] = find_items_.given[0] = text_values::text_of(id);
        OrderWithItems out{find_order_.first(order_).value(), find_items_.all(item_)};
        return out;
    }

private:
    soci::session session_;
    no_row none_{};
    order_row order_{};
    item_row item_{};
    create_order_statement create_order_{session_};
    statement create_item_{
        session_,
        "INSERT INTO order_items (order_id, product_id, quantity, price) VALUES (CAST(:order AS uuid), "
        "CAST(:product AS uuid), CAST(:quantity AS integer), CAST(:price AS numeric))",
        4, none_};
    statement find_order_{session_,
                          std::string("SELECT ") + text_values::order_columns +
                              " FROM orders WHERE id = CAST(:id AS uuid) AND deleted_at IS NULL",
                          1, order_};
    statement find_items_{session_, std::string(text_values::find_items) + " WHERE order_id = CAST(:id AS uuid)", 1,
                          item_};
};

} // namespace

client this_client() {
    return {.version = "SOCI " + std::to_string(SOCI_VERSION / 100000) + "." +
                       std::to_string(SOCI_VERSION / 100 % 1000) + "." + std::to_string(SOCI_VERSION % 100),
            .reads = make<reader, soci_reader>,
            .writes_single = make<writer, soci_writer>,
            .lends = make<lender, soci_lender>,
            .shares = make<shared_finder, soci_shared_finder>,
            .transacts = make<transactor, soci_transactor>,
            .keeps_orders = make<order_keeper, soci_order_keeper>};
}
