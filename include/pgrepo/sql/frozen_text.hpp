#pragma once

#include <pgrepo/sql/sql_writer.hpp>

#include <array>
#include <cstddef>
#include <string_view>

namespace pgrepo::detail {

/// What `Text::write(sql_writer&)` writes, in read-only data, with a zero behind it.
template <class Text> struct frozen_text {
    static constexpr std::size_t size = [] {
        sql_writer measure;
        Text::write(measure);
        return measure.size();
    }();
    static constexpr auto bytes = [] {
        std::array<char, size + 1> out{};
        sql_writer fill(out.data());
        Text::write(fill);
        return out;
    }();
    static constexpr std::string_view view{bytes.data(), size};
};

} // namespace pgrepo::detail
