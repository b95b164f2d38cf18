"""The C++ and the SQL of benchmarks/growth that depend on how many fields or repositories there are."""

import compile_units

# What the fields of a record are, in turns: SQL type, SQL value in row n, C++ type, how it is decoded by hand.
KINDS = (
    ("bigint NOT NULL", "n::bigint * 1000003 + {f}", "std::int64_t",
     "by_hand::expect_width(rows, row, {i}, 8);\n    to.f{f} = by_hand::load64(PQgetvalue(rows, row, {i}));"),
    ("text NOT NULL", "'value ' || n || ' of {f}'", "std::string", "by_hand::load_text(rows, row, {i}, to.f{f});"),
    ("boolean NOT NULL", "n % 2 = 0", "bool",
     "by_hand::expect_width(rows, row, {i}, 1);\n    to.f{f} = *PQgetvalue(rows, row, {i}) != 0;"),
    ("timestamptz NOT NULL", "timestamptz '2026-01-01 00:00:00Z' + n * interval '1 second'", "@time",
     "to.f{f} = by_hand::load_time(rows, row, {i});"),
    ("uuid NOT NULL", "md5(n || ' {f}')::uuid", "@uuid",
     "by_hand::expect_width(rows, row, {i}, 16);\n    std::memcpy(&to.f{f}, PQgetvalue(rows, row, {i}), 16);"),
    ("text", "CASE WHEN n % 3 <> 0 THEN 'maybe ' || n END", "std::optional<std::string>",
     "if (PQgetisnull(rows, row, {i}))\n        to.f{f}.reset();\n    else\n"
     "        by_hand::load_text(rows, row, {i}, to.f{f}.emplace());"),
)


def kinds(fields):
    return [(f, KINDS[(f - 1) % len(KINDS)]) for f in range(1, fields + 1)]


# ---- fields: a record of so many

def fields_sql(fields, rows):
    columns = ", ".join(f"f{f} {kind[0]}" for f, kind in kinds(fields))
    values = ", ".join(kind[1].format(f=f) for f, kind in kinds(fields))
    return [f"CREATE TABLE fields_{fields} ({columns})",
            f"INSERT INTO fields_{fields} SELECT {values} FROM generate_series(1, {rows}) AS n",
            f"VACUUM ANALYZE fields_{fields}"]


def members(fields, time, uuid):
    lines = []
    for f, kind in kinds(fields):
        of = kind[2].replace("@time", time).replace("@uuid", uuid)
        lines.append(f"    {of} f{f}{'' if of == 'std::string' else '{}'};\n")
    return "".join(lines)


def mapping(fields):
    return f'\n    using pgrepo_mapping = pgrepo::annotations<pgrepo::table<"fields_{fields}">>;\n'


def fields_by_hand(fields):
    columns = ", ".join(f"f{f}" for f in range(1, fields + 1))
    decode = "".join("    " + kind[3].format(f=f, i=f - 1) + "\n" for f, kind in kinds(fields))
    return f"""
void load(const PGresult* rows, int row, record& to) {{
{decode}}}

void prepare(PGconn* session) {{
    by_hand::expect(by_hand::result(PQprepare(session, "all", "SELECT {columns} FROM fields_{fields}", 0, nullptr)),
                    PGRES_COMMAND_OK);
}}

std::vector<record> find_all(PGconn* session) {{
    const by_hand::result rows(PQexecPrepared(session, "all", 0, nullptr, nullptr, nullptr, 1));
    by_hand::expect(rows, PGRES_TUPLES_OK);
    const int count = PQntuples(rows.get());
    std::vector<record> out;
    out.reserve(static_cast<std::size_t>(count));
    for (int i = 0; i < count; ++i) load(rows.get(), i, out.emplace_back());
    return out;
}}
"""


def fields_program(fields, rows):
    sums = "".join(f"    sum = growing::mix(sum, row.f{f});\n" for f in range(1, fields + 1))
    return f"""// Made by benchmarks/growth: {rows} rows of a record of {fields} fields, read into a vector.

#include <by_hand.hpp>

#include "measuring.hpp"

namespace {{

struct record {{
{members(fields, "pgrepo::timestamptz", "pgrepo::uuid")}{mapping(fields)}}};

std::uint64_t sum_of(const record& row) {{
    std::uint64_t sum = growing::no_fields;
{sums}    return sum;
}}
{fields_by_hand(fields)}
void measure(const growing::job& todo) {{
    growing::require(todo.size == {fields}, "another number of fields was compiled in");
    const auto config = pgrepo::postgres_config::from_env();
    if (todo.by_hand) {{
        const auto session = by_hand::connect(config);
        prepare(session.get());
        growing::measure_reads(todo, {rows}, [&] {{ return find_all(session.get()); }}, sum_of);
    }} else {{
        pgrepo::postgres_service db(config);
        const pgrepo::table_repository<record> records(db);
        growing::measure_reads(todo, {rows}, [&] {{ return records.find_all(); }}, sum_of);
    }}
}}

}} // namespace

int main(int argc, char** argv) {{
    return growing::run(argc, argv, measure);
}}
"""


