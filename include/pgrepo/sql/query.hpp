#pragma once

#include <pgrepo/base/fixed_string.hpp>
#include <pgrepo/base/statement_ref.hpp>
#include <pgrepo/sql/scanner.hpp>

#include <source_location>
#include <string>
#include <string_view>
#include <utility>

namespace pgrepo {

/// A statement whose text is known when compiled; made by `query` and `sql`.
/// A copy knows where it was made: a verb takes it by value, so the user's line rides along in the argument itself.
template <class Row, fixed_string Text, fixed_string Id> class query_statement {
public:
    using row_type = Row;
    static constexpr auto& text = Text;
    static constexpr auto& id = Id;

    constexpr query_statement() = default;
    constexpr query_statement(const query_statement&,
                              std::source_location where = std::source_location::current()) noexcept
        : where_(where) {}
    constexpr query_statement& operator=(const query_statement&) = default;

    [[nodiscard]] constexpr const std::source_location& where() const noexcept { return where_; }

private:
    std::source_location where_{};
};

/// A statement with the row it gives: `inline constexpr auto active = pgrepo::query<EmailOnly, "SELECT email …", "active">;`
/// Scanned when compiled where it is used: form, placeholders against arguments, list against the row.
template <class Row, fixed_string Text, fixed_string Id = ""> inline constexpr query_statement<Row, Text, Id> query{};

/// The same with the row named at the call: `db.select<EmailOnly>(pgrepo::sql<"SELECT email …">)`.
template <fixed_string Text, fixed_string Id = ""> inline constexpr query_statement<void, Text, Id> sql{};

/// A statement whose text is known at run time only. Nothing about it is checked when compiled, and whoever makes it
/// answers for what is in it: values belong into parameters. Rows are matched by name when the result is there.
/// Sent unnamed each time unless `prepare` is set.
class unsafe_sql {
public:
    explicit unsafe_sql(std::string text, std::string id = {}, bool prepare = false,
                        std::source_location where = std::source_location::current())
        : text_(std::move(text)),
          id_(std::move(id)),
          prepare_(prepare),
          where_(where) {}
    unsafe_sql(const unsafe_sql& other, std::source_location where = std::source_location::current())
        : text_(other.text_),
          id_(other.id_),
          prepare_(other.prepare_),
          where_(where) {}
    unsafe_sql& operator=(const unsafe_sql&) = default;

    using row_type = void;
    [[nodiscard]] const std::string& text() const noexcept { return text_; }
    [[nodiscard]] const std::string& id() const noexcept { return id_; }
    [[nodiscard]] bool prepare() const noexcept { return prepare_; }
    [[nodiscard]] const std::source_location& where() const noexcept { return where_; }

private:
    std::string text_;
    std::string id_;
    bool prepare_;
    std::source_location where_;
};

} // namespace pgrepo
