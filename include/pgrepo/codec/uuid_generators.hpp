#pragma once

#include <pgrepo/base/config.hpp>
#include <pgrepo/codec/uuid.hpp>

namespace pgrepo {
/// A random uuid: 122 bits from the operating system. Thread safe; one system call.
/// Throws `error` of kind `usage` if the system gives no random bytes. Source: RFC 9562, section 5.4.
[[nodiscard]] PGREPO_DECL uuid make_uuid_v4();

/// A uuid that begins with the time, so that new rows go to the end of an index: 48 bits of milliseconds, 12 of their
/// fraction, 62 random. Within a process each is greater than the one before, over all threads, also when the clock is
/// set back (it then counts on from where it was). More than 4096 in a millisecond borrow from the next one.
/// Whoever sees such an id learns when it was made. Thread safe; one system call.
/// Throws `error` of kind `usage` if the system gives no random bytes.
/// Source: RFC 9562, sections 5.7 and 6.2 (method 3).
[[nodiscard]] PGREPO_DECL uuid make_uuid_v7();

} // namespace pgrepo

#if !defined(PGREPO_SEPARATE_COMPILATION)
#include <pgrepo/codec/impl/uuid_generators.ipp>
#endif
