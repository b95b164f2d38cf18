#pragma once

#include <pgrepo/base/config.hpp>
#include <pgrepo/base/statement_ref.hpp>
#include <pgrepo/sql/sql_writer.hpp>

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace pgrepo::detail {

/// The statements of a patch with too many shapes to write them all when the program is compiled. A shape is built when it
/// is first met and kept until the program ends; there are at most as many as the program uses. A known one is found without
/// a lock and without an allocation. Thread-safe.
class shape_cache {
public:
    struct source {
        void (*write)(sql_writer& out, std::uint64_t shape);
        std::size_t (*types)(oid* out, std::uint64_t shape); // returns how many; `out` may be null
        std::string_view id;
        bool sensitive = false;
    };
    explicit shape_cache(source from) noexcept : from_(from) {}
    shape_cache(const shape_cache&) = delete;
    shape_cache& operator=(const shape_cache&) = delete;
    PGREPO_DECL ~shape_cache();

    /// Lives as long as the cache.
    [[nodiscard]] PGREPO_DECL const statement_ref& find(std::uint64_t shape);
    /// Shapes built until now.
    [[nodiscard]] PGREPO_DECL std::size_t size() const noexcept;

private:
    struct node; // a statement with its text and types

    static constexpr std::size_t buckets = 64;
    [[nodiscard]] node*& bucket(std::uint64_t shape) noexcept { return heads_[(shape * 0x9e3779b97f4a7c15ULL) >> 58U]; }
    PGREPO_COLD PGREPO_DECL const statement_ref& build(std::uint64_t shape);

    source from_;
    // Through std::atomic_ref only: <atomic> is much to compile for every file with a repository.
    node* heads_[buckets]{};
    mutable std::size_t size_ = 0;
};

} // namespace pgrepo::detail

#if !defined(PGREPO_SEPARATE_COMPILATION)
#include <pgrepo/sql/impl/shape_cache.ipp>
#endif
