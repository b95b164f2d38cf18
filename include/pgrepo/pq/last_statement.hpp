#pragma once

#include <algorithm>
#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string>
#include <string_view>

namespace pgrepo::detail {

/// An identifier that fits into a few words, zero-padded: what costs nothing to copy.
using short_id = std::array<std::uint64_t, 5>;

[[nodiscard]] inline short_id shortened(std::string_view id) noexcept {
    short_id out{};
    if (!id.empty()) std::memcpy(out.data(), id.data(), std::min(id.size(), sizeof out - 1)); // memcpy takes no null
    return out;
}

/// The identifier of a session's last statement, for whoever looks from another thread. Written by one thread; a reader
/// may see parts of two.
class last_statement {
public:
    void note(const short_id& id) noexcept {
        for (std::size_t i = 0; i < id.size(); ++i) words_[i].store(id[i], std::memory_order_relaxed);
    }
    [[nodiscard]] std::string text() const {
        short_id id;
        for (std::size_t i = 0; i < id.size(); ++i) id[i] = words_[i].load(std::memory_order_relaxed);
        char letters[sizeof id]{};
        std::memcpy(letters, id.data(), sizeof id - 1);
        return letters;
    }

private:
    std::array<std::atomic<std::uint64_t>, std::tuple_size_v<short_id>> words_{};
};

} // namespace pgrepo::detail
