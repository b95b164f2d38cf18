#pragma once

#include <pgrepo/base/statement_ref.hpp>

#include <string_view>

/// Object identifiers of PostgreSQL's built-in types. They are the same in every server: fixed in pg_type.dat.
/// A trailing underscore stands where C++ (or `pgrepo::oid`) has taken the word.
/// Source: pg_type of PostgreSQL 15 (`SELECT oid, typname, typarray FROM pg_type WHERE oid < 10000`).
namespace pgrepo::oids {

// numbers and logic
inline constexpr oid bool_ = 16, bool_array = 1000;
inline constexpr oid int2 = 21, int2_array = 1005;
inline constexpr oid int4 = 23, int4_array = 1007;
inline constexpr oid int8 = 20, int8_array = 1016;
inline constexpr oid oid_ = 26, oid_array = 1028;
inline constexpr oid float4 = 700, float4_array = 1021;
inline constexpr oid float8 = 701, float8_array = 1022;
inline constexpr oid numeric = 1700, numeric_array = 1231;
inline constexpr oid money = 790, money_array = 791;
// text
inline constexpr oid text = 25, text_array = 1009;
inline constexpr oid varchar = 1043, varchar_array = 1015;
inline constexpr oid bpchar = 1042, bpchar_array = 1014;
inline constexpr oid name = 19, name_array = 1003;
inline constexpr oid char_ = 18, char_array = 1002;
inline constexpr oid json = 114, json_array = 199;
inline constexpr oid jsonb = 3802, jsonb_array = 3807;
inline constexpr oid jsonpath = 4072, jsonpath_array = 4073;
inline constexpr oid xml = 142, xml_array = 143;
// bytes, bits and identifiers
inline constexpr oid bytea = 17, bytea_array = 1001;
inline constexpr oid bit = 1560, bit_array = 1561;
inline constexpr oid varbit = 1562, varbit_array = 1563;
inline constexpr oid uuid = 2950, uuid_array = 2951;
// time
inline constexpr oid date = 1082, date_array = 1182;
inline constexpr oid time = 1083, time_array = 1183;
inline constexpr oid timetz = 1266, timetz_array = 1270;
inline constexpr oid timestamp = 1114, timestamp_array = 1115;
inline constexpr oid timestamptz = 1184, timestamptz_array = 1185;
inline constexpr oid interval = 1186, interval_array = 1187;
// networks
inline constexpr oid inet = 869, inet_array = 1041;
inline constexpr oid cidr = 650, cidr_array = 651;
inline constexpr oid macaddr = 829, macaddr_array = 1040;
inline constexpr oid macaddr8 = 774, macaddr8_array = 775;
// ranges and multiranges
inline constexpr oid int4range = 3904, int4range_array = 3905;
inline constexpr oid int8range = 3926, int8range_array = 3927;
inline constexpr oid numrange = 3906, numrange_array = 3907;
inline constexpr oid tsrange = 3908, tsrange_array = 3909;
inline constexpr oid tstzrange = 3910, tstzrange_array = 3911;
inline constexpr oid daterange = 3912, daterange_array = 3913;
inline constexpr oid int4multirange = 4451, int4multirange_array = 6150;
inline constexpr oid int8multirange = 4536, int8multirange_array = 6157;
inline constexpr oid nummultirange = 4532, nummultirange_array = 6151;
inline constexpr oid tsmultirange = 4533, tsmultirange_array = 6152;
inline constexpr oid tstzmultirange = 4534, tstzmultirange_array = 6153;
inline constexpr oid datemultirange = 4535, datemultirange_array = 6155;
// geometry
inline constexpr oid point = 600, point_array = 1017;
inline constexpr oid line = 628, line_array = 629;
inline constexpr oid lseg = 601, lseg_array = 1018;
inline constexpr oid box = 603, box_array = 1020;
inline constexpr oid path = 602, path_array = 1019;
inline constexpr oid polygon = 604, polygon_array = 1027;
inline constexpr oid circle = 718, circle_array = 719;
// text search
inline constexpr oid tsvector = 3614, tsvector_array = 3643;
inline constexpr oid tsquery = 3615, tsquery_array = 3645;
// the server's own
inline constexpr oid regproc = 24, regproc_array = 1008;
inline constexpr oid regprocedure = 2202, regprocedure_array = 2207;
inline constexpr oid regoper = 2203, regoper_array = 2208;
inline constexpr oid regoperator = 2204, regoperator_array = 2209;
inline constexpr oid regclass = 2205, regclass_array = 2210;
inline constexpr oid regcollation = 4191, regcollation_array = 4192;
inline constexpr oid regtype = 2206, regtype_array = 2211;
inline constexpr oid regrole = 4096, regrole_array = 4097;
inline constexpr oid regnamespace = 4089, regnamespace_array = 4090;
inline constexpr oid regconfig = 3734, regconfig_array = 3735;
inline constexpr oid regdictionary = 3769, regdictionary_array = 3770;
inline constexpr oid pg_lsn = 3220, pg_lsn_array = 3221;
inline constexpr oid pg_snapshot = 5038, pg_snapshot_array = 5039;
inline constexpr oid txid_snapshot = 2970, txid_snapshot_array = 2949;
inline constexpr oid tid = 27, tid_array = 1010;
inline constexpr oid xid = 28, xid_array = 1011;
inline constexpr oid xid8 = 5069, xid8_array = 271;
inline constexpr oid cid = 29, cid_array = 1012;
inline constexpr oid refcursor = 1790, refcursor_array = 2201;
inline constexpr oid int2vector = 22, int2vector_array = 1006;
inline constexpr oid oidvector = 30, oidvector_array = 1013;
// not of a value
inline constexpr oid unknown = 705;
inline constexpr oid void_ = 2278;
inline constexpr oid record = 2249, record_array = 2287;

} // namespace pgrepo::oids

