#pragma once

#include <pgrepo/codec/codec.hpp>

#include <boost/test/unit_test.hpp>

#include <string>
#include <string_view>

namespace codec_test {

/// "01ff" as the two bytes, the form in which `encode(x_send(…), 'hex')` gives them.
inline std::string bytes(std::string_view hex) {
    const auto digit = [](char c) { return c <= '9' ? c - '0' : c - 'a' + 10; };
    std::string out;
    for (std::size_t i = 0; i + 1 < hex.size(); i += 2)
        out += static_cast<char>(digit(hex[i]) << 4 | digit(hex[i + 1]));
    return out;
}

inline std::string hex(std::string_view data) {
    std::string out;
    for (const char c : data) {
        out += "0123456789abcdef"[static_cast<unsigned char>(c) >> 4];
        out += "0123456789abcdef"[static_cast<unsigned char>(c) & 15];
    }
    return out;
}

inline pgrepo::cell cell_of(const std::string& data) {
    return {data.data(), data.size()};
}

/// The bytes that a value travels as, or its problem.
template <class T> std::string wire(const T& value) {
    typename pgrepo::codec<T>::room room{};
    const pgrepo::encoded out = pgrepo::codec<T>::encode(value, room);
    if (out.problem != nullptr) return out.problem;
    if (out.data == nullptr) return "null pointer";
    return hex({out.data, out.size});
}

/// Why the bytes are no T; empty if they are one.
template <class T> std::string refusal(std::string_view hexadecimal) {
    const std::string data = bytes(hexadecimal);
    T to{};
    const pgrepo::decoded done = pgrepo::codec<T>::decode(cell_of(data), to);
    return done.ok() ? "" : done.problem;
}

template <class T> T read(std::string_view hexadecimal) {
    const std::string data = bytes(hexadecimal);
    T to{};
    const pgrepo::decoded done = pgrepo::codec<T>::decode(cell_of(data), to);
    BOOST_TEST_REQUIRE(done.ok(), hexadecimal << ": " << done.problem);
    return to;
}

/// Every size but the right one is refused; that includes what a column of another width would send.
template <class T> void refuses_other_sizes(std::size_t width) {
    for (std::size_t size = 0; size <= 2 * width + 1; ++size)
        BOOST_TEST(refusal<T>(std::string(2 * size, '0')).empty() == (size == width), size << " bytes");
}

} // namespace codec_test
