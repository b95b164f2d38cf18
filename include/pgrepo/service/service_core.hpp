#pragma once

#include <pgrepo/contract/connection_info.hpp>
#include <pgrepo/contract/operation.hpp>
#include <pgrepo/contract/tx_options.hpp>
#include <pgrepo/pq/rowset.hpp>

#include <source_location>

namespace pgrepo {

class transaction;
class pool;
struct call_options;

namespace detail {

// What postgres_service and transaction are handles of. A file that only uses repositories sees these: neither the pool nor
// libpq, whose code is then compiled in one file and not in each.

/// A session that has a transaction open.
class transaction_core {
public:
    /// The rows, whose shape was checked. Throws as transaction::run does.
    virtual rowset answer(const request& asked) = 0;

protected:
    transaction_core() = default;
    transaction_core(const transaction_core&) = default;
    transaction_core& operator=(const transaction_core&) = default;
    ~transaction_core() = default;
};

/// What runs in a transaction: a function that somebody else holds.
struct transaction_body {
    void (*call)(void* function, transaction& tx);
    void* function;
};

class service_core {
public:
    service_core(const service_core&) = delete;
    service_core& operator=(const service_core&) = delete;
    virtual ~service_core() = default;

    /// The rows, whose shape was checked. Throws as postgres_service::run does. `options` may be null.
    virtual rowset answer(const request& asked, const call_options* options) = 0;
    /// BEGIN (with the first statement), the body, COMMIT; ROLLBACK where anything throws.
    virtual void transact(const tx_options& options, std::source_location where, const transaction_body& body) = 0;
    virtual bool is_connected() noexcept = 0;
    virtual pgrepo::connection_info connection_info() const = 0;
    virtual void close() noexcept = 0;
    [[nodiscard]] virtual pgrepo::pool& sessions() noexcept = 0;

protected:
    service_core() = default;
};
struct service_ender {
    void operator()(service_core* core) const noexcept { delete core; }
};

} // namespace detail
} // namespace pgrepo
