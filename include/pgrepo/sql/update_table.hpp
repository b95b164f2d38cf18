#pragma once

#include <pgrepo/sql/shape_cache.hpp>
#include <pgrepo/sql/update_statements.hpp>

#include <array>
#include <cstddef>
#include <span>

namespace pgrepo::detail {

/// With so many fields that may be left out, or fewer, every shape is a constant.
inline constexpr unsigned most_constant_parts = 6;

template <class Record, class Patch> struct update_source {
    using traits = patch_traits<Record, Patch>;
    using id = statement_id<Record, "update">;
    static constexpr std::span<const oid> key = parameter_types_of<typename key_traits<Record>::parameters>::value;

    /// A shape that sets nothing is `find`, the prepared statement included.
    static constexpr const statement_ref& find = statement_constant<find_statement<Record, false>>::value;
    static constexpr bool reads(shape_mask shape) noexcept {
        return shape == 0 && !traits::checked && count_set(traits::parts, shape) == 0;
    }

    /// Nothing for a shape that reads.
    static constexpr void write(sql_writer& out, shape_mask shape) {
        if (!reads(shape)) write_update(out, source_of<Record>, traits::parts, shape, traits::checked);
    }
    static constexpr std::size_t types(oid* out, shape_mask shape) {
        return reads(shape) ? 0 : write_types(out, traits::parts, key, shape, traits::checked);
    }
};

/// The statement of each shape, in one text and one list of types, by mask.
template <class Record, class Patch, bool Constant = patch_traits<Record, Patch>::optional_parts <= most_constant_parts>
struct update_table {
    using source = update_source<Record, Patch>;
    static constexpr std::size_t shapes = std::size_t{1} << patch_traits<Record, Patch>::optional_parts;

    struct extent {
        std::size_t text = 0;
        std::size_t types = 0;
    };
    /// Where each shape's part ends.
    static constexpr auto ends = [] {
        std::array<extent, shapes> out{};
        extent end{};
        for (std::size_t shape = 0; shape < shapes; ++shape) {
            sql_writer measure;
            source::write(measure, shape);
            end.text += measure.size() + 1;
            end.types += source::types(nullptr, shape);
            out[shape] = end;
        }
        return out;
    }();
    static constexpr auto text = [] {
        std::array<char, ends[shapes - 1].text> out{};
        std::size_t at = 0;
        for (std::size_t shape = 0; shape < shapes; ++shape) {
            sql_writer fill(out.data() + at);
            source::write(fill, shape);
            at = ends[shape].text;
        }
        return out;
    }();
    static constexpr auto types = [] {
        std::array<oid, ends[shapes - 1].types + 1> out{};
        std::size_t at = 0;
        for (std::size_t shape = 0; shape < shapes; ++shape) at += source::types(out.data() + at, shape);
        return out;
    }();
    static constexpr auto statements = [] {
        std::array<statement_ref, shapes> out{};
        extent at{};
        for (std::size_t shape = 0; shape < shapes; ++shape) {
            out[shape].text = {text.data() + at.text, ends[shape].text - at.text - 1};
            out[shape].parameter_types = {types.data() + at.types, ends[shape].types - at.types};
            out[shape].key = make_statement_key(out[shape].text, out[shape].parameter_types);
            out[shape].id = frozen_text<typename source::id>::view;
            if (source::reads(shape)) out[shape] = source::find;
            at = ends[shape];
        }
        return out;
    }();

    [[nodiscard]] static const statement_ref& find(shape_mask shape) noexcept { return statements[shape]; }
};

/// Too many shapes to write them all: each is built when it is first met, and kept.
template <class Record, class Patch> struct update_table<Record, Patch, false> {
    using source = update_source<Record, Patch>;

    [[nodiscard]] static const statement_ref& find(shape_mask shape) {
        return source::reads(shape) ? source::find : cache().find(shape);
    }
    [[nodiscard]] static shape_cache& cache() {
        static shape_cache known({&source::write, &source::types, frozen_text<typename source::id>::view});
        return known;
    }
};

} // namespace pgrepo::detail