# What by_hand.hpp offers, without pgrepo's types: so that compiling a file by hand is not charged for pgrepo's headers.
HAND_TOOLS = """
namespace by_hand {
using uuid = std::array<unsigned char, 16>;
using time = std::chrono::sys_time<std::chrono::microseconds>;

struct result_closer {
    void operator()(PGresult* result) const noexcept { PQclear(result); }
};
using result = std::unique_ptr<PGresult, result_closer>;

inline void expect(const result& rows, ExecStatusType status) {
    if (!rows || PQresultStatus(rows.get()) != status) throw std::runtime_error("a statement failed");
}
inline std::int64_t load64(const char* bytes) {
    std::uint64_t value;
    std::memcpy(&value, bytes, 8);
    return static_cast<std::int64_t>(__builtin_bswap64(value));
}
inline void expect_width(const PGresult* rows, int row, int column, int width) {
    if (PQgetlength(rows, row, column) != width || PQgetisnull(rows, row, column))
        throw std::runtime_error("a column has an unexpected width");
}
inline time load_time(const PGresult* rows, int row, int column) {
    expect_width(rows, row, column, 8);
    return time(std::chrono::microseconds(load64(PQgetvalue(rows, row, column)) + 946'684'800'000'000));
}
inline void load_text(const PGresult* rows, int row, int column, std::string& to) {
    const int length = PQgetlength(rows, row, column);
    if (length == 0 && PQgetisnull(rows, row, column)) throw std::runtime_error("a text is NULL");
    to.assign(PQgetvalue(rows, row, column), static_cast<std::size_t>(length));
}
} // namespace by_hand
"""


def fields_units(folder, numbers):
    """What a file that reads such a record costs to compile: by hand, and with pgrepo compiled once."""
    units = []
    for fields in numbers:
        text = compile_units.FLOOR.replace("void nothing() {}\n", "")
        text += "#include <array>\n#include <cstdint>\n#include <cstring>\n#include <memory>\n#include <stdexcept>\n"
        text += HAND_TOOLS + "\nstruct record {\n" + members(fields, "by_hand::time", "by_hand::uuid") + "};\n"
        text += fields_by_hand(fields)
        source = compile_units.write_source(folder, f"hand_fields_{fields}.cpp", text)
        units.append(compile_units.Unit("by_hand", "libpq by hand", fields, source))
        text = "#include <pgrepo/repository.hpp>\n\n#include <cstdint>\n#include <optional>\n#include <string>\n#include <vector>\n"
        text += "\nstruct record {\n" + members(fields, "pgrepo::timestamptz", "pgrepo::uuid") + mapping(fields) + "};\n"
        text += """
std::vector<record> find_all(pgrepo::postgres_service& db) {
    return pgrepo::table_repository<record>(db).find_all();
}
"""
        source = compile_units.write_source(folder, f"pgrepo_fields_{fields}.cpp", text)
        units.append(compile_units.Unit("pgrepo", "pgrepo, compiled once", fields, source,
                                        ("-DPGREPO_SEPARATE_COMPILATION",)))
    return units


# ---- repositories: so many tables, one record each

REPOSITORY_ROWS = 1000  # enough for the planner to take the index

