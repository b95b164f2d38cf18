// expect: [patch_too_wide] a patch has at most 6 optional fields for now
// expect: Patch
// expect: counted<7>
// lines: 15
// errors: 1
#include <pgrepo/pgrepo.hpp>

#include <cstdint>
#include <optional>

struct Wide {
    std::int64_t id{};
    std::int32_t a{}, b{}, c{}, d{}, e{}, f{}, g{};

    using pgrepo_mapping = pgrepo::annotations<pgrepo::table<"wide">, pgrepo::primary_key<&Wide::id>>;
};
struct Patch {
    std::optional<std::int32_t> a{}, b{}, c{}, d{}, e{}, f{};
#if defined(PGREPO_TWIN)
    std::int32_t g{};
#else
    std::optional<std::int32_t> g{};
#endif
};

void f(pgrepo::table_repository<Wide>& table) {
    table.update(1, Patch{.a = 1});
}
