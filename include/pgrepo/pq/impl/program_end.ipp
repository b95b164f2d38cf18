#pragma once

#include <pgrepo/pq/impl/libpq.ipp>
#include <pgrepo/pq/pool_core.hpp>
#include <pgrepo/pq/program_end.hpp>

namespace pgrepo::detail {

/// Its destructor runs when the program ends, before what was registered before it was made.
struct program_end::last_act {
    last_act() noexcept {
        // A digest, so that OpenSSL is there and has registered its own end: that comes after ours then.
        ::PQfreemem(::PQencryptPassword("pgrepo", "pgrepo"));
    }
    last_act(const last_act&) = delete;
    last_act& operator=(const last_act&) = delete;
    ~last_act() { instance().halt_all(); }
};

PGREPO_DECL program_end& program_end::instance() {
    static program_end* const only = new program_end; // is there to the end
    return *only;
}

PGREPO_DECL void program_end::enter(entry& one, pool_core& pool) noexcept {
    if (born_.in_child() || comes_) return;
    static const last_act act;
    const std::lock_guard lock(mutex_);
    one.pool = &pool;
    one.next = first_;
    first_ = &one;
}

PGREPO_DECL void program_end::leave(entry& one) noexcept {
    if (born_.in_child()) return; // the lock may be held by a thread that this process does not have
    const std::lock_guard lock(mutex_);
    for (entry** at = &first_; *at != nullptr; at = &(*at)->next)
        if (*at == &one) {
            *at = one.next;
            return;
        }
}

PGREPO_DECL void program_end::halt_all() noexcept {
    if (born_.in_child()) return;
    comes_ = true;
    const std::lock_guard lock(mutex_);
    for (entry* each = first_; each != nullptr; each = each->next) each->pool->halt();
}

} // namespace pgrepo::detail
