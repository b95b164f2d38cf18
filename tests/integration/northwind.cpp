// A database that others designed: Northwind as it is handed around (Ms-PL, not ours to ship). The dump is looked for
// where PGREPO_NORTHWIND says, else in shared/data beside the checkout; without it the test is skipped and says so. Every
// table with a primary key is read whole and compared with what psql prints of it.

#include "northwind_records.hpp"
#include "service_support.hpp"

#include <boost/pfr/core.hpp>
#include <boost/pfr/ops_fields.hpp>

#include <array>
#include <cstdio>
#include <cstring>
#include <iostream>
#include <optional>
#include <random>
#include <set>
#include <sys/wait.h>
#include <tuple>

using namespace service_test;
using namespace northwind;
using pgrepo::asc;
using pgrepo::col;
using pgrepo::order_by;
using pgrepo::postgres_service;
using pgrepo::table_repository;

namespace {

// ---- the dump

std::filesystem::path dump() {
    const std::string named = environment("PGREPO_NORTHWIND");
    return named.empty() ? std::filesystem::path(PGREPO_SOURCE_DIR) / "../shared/data/northwind.sql"
                         : std::filesystem::path(named);
}

/// Before any test case: without the dump there is nothing to run.
struct dump_is_there {
    dump_is_there() {
        if (std::filesystem::is_regular_file(dump())) return;
        std::cout << "skipped: Northwind's dump is not at " << dump().lexically_normal().string()
                  << "; name the file in PGREPO_NORTHWIND" << std::endl;
        std::exit(77); // "skipped" for CTest
    }
};
BOOST_TEST_GLOBAL_FIXTURE(dump_is_there);

// ---- psql, which shares nothing with the library but the server

std::string quoted(const std::string& word) {
    std::string out = "'";
    for (const char c : word) out += c == '\'' ? std::string("'\\''") : std::string(1, c);
    return out + "'";
}

/// What psql prints on its standard output; throws when it fails.
std::string psql(const std::string& database, const std::string& arguments) {
    for (const char* name : {"HOST", "PORT", "USER", "PASSWORD"}) // a password does not belong on a command line
        ::setenv((std::string("PG") + name).c_str(), environment((std::string("POSTGRES_") + name).c_str()).c_str(), 1);
    ::setenv("PGCLIENTENCODING", "UTF8", 1);
    ::setenv("PGOPTIONS", "-c datestyle=ISO -c bytea_output=hex -c extra_float_digits=1", 1);
    const std::string command = "psql -X -q -v ON_ERROR_STOP=1 -d " + quoted(database) + " " + arguments;
    std::FILE* pipe = ::popen(command.c_str(), "r");
    if (pipe == nullptr) throw std::runtime_error("psql was not started");
    std::string out;
    std::array<char, 65536> block{};
    while (const std::size_t n = std::fread(block.data(), 1, block.size(), pipe)) out.append(block.data(), n);
    const int status = ::pclose(pipe);
    if (!WIFEXITED(status) || WEXITSTATUS(status) != 0) throw std::runtime_error("psql failed: " + command);
    return out;
}

using cells = std::vector<std::optional<std::string>>;

/// COPY's text format: NULL is \N, which no value can be.
cells split(std::string_view line) {
    cells out;
    std::optional<std::string> value("");
    for (std::size_t i = 0; i <= line.size(); ++i) {
        if (i == line.size() || line[i] == '\t') {
            out.push_back(std::exchange(value, std::string()));
        } else if (line[i] != '\\') {
            value.value() += line[i];
        } else {
            ++i;
            BOOST_REQUIRE(i < line.size());
            const std::string_view letters = "bfnrtv", meanings = "\b\f\n\r\t\v";
            if (line[i] == 'N')
                value.reset();
            else if (const auto at = letters.find(line[i]); at != letters.npos)
                value.value() += meanings[at];
            else
                value.value() += line[i];
        }
    }
    return out;
}

/// The rows of any SELECT.
std::vector<cells> rows_of(const std::string& database, std::string_view select) {
    const std::string text =
        psql(database, "-c " + quoted("COPY (" + std::string(select) + ") TO STDOUT WITH (ENCODING 'UTF8')"));
    std::vector<cells> out;
    for (std::size_t from = 0; from < text.size();) {
        const std::size_t end = text.find('\n', from);
        BOOST_REQUIRE(end != text.npos);
        out.push_back(split(std::string_view(text).substr(from, end - from)));
        from = end + 1;
    }
    return out;
}

// ---- a field against what psql printed of it

bool same(const std::string& field, const std::string& printed) {
    return field == printed;
}
bool same(std::int16_t field, const std::string& printed) {
    return std::to_string(field) == printed;
}
bool same(std::int32_t field, const std::string& printed) {
    return std::to_string(field) == printed;
}
bool same(float field, const std::string& printed) { // bit for bit: what is printed determines the number
    char* end = nullptr;
    const float number = std::strtof(printed.c_str(), &end);
    return end == printed.c_str() + printed.size() && std::memcmp(&number, &field, sizeof field) == 0;
}
bool same(const pgrepo::date& field, const std::string& printed) {
    return to_string(field) == printed;
}
bool same(const pgrepo::bytea& field, const std::string& printed) {
    std::string hex = "\\x";
    for (const std::byte b : field)
        for (const unsigned half : {std::to_integer<unsigned>(b) >> 4U, std::to_integer<unsigned>(b) & 15U})
            hex += "0123456789abcdef"[half];
    return hex == printed;
}
template <class T> bool same_cell(const T& field, const std::optional<std::string>& printed) {
    return printed.has_value() && same(field, *printed);
}
template <class T> bool same_cell(const std::optional<T>& field, const std::optional<std::string>& printed) {
    return field.has_value() == printed.has_value() && (!field || same(*field, *printed));
}

/// The first field of a record that is not what psql printed; "" where all are.
template <class Record> std::string difference(const Record& record, const cells& printed) {
    if (printed.size() != boost::pfr::tuple_size_v<Record>) return "another number of columns";
    std::string out;
    boost::pfr::for_each_field(record, [&](const auto& field, std::size_t index) {
        if (out.empty() && !same_cell(field, printed[index]))
            out = std::string(pgrepo::columns_of<Record>[index].name) + ", printed " + printed[index].value_or("NULL");
    });
    return out;
}

template <class Record> bool equal(const Record& a, const Record& b) {
    return boost::pfr::eq_fields(a, b);
}

// ---- the database

struct northwind_fixture {
    database db{};
    postgres_service service;

