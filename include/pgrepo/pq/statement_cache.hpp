#pragma once

#include <pgrepo/base/config.hpp>
#include <pgrepo/base/shared_object.hpp>
#include <pgrepo/base/statement_ref.hpp>
#include <pgrepo/pq/last_statement.hpp>
#include <pgrepo/pq/rowset.hpp>
#include <pgrepo/pq/session_traces.hpp>

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

namespace pgrepo::detail {

/// A prepared statement's name on the server: "pgrepo_" and the key in 32 hexadecimal digits, zero-terminated.
using statement_name = std::array<char, 40>;

[[nodiscard]] statement_name name_of(statement_key key) noexcept;

/// A statement that the server has parsed for this session. What a hit needs stands together: between two calls the server
/// has used the processor's caches.
struct prepared_statement {
    statement_key key{};
    const char* source = nullptr; // where the text and the types lay when it was entered; may be gone
    const oid* types_source = nullptr;
    const void* fits = nullptr; // the row shape that its columns are known to fit
    statement_name name{};
    bool recently_used = false;
    session_traces traces = 0; // that it leaves in the session
    short_id id{};             // that it was first run by
    std::string text{};
    std::vector<oid> parameter_types{};
    shared_object shape{}; // a shape_memory: where `fits` is learnt from

    /// Of a statement with the same key. The key is a hash: two texts may share it, so text and types decide. They are not
    /// read again where they lie in the same place, as those of a constant do.
    [[nodiscard]] bool is(const statement_ref& statement) const noexcept;
    [[nodiscard]] PGREPO_COLD bool says(const statement_ref& statement) const noexcept; // word for word
};

/// Which statements one session has prepared: bounded, evicting one that was not used lately (the clock algorithm:
/// Corbató 1968). A hit hashes nothing, allocates nothing and builds no string. Pure bookkeeping: it sends nothing;
/// names that must go on the server collect in `leaving()`. Not thread-safe.
class statement_cache {
public:
    explicit statement_cache(std::size_t capacity);

    struct lookup {
        prepared_statement* found = nullptr; ///< valid until the cache changes
        bool clash = false;                  ///< the key belongs to another text: send this one unnamed
    };
    [[nodiscard]] lookup find(const statement_ref& statement) noexcept;

    /// Enters a statement that the server confirmed; makes room first. Precondition: not in it, capacity not 0.
    /// Strong guarantee.
    prepared_statement& enter(const statement_ref& statement, const statement_name& name);
    /// Forgets one. `on_server`: it still exists there, so its name goes to `leaving()`.
    void erase(statement_key key, bool on_server);
    /// A name of ours exists on the server though no slot knows it: drop it too.
    void leave(const statement_name& name) { leaving_.push_back(name); }
    /// Forgets all, leaving names too: the server has dropped them itself.
    void clear() noexcept;

    /// Names to DEALLOCATE when there is an occasion, oldest first.
    [[nodiscard]] const std::vector<statement_name>& leaving() const noexcept { return leaving_; }
    /// `name` is among them, behind the first `after`.
    [[nodiscard]] bool is_leaving(const statement_name& name, std::size_t after = 0) const noexcept;
    /// The first `count` names are gone.
    PGREPO_COLD void left(std::size_t count) noexcept;

    [[nodiscard]] std::size_t size() const noexcept { return used_; }
    [[nodiscard]] std::size_t capacity() const noexcept { return capacity_; }

private:
    static constexpr std::uint32_t none = UINT32_MAX;

    [[nodiscard]] std::size_t position(statement_key key) const noexcept; // of the key, or of the hole where it belongs
    void unlink(std::size_t at) noexcept;
    void evict();

    std::size_t capacity_;
    std::size_t used_ = 0;
    std::size_t hand_ = 0;
    std::vector<std::uint32_t> index_{}; // open addressing, a power of two, at most half full: slot or none
    std::vector<prepared_statement> slots_{};
    std::vector<std::uint32_t> free_{};
    std::vector<statement_name> leaving_{};
};

} // namespace pgrepo::detail

#if !defined(PGREPO_SEPARATE_COMPILATION)
#include <pgrepo/pq/impl/statement_cache.ipp>
#endif
