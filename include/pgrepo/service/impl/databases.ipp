#pragma once

#include <pgrepo/base/error.hpp>
#include <pgrepo/pq/server_error.hpp>
#include <pgrepo/service/config_reader.hpp>
#include <pgrepo/service/databases.hpp>
#include <pgrepo/service/named_config.hpp>
#include <pgrepo/service/pooled_service.hpp>
#include <pgrepo/service/postgres_config.hpp>
#include <pgrepo/service/postgres_service.hpp>
#include <pgrepo/service/variable_source.hpp>

#include <algorithm>
#include <atomic>
#include <deque>
#include <memory>
#include <mutex>
#include <optional>
#include <utility>

namespace pgrepo {
namespace detail {

/// The error with the database's name before its message.
PGREPO_DECL error error_of_database(std::string_view name, const error& failure) {
    error_details details = failure.details();
    details.message = "database " + std::string(name) + ": " + details.message;
    return error(std::move(details));
}

class databases_core {
public:
    /// Makes room for a database; its configuration, or why there is none, is filled in by the caller.
    struct entry {
        std::string name;
        postgres_config config{};
        std::optional<error> refused{};
        std::mutex mutex{}; // held while it is opened
        std::unique_ptr<postgres_service> service{};
    };

    entry& add(std::string name) {
        const auto fits = [](char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_'; };
        if (name.empty() || name.front() < 'a' || name.front() > 'z' || !std::ranges::all_of(name, fits))
            raise(error_kind::configuration, "a database's name is not lower-case letters, digits and underscores that "
                                             "begin with a letter: " +
                                                 escaped(name, 100));
        if (find(name) != nullptr) raise(error_kind::configuration, "the database's name is given twice: " + name);
        entry& made = entries_.emplace_back();
        made.name = std::move(name);
        return made;
    }
    /// Keeps what was thrown instead of throwing it.
    template <class Function> void configure(entry& one, Function&& configured) {
        try {
            one.config = configured();
        } catch (const error& failure) {
            if (failure.kind() != error_kind::configuration) throw;
            one.refused = error_of_database(one.name, failure);
        }
    }

    [[nodiscard]] entry* find(std::string_view name) noexcept {
        const auto found = std::ranges::find(entries_, name, &entry::name);
        return found == entries_.end() ? nullptr : &*found;
    }
    entry& at(std::string_view name) {
        if (entry* found = find(name)) return *found;
        std::string text = "there is no database named " + escaped(name, 100) + "; these are:";
        for (const entry& one : entries_) text.append(&one == &entries_.front() ? " " : ", ").append(one.name);
        raise(error_kind::configuration, text);
    }

    postgres_service& get(std::string_view name, std::source_location where) {
        entry& one = at(name);
        const std::lock_guard lock(one.mutex);
        if (closed_) raise(error_kind::closed, "database " + one.name + ": all databases were closed", {}, where);
        if (one.refused) throw error(*one.refused);
        if (!one.service) {
            try {
                one.service = std::make_unique<postgres_service>(one.config, where);
            } catch (const error& failure) {
                throw error_of_database(one.name, failure);
            }
        }
        return *one.service;
    }
    void close_all() noexcept {
        closed_ = true;
        for (entry& one : entries_) {
            const std::lock_guard lock(one.mutex);
            if (one.service) one.service->close();
        }
    }
    [[nodiscard]] std::deque<entry>& entries() noexcept { return entries_; }

private:
    std::deque<entry> entries_{}; // fixed once made; a deque, since an entry cannot be moved
    std::atomic<bool> closed_ = false;
};

PGREPO_DECL void databases_ender::operator()(databases_core* core) const noexcept {
    delete core;
}

PGREPO_DECL std::unique_ptr<databases_core> read_databases(const variable_source& source,
                                                           const std::vector<std::string>& names,
                                                           std::string_view prefix) {
    auto core = std::make_unique<databases_core>();
    for (const std::string& name : names) {
        databases_core::entry& one = core->add(name);
        std::string own(prefix);
        own += '_';
        for (const char c : name) own += c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
        core->configure(one, [&] { return read_config(source, {own, std::string(prefix)}); });
    }
    return core;
}

} // namespace detail

PGREPO_DECL databases::databases(std::vector<named_config> configs) {
    auto core = std::make_unique<detail::databases_core>();
    for (named_config& given : configs)
        core->configure(core->add(std::move(given.name)), [&] {
            given.config.validate();
            return std::move(given.config);
        });
    core_.reset(core.release());
}

PGREPO_DECL databases databases::from_env(const std::vector<std::string>& names, std::string_view prefix) {
    return databases(detail::read_databases(detail::variable_source(), names, prefix).release());
}

PGREPO_DECL databases databases::from_env_file(const std::string& path, const std::vector<std::string>& names,
                                               std::string_view prefix) {
    const detail::variable_source source(detail::read_env_file(path));
    return databases(detail::read_databases(source, names, prefix).release());
}

PGREPO_DECL void databases::validate() const {
    std::string text;
    for (const auto& one : core_->entries())
        if (one.refused) text.append(text.empty() ? "" : "; ").append(one.refused->message());
    if (!text.empty()) detail::raise(error_kind::configuration, text);
}

PGREPO_DECL postgres_service& databases::get(std::string_view name, std::source_location where) {
    return core_->get(name, where);
}

PGREPO_DECL const postgres_config& databases::config(std::string_view name) const {
    const auto& one = core_->at(name);
    if (one.refused) throw error(*one.refused);
    return one.config;
}

PGREPO_DECL std::vector<std::string> databases::names() const {
    std::vector<std::string> out;
    for (const auto& one : core_->entries()) out.push_back(one.name);
    return out;
}

PGREPO_DECL void databases::close_all() noexcept {
    core_->close_all();
}

} // namespace pgrepo
