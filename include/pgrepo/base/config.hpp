#pragma once

// Every macro of the library but the version's stands here.
//
//   PGREPO_SEPARATE_COMPILATION   defined by the user: what is no template comes from the file that includes <pgrepo/src.hpp>
//   PGREPO_DECL                   what such a function is declared with: `inline` unless compiled separately
//   PGREPO_COLD                   marks a function that few calls run: it is made small, and lies apart
//   PGREPO_HOT                    marks one that every call runs: those lie together, in as few pages as can be
//   PGREPO_NOINLINE               keeps a function out of those that call it: for compile time, where a call costs nothing
//   PGREPO_API_TYPE               marks a type that is thrown: one type in the whole process, so that what a shared library
//                                 throws is caught outside it, also where symbols are hidden (-fvisibility=hidden)

#if !defined(__cpp_concepts) || __cpp_concepts < 201907L
#error "pgrepo: this compiler does not have C++20 concepts; compile with -std=c++20 (g++ >= 12, clang >= 16)"
#endif

#if defined(PGREPO_SEPARATE_COMPILATION)
#define PGREPO_DECL
#else
#define PGREPO_DECL inline
#endif

#if defined(__GNUC__)
#define PGREPO_COLD [[gnu::cold]]
#define PGREPO_HOT [[gnu::hot]]
#define PGREPO_NOINLINE [[gnu::noinline]]
#define PGREPO_API_TYPE [[gnu::visibility("default")]]
#else
#define PGREPO_COLD
#define PGREPO_HOT
#define PGREPO_NOINLINE
#define PGREPO_API_TYPE
#endif
