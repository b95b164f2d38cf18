#include "../client.hpp"

#include <pgrepo/pgrepo.hpp>

namespace {
class pgrepo_client final : public client {
public:
    explicit pgrepo_client(const pgrepo::postgres_config& config) : db_(config) {}
    std::string version() const override { return "pgrepo " PGREPO_BENCH_VERSION; }
    std::optional<User> find(const pgrepo::uuid& id) override { return users_.find(id); }
    std::vector<User> find_all() override { return users_.find_all(); }
    std::vector<User> find_by_ids(const std::vector<pgrepo::uuid>& ids) override { return users_.find_by_ids(ids); }

private:
    pgrepo::postgres_service db_;
    pgrepo::table_repository<User> users_{db_};
};
} // namespace

std::unique_ptr<client> make_client(const pgrepo::postgres_config& config) {
    return std::make_unique<pgrepo_client>(config);
}
