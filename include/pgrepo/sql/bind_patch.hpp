#pragma once

#include <pgrepo/codec/bind.hpp>
#include <pgrepo/sql/update_statements.hpp>

#include <array>
#include <cstddef>
#include <span>
#include <type_traits>
#include <utility>

namespace pgrepo::detail {

/// Which fields of a patch are engaged, as the bits of a shape.
PGREPO_DECL shape_mask engaged_fields(std::span<const field_writer> writers, const void* const* fields);

/// How update_table's statement of the patch's shape is given what it takes: the engaged columns, the key, the expected
/// version. In a full record an empty optional is a value, NULL; in a patch it keeps what is there.
template <class Record, class Patch> struct patch_parameters {
    using traits = patch_traits<Record, Patch>;
    using columns = typename traits::columns;
    static constexpr std::size_t most = columns::size + key_size<Record>;

private:
    template <std::size_t Field> static consteval field_writer writer_of() {
        using type = field_type<Patch, Field>;
        constexpr bool embeds = columns::embeds(Field);
        if constexpr (columns::width(Field) == 0)
            return {};
        else if constexpr (traits::may_be_left_out(Field))
            return {.engaged = &is_engaged<type>, .put = &put_engaged<embeds, type>, .bit = traits::bit_of(Field)};
        else
            return {.put = &put_field<embeds, type>, .version = traits::is_version(Field)};
    }

public:
    static constexpr auto writers = []<std::size_t... Field>(std::index_sequence<Field...>) {
        return std::array<field_writer, sizeof...(Field)>{writer_of<Field>()...};
    }(std::make_index_sequence<field_count<Patch>>{});
};

} // namespace pgrepo::detail

#if !defined(PGREPO_SEPARATE_COMPILATION)
#include <pgrepo/sql/impl/bind_patch.ipp>
#endif
