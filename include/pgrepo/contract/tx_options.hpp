#pragma once

namespace pgrepo {

enum class isolation : unsigned char {
    read_committed, ///< PostgreSQL's default
    repeatable_read,
    serializable,
};

/// How a transaction begins. Source: PostgreSQL manual, BEGIN.
struct tx_options {
    pgrepo::isolation isolation = isolation::read_committed;
    bool read_only = false;
};

namespace detail {

/// The statement that begins it; zero-terminated, lives for ever.
[[nodiscard]] constexpr const char* begin_text(tx_options options) noexcept {
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
