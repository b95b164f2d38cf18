#pragma once

#include <pgrepo/mapping/column.hpp>
#include <pgrepo/mapping/layout.hpp>
#include <pgrepo/mapping/mapping_check.hpp>
#include <pgrepo/mapping/order_terms.hpp>
#include <pgrepo/reflect/struct_check.hpp>

#include <array>
#include <cstddef>
#include <string_view>
#include <utility>

namespace pgrepo {
namespace detail {

/// Everything that a mapping says, as constants.
template <std::size_t Count> struct record_model_data {
    std::string_view table{};
    std::array<column, Count> columns{};

    constexpr void mark(std::size_t field, bool column::* flag) {
        for (column& c : columns)
            if (c.field == field) c.*flag = true;
    }
    constexpr void mark_key(std::size_t field, std::size_t& part) {
        for (column& c : columns)
            if (c.field == field) {
                c.key = true;
                c.key_part = part++;
            }
    }
};

/// Fills a model from annotations; one overload for each kind.
template <std::size_t Count> struct annotation_reader {
    record_model_data<Count>& model;

    template <fixed_string Name> constexpr void read(table<Name>*) const { model.table = static_name<Name>.view(); }
    template <auto... Members> constexpr void read(primary_key<Members...>*) const {
        std::size_t part = 0;
        (model.mark_key(member_index<Members>, part), ...);
    }
    template <auto... Members> constexpr void read(generated<Members...>*) const {
        (model.mark(member_index<Members>, &column::generated), ...);
    }
    template <auto... Members> constexpr void read(defaulted<Members...>*) const {
        (model.mark(member_index<Members>, &column::defaulted), ...);
    }
    template <auto... Members> constexpr void read(read_only<Members...>*) const {
        (model.mark(member_index<Members>, &column::read_only), ...);
    }
    template <auto... Members> constexpr void read(sensitive<Members...>*) const {
        (model.mark(member_index<Members>, &column::sensitive), ...);
    }
    template <auto Member> constexpr void read(soft_delete<Member>*) const {
        model.mark(member_index<Member>, &column::soft_delete);
    }
    template <auto Member> constexpr void read(version<Member>*) const {
        model.mark(member_index<Member>, &column::version);
    }
    template <auto Member> constexpr void read(touched<Member>*) const {
        model.mark(member_index<Member>, &column::touched);
    }
    constexpr void read(const void*) const {} // names are the layout's, and the order is a type
};

template <class... Types> constexpr void mark_nullable(column* next, declared_types<Types...>*) {
    ((next++->nullable = is_optional<Types>), ...);
}
template <class Record, class... Annotations> consteval auto read_mapping(type_list<Annotations...>) {
    record_model_data<column_count<Record>> model{};
    const column_place* place = column_places<Record>.data();
    for (column& each : model.columns) {
        each.name = place->name;
        each.field = place->field;
        each.inner = place->inner;
        ++place;
    }
    mark_nullable(model.columns.data(), column_types<Record>);
    const annotation_reader<column_count<Record>> reader{model};
    (reader.read(static_cast<Annotations*>(nullptr)), ...);
    return model;
}

template <class Record, bool Ok = is_record<Record>> struct record_model {
    static_assert(struct_check<Record>::said && record_check<Record>::said);
    static constexpr record_model_data<0> data{};
};
template <class Record> struct record_model<Record, true> {
    static constexpr auto data = read_mapping<Record>(typename mapping_of<Record>::list{});
};

template <class Record> consteval std::size_t count_columns(bool column::* flag) {
    std::size_t n = 0;
    for (const column& c : record_model<Record>::data.columns) n += c.*flag ? 1 : 0;
    return n;
}
template <class Record> inline constexpr std::size_t key_size = count_columns<Record>(&column::key);
template <class Record> inline constexpr bool has_soft_delete = count_columns<Record>(&column::soft_delete) != 0;

/// The table and its columns for code that is no template.
template <class Record>
inline constexpr table_view view_of(record_model<Record>::data.table, record_model<Record>::data.columns.data(),
                                    record_model<Record>::data.columns.size());

/// The ordering that a mapping names where a call gives none.
template <class List> struct default_ordering {
    using type = ordering<>;
};
template <class First, class... Rest>
struct default_ordering<type_list<First, Rest...>> : default_ordering<type_list<Rest...>> {};
template <auto... Terms, class... Rest> struct default_ordering<type_list<default_order<Terms...>, Rest...>> {
    using type = ordering<std::remove_const_t<decltype(Terms)>...>;
};
template <class Record> using default_order_of = typename default_ordering<typename mapping_of<Record>::list>::type;

} // namespace detail

/// The columns of a record in the order of its fields. What cannot be a record is a worded compile error.
template <class Record> inline constexpr const auto& columns_of = detail::record_model<Record>::data.columns;

/// The table of a record as its mapping names it, unquoted.
template <class Record> inline constexpr std::string_view table_of = detail::record_model<Record>::data.table;

} // namespace pgrepo