REPOSITORY = """
struct record@ {
    pgrepo::uuid id{};
    std::string email@;
    std::string name@;
    std::string status@;
    bool verified@{};
    std::int64_t logins@{};
    double score@{};
    pgrepo::timestamptz created_at{};
    std::optional<pgrepo::timestamptz> deleted_at{};

    using pgrepo_mapping =
        pgrepo::annotations<pgrepo::table<"records@">, pgrepo::primary_key<&record@::id>,
                            pgrepo::generated<&record@::id, &record@::created_at>,
                            pgrepo::soft_delete<&record@::deleted_at>>;
};

std::uint64_t sum_of(const record@& row) {
    using growing::mix;
    std::uint64_t sum = mix(mix(mix(mix(growing::no_fields, row.id), row.email@), row.name@), row.status@);
    sum = mix(mix(mix(sum, row.verified@), row.logins@), row.score@);
    return mix(mix(sum, row.created_at), row.deleted_at);
}

std::optional<record@> find@(PGconn* session, const pgrepo::uuid& id) {
    const char* values[] = {reinterpret_cast<const char*>(&id)};
    const int lengths[] = {16};
    const int formats[] = {1};
    const by_hand::result found(PQexecPrepared(session, "find@", 1, values, lengths, formats, 1));
    by_hand::expect(found, PGRES_TUPLES_OK);
    std::optional<record@> out;
    const PGresult* const rows = found.get();
    if (PQntuples(rows) == 0) return out;
    record@& to = out.emplace();
    by_hand::expect_width(rows, 0, 0, 16);
    std::memcpy(&to.id, PQgetvalue(rows, 0, 0), 16);
    by_hand::load_text(rows, 0, 1, to.email@);
    by_hand::load_text(rows, 0, 2, to.name@);
    by_hand::load_text(rows, 0, 3, to.status@);
    by_hand::expect_width(rows, 0, 4, 1);
    to.verified@ = *PQgetvalue(rows, 0, 4) != 0;
    by_hand::expect_width(rows, 0, 5, 8);
    to.logins@ = by_hand::load64(PQgetvalue(rows, 0, 5));
    by_hand::expect_width(rows, 0, 6, 8);
    to.score@ = std::bit_cast<double>(by_hand::load64(PQgetvalue(rows, 0, 6)));
    to.created_at = by_hand::load_time(rows, 0, 7);
    if (!PQgetisnull(rows, 0, 8)) to.deleted_at = by_hand::load_time(rows, 0, 8);
    return out;
}
"""


def repositories_sql(tables):
    for i in range(1, tables + 1):
        yield (f"CREATE TABLE records{i} (id uuid PRIMARY KEY, email{i} text NOT NULL, name{i} text NOT NULL, status{i} text "
               f"NOT NULL, verified{i} boolean NOT NULL, logins{i} bigint NOT NULL, score{i} float8 NOT NULL, created_at "
               "timestamptz NOT NULL, deleted_at timestamptz)")
        yield (f"INSERT INTO records{i} SELECT md5(n::text)::uuid, 'user' || n || '@example{i}.org', 'Name ' || n, 'active', "
               "n % 2 = 0, n, n / 7.0, timestamptz '2026-01-01 00:00:00Z' + n * interval '1 second', NULL "
               f"FROM generate_series(1, {REPOSITORY_ROWS}) AS n")
        yield f"VACUUM ANALYZE records{i}"


def repositories_part(first, last):
    """A file with the repositories from `first` to `last`: one with all of them takes long to compile."""
    numbers = range(first, last + 1)
    entries = "".join(f"""    {{"find{i}", "SELECT id, email{i}, name{i}, status{i}, verified{i}, logins{i}, score{i}, created_at, deleted_at "
     "FROM records{i} WHERE id = $1 AND deleted_at IS NULL",
     [](PGconn* session, const pgrepo::uuid& id, bool sum) {{ return read(find{i}(session, id), sum); }},
     [](pgrepo::postgres_service& db, const pgrepo::uuid& id, bool sum) {{
         return read(pgrepo::table_repository<record{i}>(db).find(id), sum);
     }}}},
""" for i in numbers)
    return f"""// Made by benchmarks/growth: repositories {first} to {last}.

#include <by_hand.hpp>

#include "repositories.hpp"

#include <bit>

namespace {{
{"".join(REPOSITORY.replace("@", str(i)) for i in numbers)}
template <class Record> std::uint64_t read(const std::optional<Record>& found, bool sum) {{
    growing::require(found.has_value(), "a record was missed");
    return sum ? sum_of(*found) : 0;
}}

const finder own[] = {{
{entries}}};

}} // namespace

std::span<const finder> finders{first}() {{
    return own;
}}
"""


def repositories_main(parts):
    declared = "".join(f"std::span<const finder> finders{first}();\n" for first in parts)
    called = ", ".join(f"finders{first}()" for first in parts)
    return f"""// Made by benchmarks/growth.

#include <by_hand.hpp>

#include "repositories.hpp"

{declared}
int main(int argc, char** argv) {{
    return growing::run(argc, argv, [](const growing::job& todo) {{
        std::vector<finder> all;
        for (const auto part : {{{called}}}) all.insert(all.end(), part.begin(), part.end());
        measure_finders(todo, all);
    }});
}}
"""
