#pragma once

#include <pgrepo/base/error.hpp>
#include <pgrepo/base/statement_ref.hpp>
#include <pgrepo/codec/codec.hpp>
#include <pgrepo/mapping/optional_traits.hpp>
#include <pgrepo/reflect/pretty.hpp>

#include <array>
#include <cstddef>
#include <limits>
#include <optional>
#include <string>
#include <tuple>
#include <utility>

namespace pgrepo {
namespace detail {

[[noreturn]] PGREPO_COLD inline void raise_encode(const statement_ref& statement, std::size_t position,
                                                  std::string_view type, const char* problem) {
    raise(error_kind::encode,
          "parameter $" + std::to_string(position) + " (" + std::string(type) + ") cannot be sent: " + problem,
          statement.id, statement.where);
}

template <class Param> using codec_of = codec<value_type_of<Param>>;

/// The type identifiers of parameters, a constant: they are half of a prepared statement's key.
template <class... Params>
inline constexpr std::array<oid, sizeof...(Params)> parameter_types{
    static_cast<oid>(codec_of<Params>::parameter_type)...};

/// Values → the three arrays that libpq takes. Lives on the stack for one call: it views the values it was made from
/// and is viewed itself. Fixed-width values are written into room of their own here; nothing is allocated
/// but for lists. A value that does not fit throws `encode` naming its position and type, never its content.
template <class... Params> class bound_parameters {
public:
    explicit bound_parameters(const statement_ref& statement, const Params&... params) {
        [&]<std::size_t... Index>(std::index_sequence<Index...>) {
            (put<Index>(statement, params), ...);
        }(std::index_sequence_for<Params...>{});
    }
    bound_parameters(const bound_parameters&) = delete;
    bound_parameters& operator=(const bound_parameters&) = delete;

    [[nodiscard]] parameters_view view() const noexcept {
        return {values_, lengths_, formats.data(), static_cast<int>(count)};
    }

private:
    static constexpr std::size_t count = sizeof...(Params);
    // OID 0 never travels in binary: the server would read the bytes as whatever type it infers.
    static constexpr std::array<int, count + 1> formats{(codec_of<Params>::parameter_type == 0 ? 0 : 1)..., 0};

    template <std::size_t Index, class Param> void put(const statement_ref& statement, const Param& param) {
        if constexpr (is_optional<Param>) {
            if (param)
                put_value<Index>(statement, *param);
            else
                values_[Index] = nullptr;
        } else {
            put_value<Index>(statement, param);
        }
    }
    template <std::size_t Index, class Value> void put_value(const statement_ref& statement, const Value& value) {
        const encoded bytes = codec<Value>::encode(value, std::get<Index>(rooms_));
        if (bytes.problem) raise_encode(statement, Index + 1, type_name_of<Value>(), bytes.problem);
        if (bytes.size > static_cast<std::size_t>(std::numeric_limits<int>::max()))
            raise_encode(statement, Index + 1, type_name_of<Value>(), "it is larger than 2 GiB");
        values_[Index] = bytes.data;
        lengths_[Index] = static_cast<int>(bytes.size);
    }

    const char* values_[count + 1]{};
    int lengths_[count + 1]{};
    std::tuple<typename codec_of<Params>::room...> rooms_{};
};

} // namespace detail
} // namespace pgrepo
