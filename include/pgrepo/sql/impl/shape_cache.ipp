#pragma once

#include <pgrepo/sql/shape_cache.hpp>

#include <memory>
#include <string>
#include <vector>

namespace pgrepo::detail {

struct shape_cache::owned_node : shape_cache::node {
    std::string text{};
    std::vector<oid> types{};
};

PGREPO_DECL shape_cache::~shape_cache() {
    for (std::atomic<node*>& head : heads_)
        for (const node* at = head.load(std::memory_order_relaxed); at != nullptr;) {
            const std::unique_ptr<const owned_node> gone(static_cast<const owned_node*>(at));
            at = gone->next;
        }
}

PGREPO_DECL const statement_ref& shape_cache::build(std::uint64_t shape) {
    auto made = std::make_unique<owned_node>();
    sql_writer measure;
    from_.write(measure, shape);
    made->text.resize(measure.size());
    sql_writer fill(made->text.data());
    from_.write(fill, shape);
    made->types.resize(from_.types(nullptr, shape));
    from_.types(made->types.data(), shape);
    made->shape = shape;
    made->statement = {.text = made->text,
                       .key = make_statement_key(made->text, made->types),
                       .parameter_types = made->types,
                       .id = from_.id};

    std::atomic<node*>& head = bucket(shape);
    node* first = head.load(std::memory_order_acquire);
    for (;;) {
        // another thread may have built it meanwhile
        for (const node* at = first; at != nullptr; at = at->next)
            if (at->shape == shape) return at->statement;
        made->next = first;
        if (head.compare_exchange_weak(first, made.get(), std::memory_order_acq_rel)) break;
    }
    size_.fetch_add(1, std::memory_order_relaxed);
    return made.release()->statement;
}

} // namespace pgrepo::detail
