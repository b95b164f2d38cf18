#pragma once

#include <pgrepo/contract/database_service.hpp>
#include <pgrepo/contract/verbs.hpp>
#include <pgrepo/testing/canned_rows.hpp>

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

namespace pgrepo {

/// A DatabaseService without a server, for unit tests: answers each statement by its identifier with what was scripted,
/// and remembers what it was asked. Encodes and decodes as the real one does. Links without libpq. One thread at a time.
///
///     scripted_service db;
///     db.answer("users.find", canned_rows::of(std::vector{ada}));
///     assert(repository_of<UserRecord>(db).find(ada.id));
class scripted_service : public executor_verbs<scripted_service> {
public:
    template <class T> using returns = T;
    using transaction_type = scripted_service;

    /// What it was asked. BEGIN, COMMIT and ROLLBACK are calls with these identifiers.
    struct call {
        std::string id{};
        std::string text{};
        std::vector<std::optional<std::string>> parameters{}; ///< encoded as they would travel; empty: NULL
    };

    /// The next call of this statement that has no answer yet gets these rows; answers are used up in their order, the
    /// last one stays.
    void answer(std::string id, canned_rows rows) { answers_.push_back({std::move(id), std::move(rows), {}, false}); }
    /// The same with an error.
    void fail(std::string id, error_details details) {
        answers_.push_back({std::move(id), {}, std::move(details), false});
    }
    [[nodiscard]] const std::vector<call>& calls() const noexcept { return calls_; }

    template <Operation Op> typename Op::result_type run(const Op& op) {
        const statement_ref& statement = op.statement();
        if (closed_) detail::raise(error_kind::closed, "the service was closed", statement.id, statement.where);
        note(statement, op.parameters());
        return finish_checked(op, rows_for(statement));
    }

    template <std::invocable<scripted_service&> Function>
    auto with_transaction(tx_options, Function&& function) -> std::invoke_result_t<Function, scripted_service&> {
        using result = std::invoke_result_t<Function, scripted_service&>;
        if (closed_) detail::raise(error_kind::closed, "the service was closed");
        calls_.push_back({.id = "BEGIN"});
        try {
            if constexpr (std::is_void_v<result>) {
                std::forward<Function>(function)(*this);
                calls_.push_back({.id = "COMMIT"});
            } else {
                result value = std::forward<Function>(function)(*this);
                calls_.push_back({.id = "COMMIT"});
                return static_cast<result&&>(value); // a reference as it is, a value moved
            }
        } catch (...) {
            calls_.push_back({.id = "ROLLBACK"});
            throw;
        }
    }
    template <std::invocable<scripted_service&> Function>
    auto with_transaction(Function&& function) -> std::invoke_result_t<Function, scripted_service&> {
        return with_transaction(tx_options{}, std::forward<Function>(function));
    }

    [[nodiscard]] bool is_connected() const noexcept { return !closed_; }
    [[nodiscard]] pgrepo::connection_info connection_info() const {
        return {.host = "scripted", .port = 0, .database = "scripted", .pool_size = closed_ ? 0U : 1U, .pool_max = 1};
    }
    void close() noexcept { closed_ = true; }

private:
    struct scripted_answer {
        std::string id;
        canned_rows rows;
        std::optional<error_details> failure;
        bool used;
    };

    void note(const statement_ref& statement, const parameters_view& parameters) {
        call made{.id = std::string(statement.id), .text = std::string(statement.text)};
        for (int i = 0; i < parameters.count; ++i)
            if (parameters.values[i] == nullptr)
                made.parameters.emplace_back();
            else
                made.parameters.emplace_back(
                    std::string(parameters.values[i], static_cast<std::size_t>(parameters.lengths[i])));
        calls_.push_back(std::move(made));
    }
    const canned_rows& rows_for(const statement_ref& statement) {
        scripted_answer* chosen = nullptr;
        for (scripted_answer& candidate : answers_) {
            if (candidate.id != statement.id) continue;
            chosen = &candidate;
            if (!candidate.used) break;
        }
        if (chosen == nullptr)
            detail::raise(error_kind::usage,
                          "no answer is scripted for this statement; call answer(\"" + std::string(statement.id) +
                              "\", …) before",
                          statement.id, statement.where);
        chosen->used = true;
        if (chosen->failure) {
            error_details details = *chosen->failure;
            details.statement_id = std::string(statement.id);
            details.where = statement.where;
            detail::raise(std::move(details));
        }
        return chosen->rows;
    }

    std::vector<scripted_answer> answers_{};
    std::vector<call> calls_{};
    bool closed_ = false;
};

static_assert(DatabaseService<scripted_service>);

} // namespace pgrepo
