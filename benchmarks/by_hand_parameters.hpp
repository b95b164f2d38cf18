#pragma once

// Parameters in binary: views of values that outlive the call, and what must be written down for them.

#include "by_hand.hpp"
#include "money.hpp"

#include <array>
#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <string>
#include <string_view>

namespace by_hand {

inline void store16(std::string& to, std::uint16_t value) {
    const std::uint16_t swapped = __builtin_bswap16(value);
    to.append(reinterpret_cast<const char*>(&swapped), 2);
}

/// The three arrays that libpq wants, filled one parameter after the other.
template <std::size_t Count> class parameters {
public:
    parameters() { formats_.fill(1); }
    parameters& add(const char* data, std::size_t size) {
        values_[used_] = data;
        lengths_[used_++] = static_cast<int>(size);
        return *this;
    }
    parameters& add(std::string_view text) { return add(text.data(), text.size()); }
    parameters& add(const pgrepo::uuid& id) { return add(reinterpret_cast<const char*>(id.data), 16); }
    parameters& add(const bool& value) { return add(reinterpret_cast<const char*>(&value), 1); }

    /// Waits for the answer; the rows come in binary.
    [[nodiscard]] result execute(PGconn* link, const char* statement) const {
        return result(PQexecPrepared(link, statement, Count, values_.data(), lengths_.data(), formats_.data(), 1));
    }
    void send(PGconn* link, const char* statement) const {
        if (PQsendQueryPrepared(link, statement, Count, values_.data(), lengths_.data(), formats_.data(), 1) == 0)
            throw std::runtime_error("a statement of the baseline could not be sent");
    }

private:
    std::array<const char*, Count> values_{};
    std::array<int, Count> lengths_{};
    std::array<int, Count> formats_{};
    std::size_t used_ = 0;
};
inline void send_plain(PGconn* link, const char* statement) {
    if (PQsendQueryPrepared(link, statement, 0, nullptr, nullptr, nullptr, 1) == 0)
        throw std::runtime_error("a statement of the baseline could not be sent");
}

/// An array of one dimension without NULLs.
class array_parameter {
public:
    array_parameter(Oid element, std::size_t count, std::size_t bytes_each) {
        bytes_.reserve(20 + count * (4 + bytes_each));
        store32(bytes_, 1); // dimensions
        store32(bytes_, 0); // no NULLs
        store32(bytes_, element);
        store32(bytes_, static_cast<std::uint32_t>(count));
        store32(bytes_, 1); // lower bound
    }
    void add(std::string_view element) {
        store32(bytes_, static_cast<std::uint32_t>(element.size()));
        bytes_.append(element);
    }
    void add(bool element) {
        store32(bytes_, 1);
        bytes_ += static_cast<char>(element);
    }
    [[nodiscard]] std::string_view bytes() const noexcept { return bytes_; }

private:
    std::string bytes_{};
};

inline void prepare(PGconn* link, const char* name, const std::string& text, std::initializer_list<Oid> types) {
    expect(result(PQprepare(link, name, text.c_str(), static_cast<int>(types.size()), std::data(types))),
           PGRES_COMMAND_OK);
}

} // namespace by_hand
