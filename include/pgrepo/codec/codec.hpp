#pragma once

#include <pgrepo/base/cell.hpp>
#include <pgrepo/base/statement_ref.hpp>

#include <concepts>
#include <cstddef>
#include <string_view>

namespace pgrepo {

/// What `codec<T>::encode` hands back: bytes in the room it was given, or a view into the value.
/// `problem` not null: the value does not fit; it says why without showing the value.
struct encoded {
    const char* data = nullptr;
    std::size_t size = 0;
    const char* problem = nullptr;

    [[nodiscard]] static constexpr encoded failure(const char* why) noexcept { return {nullptr, 0, why}; }
};

/// What `codec<T>::decode` hands back: nothing, or why the bytes are not a T (a literal; never the bytes themselves).
struct [[nodiscard]] decoded {
    const char* problem = nullptr;

    [[nodiscard]] static constexpr decoded failure(const char* why) noexcept { return {why}; }
    [[nodiscard]] constexpr bool ok() const noexcept { return problem == nullptr; }
};

/// The room of a codec whose encode() only views its value.
struct no_room {};

/// How a C++ type travels. Specialise it for a type of yours; nothing is found by overload resolution.
///
///     template <> struct pgrepo::codec<Money> {
///         static constexpr std::string_view type_name = "int8"; // PostgreSQL's name, for messages
///         static constexpr oid parameter_type = oids::int8;     // sent with the value, in binary;
///                                                               // 0: the server infers it, and the value travels as text
///         static constexpr oid array_type = oids::int8_array;   // of `= ANY($1)`; 0: none
///         static constexpr bool reads(oid type);                // result columns that decode() understands, in binary
///         using room = std::array<char, 8>;                     // where encode() may write; no_room: it only views
///         static encoded encode(const Money& value, room& out); // views `value` or `out`, both outlive the call
///         static decoded decode(cell from, Money& to);          // `from` is not NULL; checks its size; leaves `to`
///     };                                                        // valid but unspecified on failure
///
/// NULL never reaches a codec: it is `std::optional` around the type, handled in one place for all.
/// A text that travels with parameter_type 0 must be zero-terminated and hold no zero byte.
template <class T> struct codec;

/// T has a codec: it can be a parameter and a column.
template <class T>
concept Encodable = requires(const T& value, typename codec<T>::room& room) {
    { codec<T>::parameter_type } -> std::convertible_to<oid>;
    { codec<T>::encode(value, room) } -> std::same_as<encoded>;
};

/// T has a codec that reads: it can be a column of a record.
template <class T>
concept Decodable = requires(T& to, cell from, oid type) {
    { codec<T>::reads(type) } -> std::convertible_to<bool>;
    { codec<T>::decode(from, to) } -> std::same_as<decoded>;
};

} // namespace pgrepo
