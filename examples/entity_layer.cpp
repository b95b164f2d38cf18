// Domain objects over records: the domain knows neither pgrepo nor PostgreSQL, and a repository of a few lines translates.
//
// The domain comes first, as it would stand in a header of its own; `stored` below is the only part that includes pgrepo.

#include <cstdint>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

// [domain]
namespace domain {

/// Checked when it is made, so that no other code has to.
class Email {
public:
    explicit Email(std::string text) : text_(std::move(text)) {
        if (text_.find('@') == text_.npos) throw std::invalid_argument("an e-mail address holds an @");
    }
    [[nodiscard]] const std::string& text() const noexcept { return text_; }

private:
    std::string text_;
};

/// A user with invariants: what is closed is not opened again.
class User {
public:
    User(std::string id, Email email, std::string name, bool closed)
        : id_(std::move(id)),
          email_(std::move(email)),
          name_(std::move(name)),
          closed_(closed) {}

    [[nodiscard]] const std::string& id() const noexcept { return id_; }
    [[nodiscard]] const Email& email() const noexcept { return email_; }
    [[nodiscard]] const std::string& name() const noexcept { return name_; }
    [[nodiscard]] bool is_closed() const noexcept { return closed_; }
    void close() { closed_ = true; }

private:
    std::string id_;
    Email email_;
    std::string name_;
    bool closed_;
};

} // namespace domain
// [/domain]

#include "users.hpp"

#include <pgrepo/pgrepo.hpp>

#include <boost/uuid/string_generator.hpp>
#include <boost/uuid/uuid_io.hpp>
#include <fmt/core.h>

// [repository]
namespace stored {

/// Users as the domain sees them, on any Executor. What is written is decided here, column by column.
template <pgrepo::Executor Runner> class user_repository {
public:
    explicit user_repository(Runner& runner) : records_(runner) {}

    domain::User add(const domain::Email& email, std::string_view first_name, std::string_view last_name) {
        return to_domain(records_.create(NewUser{
            .email = email.text(), .first_name = std::string(first_name), .last_name = std::string(last_name)}));
    }
    std::optional<domain::User> find(const domain::Email& email) {
        const auto record = records_.find_one(pgrepo::col<&UserRecord::email> == email.text());
        if (!record) return {};
        return to_domain(*record);
    }
    void save(const domain::User& user) {
        records_.update(boost::uuids::string_generator{}(user.id()),
                        UserPatch{.status = user.is_closed() ? UserStatus::closed : UserStatus::active});
    }

private:
    static domain::User to_domain(const UserRecord& record) {
        return {to_string(record.id), domain::Email(record.email), record.first_name + " " + record.last_name,
                record.status == UserStatus::closed};
    }

    pgrepo::table_repository<UserRecord, Runner> records_;
};

} // namespace stored
// [/repository]

int main() {
    pgrepo::postgres_service db{pgrepo::postgres_config::from_env()};
    const domain::Email email("ada@example.org");
    db.with_transaction([&](pgrepo::transaction& tx) {
        stored::user_repository users(tx);
        domain::User ada = users.add(email, "Ada", "Lovelace");
        ada.close();
        users.save(ada);
    });
    stored::user_repository users(db);
    const auto found = users.find(email);
    fmt::print("{} is {}\n", found->name(), found->is_closed() ? "closed" : "open");
}
