#pragma once

#include <pgrepo/sql/shape_cache.hpp>

#include <atomic>
#include <memory>
#include <string>
#include <vector>

namespace pgrepo::detail {

struct shape_cache::node {
    std::uint64_t shape = 0;
    statement_ref statement{};
    const node* next = nullptr;
    std::string text{};
    std::vector<oid> types{};
};

PGREPO_DECL const statement_ref& shape_cache::find(std::uint64_t shape) {
    const std::atomic_ref<node*> head(bucket(shape));
    for (const node* at = head.load(std::memory_order_acquire); at != nullptr; at = at->next)
        if (at->shape == shape) return at->statement;
    return build(shape);
}

PGREPO_DECL std::size_t shape_cache::size() const noexcept {
    return std::atomic_ref<std::size_t>(size_).load(std::memory_order_relaxed);
}

PGREPO_DECL shape_cache::~shape_cache() {
    for (const node* at : heads_)
        while (at != nullptr) {
            const std::unique_ptr<const node> gone(at);
            at = gone->next;
        }
}

PGREPO_DECL const statement_ref& shape_cache::build(std::uint64_t shape) {
    auto made = std::make_unique<node>();
    sql_writer measure;
    from_.write(measure, shape);
    made->text.resize(measure.size());
    sql_writer fill(made->text.data(), made->text.size());
    from_.write(fill, shape);
    made->types.resize(from_.types(nullptr, shape));
    from_.types(made->types.data(), shape);
    made->shape = shape;
    made->statement = {.text = made->text,
                       .key = make_statement_key(made->text, made->types),
                       .parameter_types = {made->types.data(), made->types.size()},
                       .id = from_.id,
                       .sensitive = from_.sensitive};

    const std::atomic_ref<node*> head(bucket(shape));
    node* first = head.load(std::memory_order_acquire);
    for (;;) {
        // another thread may have built it meanwhile
        for (const node* at = first; at != nullptr; at = at->next)
            if (at->shape == shape) return at->statement;
        made->next = first;
        if (head.compare_exchange_weak(first, made.get(), std::memory_order_acq_rel)) break;
    }
    std::atomic_ref<std::size_t>(size_).fetch_add(1, std::memory_order_relaxed);
    return made.release()->statement;
}

} // namespace pgrepo::detail
