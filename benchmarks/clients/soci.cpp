#include "../client.hpp"
#include "../text_values.hpp"

#include <soci/postgresql/soci-postgresql.h>
#include <soci/soci.h>
#include <soci/version.h>

namespace {

/// A prepared statement and the variables that its rows come in.
struct statement {
    std::string id, email, first_name, last_name, status, verified, created, updated, deleted;
    soci::indicator is_deleted = soci::i_null;
    std::string parameter;
    soci::statement sent;

    statement(soci::session& session, const std::string& text, bool parametrised) : sent(session) {
        sent.exchange(soci::into(id));
        sent.exchange(soci::into(email));
        sent.exchange(soci::into(first_name));
        sent.exchange(soci::into(last_name));
        sent.exchange(soci::into(status));
        sent.exchange(soci::into(verified));
        sent.exchange(soci::into(created));
        sent.exchange(soci::into(updated));
        sent.exchange(soci::into(deleted, is_deleted));
        if (parametrised) sent.exchange(soci::use(parameter, "given"));
        sent.alloc();
        sent.prepare(text);
        sent.define_and_bind();
    }
    void read(User& to) const {
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
    std::vector<User> all() {
        std::vector<User> out;
        sent.execute(false);
        out.reserve(static_cast<std::size_t>(sent.get_affected_rows() > 0 ? sent.get_affected_rows() : 0));
        while (sent.fetch()) read(out.emplace_back());
        return out;
    }
};

class soci_client final : public client {
public:
    explicit soci_client(const pgrepo::postgres_config& config)
        : session_(soci::postgresql, "host='" + config.host + "' port=" + std::to_string(config.port) + " user='" +
                                         config.user + "' password='" + std::string(config.password.reveal()) +
                                         "' dbname='" + config.database + "'"),
          find_(session_, std::string(text_values::find) + " AND id = CAST(:given AS uuid)", true),
          all_(session_, text_values::find, false),
          by_ids_(session_, std::string(text_values::find) + " AND id = ANY(CAST(:given AS uuid[]))", true) {}
    std::string version() const override {
        return "SOCI " + std::to_string(SOCI_VERSION / 100000) + "." + std::to_string(SOCI_VERSION / 100 % 1000) + "." +
               std::to_string(SOCI_VERSION % 100);
    }
    std::optional<User> find(const pgrepo::uuid& id) override {
        find_.parameter = text_values::text_of(id);
        std::optional<User> out;
        if (find_.sent.execute(true)) find_.read(out.emplace());
        return out;
    }
    std::vector<User> find_all() override { return all_.all(); }
    std::vector<User> find_by_ids(const std::vector<pgrepo::uuid>& ids) override {
        by_ids_.parameter = text_values::text_of(ids);
        return by_ids_.all();
    }

private:
    soci::session session_;
    statement find_;
    statement all_;
    statement by_ids_;
};

} // namespace

std::unique_ptr<client> make_client(const pgrepo::postgres_config& config) {
    return std::make_unique<soci_client>(config);
}
