// expect: [too_many_fields] a record has at most 64 fields
// expect: counted<65>
// lines: 15
// errors: 1
#include <pgrepo/pgrepo.hpp>

struct Wide {
    int a0{}, a1{}, a2{}, a3{}, a4{}, a5{}, a6{}, a7{}, b0{}, b1{}, b2{}, b3{}, b4{}, b5{}, b6{}, b7{};
    int c0{}, c1{}, c2{}, c3{}, c4{}, c5{}, c6{}, c7{}, d0{}, d1{}, d2{}, d3{}, d4{}, d5{}, d6{}, d7{};
    int e0{}, e1{}, e2{}, e3{}, e4{}, e5{}, e6{}, e7{}, f0{}, f1{}, f2{}, f3{}, f4{}, f5{}, f6{}, f7{};
    int g0{}, g1{}, g2{}, g3{}, g4{}, g5{}, g6{}, g7{}, h0{}, h1{}, h2{}, h3{}, h4{}, h5{}, h6{}, h7{};
#if !defined(PGREPO_TWIN)
    int surplus{};
#endif

    using pgrepo_mapping = pgrepo::annotations<pgrepo::table<"wide">, pgrepo::primary_key<&Wide::a0>>;
};

void f(pgrepo::postgres_service& db) {
    pgrepo::table_repository<Wide> wide{db};
    wide.find(7);
}
