#pragma once

#include <pgrepo/mapping/partial.hpp>
#include <pgrepo/sql/record_statements.hpp>

#include <cstddef>
#include <tuple>
#include <type_traits>
#include <utility>

namespace pgrepo::detail {

/// The numbers of Part's fields that `Keep` keeps, as an index_sequence.
template <class Part, class Keep, std::size_t Field = 0, std::size_t... Kept> consteval auto keep_fields() {
    if constexpr (Field == field_count<Part>)
        return std::index_sequence<Kept...>{};
    else if constexpr (Keep::template keeps<Field>)
        return keep_fields<Part, Keep, Field + 1, Kept..., Field>();
    else
        return keep_fields<Part, Keep, Field + 1, Kept...>();
}

template <class Record, class Part, std::size_t Field>
inline constexpr const column& target_column = columns_of<Record>[column_of_field<Record, Part, Field>];

/// A full record does not write what the database fills; a create struct writes all that it names.
template <class Record, class Draft> struct inserted_fields {
    template <std::size_t Field>
    static constexpr bool keeps = !std::is_same_v<Record, Draft> || !target_column<Record, Draft, Field>.generated;
    using type = decltype(keep_fields<Draft, inserted_fields>());
};

template <class Record, class Draft, class Fields = typename inserted_fields<Record, Draft>::type>
struct insert_statement;
template <class Record, class Draft, std::size_t... Field>
struct insert_statement<Record, Draft, std::index_sequence<Field...>> {
    using parameters = type_list<field_type<Draft, Field>...>;
    static constexpr void write_id(sql_writer& out) { write_statement_id(out, table_of<Record>, "create"); }
    static constexpr void write(sql_writer& out) {
        out.put("INSERT INTO ").table(table_of<Record>);
        if constexpr (sizeof...(Field) == 0) {
            out.put(" DEFAULT VALUES");
        } else {
            out.put(" (");
            std::string_view glue{};
            ((out.put(glue).identifier(target_column<Record, Draft, Field>.name), glue = ", "), ...);
            out.put(") VALUES (");
            glue = {};
            ((out.put(glue).placeholder(), glue = ", ", void(Field)), ...);
            out.put(')');
        }
        write_returning(out, columns_of<Record>);
    }
    static auto values(const Draft& draft) { return std::tie(get_field<Field>(draft)...); }
};

/// A patch's fields and which of them may be left out. A full record changes all but key and generated columns.
template <class Record, class Patch> struct patch_traits {
    static constexpr bool full = std::is_same_v<Record, Patch>;
    template <std::size_t Field>
    static constexpr bool keeps =
        !full || !(target_column<Record, Patch, Field>.generated || target_column<Record, Patch, Field>.key ||
                   target_column<Record, Patch, Field>.soft_delete);
    using fields = decltype(keep_fields<Patch, patch_traits>());

    template <std::size_t Field>
    static constexpr bool may_be_left_out =
        !full && (is_optional<field_type<Patch, Field>> || is_change<field_type<Patch, Field>>);
    static constexpr std::size_t optional_parts = []<std::size_t... Field>(std::index_sequence<Field...>) {
        return (std::size_t{0} + ... + std::size_t{may_be_left_out<Field>});
    }(fields{});
};

template <class Patch, class Count> inline constexpr bool has_at_most_6_optional_fields = false;
template <class Patch, std::size_t N> inline constexpr bool has_at_most_6_optional_fields<Patch, counted<N>> = N <= 6;

/// Says that a patch has too many optional fields; the patch fits the record otherwise.
template <class Record, class Patch, bool Fits = can_patch<Record, Patch>> struct patch_size_check {
    static constexpr bool said = true; // by patch_check
};
template <class Record, class Patch> struct patch_size_check<Record, Patch, true> {
    static constexpr bool said = true;
    static_assert(has_at_most_6_optional_fields<Patch, counted<patch_traits<Record, Patch>::optional_parts>>,
                  "pgrepo: [patch_too_wide] a patch has at most 6 optional fields for now (each combination is a "
                  "constant statement); split it");
};

/// Patch can be given to `update` of Record: the record itself, or what patch_check and patch_size_check let pass.
template <class Record, class Patch>
inline constexpr bool can_update = [] {
    if constexpr (std::is_same_v<Record, Patch>)
        return is_record<Record>;
    else if constexpr (can_patch<Record, Patch>)
        return has_at_most_6_optional_fields<Patch, counted<patch_traits<Record, Patch>::optional_parts>>;
    else
        return false;
}();

/// The fields of one combination: bit n of Mask engages the n-th optional field; the others are always written.
template <class Record, class Patch, unsigned Mask> struct engaged_fields {
    using traits = patch_traits<Record, Patch>;
    template <std::size_t Field>
    static constexpr std::size_t bit = []<std::size_t... Before>(std::index_sequence<Before...>) {
        return (std::size_t{0} + ... + std::size_t{traits::template may_be_left_out<Before> && Before < Field});
    }(typename traits::fields{});
    template <std::size_t Field>
    static constexpr bool keeps =
        traits::template keeps<Field> && (!traits::template may_be_left_out<Field> || ((Mask >> bit<Field>)&1U) != 0);
    using type = decltype(keep_fields<Patch, engaged_fields>());
};

/// What is bound for a patch's field: the value of an optional, the optional value of a change.
template <class Field> constexpr const auto& patched_value(const Field& field) noexcept {
    if constexpr (is_change<Field>)
        return field.value();
    else
        return field;
}

template <class Record, class Patch, unsigned Mask, class Fields = typename engaged_fields<Record, Patch, Mask>::type>
struct update_statement;
template <class Record, class Patch, unsigned Mask, std::size_t... Field>
struct update_statement<Record, Patch, Mask, std::index_sequence<Field...>> {
    using parameters = typename join_lists<
        type_list<std::remove_cvref_t<decltype(patched_value(std::declval<field_type<Patch, Field>&>()))>...>,
        typename key_traits<Record>::parameters>::type;
    static constexpr void write_id(sql_writer& out) { write_statement_id(out, table_of<Record>, "update"); }
    static constexpr void write(sql_writer& out) {
        out.put("UPDATE ").table(table_of<Record>).put(" SET ");
        std::string_view glue{};
        ((out.put(glue).identifier(target_column<Record, Patch, Field>.name).put(" = ").placeholder(), glue = ", "),
         ...);
        write_key_equals(out, columns_of<Record>);
        write_not_deleted(out, columns_of<Record>, " AND ");
        write_returning(out, columns_of<Record>);
    }
    static auto values(const Patch& patch) { return std::tie(patched_value(get_field<Field>(patch))...); }
};

/// Which optional fields of a patch are engaged, as the bits of `update_statement`.
template <class Record, class Patch> unsigned engaged_mask(const Patch& patch) noexcept {
    using traits = patch_traits<Record, Patch>;
    unsigned mask = 0;
    unsigned bit = 1;
    [&]<std::size_t... Field>(std::index_sequence<Field...>) {
        [[maybe_unused]] const auto look = [&]<std::size_t Index>(std::integral_constant<std::size_t, Index>) {
            if constexpr (traits::template may_be_left_out<Index>) {
                const auto& field = get_field<Index>(patch);
                if constexpr (is_change<field_type<Patch, Index>>)
                    mask |= field.engaged() ? bit : 0U;
                else
                    mask |= field.has_value() ? bit : 0U;
                bit <<= 1U;
            }
        };
        (look(std::integral_constant<std::size_t, Field>{}), ...);
    }(typename traits::fields{});
    return mask;
}

} // namespace pgrepo::detail
