#pragma once

#include <pgrepo/codec/bind.hpp>
#include <pgrepo/sql/statement_constant.hpp>
#include <pgrepo/sql/write_statements.hpp>

#include <array>
#include <cstddef>
#include <limits>
#include <tuple>
#include <type_traits>
#include <utility>

namespace pgrepo::detail {

/// The statement of each combination of a patch's optional fields, in a table by engaged_mask. A patch that writes
/// nothing reads the record instead.
template <class Record, class Patch> struct update_statements {
    using traits = patch_traits<Record, Patch>;

    template <unsigned Mask> static consteval statement_ref statement() {
        using source = update_statement<Record, Patch, Mask>;
        if constexpr (engaged_fields<Record, Patch, Mask>::type::size() == 0)
            return statement_constant<find_statement<Record, false>>::ref({});
        else
            return statement_constant<source>::ref({});
    }
    static constexpr auto table = []<unsigned... Mask>(std::integer_sequence<unsigned, Mask...>) {
        return std::array<statement_ref, sizeof...(Mask)>{statement<Mask>()...};
    }(std::make_integer_sequence<unsigned, 1U << traits::optional_parts>{});
};

/// The engaged fields of a patch and the key, encoded one after the other: one instance for all combinations.
/// In a full record an empty optional is a value, NULL; in a patch it keeps what is there.
template <class Patch, bool Full, class Fields, class Key> class patch_parameters;
template <class Patch, bool Full, std::size_t... Field, class... Key>
class patch_parameters<Patch, Full, std::index_sequence<Field...>, type_list<Key...>> {
public:
    patch_parameters(const statement_ref& statement, const Patch& patch, const std::tuple<const Key&...>& key) {
        (put_field(statement, get_field<Field>(patch), std::get<room_of<Field>>(rooms_)), ...);
        [&]<std::size_t... Index>(std::index_sequence<Index...>) {
            (put(statement, std::get<Index>(key), std::get<sizeof...(Field) + Index>(rooms_)), ...);
        }(std::index_sequence_for<Key...>{});
    }
    patch_parameters(const patch_parameters&) = delete;
    patch_parameters& operator=(const patch_parameters&) = delete;

    [[nodiscard]] parameters_view view() const noexcept { return {values_, lengths_, formats_, count_}; }

private:
    template <std::size_t Index>
    static constexpr std::size_t room_of = (std::size_t{0} + ... + std::size_t{Field < Index});

    template <class Value, class Room> void put_field(const statement_ref& statement, const Value& field, Room& room) {
        if constexpr (is_change<Value>) {
            if (!field.engaged()) return;
            if (field.value())
                put(statement, *field.value(), room);
            else
                put_null<value_type_of<Value>>();
        } else if constexpr (is_optional<Value>) {
            if (field)
                put(statement, *field, room);
            else if constexpr (Full)
                put_null<value_type_of<Value>>();
        } else {
            put(statement, field, room);
        }
    }
    template <class Value, class Room> void put(const statement_ref& statement, const Value& value, Room& room) {
        const encoded bytes = codec<Value>::encode(value, room);
        const auto position = static_cast<std::size_t>(count_);
        if (bytes.problem) raise_encode(statement, position + 1, type_name_of<Value>(), bytes.problem);
        if (bytes.size > static_cast<std::size_t>(std::numeric_limits<int>::max()))
            raise_encode(statement, position + 1, type_name_of<Value>(), "it is larger than 2 GiB");
        put_null<Value>();
        values_[position] = bytes.data;
        lengths_[position] = static_cast<int>(bytes.size);
    }
    template <class Value> void put_null() {
        const auto position = static_cast<std::size_t>(count_++);
        values_[position] = nullptr;
        formats_[position] = codec<Value>::parameter_type == 0 ? 0 : 1;
    }

    static constexpr std::size_t room_count = sizeof...(Field) + sizeof...(Key);
    const char* values_[room_count + 1]{};
    int lengths_[room_count + 1]{};
    int formats_[room_count + 1]{};
    int count_ = 0;
    std::tuple<typename codec_of<field_type<Patch, Field>>::room..., typename codec_of<Key>::room...> rooms_{};
};

} // namespace pgrepo::detail
