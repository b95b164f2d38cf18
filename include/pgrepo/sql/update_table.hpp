#pragma once

#include <pgrepo/base/array_view.hpp>
#include <pgrepo/base/choose.hpp>
#include <pgrepo/sql/shape_cache.hpp>
#include <pgrepo/sql/update_statements.hpp>

#include <array>
#include <cstddef>
#include <type_traits>
#include <utility>

namespace pgrepo::detail {

/// With so many fields that may be left out, or fewer, every shape is a constant.
inline constexpr unsigned most_constant_parts = 6;

template <class Record, class Patch> struct update_source {
    using traits = patch_traits<Record, Patch>;
    static constexpr std::string_view id = statement_id<Record, "update">;
    static constexpr bool sensitive = view_of<Record>.sensitive;
    static constexpr array_view<oid> key = parameter_types_of<typename key_traits<Record>::parameters>::value;

    /// A shape that sets nothing is `find`, the prepared statement included.
    static constexpr const statement_ref& find = statement_constant<find_statement<Record, false>>::value;
    static constexpr bool reads(shape_mask shape) noexcept {
        return shape == 0 && !traits::checked && count_set(patch_parts<Record, Patch>, shape) == 0;
    }

    /// Nothing for a shape that reads.
    static constexpr void write(sql_writer& out, shape_mask shape) {
        if (!reads(shape)) write_update(out, source_of<Record>, patch_parts<Record, Patch>, shape, traits::checked);
    }
    static constexpr std::size_t types(oid* out, shape_mask shape) {
        return reads(shape) ? 0 : write_types(out, patch_parts<Record, Patch>, key, shape, traits::checked);
    }
};

template <std::size_t Count>
consteval std::array<oid, Count> make_types(std::size_t (*write)(oid* out, shape_mask shape), shape_mask shape) {
    std::array<oid, Count> out{};
    write(out.data(), shape);
    return out;
}

/// One shape's statement, in read-only data. A checked one holds the list of columns more than once.
struct holds_lists {};
template <class Record> struct holds_list {
    using list = column_list<Record>;
};
template <class Record, class Patch, shape_mask Shape>
struct update_shape : choose<patch_traits<Record, Patch>::checked, holds_lists, holds_list<Record>> {
    using source = update_source<Record, Patch>;
    static constexpr void write(sql_writer& out) { source::write(out, Shape); }
    static constexpr auto types = make_types<source::types(nullptr, Shape)>(&source::types, Shape);
    static constexpr statement_ref value{
        .text = frozen_text<update_shape>::view,
        .key = key_of_padded(frozen_text<update_shape>::bytes, frozen_text<update_shape>::size, types),
        .parameter_types = types,
        .id = source::id,
        .sensitive = source::sensitive};
};

/// The statement of each shape, by mask.
template <class Record, class Patch, bool Constant = patch_traits<Record, Patch>::optional_parts <= most_constant_parts>
struct update_table {
    using source = update_source<Record, Patch>;
    static constexpr std::size_t shapes = std::size_t{1} << patch_traits<Record, Patch>::optional_parts;

    template <shape_mask Shape> static consteval const statement_ref* statement_of() {
        if constexpr (source::reads(Shape))
            return &source::find;
        else
            return &update_shape<Record, Patch, Shape>::value;
    }
    template <std::size_t... Shape> static consteval auto list(std::index_sequence<Shape...>) {
        return std::array<const statement_ref*, shapes>{statement_of<Shape>()...};
    }
    [[nodiscard]] static constexpr const statement_ref& find(shape_mask shape) noexcept;
};
template <class Record, class Patch>
inline constexpr auto update_statements =
    update_table<Record, Patch>::list(std::make_index_sequence<update_table<Record, Patch>::shapes>{});
template <class Record, class Patch, bool Constant>
constexpr const statement_ref& update_table<Record, Patch, Constant>::find(shape_mask shape) noexcept {
    return *update_statements<Record, Patch>[shape];
}

/// Too many shapes to write them all: each is built when it is first met, and kept.
template <class Record, class Patch> struct update_table<Record, Patch, false> {
    using source = update_source<Record, Patch>;

    [[nodiscard]] static const statement_ref& find(shape_mask shape) {
        return source::reads(shape) ? source::find : cache().find(shape);
    }
    [[nodiscard]] static shape_cache& cache() {
        static shape_cache known({&source::write, &source::types, source::id, source::sensitive});
        return known;
    }
};

} // namespace pgrepo::detail
