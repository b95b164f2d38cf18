#pragma once

#include <pgrepo/contract/finish.hpp>
#include <pgrepo/sql/patch_binding.hpp>

#include <source_location>
#include <tuple>

namespace pgrepo::detail {

/// `update(key, patch)` as an operation: the statement is picked by which fields are engaged, nothing is built.
template <class Record, class Patch> class update_operation {
    using key_types = typename key_traits<Record>::parameters;
    template <class List> struct key_refs;
    template <class... Key> struct key_refs<type_list<Key...>> {
        using type = std::tuple<const Key&...>;
    };
    using traits = patch_traits<Record, Patch>;

public:
    using result_type = Record;
    using key_tuple = typename key_refs<key_types>::type;
    using bound_type = patch_parameters<Patch, traits::full, typename traits::fields, key_types>;

    update_operation(const Patch& patch, key_tuple key, std::source_location where)
        : statement_(update_statements<Record, Patch>::table[engaged_mask<Record>(patch)]),
          patch_(&patch),
          key_(key) {
        statement_.where = where;
    }
    [[nodiscard]] const statement_ref& statement() const noexcept { return statement_; }
    [[nodiscard]] bound_type bind() const { return bound_type(statement_, *patch_, key_); }
    [[nodiscard]] static constexpr const row_shape* shape() noexcept { return finish_changed<Record>::shape; }
    template <RowSource Rows> [[nodiscard]] Record finish(const Rows& rows) const {
        return finish_changed<Record>{}(rows, statement_);
    }

private:
    statement_ref statement_;
    const Patch* patch_;
    key_tuple key_;
};

} // namespace pgrepo::detail
