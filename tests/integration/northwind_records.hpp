#pragma once

// Northwind's tables that have a primary key, as structs: fields in the order of the dump's columns.

#include <pgrepo/pgrepo.hpp>

#include <cstdint>
#include <optional>
#include <string>

namespace northwind {

using text = std::optional<std::string>;
using int2 = std::optional<std::int16_t>;
using day = std::optional<pgrepo::date>;
using real = std::optional<float>;
using bytes = std::optional<pgrepo::bytea>;

struct Category {
    std::int16_t category_id{};
    std::string category_name{};
    text description{};
    bytes picture{};

    using pgrepo_mapping =
        pgrepo::annotations<pgrepo::table<"categories">, pgrepo::primary_key<&Category::category_id>>;
};

struct CustomerDemo {
    std::string customer_id{};
    std::string customer_type_id{};

    using pgrepo_mapping =
        pgrepo::annotations<pgrepo::table<"customer_customer_demo">,
                            pgrepo::primary_key<&CustomerDemo::customer_id, &CustomerDemo::customer_type_id>>;
};

struct Demographic {
    std::string customer_type_id{};
    text customer_desc{};

    using pgrepo_mapping = pgrepo::annotations<pgrepo::table<"customer_demographics">,
                                               pgrepo::primary_key<&Demographic::customer_type_id>>;
};

struct Customer {
    std::string customer_id{};
    std::string company_name{};
    text contact_name{};
    text contact_title{};
    text address{};
    text city{};
    text region{};
    text postal_code{};
    text country{};
    text phone{};
    text fax{};

    using pgrepo_mapping = pgrepo::annotations<pgrepo::table<"customers">, pgrepo::primary_key<&Customer::customer_id>>;
};

struct Employee {
    std::int16_t employee_id{};
    std::string last_name{};
    std::string first_name{};
    text title{};
    text title_of_courtesy{};
    day birth_date{};
    day hire_date{};
    text address{};
    text city{};
    text region{};
    text postal_code{};
    text country{};
    text home_phone{};
    text extension{};
    bytes photo{};
    text notes{};
    int2 reports_to{};
    text photo_path{};

    using pgrepo_mapping = pgrepo::annotations<pgrepo::table<"employees">, pgrepo::primary_key<&Employee::employee_id>>;
};

struct EmployeeTerritory {
    std::int16_t employee_id{};
    std::string territory_id{};

    using pgrepo_mapping =
        pgrepo::annotations<pgrepo::table<"employee_territories">,
                            pgrepo::primary_key<&EmployeeTerritory::employee_id, &EmployeeTerritory::territory_id>>;
};

struct OrderDetail {
    std::int16_t order_id{};
    std::int16_t product_id{};
    float unit_price{};
    std::int16_t quantity{};
    float discount{};

    using pgrepo_mapping = pgrepo::annotations<pgrepo::table<"order_details">,
                                               pgrepo::primary_key<&OrderDetail::order_id, &OrderDetail::product_id>>;
};

struct Order {
    std::int16_t order_id{};
    text customer_id{};
    int2 employee_id{};
    day order_date{};
    day required_date{};
    day shipped_date{};
    int2 ship_via{};
    real freight{};
    text ship_name{};
    text ship_address{};
    text ship_city{};
    text ship_region{};
    text ship_postal_code{};
    text ship_country{};

    using pgrepo_mapping = pgrepo::annotations<pgrepo::table<"orders">, pgrepo::primary_key<&Order::order_id>>;
};

struct Product {
    std::int16_t product_id{};
    std::string product_name{};
    int2 supplier_id{};
    int2 category_id{};
    text quantity_per_unit{};
    real unit_price{};
    int2 units_in_stock{};
    int2 units_on_order{};
    int2 reorder_level{};
    std::int32_t discontinued{};

    using pgrepo_mapping = pgrepo::annotations<pgrepo::table<"products">, pgrepo::primary_key<&Product::product_id>>;
};

struct Region {
    std::int16_t region_id{};
    std::string region_description{};

    using pgrepo_mapping = pgrepo::annotations<pgrepo::table<"region">, pgrepo::primary_key<&Region::region_id>>;
};

struct Shipper {
    std::int16_t shipper_id{};
    std::string company_name{};
    text phone{};

    using pgrepo_mapping = pgrepo::annotations<pgrepo::table<"shippers">, pgrepo::primary_key<&Shipper::shipper_id>>;
};

struct Supplier {
    std::int16_t supplier_id{};
    std::string company_name{};
    text contact_name{};
    text contact_title{};
    text address{};
    text city{};
    text region{};
    text postal_code{};
    text country{};
    text phone{};
    text fax{};
    text homepage{};

    using pgrepo_mapping = pgrepo::annotations<pgrepo::table<"suppliers">, pgrepo::primary_key<&Supplier::supplier_id>>;
};

struct Territory {
    std::string territory_id{};
    std::string territory_description{};
    std::int16_t region_id{};

    using pgrepo_mapping =
        pgrepo::annotations<pgrepo::table<"territories">, pgrepo::primary_key<&Territory::territory_id>>;
};

struct State {
    std::int16_t state_id{};
    text state_name{};
    text state_abbr{};
    text state_region{};

    using pgrepo_mapping = pgrepo::annotations<pgrepo::table<"us_states">, pgrepo::primary_key<&State::state_id>>;
};

// What is written.
struct NewProduct {
    std::int16_t product_id{};
    std::string product_name{};
    int2 supplier_id{};
    int2 category_id{};
    real unit_price{};
    std::int32_t discontinued{};
};
struct StockPatch {
    pgrepo::change<float> unit_price{};
    pgrepo::change<std::int16_t> units_in_stock{};
};

} // namespace northwind
