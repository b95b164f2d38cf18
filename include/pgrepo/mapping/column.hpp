#pragma once

#include <cstddef>
#include <string_view>

namespace pgrepo {

/// What a mapping says of one column.
struct column {
    static constexpr std::size_t none = static_cast<std::size_t>(-1);

    std::string_view name{};  ///< as in the database, unquoted
    std::size_t field = 0;    ///< the number of the record's field
    std::size_t inner = none; ///< of an embedded field: the number of its own field
    std::size_t key_part =
        0;                  ///< of a key column: its place in primary_key<…>, from 0; a key's values come in this order
    bool key = false;       ///< part of the primary key
    bool generated = false; ///< filled by the database
    bool defaulted = false; ///< may be left out
    bool read_only = false; ///< never written from here
    bool soft_delete = false; ///< the time of removal
    bool version = false;     ///< counts changes
    bool touched = false;     ///< the time of the last change
    bool sensitive = false;   ///< never logged, never cached
    bool nullable = false;    ///< the field is a std::optional
};

namespace detail {

/// A table and its columns for code that is no template. What every statement asks is found once: a loop over the
/// columns in each is most of what its text costs to compile.
struct table_view {
    std::string_view name{};
    const column* first = nullptr;
    std::size_t size = 0;
    std::size_t key_parts = 0;
    const column* removal = nullptr; // of soft delete
    const column* version = nullptr;
    bool touches = false;   // a change of a row writes a version or a time besides
    bool sensitive = false; // one of the columns is

    constexpr table_view() = default;
    constexpr table_view(std::string_view table, const column* columns, std::size_t count) noexcept
        : name(table),
          first(columns),
          size(count) {
        for (std::size_t i = 0; i < count; ++i) {
            const column& c = columns[i];
            if (c.key) ++key_parts;
            if (c.soft_delete && removal == nullptr) removal = &c;
            if (c.version && version == nullptr) version = &c;
            if (c.version || c.touched) touches = true;
            if (c.sensitive) sensitive = true;
        }
    }

    [[nodiscard]] constexpr const column* begin() const noexcept { return first; }
    [[nodiscard]] constexpr const column* end() const noexcept { return first + size; }
    /// Those of a field lie together, none before the place that the field has itself.
    [[nodiscard]] constexpr const column* first_of(std::size_t field) const noexcept {
        std::size_t at = field;
        while (at < size && first[at].field < field) ++at;
        return at < size ? first + at : end();
    }
    [[nodiscard]] constexpr const column& operator[](std::size_t i) const noexcept { return first[i]; }
};

} // namespace detail
} // namespace pgrepo
