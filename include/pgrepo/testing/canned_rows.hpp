#pragma once

#include <pgrepo/base/cell.hpp>
#include <pgrepo/base/error.hpp>
#include <pgrepo/base/statement_ref.hpp>
#include <pgrepo/codec/codec.hpp>
#include <pgrepo/codec/oids.hpp>
#include <pgrepo/mapping/layout.hpp>
#include <pgrepo/mapping/optional_traits.hpp>

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace pgrepo {

/// Rows made in memory, in the wire's binary format: what a fake answers with. Models RowSource, owns its bytes.
class canned_rows {
public:
    /// No columns, no rows; `affected` is what a command says it changed.
    canned_rows() = default;
    explicit canned_rows(std::int64_t affected) : affected_(affected) {}

    /// Structs as rows: their columns, named and typed as the mapping says; without one, as the fields are.
    template <class Row> [[nodiscard]] static canned_rows of(const std::vector<Row>& rows) {
        canned_rows out(static_cast<std::int64_t>(rows.size()));
        constexpr auto columns = std::make_index_sequence<detail::column_count<Row>>{};
        [&]<std::size_t... Index>(std::index_sequence<Index...>) {
            (out.add_column<detail::column_type<Row, Index>>(detail::column_places<Row>[Index].name), ...);
        }(columns);
        for (const Row& row : rows) {
            out.cells_.emplace_back();
            [&]<std::size_t... Index>(std::index_sequence<Index...>) {
                (out.cells_.back().push_back(encode(detail::get_column<Index>(row))), ...);
            }(columns);
        }
        return out;
    }
    /// One value: of `SELECT count(*)`, say.
    template <class Value> [[nodiscard]] static canned_rows of_value(std::string_view column_name, const Value& value) {
        canned_rows out(1);
        out.add_column<Value>(column_name);
        out.cells_.push_back({encode(value)});
        return out;
    }

    [[nodiscard]] int row_count() const noexcept { return static_cast<int>(cells_.size()); }
    [[nodiscard]] int column_count() const noexcept { return static_cast<int>(names_.size()); }
    [[nodiscard]] oid column_type(int column) const { return types_.at(static_cast<std::size_t>(column)); }
    [[nodiscard]] std::string_view column_name(int column) const { return names_.at(static_cast<std::size_t>(column)); }
    [[nodiscard]] cell cell_at(int row, int column) const {
        const auto& value = cells_.at(static_cast<std::size_t>(row)).at(static_cast<std::size_t>(column));
        return value ? cell(value->data(), value->size()) : cell();
    }
    [[nodiscard]] std::int64_t affected_rows() const noexcept { return affected_; }

private:
    template <class Field> void add_column(std::string_view column_name) {
        using value = detail::value_type_of<Field>;
        names_.emplace_back(column_name);
        // what travels as text of an inferred type comes back as text
        types_.push_back(codec<value>::parameter_type == 0 ? oids::text : codec<value>::parameter_type);
    }
    template <class Field> [[nodiscard]] static std::optional<std::string> encode(const Field& field) {
        if constexpr (detail::is_optional<Field>) {
            if (!field) return {};
            return encode(*field);
        } else {
            typename codec<Field>::room room{};
            const encoded bytes = codec<Field>::encode(field, room);
            if (bytes.problem) detail::raise(error_kind::encode, bytes.problem);
            return std::string(bytes.data, bytes.size);
        }
    }

    std::vector<std::string> names_{};
    std::vector<oid> types_{};
    std::vector<std::vector<std::optional<std::string>>> cells_{};
    std::int64_t affected_ = 0;
};

} // namespace pgrepo