    northwind_fixture() : service(db.config()) { // here, and not at the member: clang 16 has no call site there
        psql(db.name(), "-1 -o /dev/null -f " + quoted(dump().string()));
        // Two tables and all pictures are empty in the dump: a comparison of nothing proves nothing.
        session(db.name()).run(
            "INSERT INTO customer_demographics VALUES ('big', E'buys a lot\\tand\\\\often'), ('far', NULL), "
            "('new', '');"
            "INSERT INTO customer_customer_demo SELECT customer_id, 'far' FROM customers WHERE country <> 'UK';"
            "INSERT INTO customer_customer_demo SELECT customer_id, 'big' FROM customers WHERE city = 'London';"
            "UPDATE categories SET picture = decode('00ff5c2701', 'hex') WHERE category_id = 2;"
            "UPDATE categories SET picture = NULL WHERE category_id = 3;"
            "UPDATE employees SET photo = decode(repeat('deadbeef00', 20000), 'hex') WHERE employee_id = 5");
    }

    template <class Record> table_repository<Record> of() { return table_repository<Record>(service); }

    std::set<std::string> compared{};

    /// The table read whole and by each of its keys, against psql. How many rows there are.
    template <class Record, class Order, class Key>
    std::size_t compare(Order order, const std::string& key_columns, Key key_of_record) {
        const std::string table(pgrepo::table_of<Record>);
        BOOST_TEST_CONTEXT(table) {
            compared.insert(table);
            std::string names;
            for (const pgrepo::column& c : pgrepo::columns_of<Record>)
                names += (names.empty() ? "" : ",") + std::string(c.name);
            const auto columns = rows_of(db.name(), "SELECT string_agg(attname, ',' ORDER BY attnum) FROM pg_attribute "
                                                    "WHERE attnum > 0 AND attrelid = '" +
                                                        table + "'::regclass");
            BOOST_TEST(names == columns.at(0).at(0).value());

            const auto printed = rows_of(db.name(), "SELECT * FROM " + table + " ORDER BY " + key_columns);
            const std::vector<Record> read = of<Record>().find_all(order);
            BOOST_REQUIRE(read.size() == printed.size());
            BOOST_TEST(read.size() > 0U);
            std::size_t wrong = 0;
            for (std::size_t row = 0; row < read.size(); ++row)
                if (const std::string what = difference(read[row], printed[row]); !what.empty() && ++wrong < 5)
                    BOOST_ERROR(table << ", row " << row << ": " << what);
            BOOST_TEST(wrong == 0U);

            std::size_t lost = 0;
            for (const Record& record : read) {
                const std::optional<Record> found = of<Record>().find(key_of_record(record));
                if (!found || !equal(*found, record)) ++lost;
            }
            BOOST_TEST(lost == 0U);
            BOOST_TEST(of<Record>().count() == static_cast<std::int64_t>(read.size()));
            return read.size();
        }
        return 0;
    }
};

struct Best {
    std::string customer_id{};
    std::string company_name{};
    std::int64_t orders{};
    double revenue{};
};
/// Summed as numeric: a sum of floats depends on the order of the rows.
constexpr auto best_customers =
    pgrepo::query<Best,
                  "SELECT c.customer_id, c.company_name, count(DISTINCT o.order_id) AS orders,"
                  " sum(d.unit_price::numeric * d.quantity * (1 - d.discount::numeric))::double precision AS revenue"
                  " FROM customers c JOIN orders o ON o.customer_id = c.customer_id"
                  " JOIN order_details d ON d.order_id = o.order_id"
                  " GROUP BY c.customer_id, c.company_name ORDER BY revenue DESC, c.customer_id LIMIT 10",
                  "bestCustomers">;

} // namespace