namespace pgrepo::detail {

struct builtin_type {
    oid type;
    oid array_type;
    const char* name;
    const char* array_name;
};

inline constexpr builtin_type builtin_types[] = {
    {16, 1000, "bool", "bool[]"},
    {17, 1001, "bytea", "bytea[]"},
    {18, 1002, "\"char\"", "\"char\"[]"},
    {19, 1003, "name", "name[]"},
    {20, 1016, "int8", "int8[]"},
    {21, 1005, "int2", "int2[]"},
    {22, 1006, "int2vector", "int2vector[]"},
    {23, 1007, "int4", "int4[]"},
    {24, 1008, "regproc", "regproc[]"},
    {25, 1009, "text", "text[]"},
    {26, 1028, "oid", "oid[]"},
    {27, 1010, "tid", "tid[]"},
    {28, 1011, "xid", "xid[]"},
    {29, 1012, "cid", "cid[]"},
    {30, 1013, "oidvector", "oidvector[]"},
    {114, 199, "json", "json[]"},
    {142, 143, "xml", "xml[]"},
    {600, 1017, "point", "point[]"},
    {601, 1018, "lseg", "lseg[]"},
    {602, 1019, "path", "path[]"},
    {603, 1020, "box", "box[]"},
    {604, 1027, "polygon", "polygon[]"},
    {628, 629, "line", "line[]"},
    {650, 651, "cidr", "cidr[]"},
    {700, 1021, "float4", "float4[]"},
    {701, 1022, "float8", "float8[]"},
    {705, 0, "unknown", ""},
    {718, 719, "circle", "circle[]"},
    {774, 775, "macaddr8", "macaddr8[]"},
    {790, 791, "money", "money[]"},
    {829, 1040, "macaddr", "macaddr[]"},
    {869, 1041, "inet", "inet[]"},
    {1042, 1014, "bpchar", "bpchar[]"},
    {1043, 1015, "varchar", "varchar[]"},
    {1082, 1182, "date", "date[]"},
    {1083, 1183, "time", "time[]"},
    {1114, 1115, "timestamp", "timestamp[]"},
    {1184, 1185, "timestamptz", "timestamptz[]"},
    {1186, 1187, "interval", "interval[]"},
    {1266, 1270, "timetz", "timetz[]"},
    {1560, 1561, "bit", "bit[]"},
    {1562, 1563, "varbit", "varbit[]"},
    {1700, 1231, "numeric", "numeric[]"},
    {1790, 2201, "refcursor", "refcursor[]"},
    {2202, 2207, "regprocedure", "regprocedure[]"},
    {2203, 2208, "regoper", "regoper[]"},
    {2204, 2209, "regoperator", "regoperator[]"},
    {2205, 2210, "regclass", "regclass[]"},
    {2206, 2211, "regtype", "regtype[]"},
    {2249, 2287, "record", "record[]"},
    {2278, 0, "void", ""},
    {2950, 2951, "uuid", "uuid[]"},
    {2970, 2949, "txid_snapshot", "txid_snapshot[]"},
    {3220, 3221, "pg_lsn", "pg_lsn[]"},
    {3614, 3643, "tsvector", "tsvector[]"},
    {3615, 3645, "tsquery", "tsquery[]"},
    {3734, 3735, "regconfig", "regconfig[]"},
    {3769, 3770, "regdictionary", "regdictionary[]"},
    {3802, 3807, "jsonb", "jsonb[]"},
    {3904, 3905, "int4range", "int4range[]"},
    {3906, 3907, "numrange", "numrange[]"},
    {3908, 3909, "tsrange", "tsrange[]"},
    {3910, 3911, "tstzrange", "tstzrange[]"},
    {3912, 3913, "daterange", "daterange[]"},
    {3926, 3927, "int8range", "int8range[]"},
    {4072, 4073, "jsonpath", "jsonpath[]"},
    {4089, 4090, "regnamespace", "regnamespace[]"},
    {4096, 4097, "regrole", "regrole[]"},
    {4191, 4192, "regcollation", "regcollation[]"},
    {4451, 6150, "int4multirange", "int4multirange[]"},
    {4532, 6151, "nummultirange", "nummultirange[]"},
    {4533, 6152, "tsmultirange", "tsmultirange[]"},
    {4534, 6153, "tstzmultirange", "tstzmultirange[]"},
    {4535, 6155, "datemultirange", "datemultirange[]"},
    {4536, 6157, "int8multirange", "int8multirange[]"},
    {5038, 5039, "pg_snapshot", "pg_snapshot[]"},
    {5069, 271, "xid8", "xid8[]"},
};

} // namespace pgrepo::detail

namespace pgrepo::oids {

/// PostgreSQL's name of a built-in type, for messages: "int4", "text[]". Empty for any other type.
/// The view is of a literal, zero-terminated.
[[nodiscard]] constexpr std::string_view type_name(oid type) noexcept {
    if (type == 0) return {};
    for (const auto& known : detail::builtin_types) {
        if (known.type == type) return known.name;
        if (known.array_type == type) return known.array_name;
    }
    return {};
}

} // namespace pgrepo::oids
