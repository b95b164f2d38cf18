#pragma once

namespace pgrepo {

struct call_options; // base/call_options.hpp, which brings <stop_token>: not for every file with a repository

enum class isolation : unsigned char {
    read_committed, ///< PostgreSQL's default
    repeatable_read,
    serializable,
};

/// How a transaction begins. Source: PostgreSQL manual, BEGIN.
struct tx_options {
    pgrepo::isolation isolation = isolation::read_committed;
    bool read_only = false;
    /// Over all of it: waiting for a session, each statement, COMMIT. ROLLBACK has a time of its own. Lives as long as the
    /// call; null: the configured limits.
    const call_options* limits = nullptr;
};

namespace detail {

/// The statement that begins it; zero-terminated, lives for ever.
[[nodiscard]] constexpr const char* begin_text(const tx_options& options) noexcept {
    switch (options.isolation) {
    case isolation::read_committed:
        return options.read_only ? "BEGIN ISOLATION LEVEL READ COMMITTED READ ONLY"
                                 : "BEGIN ISOLATION LEVEL READ COMMITTED";
    case isolation::repeatable_read:
        return options.read_only ? "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY"
                                 : "BEGIN ISOLATION LEVEL REPEATABLE READ";
    case isolation::serializable:
        return options.read_only ? "BEGIN ISOLATION LEVEL SERIALIZABLE READ ONLY"
                                 : "BEGIN ISOLATION LEVEL SERIALIZABLE";
    }
    return "BEGIN";
}

} // namespace detail
} // namespace pgrepo
