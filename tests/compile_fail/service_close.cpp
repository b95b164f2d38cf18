// expect: [service_close] a DatabaseService has close()
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
    template <class Op> typename Op::result_type run(const Op&);
    template <class Fn> std::invoke_result_t<Fn, Transaction&> with_transaction(pgrepo::tx_options, Fn&&);
    template <class Fn> std::invoke_result_t<Fn, Transaction&> with_transaction(Fn&&);
    bool is_connected();
    pgrepo::connection_info connection_info();
#if defined(PGREPO_TWIN)
    void close();
#endif
};

static_assert(pgrepo::check_database_service<Fake>());
