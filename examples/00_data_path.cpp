// Every stage of one call: record → columns → SQL → bind → libpq → decode → record.
// The call is users.find(id). An Executor of our own stands between the repository and the service: it prints the
// operation that it is given, lets the service run it, and prints what came back.

#include "users.hpp"

#include <fmt/core.h>

#include <cstddef>
#include <exception>
#include <string>
#include <string_view>

namespace {

/// Prints what a session reports of each statement: the stage below everything that is a template.
class printing_observer final : public pgrepo::observer {
public:
    void on_statement(const pgrepo::statement_event& event) noexcept override {
        if (event.statement.id != "users.find") return;
        fmt::print("5. libpq    statement {}, {}, {} row, {:.0f} us\n", event.statement.id,
                   event.prepared ? "parsed on this trip" : "prepared before", event.rows,
                   static_cast<double>(event.execute.count()) / 1000.0);
    }
};

std::string hex(std::string_view bytes) {
    std::string out;
    for (char c : bytes) out += fmt::format("{:02x}", static_cast<unsigned>(static_cast<unsigned char>(c)));
    return out;
}

// [executor]
/// An Executor that shows each operation. `run` is all that one needs.
class showing_executor {
public:
    template <class T> using returns = T;

    explicit showing_executor(pgrepo::postgres_service& service) : service_(&service) {}

    template <pgrepo::Operation Op> auto run(const Op& op) -> typename Op::result_type {
        show_statement(op.statement());
        show_parameters(op.statement(), op.parameters());
        auto result = service_->run(op);
        show_shape(*op.shape());
        return result;
    }

private:
    static void show_statement(const pgrepo::statement_ref& statement) {
        fmt::print("3. SQL      {}\n", statement.text);
        fmt::print("            a constant of this program; prepared as pgrepo_{:016x}{:016x}\n", statement.key.high,
                   statement.key.low);
    }
    static void show_parameters(const pgrepo::statement_ref& statement, const pgrepo::parameters_view& parameters) {
        for (int i = 0; i < parameters.count; ++i)
            fmt::print("4. bind     ${} as {}, {}, {} bytes: {}\n", i + 1,
                       pgrepo::oids::type_name(statement.parameter_types[static_cast<std::size_t>(i)]),
                       parameters.formats[i] == 1 ? "binary" : "text", parameters.lengths[i],
                       hex({parameters.values[i], static_cast<std::size_t>(parameters.lengths[i])}));
    }
    static void show_shape(const pgrepo::row_shape& shape) {
        fmt::print("6. decode   each cell by its codec, every column in binary format; types checked once:\n");
        for (const pgrepo::expected_column& column : shape.columns)
            fmt::print("              {:<11} {:<11} -> {}\n", column.name, column.reads_type, column.field_type);
    }

    pgrepo::postgres_service* service_;
};
// [/executor]

void walk() {
    printing_observer watcher;
    auto config = pgrepo::postgres_config::from_env();
    config.observer = &watcher;
    pgrepo::postgres_service db{config};
    pgrepo::table_repository<UserRecord> users{db};
    const std::string email = "path-" + pgrepo::to_string(pgrepo::make_uuid_v7()) + "@example.org";
    const UserRecord ada = users.create(NewUser{email, "Ada", "Lovelace"});

    fmt::print("1. record   UserRecord, a struct of {} fields\n", pgrepo::columns_of<UserRecord>.size());
    fmt::print("2. columns  of table {}:\n", pgrepo::table_of<UserRecord>);
    for (const pgrepo::column& c : pgrepo::columns_of<UserRecord>)
        fmt::print("              {}{}{}{}{}{}\n", c.name, c.key ? ", key" : "", c.generated ? ", generated" : "",
                   c.defaulted ? ", defaulted" : "", c.nullable ? ", nullable" : "",
                   c.soft_delete ? ", soft delete" : "");

    showing_executor show{db};
    const std::optional<UserRecord> found = users.with(show).find(ada.id);

    fmt::print("7. record   {} {} {}, {}, created {}\n", pgrepo::to_string(found->id), found->first_name,
               found->last_name, pgrepo::enumerator_name(found->status), pgrepo::to_string(found->created_at));
    users.remove(ada.id);
}

} // namespace

int main() {
    try {
        walk();
        return 0;
    } catch (const std::exception& failure) {
        fmt::print(stderr, "00_data_path: {}\n", failure.what());
        return 1;
    }
}
