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
void read(const pqxx::row& row, User& to) { // columns by number, which is libpqxx's fast way
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

class libpqxx_client final : public client {
public:
    explicit libpqxx_client(const pgrepo::postgres_config& config)
        : session_("host='" + config.host + "' port=" + std::to_string(config.port) + " user='" + config.user +
                   "' password='" + std::string(config.password.reveal()) + "' dbname='" + config.database + "'") {
        const std::string find = text_values::find;
        session_.prepare("find", find + " AND id = $1::uuid");
        session_.prepare("all", find);
        session_.prepare("by_ids", find + " AND id = ANY($1::uuid[])");
    }
    std::string version() const override { return "libpqxx " PQXX_VERSION; }
    std::optional<User> find(const pgrepo::uuid& id) override {
        pqxx::nontransaction work(session_);
        const pqxx::result rows = work.exec_prepared("find", text_values::text_of(id));
        std::optional<User> out;
        if (!rows.empty()) read(rows[0], out.emplace());
        return out;
    }
    std::vector<User> find_all() override {
        pqxx::nontransaction work(session_);
        return all(work.exec_prepared("all"));
    }
    std::vector<User> find_by_ids(const std::vector<pgrepo::uuid>& ids) override {
        pqxx::nontransaction work(session_);
        return all(work.exec_prepared("by_ids", text_values::text_of(ids)));
    }

private:
    static std::vector<User> all(const pqxx::result& rows) {
        std::vector<User> out;
        out.reserve(rows.size());
        for (const auto& row : rows) read(row, out.emplace_back());
        return out;
    }
    pqxx::connection session_;
};

} // namespace

std::unique_ptr<client> make_client(const pgrepo::postgres_config& config) {
    return std::make_unique<libpqxx_client>(config);
}
