#pragma once

#include <pgrepo/codec/boolean.hpp>
#include <pgrepo/codec/integers.hpp>
#include <pgrepo/contract/repository.hpp>
#include <pgrepo/repository/finish_page.hpp>
#include <pgrepo/repository/keyed_rows.hpp>
#include <pgrepo/repository/repository_check.hpp>
#include <pgrepo/sql/bind_patch.hpp>
#include <pgrepo/sql/insert_statement.hpp>
#include <pgrepo/sql/select_statements.hpp>
#include <pgrepo/sql/statement_constant.hpp>
#include <pgrepo/sql/update_table.hpp>

#include <cstdint>
#include <optional>
#include <source_location>
#include <span>
#include <utility>
#include <vector>

namespace pgrepo {

class postgres_service;

/// The records of one table. A value of one pointer: copy it, make it where it is needed. It may be used from several
/// threads where its Executor may; the Executor must outlive it. Every method is one statement in one round trip,
/// whose text is a constant, and throws `error` as its Executor does; what a method adds to that is said there.
/// `WithDeleted`: removed records are seen too.
template <class Record, class Runner = postgres_service, bool WithDeleted = false> class table_repository {
    static constexpr bool usable = detail::is_table_record<Record>;
    static constexpr bool keyed = detail::key_size<Record> != 0;
    static_assert(detail::unless<usable, detail::struct_check<Record>>::said &&
                  detail::unless<usable, detail::record_check<Record>>::said &&
                  detail::unless<usable, detail::row_check<Record>>::said);

    template <class T> using returns = typename Runner::template returns<T>;
    using everything = detail::everything<Record>;

public:
    using record_type = Record;
    /// The type of the primary key's field; a tuple when it has several; unusable when there is none.
    using key_type = typename detail::key_traits<Record>::type;

    explicit table_repository(Runner& runner) noexcept : runner_(&runner) {}

    /// The same records through another Executor: `users.with(tx)`.
    template <class Other>
    [[nodiscard]] table_repository<Record, Other, WithDeleted> with(Other& other) const noexcept {
        return table_repository<Record, Other, WithDeleted>(other);
    }
    /// The same, seeing removed records in every find, count and exists. Changes still leave them alone.
    [[nodiscard]] table_repository<Record, Runner, true> with_deleted() const noexcept {
        return table_repository<Record, Runner, true>(*runner_);
    }

    // ---- reading

    /// SELECT … WHERE key = $1. Nothing where there is no such record.
    returns<std::optional<Record>> find(const key_type& key,
                                        std::source_location where = std::source_location::current()) const {
        static_assert(detail::unless<keyed, detail::key_check<Record>>::said);
        if constexpr (usable && keyed) {
            using constant = detail::statement_constant<detail::find_statement<Record, WithDeleted>>;
            using finish = detail::finish_first<Record>;
            detail::parameter_block<typename constant::parameters> bound(constant::value, where);
            detail::put_key(bound, key);
            return runner_->run(detail::operation_of<finish>{bound.asking_for(finish::shape), {}});
        } else {
            return detail::refused<returns<std::optional<Record>>>();
        }
    }

    /// SELECT … WHERE key = ANY($1). In the order of `keys`; missing ones are skipped, repeated ones come once.
    /// For keys of one column. Keys that only the database holds to be equal (a case-insensitive collation, -0.0 and 0.0)
    /// come after the others.
    returns<std::vector<Record>> find_by_ids(std::span<const key_type> keys,
                                             std::source_location where = std::source_location::current()) const {
        static_assert(detail::key_check<Record>::said && detail::single_key_check<Record>::said);
        if constexpr (usable && detail::key_size<Record> == 1) static_assert(detail::list_check<key_type>::said);
        if constexpr (has_listable_key()) {
            using constant = detail::statement_constant<detail::find_by_ids_statement<Record, WithDeleted>>;
            detail::parameter_block<typename constant::parameters> bound(constant::value, where);
            bound.put(detail::list_parameter<key_type>{keys});
            using finish = detail::finish_in_key_order<Record, detail::key_column<Record>(0)>;
            return runner_->run(detail::operation_of<finish>{bound.asking_for(finish::shape), finish{keys}});
        } else {
            return detail::refused<returns<std::vector<Record>>>();
        }
    }
    returns<std::vector<Record>> find_by_ids(const std::vector<key_type>& keys,
                                             std::source_location where = std::source_location::current()) const {
        static_assert(detail::key_check<Record>::said && detail::single_key_check<Record>::said);
        return find_by_ids(std::span<const key_type>(keys), where);
    }
    /// Without a primary key: says so.
    template <class Keys>
        requires std::is_same_v<key_type, detail::no_key>
    returns<std::vector<Record>> find_by_ids(const Keys&) const {
        static_assert(detail::unless<keyed, detail::key_check<Record>>::said);
        return detail::refused<returns<std::vector<Record>>>();
    }

    /// SELECT … WHERE … ORDER BY … LIMIT 1. The first that matches, or nothing.
    template <class Node, class... Terms>
    returns<std::optional<Record>> find_one(const criterion<Node>& filter, ordering<Terms...> = {},
                                            std::source_location where = std::source_location::current()) const {
        static_assert(detail::unless<detail::can_filter<Record, Node, Terms...>,
                                     detail::filter_check<Record, Node, Terms...>>::said);
        if constexpr (usable && detail::can_filter<Record, Node, Terms...>) {
            using constant = detail::statement_constant<
                detail::select_statement<Record, Node, ordering<Terms...>, detail::row_limit::one, WithDeleted>>;
            using finish = detail::finish_first<Record>;
            detail::parameter_block<typename constant::parameters> bound(constant::value, where);
            filter.node.bind(bound);
            return runner_->run(detail::operation_of<finish>{bound.asking_for(finish::shape), {}});
        } else {
            return detail::refused<returns<std::optional<Record>>>();
        }
    }

    /// SELECT … WHERE … ORDER BY …. Every record that matches, in a vector sized once.
    template <class Node = everything, class... Terms>
    returns<std::vector<Record>> find_all(const criterion<Node>& filter = {}, ordering<Terms...> = {},
                                          std::source_location where = std::source_location::current()) const {
        static_assert(detail::unless<detail::can_filter<Record, Node, Terms...>,
                                     detail::filter_check<Record, Node, Terms...>>::said);
        if constexpr (usable && detail::can_filter<Record, Node, Terms...>) {
            using constant = detail::statement_constant<
                detail::select_statement<Record, Node, ordering<Terms...>, detail::row_limit::none, WithDeleted>>;
            using finish = detail::finish_all<Record>;
            detail::parameter_block<typename constant::parameters> bound(constant::value, where);
            filter.node.bind(bound);
            return runner_->run(detail::operation_of<finish>{bound.asking_for(finish::shape), {}});
        } else {
            return detail::refused<returns<std::vector<Record>>>();
        }
    }
    template <class... Terms>
        requires(sizeof...(Terms) > 0)
    returns<std::vector<Record>> find_all(ordering<Terms...> order,
                                          std::source_location where = std::source_location::current()) const {
        return find_all(criterion<everything>{}, order, where);
    }

    /// One page: items and, unless it was not asked for, how many match in all, of one snapshot (it is one statement).
    /// The primary key is added to the order, so that rows that are equal otherwise do not change pages.
    /// Throws `error` kind encode for an offset that PostgreSQL's bigint cannot hold.
    template <class Node = everything, class... Terms>
    returns<page<Record>> find_page(const criterion<Node>& filter, ordering<Terms...> = {}, page_request request = {},
                                    std::source_location where = std::source_location::current()) const {
        static_assert(detail::unless<detail::can_filter<Record, Node, Terms...>,
                                     detail::filter_check<Record, Node, Terms...>>::said);
        using order = ordering<Terms...>;
        if constexpr (usable && detail::can_filter<Record, Node, Terms...>) {
            using counted = detail::statement_constant<detail::page_statement<Record, Node, order, WithDeleted>>;
            using plain = detail::statement_constant<
                detail::select_statement<Record, Node, order, detail::row_limit::parameters, WithDeleted>>;
            const bool count = request.total == total::exact;
            detail::parameter_block<typename counted::parameters> bound(count ? counted::value : plain::value, where);
            const detail::page_bounds bounds = detail::bounds_of(request, bound.statement());
            filter.node.bind(bound);
            bound.put(bounds.limit);
            bound.put(bounds.offset);
            using all = detail::finish_page<Record>;
            using some = detail::finish_page_uncounted<Record>;
            if (count) return runner_->run(detail::operation_of<all>{bound.asking_for(all::shape), all{request}});
            return runner_->run(detail::operation_of<some>{bound.asking_for(some::shape), some{request}});
        } else {
            return detail::refused<returns<page<Record>>>();
        }
    }
    returns<page<Record>> find_page(page_request request = {},
                                    std::source_location where = std::source_location::current()) const {
        return find_page(criterion<everything>{}, ordering<>{}, request, where);
    }

    /// SELECT count(*) …
    template <class Node = everything>
    returns<std::int64_t> count(const criterion<Node>& filter = {},
                                std::source_location where = std::source_location::current()) const {
        static_assert(detail::unless<detail::can_filter<Record, Node>, detail::filter_check<Record, Node>>::said);
        if constexpr (usable && detail::can_filter<Record, Node>) {
            using constant = detail::statement_constant<detail::count_statement<Record, Node, WithDeleted>>;
            using finish = detail::finish_exactly_one<std::int64_t, detail::value_codec<std::int64_t>>;
            detail::parameter_block<typename constant::parameters> bound(constant::value, where);
            filter.node.bind(bound);
            return runner_->run(detail::operation_of<finish>{bound.asking_for(finish::shape), {}});
        } else {
            return detail::refused<returns<std::int64_t>>();
        }
    }

    /// SELECT EXISTS (…): whether any record matches. Stops at the first.
    template <class Node = everything>
    returns<bool> exists(const criterion<Node>& filter = {},
                         std::source_location where = std::source_location::current()) const {
        static_assert(detail::unless<detail::can_filter<Record, Node>, detail::filter_check<Record, Node>>::said);
        if constexpr (usable && detail::can_filter<Record, Node>) {
            using constant = detail::statement_constant<detail::exists_statement<Record, Node, WithDeleted>>;
            using finish = detail::finish_exactly_one<bool, detail::value_codec<bool>>;
            detail::parameter_block<typename constant::parameters> bound(constant::value, where);
            filter.node.bind(bound);
            return runner_->run(detail::operation_of<finish>{bound.asking_for(finish::shape), {}});
        } else {
            return detail::refused<returns<bool>>();
        }
    }

    // ---- writing

    /// INSERT … RETURNING. `draft` is a struct whose fields are columns by name: it may leave out exactly generated,
    /// defaulted and nullable ones. A full record leaves generated ones to the database. Returns the whole record.
    template <class Draft>
    returns<Record> create(const Draft& draft, std::source_location where = std::source_location::current()) const {
        constexpr bool fits = detail::can_create<Record, Draft>;
        static_assert(detail::unless<fits, detail::struct_check<Draft>>::said &&
                      detail::unless<fits, detail::create_check<Record, Draft>>::said);
        if constexpr (fits) {
            using source = detail::insert_statement<Record, Draft>;
            using constant = detail::statement_constant<source>;
            detail::parameter_block<typename constant::parameters> bound(constant::value, where);
            const auto fields = detail::fields_of<const Draft>::template addresses<const void>(draft);
            detail::put_fields(bound, detail::draft_writers<Record, Draft>, fields.data());
            using finish = detail::finish_exactly_one<Record>;
            return runner_->run(detail::operation_of<finish>{bound.asking_for(finish::shape), finish{}});
        } else {
            return detail::refused<returns<Record>>();
        }
    }

    /// UPDATE … SET … WHERE key = $n RETURNING. `patch` is a struct whose fields are columns by name: `std::optional<T>`
    /// for a NOT NULL column and `change<T>` for a nullable one; only engaged fields are written. An empty patch
    /// writes nothing and returns the record. A full record writes all but key, generated and soft-delete columns.
    /// Throws `error` kind not_found where there is no such record, or it was removed.
    template <class Patch>
    returns<Record> update(const key_type& key, const Patch& patch,
                           std::source_location where = std::source_location::current()) const {
        constexpr bool fits = usable && keyed && detail::can_update<Record, Patch>;
        static_assert(detail::unless<fits, detail::key_check<Record>>::said &&
                      detail::unless<fits, detail::struct_check<Patch>>::said &&
                      detail::unless<fits, detail::update_check<Record, Patch>>::said);
        if constexpr (fits) {
            using parameters = detail::patch_parameters<Record, Patch>;
            const auto fields = detail::fields_of<const Patch>::template addresses<const void>(patch);
            detail::parameter_block<typename parameters::types> bound(
                detail::update_table<Record, Patch>::find(
                    detail::engaged_fields(detail::patch_writers<Record, Patch>, fields.data())),
                where);
            detail::put_fields(bound, detail::patch_writers<Record, Patch>, fields.data());
            detail::put_key(bound, key);
            if constexpr (parameters::traits::checked) {
                detail::put_fields(bound, detail::patch_writers<Record, Patch>, fields.data(), true);
                using finish = detail::finish_checked_change<Record>;
                return runner_->run(detail::operation_of<finish>{bound.asking_for(finish::shape), finish{}});
            } else {
                using finish = detail::finish_exactly_one<Record>;
                return runner_->run(
                    detail::operation_of<finish>{bound.asking_for(finish::shape), finish{detail::no_such_record}});
            }
        } else {
            return detail::refused<returns<Record>>();
        }
    }

    /// Soft where the mapping says so (UPDATE … SET deleted_at = now()), else DELETE. Whether there was one.
    returns<bool> remove(const key_type& key, std::source_location where = std::source_location::current()) const {
        static_assert(detail::unless<keyed, detail::key_check<Record>>::said);
        if constexpr (usable && keyed) {
            using constant = detail::statement_constant<detail::remove_statement<Record>>;
            using finish = detail::finish_any;
            detail::parameter_block<typename constant::parameters> bound(constant::value, where);
            detail::put_key(bound, key);
            return runner_->run(detail::operation_of<finish>{bound.asking_for(finish::shape), {}});
        } else {
            return detail::refused<returns<bool>>();
        }
    }

    /// Undoes a soft remove. Whether there was a removed record with this key.
    returns<bool> restore(const key_type& key, std::source_location where = std::source_location::current()) const {
        static_assert(detail::key_check<Record>::said && detail::soft_delete_check<Record>::said);
        if constexpr (usable && keyed && detail::has_soft_delete<Record>) {
            using constant = detail::statement_constant<detail::restore_statement<Record>>;
            using finish = detail::finish_any;
            detail::parameter_block<typename constant::parameters> bound(constant::value, where);
            detail::put_key(bound, key);
            return runner_->run(detail::operation_of<finish>{bound.asking_for(finish::shape), {}});
        } else {
            return detail::refused<returns<bool>>();
        }
    }

private:
    // `usable` and `keyed` are false where a worded error was given: what follows from it is not compiled.
    static constexpr bool has_listable_key() {
        if constexpr (usable && detail::key_size<Record> == 1)
            return detail::type_has_array_type<key_type>;
        else
            return false;
    }

    Runner* runner_;
};

/// A repository on any Executor: `auto users = pgrepo::repository_of<UserRecord>(tx);`
template <class Record, Executor Runner>
[[nodiscard]] table_repository<Record, Runner> repository_of(Runner& runner) noexcept {
    return table_repository<Record, Runner>(runner);
}

} // namespace pgrepo
