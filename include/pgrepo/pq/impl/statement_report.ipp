#pragma once

#include <pgrepo/base/deadline.hpp>
#include <pgrepo/base/events.hpp>
#include <pgrepo/pq/statement_report.hpp>

#include <exception>
#include <memory>
#include <string>
#include <vector>

namespace pgrepo::detail {

/// Keeps what the event views: rows may outlive their statement.
struct statement_report {
    statement_report(observer& told, const statement_event& of)
        : watcher(told),
          event(of),
          text(of.statement.text),
          id(of.statement.id),
          types(of.statement.parameter_types.begin(), of.statement.parameter_types.end()) {
        event.statement.text = text;
        event.statement.id = id;
        event.statement.parameter_types = {types.data(), types.size()};
    }
    statement_report(const statement_report&) = delete;
    statement_report& operator=(const statement_report&) = delete;

    observer& watcher;
    statement_event event;
    std::string text;
    std::string id;
    std::vector<oid> types;
    deadline::clock::time_point answered = deadline::clock::now();
    int thrown = std::uncaught_exceptions();
};

PGREPO_DECL void report_teller::operator()(statement_report* report) const noexcept {
    const std::unique_ptr<statement_report> told(report);
    told->event.decode = deadline::clock::now() - told->answered;
    told->event.decode_failed = std::uncaught_exceptions() > told->thrown;
    told->watcher.on_statement(told->event);
}

} // namespace pgrepo::detail
