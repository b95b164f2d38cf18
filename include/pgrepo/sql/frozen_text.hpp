#pragma once

#include <pgrepo/sql/sql_writer.hpp>

#include <cstddef>
#include <string_view>

namespace pgrepo::detail {

// Characters in structs without anything else, so that __builtin_bit_cast takes them apart and joins them: for a compiler
// that is one step, where a loop over characters is several steps for each.
template <std::size_t Size> struct text_bytes {
    char data[Size];
};
template <std::size_t First, std::size_t Second> struct text_halves {
    text_bytes<First> first;
    text_bytes<Second> second;
};
template <std::size_t First, std::size_t Second, std::size_t Third> struct text_thirds {
    text_bytes<First> first;
    text_bytes<Second> second;
    text_bytes<Third> third;
};

/// A text while it is written: first in room that is nearly always enough.
template <std::size_t Room> struct text_draft {
    static constexpr std::size_t room = Room;
    text_bytes<Room> bytes{};
    std::size_t size = 0;
    std::size_t list_at = 0;
};
inline constexpr std::size_t usual_room = 256;
/// The room of a text with a zero behind it: whole words, as the text's key is made of them.
constexpr std::size_t padded_text(std::size_t size) noexcept {
    return (size / 8 + 1) * 8;
}
constexpr std::size_t draft_room(std::size_t size) noexcept {
    return padded_text(size) < usual_room ? usual_room : padded_text(size) + 8;
}

// Told by a pointer what to write, this is one function for each room and not for each text.
using text_source = void (*)(sql_writer& out);
template <std::size_t Room> consteval text_draft<Room> write_draft(text_source write, bool keep_list) {
    text_draft<Room> draft{};
    sql_writer out(draft.bytes.data, Room, keep_list);
    write(out);
    draft.size = out.size();
    draft.list_at = out.list_at();
    if (keep_list && draft.list_at == sql_writer::no_list) throw "pgrepo: a text names a list and does not write it";
    return draft;
}
template <class Text>
concept HasList = requires { typename Text::list; };
template <class Text, std::size_t Room> inline constexpr auto draft_in = write_draft<Room>(&Text::write, HasList<Text>);
template <class Text> inline constexpr auto& draft_of = draft_in<Text, draft_room(draft_in<Text, usual_room>.size)>;

/// What was written, cut to `Size`; and with a list of `List` characters put in at `Head`.
template <std::size_t Size, std::size_t Room> consteval text_bytes<Size> cut_text(const text_bytes<Room>& from) {
    return __builtin_bit_cast(text_halves<Size, Room - Size>, from).first;
}
template <std::size_t Size, std::size_t Head, std::size_t List, std::size_t Room, std::size_t Padded>
consteval text_bytes<Size> join_text(const text_bytes<Room>& from, const text_bytes<Padded>& list) {
    constexpr std::size_t tail = Size - Head - List;
    const auto apart = __builtin_bit_cast(text_thirds<Head, tail, Room - Head - tail>, from);
    return __builtin_bit_cast(text_bytes<Size>,
                              (text_thirds<Head, List, tail>{apart.first, cut_text<List>(list), apart.second}));
}

/// What `Text::write(sql_writer&)` writes, in read-only data, with a zero behind it.
template <class Text> struct frozen_text {
    static constexpr std::size_t size = draft_of<Text>.size;
    static constexpr auto bytes = cut_text<padded_text(size)>(draft_of<Text>.bytes);
    static constexpr std::string_view view{bytes.data, size};
};
/// With `Text::list`, the source of the list in it: that is written once for all texts it is in.
template <HasList Text> struct frozen_text<Text> {
    using list = frozen_text<typename Text::list>;
    static constexpr std::size_t size = draft_of<Text>.size + list::size;
    static constexpr auto bytes =
        join_text<padded_text(size), draft_of<Text>.list_at, list::size>(draft_of<Text>.bytes, list::bytes);
    static constexpr std::string_view view{bytes.data, size};
};

} // namespace pgrepo::detail