BOOST_FIXTURE_TEST_SUITE(northwind_suite, northwind_fixture)

BOOST_AUTO_TEST_CASE(every_table_is_read_as_psql_prints_it) {
    std::size_t rows = 0;
    rows += compare<Category>(order_by(asc<&Category::category_id>), "category_id",
                              [](const auto& r) { return r.category_id; });
    rows += compare<CustomerDemo>(order_by(asc<&CustomerDemo::customer_id>, asc<&CustomerDemo::customer_type_id>),
                                  "customer_id, customer_type_id",
                                  [](const auto& r) { return std::tuple(r.customer_id, r.customer_type_id); });
    rows += compare<Demographic>(order_by(asc<&Demographic::customer_type_id>), "customer_type_id",
                                 [](const auto& r) { return r.customer_type_id; });
    rows += compare<Customer>(order_by(asc<&Customer::customer_id>), "customer_id",
                              [](const auto& r) { return r.customer_id; });
    rows += compare<Employee>(order_by(asc<&Employee::employee_id>), "employee_id",
                              [](const auto& r) { return r.employee_id; });
    rows += compare<EmployeeTerritory>(
        order_by(asc<&EmployeeTerritory::employee_id>, asc<&EmployeeTerritory::territory_id>),
        "employee_id, territory_id", [](const auto& r) { return std::tuple(r.employee_id, r.territory_id); });
    rows += compare<OrderDetail>(order_by(asc<&OrderDetail::order_id>, asc<&OrderDetail::product_id>),
                                 "order_id, product_id",
                                 [](const auto& r) { return std::tuple(r.order_id, r.product_id); });
    rows += compare<Order>(order_by(asc<&Order::order_id>), "order_id", [](const auto& r) { return r.order_id; });
    rows +=
        compare<Product>(order_by(asc<&Product::product_id>), "product_id", [](const auto& r) { return r.product_id; });
    rows += compare<Region>(order_by(asc<&Region::region_id>), "region_id", [](const auto& r) { return r.region_id; });
    rows +=
        compare<Shipper>(order_by(asc<&Shipper::shipper_id>), "shipper_id", [](const auto& r) { return r.shipper_id; });
    rows += compare<Supplier>(order_by(asc<&Supplier::supplier_id>), "supplier_id",
                              [](const auto& r) { return r.supplier_id; });
    rows += compare<Territory>(order_by(asc<&Territory::territory_id>), "territory_id",
                               [](const auto& r) { return r.territory_id; });
    rows += compare<State>(order_by(asc<&State::state_id>), "state_id", [](const auto& r) { return r.state_id; });
    BOOST_TEST_MESSAGE(rows << " rows were compared");
    BOOST_TEST(rows > 3000U);

    // and these were all
    std::set<std::string> keyed;
    for (const cells& row : rows_of(db.name(), "SELECT conrelid::regclass::text FROM pg_constraint "
                                               "WHERE contype = 'p' AND connamespace = 'public'::regnamespace"))
        keyed.insert(row.at(0).value());
    BOOST_TEST(compared == keyed, boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(the_ten_best_customers) {
    const std::vector<Best> best = service.select(best_customers);
    const auto printed = rows_of(db.name(), best_customers.text.view());
    BOOST_TEST(best.size() == 10U);
    BOOST_REQUIRE(printed.size() == best.size());
    for (std::size_t i = 0; i < best.size(); ++i) {
        BOOST_TEST(best[i].customer_id == printed[i].at(0).value());
        BOOST_TEST(best[i].company_name == printed[i].at(1).value());
        BOOST_TEST(std::to_string(best[i].orders) == printed[i].at(2).value());
        BOOST_TEST(best[i].revenue == std::strtod(printed[i].at(3).value().c_str(), nullptr));
    }
    BOOST_TEST(best.front().revenue > best.back().revenue);
}

BOOST_AUTO_TEST_CASE(a_product_comes_and_goes) {
    auto products = of<Product>();
    const std::int64_t before = products.count();
    const NewProduct tea{.product_id = 500,
                         .product_name = "Tea \"Earl's\" \\ 100%",
                         .supplier_id = 1,
                         .category_id = 1,
                         .unit_price = 4.35F,
                         .discontinued = 0};

    NewProduct stray = tea;
    stray.category_id = 99;
    auto refused = failure_of([&] { products.create(stray); });
    check_kind(refused, error_kind::foreign_key_violation);
    BOOST_TEST(refused.constraint() == "fk_products_categories");
    BOOST_TEST(refused.table() == "products");
    BOOST_TEST(products.count() == before);

    const Product made = products.create(tea);
    BOOST_TEST(made.product_name == tea.product_name);
    BOOST_TEST(!made.units_in_stock.has_value());
    BOOST_TEST(difference(made, rows_of(db.name(), "SELECT * FROM products WHERE product_id = 500").at(0)) == "");

    const Product patched = products.update(500, StockPatch{.unit_price = 4.1F, .units_in_stock = std::int16_t{12}});
    BOOST_TEST(patched.unit_price.value() == 4.1F);
    BOOST_TEST(patched.units_in_stock.value() == 12);
    BOOST_TEST(patched.product_name == tea.product_name);
    BOOST_TEST(difference(patched, rows_of(db.name(), "SELECT * FROM products WHERE product_id = 500").at(0)) == "");
    const Product emptied = products.update(500, StockPatch{.units_in_stock = pgrepo::set_null});
    BOOST_TEST((!emptied.units_in_stock.has_value() && emptied.unit_price.value() == 4.1F));

    refused = failure_of([&] { products.remove(1); }); // it was ordered
    check_kind(refused, error_kind::foreign_key_violation);
    BOOST_TEST(refused.constraint() == "fk_order_details_products");
    BOOST_TEST(products.find(1).has_value());

    BOOST_TEST(products.remove(500));
    BOOST_TEST(!products.find(500).has_value());
    BOOST_TEST(!products.remove(500));
    BOOST_TEST(products.count() == before);
}

BOOST_AUTO_TEST_CASE(pages_make_the_whole) {
    const auto customers = of<Customer>();
    const std::vector<Customer> whole =
        customers.find_all(order_by(asc<&Customer::country>, asc<&Customer::customer_id>));
    for (const std::uint32_t limit : {1U, 7U, 13U, 90U, 91U, 1000U}) {
        std::vector<Customer> walked;
        for (bool more = true; more;) {
            // by country alone: the key that makes the order whole is the library's to add
            const auto page = customers.find_page(col<&Customer::customer_id> != "", order_by(asc<&Customer::country>),
                                                  {.limit = limit, .offset = walked.size()});
            BOOST_TEST(page.total.value() == static_cast<std::int64_t>(whole.size()));
            BOOST_REQUIRE((page.items.size() == limit || !page.has_more));
            walked.insert(walked.end(), page.items.begin(), page.items.end());
            more = page.has_more;
        }
        BOOST_REQUIRE(walked.size() == whole.size());
        BOOST_TEST(std::ranges::equal(walked, whole, equal<Customer>));
    }
    // filtered, and without a count
    const auto germans =
        customers.find_all(col<&Customer::country> == "Germany", order_by(asc<&Customer::customer_id>));
    BOOST_TEST(germans.size() > 10U);
    const auto page = customers.find_page(col<&Customer::country> == "Germany", order_by(asc<&Customer::customer_id>),
                                          {.limit = 4, .offset = 5, .total = pgrepo::total::none});
    BOOST_REQUIRE(page.items.size() == 4U);
    for (std::size_t i = 0; i < 4; ++i) BOOST_TEST(equal(page.items[i], germans[i + 5]));
    BOOST_TEST((page.has_more && !page.total.has_value()));
}

BOOST_AUTO_TEST_CASE(orders_by_many_ids) {
    const auto orders = of<Order>();
    std::vector<Order> all = orders.find_all();
    std::ranges::shuffle(all, std::mt19937(7)); // any order, but the same each time
    all.resize(400);
    std::vector<std::int16_t> ids;
    for (const Order& order : all) ids.push_back(order.order_id);
    BOOST_TEST(std::ranges::equal(orders.find_by_ids(ids), all, equal<Order>));

    std::vector<std::int16_t> with_strays{-1, ids[3], 32767, ids[3], ids[0], 0};
    const auto found = orders.find_by_ids(with_strays);
    BOOST_REQUIRE(found.size() == 2U);
    BOOST_TEST((equal(found[0], all[3]) && equal(found[1], all[0])));
    BOOST_TEST(orders.find_by_ids(std::vector<std::int16_t>{}).empty());
}

BOOST_AUTO_TEST_SUITE_END()
