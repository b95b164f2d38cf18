#pragma once

#include <pgrepo/base/array_view.hpp>
#include <pgrepo/codec/bind.hpp>
#include <pgrepo/sql/update_statements.hpp>

#include <array>
#include <cstddef>
#include <type_traits>
#include <utility>

namespace pgrepo::detail {

/// Which fields of a patch are engaged, as the bits of a shape.
PGREPO_DECL shape_mask engaged_fields(array_view<field_writer> writers, const void* const* fields);

/// How update_table's statement of the patch's shape is given what it takes: the engaged columns, the key, the expected
/// version. In a full record an empty optional is a value, NULL; in a patch it keeps what is there.
template <class Record, class Patch> struct patch_parameters {
    using traits = patch_traits<Record, Patch>;
    using columns = typename traits::columns;
    using types = typename join_lists<typename columns::types, typename key_traits<Record>::parameters>::type;

    template <std::size_t... Field> static consteval auto make_writers(std::index_sequence<Field...>) {
        std::array<field_writer, sizeof...(Field)> each{
            writer_for<(columns::width(Field) != 0), traits::may_be_left_out(Field), columns::embeds(Field),
                       field_type<Patch, Field>>...};
        std::size_t field = 0;
        for (field_writer& writer : each) {
            if (writer.engaged != nullptr)
                writer.bit = traits::bit_of(field);
            else if (writer.put != nullptr)
                writer.version = traits::is_version(field);
            ++field;
        }
        return each;
    }
};
template <class Record, class Patch>
inline constexpr auto patch_writers =
    patch_parameters<Record, Patch>::make_writers(std::make_index_sequence<field_count<Patch>>{});

} // namespace pgrepo::detail

#if !defined(PGREPO_SEPARATE_COMPILATION)
#include <pgrepo/sql/impl/bind_patch.ipp>
#endif
