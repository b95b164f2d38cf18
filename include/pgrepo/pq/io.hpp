#pragma once

namespace pgrepo {

/// What a protocol step needs before it can go on. Steps never block and never wait: `drive` in wait.hpp does.
enum class io : unsigned char {
    want_read,  ///< call again when the socket is readable
    want_write, ///< call again when it is writable, or readable (the server may be talking before it listens)
    done,
};

} // namespace pgrepo
