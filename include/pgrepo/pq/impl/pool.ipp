#pragma once

#include <pgrepo/pq/pool.hpp>
#include <pgrepo/pq/pool_core.hpp>

#include <memory>
#include <utility>

namespace pgrepo {

PGREPO_DECL void detail::pool_core_leaver::operator()(pool_core* core) const noexcept {
    core->leave();
}

PGREPO_DECL pool::pool(connection_options options, pool_options limits, observer* watcher)
    : core_(std::make_unique<detail::pool_core>(std::move(options), limits, watcher).release()) {}

PGREPO_DECL loan pool::acquire(const call_options& options, std::source_location where, std::string_view statement_id) {
    return core_->acquire(options, {.where = where, .statement_id = statement_id});
}

PGREPO_DECL void pool::close() noexcept {
    core_->close();
}

PGREPO_DECL pool_close_report pool::close(deadline limit) noexcept {
    return core_->close(limit);
}

PGREPO_DECL bool pool::is_closed() const noexcept {
    return core_->is_closed();
}

PGREPO_DECL void pool::resize(std::uint32_t max) {
    core_->resize(max);
}

PGREPO_DECL void pool::retire_all() noexcept {
    core_->retire_all();
}

PGREPO_DECL host_port pool::newest_endpoint() const {
    return core_->newest_endpoint();
}

PGREPO_DECL pool_counts pool::counts() const noexcept {
    return core_->counts();
}

PGREPO_DECL pool_statistics pool::statistics() const noexcept {
    return core_->statistics();
}

PGREPO_DECL std::vector<pool_holder> pool::holders() const {
    return core_->holders();
}

} // namespace pgrepo
