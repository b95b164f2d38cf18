#include "../by_hand.hpp"

#include "../client.hpp"

namespace {
class hand_client final : public client {
public:
    explicit hand_client(const pgrepo::postgres_config& config) : session_(by_hand::connect(config)) {
        by_hand::prepare(session_.get());
    }
    std::string version() const override {
        return "libpq " + std::to_string(PQlibVersion() / 10000) + "." + std::to_string(PQlibVersion() % 10000);
    }
    std::optional<User> find(const pgrepo::uuid& id) override { return by_hand::find(session_.get(), id); }
    std::vector<User> find_all() override { return by_hand::find_all(session_.get()); }
    std::vector<User> find_by_ids(const std::vector<pgrepo::uuid>& ids) override {
        return by_hand::find_by_ids(session_.get(), ids);
    }

private:
    by_hand::connection session_;
};
} // namespace

std::unique_ptr<client> make_client(const pgrepo::postgres_config& config) {
    return std::make_unique<hand_client>(config);
}
