// expect: [service_run] a DatabaseService has a template returns<T> and a member run(operation)
// expect: Fake
// lines: 15
// errors: 1
#include <pgrepo/pgrepo.hpp>

#include <type_traits>
#include <utility>

struct Transaction {
    template <class T> using returns = T;
    template <class Op> typename Op::result_type run(const Op&);
};
struct Fake {
    using transaction_type = Transaction;
    template <class T> using returns = T;
#if defined(PGREPO_TWIN)
    template <class Op> typename Op::result_type run(const Op&);
#endif
    template <class Fn> std::invoke_result_t<Fn, Transaction&> with_transaction(pgrepo::tx_options, Fn&&);
    template <class Fn> std::invoke_result_t<Fn, Transaction&> with_transaction(Fn&&);
    bool is_connected();
    pgrepo::connection_info connection_info();
    void close();
};

static_assert(pgrepo::check_database_service<Fake>());
