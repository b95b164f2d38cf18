// expect: [service_connection_info] a DatabaseService has pgrepo::connection_info connection_info()
// expect: Fake
// lines: 15
// errors: 1
#include <pgrepo/pgrepo.hpp>

#include <string>
#include <type_traits>
#include <utility>

struct Transaction {
    template <class T> using returns = T;
    template <class Op> typename Op::result_type run(const Op&);
};
struct Fake {
    using transaction_type = Transaction;
    template <class T> using returns = T;
    template <class Op> typename Op::result_type run(const Op&);
    template <class Fn> std::invoke_result_t<Fn, Transaction&> with_transaction(pgrepo::tx_options, Fn&&);
    template <class Fn> std::invoke_result_t<Fn, Transaction&> with_transaction(Fn&&);
    bool is_connected();
#if defined(PGREPO_TWIN)
    pgrepo::connection_info connection_info();
#else
    std::string connection_info();
#endif
    void close();
};

static_assert(pgrepo::check_database_service<Fake>());
