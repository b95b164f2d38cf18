#pragma once

#include <pgrepo/mapping/column.hpp>
#include <pgrepo/mapping/mapping_check.hpp>
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
};

template <fixed_string Text> inline constexpr fixed_string static_name = Text;

/// Fills a model from annotations; one overload for each kind.
template <class Record> struct annotation_reader {
    record_model_data<field_count<Record>>& model;

    template <fixed_string Name> constexpr void read(table<Name>*) const { model.table = static_name<Name>.view(); }
    template <auto... Members> constexpr void read(primary_key<Members...>*) const {
        std::size_t part = 0;
        ((model.columns[member_index<Members>].key = true, model.columns[member_index<Members>].key_part = part++),
         ...);
    }
    template <auto... Members> constexpr void read(generated<Members...>*) const {
        ((model.columns[member_index<Members>].generated = true), ...);
    }
    template <auto... Members> constexpr void read(defaulted<Members...>*) const {
        ((model.columns[member_index<Members>].defaulted = true), ...);
    }
    template <auto Member> constexpr void read(soft_delete<Member>*) const {
        model.columns[member_index<Member>].soft_delete = true;
    }
};

template <class Record, class... Annotations> consteval auto read_mapping(type_list<Annotations...>) {
    record_model_data<field_count<Record>> model{};
    [&]<std::size_t... Index>(std::index_sequence<Index...>) {
        ((model.columns[Index] = column{.name = field_names<Record>[Index],
                                        .field = Index,
                                        .nullable = is_optional<field_type<Record, Index>>}),
         ...);
    }(std::make_index_sequence<field_count<Record>>{});
    annotation_reader<Record> reader{model};
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
    for (const auto& c : record_model<Record>::data.columns) n += c.*flag ? 1 : 0;
    return n;
}
template <class Record> inline constexpr std::size_t key_size = count_columns<Record>(&column::key);
template <class Record> inline constexpr bool has_soft_delete = count_columns<Record>(&column::soft_delete) != 0;

} // namespace detail

/// The columns of a record in the order of its fields. What cannot be a record is a worded compile error.
template <class Record> inline constexpr const auto& columns_of = detail::record_model<Record>::data.columns;

/// The table of a record as its mapping names it, unquoted.
template <class Record> inline constexpr std::string_view table_of = detail::record_model<Record>::data.table;

} // namespace pgrepo
