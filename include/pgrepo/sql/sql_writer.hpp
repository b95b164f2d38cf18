#pragma once

#include <cstddef>
#include <string_view>

namespace pgrepo::detail {

/// Writes SQL text, mostly when the program is compiled. What finds no room is counted and not written, so one pass tells
/// the size as well. Compilers count and charge each call in a constant: the loops here are plain.
class sql_writer {
public:
    static constexpr std::size_t no_list = static_cast<std::size_t>(-1);

    /// Measures only.
    constexpr sql_writer() = default;
    /// Fills `out`, which has room for so many characters. `keep_list` leaves `list` to whoever asks list_at.
    constexpr sql_writer(char* out, std::size_t room, bool keep_list = false)
        : out_(out),
          room_(room),
          keep_list_(keep_list) {}

    constexpr sql_writer& put(char c) {
        if (size_ < room_) out_[size_] = c;
        ++size_;
        return *this;
    }
    constexpr sql_writer& put(std::string_view text) {
        const std::size_t size = text.size();
        if (size_ + size <= room_) {
            const char* from = text.data();
            char* to = out_ + size_;
            for (std::size_t i = 0; i < size; ++i) to[i] = from[i];
        }
        size_ += size;
        return *this;
    }
    /// The list of a record's columns, which is most of the characters of most statements. At most once in a text.
    constexpr sql_writer& list(std::string_view text) {
        if (!keep_list_) return put(text);
        if (list_at_ != no_list) throw "pgrepo: a text that keeps its list has it once";
        list_at_ = size_;
        return *this;
    }
    constexpr sql_writer& number(unsigned n) {
        if (n >= 10) number(n / 10);
        return put(static_cast<char>('0' + n % 10));
    }
    /// An identifier, always quoted: whatever the name holds, it stays one name, in its own case.
    constexpr sql_writer& identifier(std::string_view name) {
        const std::size_t size = name.size();
        const char* from = name.data();
        std::size_t at = size_;
        if (at < room_) out_[at] = '"';
        ++at;
        for (std::size_t i = 0; i < size; ++i) {
            if (from[i] == '"') {
                if (at < room_) out_[at] = '"';
                ++at;
            }
            if (at < room_) out_[at] = from[i];
            ++at;
        }
        if (at < room_) out_[at] = '"';
        size_ = at + 1;
        return *this;
    }
    /// "users", or "app"."users" of app.users.
    constexpr sql_writer& table(std::string_view name) {
        const std::size_t dot = name.find('.');
        if (dot == name.npos) return identifier(name);
        return identifier(name.substr(0, dot)).put('.').identifier(name.substr(dot + 1));
    }
    /// The next placeholder: $1, $2, …
    constexpr sql_writer& placeholder() { return put('$').number(++placeholders_); }

    [[nodiscard]] constexpr std::size_t size() const noexcept { return size_; }
    [[nodiscard]] constexpr std::size_t list_at() const noexcept { return list_at_; }
    [[nodiscard]] constexpr unsigned placeholders() const noexcept { return placeholders_; }
    /// Goes back to an earlier count, so that a part written twice names the same parameters.
    constexpr void rewind_placeholders(unsigned count) noexcept { placeholders_ = count; }

private:
    char* out_ = nullptr;
    std::size_t room_ = 0;
    bool keep_list_ = false;
    std::size_t list_at_ = no_list;
    std::size_t size_ = 0;
    unsigned placeholders_ = 0;
};

} // namespace pgrepo::detail
