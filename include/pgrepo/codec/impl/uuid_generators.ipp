#pragma once

#include <pgrepo/base/error.hpp>
#include <pgrepo/codec/uuid_generators.hpp>

#include <unistd.h>

#include <atomic>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <sys/random.h>

namespace pgrepo {
namespace detail {

/// Fills from the operating system's cryptographic generator. Nothing is kept between calls, so a forked child cannot
/// repeat what its parent draws.
PGREPO_DECL void random_bytes(std::uint8_t* to, std::size_t size) {
    if (::getentropy(to, size) != 0)
        raise(error_kind::usage, "the operating system gives no random bytes (getentropy failed)");
}

/// The next number of a sequence that rises strictly over all threads and follows the clock while that rises:
/// milliseconds since 1970 in the upper bits, 1/4096 ms in the lower 12.
PGREPO_DECL std::uint64_t next_uuid_tick() noexcept {
    static std::atomic<std::uint64_t> last{0};
    using namespace std::chrono;
    const std::int64_t since_1970 = duration_cast<nanoseconds>(system_clock::now().time_since_epoch()).count();
    const std::uint64_t now = since_1970 > 0 ? static_cast<std::uint64_t>(since_1970) : 0;
    const std::uint64_t clock = (now / 1'000'000) << 12 | (now % 1'000'000) * 4096 / 1'000'000;
    std::uint64_t seen = last.load(std::memory_order_relaxed);
    std::uint64_t next = 0;
    do next = clock > seen ? clock : seen + 1;
    while (!last.compare_exchange_weak(seen, next, std::memory_order_relaxed));
    return next;
}

PGREPO_DECL void set_uuid_version(uuid& id, int version) noexcept {
    std::uint8_t* bytes = id.begin();
    bytes[6] = static_cast<std::uint8_t>((bytes[6] & 0x0f) | version << 4);
    bytes[8] = static_cast<std::uint8_t>((bytes[8] & 0x3f) | 0x80);
}

} // namespace detail

PGREPO_DECL uuid make_uuid_v4() {
    uuid id{};
    detail::random_bytes(id.begin(), 16);
    detail::set_uuid_version(id, 4);
    return id;
}

PGREPO_DECL uuid make_uuid_v7() {
    uuid id{};
    std::uint8_t* bytes = id.begin();
    detail::random_bytes(bytes + 8, 8);
    const std::uint64_t tick = detail::next_uuid_tick();
    for (int i = 0; i < 6; ++i) bytes[i] = static_cast<std::uint8_t>(tick >> (52 - 8 * i));
    bytes[6] = static_cast<std::uint8_t>((tick >> 8) & 0x0f);
    bytes[7] = static_cast<std::uint8_t>(tick);
    detail::set_uuid_version(id, 7);
    return id;
}

} // namespace pgrepo
