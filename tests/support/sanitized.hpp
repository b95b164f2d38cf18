#pragma once

// Whether a sanitizer watches this program: g++ says it by a macro, clang by a feature.

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
#define PGREPO_TEST_SANITIZED true
#elif defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer)
#define PGREPO_TEST_SANITIZED true
#endif
#endif
#ifndef PGREPO_TEST_SANITIZED
#define PGREPO_TEST_SANITIZED false
#endif

namespace test {

inline constexpr bool sanitized = PGREPO_TEST_SANITIZED;

} // namespace test

#undef PGREPO_TEST_SANITIZED
