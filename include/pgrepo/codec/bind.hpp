#pragma once

#include <pgrepo/base/error.hpp>
#include <pgrepo/base/statement_ref.hpp>
#include <pgrepo/codec/codec.hpp>
#include <pgrepo/codec/request.hpp>
#include <pgrepo/mapping/optional_traits.hpp>
#include <pgrepo/mapping/type_list.hpp>
#include <pgrepo/reflect/pretty.hpp>

#include <array>
#include <cstddef>
#include <limits>
#include <new>
#include <source_location>
#include <string_view>
#include <type_traits>
#include <utility>

namespace pgrepo {
namespace detail {

/// Throws `encode`: position and type are named, the value never is.
[[noreturn]] PGREPO_COLD PGREPO_DECL void raise_encode(const statement_ref& statement, std::size_t position,
                                                       std::string_view type, const char* problem);

template <class Param> using codec_of = codec<value_type_of<Param>>;

/// The type identifiers of parameters, a constant: they are half of a prepared statement's key.
template <class... Params>
inline constexpr std::array<oid, sizeof...(Params)> parameter_types{
    static_cast<oid>(codec_of<Params>::parameter_type)...};

/// Where a codec's room is made: on the stack where it is small and needs no end, as all of this library's but a list's.
struct room_slot {
    static constexpr std::size_t size = 16;
    alignas(16) unsigned char bytes[size];
};
/// Any other room, on the heap.
struct large_room {
    large_room* next = nullptr; // owned by the list below

    large_room() = default;
    large_room(const large_room&) = delete;
    large_room& operator=(const large_room&) = delete;
    virtual ~large_room() = default;
};
template <class Room> struct held_room final : large_room {
    Room room{};
};
/// Owns them.
class large_rooms {
public:
    large_rooms() = default;
    large_rooms(const large_rooms&) = delete;
    large_rooms& operator=(const large_rooms&) = delete;
    ~large_rooms() {
        while (first_ != nullptr) delete std::exchange(first_, first_->next);
    }
    template <class Room> Room& make() {
        auto* const made = new held_room<Room>;
        made->next = std::exchange(first_, made);
        return made->room;
    }

private:
    large_room* first_ = nullptr;
};

/// Whether what a codec writes into needs more than a slot.
template <class Room>
inline constexpr bool is_large_room =
    !(std::is_trivially_destructible_v<Room> && sizeof(Room) <= room_slot::size && alignof(Room) <= alignof(room_slot));

/// Parameters being put into the arrays that libpq takes, one after the other. No template but for `put`, which is one
/// function for each type of value, whatever it is a parameter of: that is what keeps programs with many repositories
/// quick to compile.
class parameter_writer {
public:
    parameter_writer(const parameter_writer&) = delete;
    parameter_writer& operator=(const parameter_writer&) = delete;

    /// Encodes the next value, or NULL for an empty optional. The value is viewed until the call is done. Throws `encode`
    /// where it does not fit.
    template <class Param> PGREPO_HOT PGREPO_NOINLINE void put(const Param& param);

    [[nodiscard]] const statement_ref& statement() const noexcept { return request_.statement; }
    /// Statement and parameters, for an answer of this shape. Views what lies here.
    [[nodiscard]] const request& asking_for(const row_shape* shape) noexcept {
        request_.shape = shape;
        return request_;
    }

protected:
    /// What one parameter needs: its room and its place in the three arrays.
    static constexpr std::size_t bytes_each = sizeof(room_slot) + sizeof(const char*) + 2 * sizeof(int);

    PGREPO_DECL parameter_writer(const statement_ref& statement, std::source_location where, unsigned char* storage,
                                 std::size_t parameters, large_rooms* large) noexcept;
    ~parameter_writer() = default;

private:
    template <class Room> Room& room() {
        if constexpr (is_large_room<Room>)
            return large_->make<Room>();
        else
            return *::new (static_cast<void*>(slots_[request_.parameters.count].bytes)) Room{};
    }
    void put_null(bool as_text) noexcept { add(nullptr, 0, as_text); }
    void put_bytes(const encoded& bytes, bool as_text, std::string_view type) {
        if (bytes.problem != nullptr) [[unlikely]]
            raise_encode(request_.statement, next_position(), type, bytes.problem);
        if (bytes.size > static_cast<std::size_t>(std::numeric_limits<int>::max())) [[unlikely]]
            raise_encode(request_.statement, next_position(), type, "it is larger than 2 GiB");
        add(bytes.data, static_cast<int>(bytes.size), as_text);
    }
    void add(const char* value, int length, bool as_text) noexcept {
        const int at = request_.parameters.count++;
        values_[at] = value;
        lengths_[at] = length;
        formats_[at] = as_text ? 0 : 1;
    }
    [[nodiscard]] std::size_t next_position() const noexcept {
        return static_cast<std::size_t>(request_.parameters.count) + 1;
    }

    request request_{};
    const char** values_ = nullptr;
    int* lengths_ = nullptr;
    int* formats_ = nullptr;
    room_slot* slots_;
    large_rooms* large_; // null where no parameter needs one
};

// Not in the class, which would make it inline: then compilers instantiate it although compiled_fields.hpp says where it is.
template <class Param> void parameter_writer::put(const Param& param) {
    if constexpr (is_optional<Param>) {
        if (param)
            put(*param);
        else
            put_null(codec_of<Param>::parameter_type == 0);
    } else {
        const encoded bytes = codec<Param>::encode(param, room<typename codec<Param>::room>());
        // OID 0 never travels in binary: the server would read the bytes as whatever type it infers.
        put_bytes(bytes, codec<Param>::parameter_type == 0, type_name_of<Param>());
    }
}

/// Room for at most Count parameters, on the stack for one call: it views the values that are put and is viewed itself.
/// Nothing is allocated but for lists; without those there is nothing to end either, nor to unwind.
template <std::size_t Count, bool Large> class parameter_room : public parameter_writer {
public:
    parameter_room(const statement_ref& statement, std::source_location where) noexcept
        : parameter_writer(statement, where, storage_, Count, nullptr) {}

private:
    alignas(room_slot) unsigned char storage_[bytes_each * (Count == 0 ? 1 : Count)];
};
template <std::size_t Count> class parameter_room<Count, true> : public parameter_writer {
public:
    parameter_room(const statement_ref& statement, std::source_location where) noexcept
        : parameter_writer(statement, where, storage_, Count, &rooms_) {}

private:
    large_rooms rooms_{};
    alignas(room_slot) unsigned char storage_[bytes_each * (Count == 0 ? 1 : Count)];
};

template <class Types> struct room_of_parameters;
template <class... Params> struct room_of_parameters<type_list<Params...>> {
    using type = parameter_room<sizeof...(Params), (is_large_room<typename codec_of<Params>::room> || ...)>;
};
/// For parameters of the types in a type_list, or fewer of them.
template <class Types> using parameter_block = typename room_of_parameters<Types>::type;

} // namespace detail
} // namespace pgrepo

#if !defined(PGREPO_SEPARATE_COMPILATION)
#include <pgrepo/codec/impl/bind.ipp>
#endif
