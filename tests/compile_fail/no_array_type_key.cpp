// expect: [no_array_type] the codec of this type names no array_type
// expect: Money
// lines: 15
// errors: 1
#include <pgrepo/pgrepo.hpp>

#include <array>
#include <cstdint>
#include <string_view>
#include <vector>

struct Money {
    std::int64_t cents{};
    friend bool operator==(const Money&, const Money&) = default;
};
template <> struct pgrepo::codec<Money> {
    static constexpr std::string_view type_name = "int8";
    static constexpr oid parameter_type = oids::int8;
#if defined(PGREPO_TWIN)
    static constexpr oid array_type = oids::int8_array;
#else
    static constexpr oid array_type = 0;
#endif
    using room = codec<std::int64_t>::room;
    static constexpr bool reads(oid type) { return type == oids::int8; }
    static encoded encode(const Money& value, room& out) { return codec<std::int64_t>::encode(value.cents, out); }
    static decoded decode(cell from, Money& to) { return codec<std::int64_t>::decode(from, to.cents); }
};

struct Invoice {
    std::int64_t id{};
    Money total{};

    using pgrepo_mapping = pgrepo::annotations<pgrepo::table<"invoices">, pgrepo::primary_key<&Invoice::total>>;
};

void f(pgrepo::table_repository<Invoice>& invoices, const std::vector<Money>& keys) {
    invoices.find_by_ids(keys);
}
