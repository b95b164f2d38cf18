#pragma once

#include <pgrepo/base/error.hpp>
#include <pgrepo/codec/uuid.hpp>

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
inline void random_bytes(std::uint8_t* to, std::size_t size) {
    if (::getentropy(to, size) != 0)
        raise(error_kind::usage, "the operating system gives no random bytes (getentropy failed)");
}

/// The next number of a sequence that rises strictly over all threads and follows the clock while that rises:
/// milliseconds since 1970 in the upper bits, 1/4096 ms in the lower 12.
inline std::uint64_t next_uuid_tick() noexcept {
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

inline void set_uuid_version(uuid& id, int version) noexcept {
    std::uint8_t* bytes = id.begin();
    bytes[6] = static_cast<std::uint8_t>((bytes[6] & 0x0f) | version << 4);
    bytes[8] = static_cast<std::uint8_t>((bytes[8] & 0x3f) | 0x80);
}

} // namespace detail

/// A random uuid: 122 bits from the operating system. Thread safe; one system call.
/// Throws `error` of kind `usage` if the system gives no random bytes. Source: RFC 9562, section 5.4.
[[nodiscard]] inline uuid make_uuid_v4() {
    uuid id{};
    detail::random_bytes(id.begin(), 16);
    detail::set_uuid_version(id, 4);
    return id;
}

/// A uuid that begins with the time, so that new rows go to the end of an index: 48 bits of milliseconds, 12 of their
/// fraction, 62 random. Within a process each is greater than the one before, over all threads, also when the clock is
/// set back (it then counts on from where it was). More than 4096 in a millisecond borrow from the next one.
/// Whoever sees such an id learns when it was made. Thread safe; one system call.
/// Throws `error` of kind `usage` if the system gives no random bytes.
/// Source: RFC 9562, sections 5.7 and 6.2 (method 3).
[[nodiscard]] inline uuid make_uuid_v7() {
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
