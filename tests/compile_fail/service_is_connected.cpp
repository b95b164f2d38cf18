// expect: [service_is_connected] a DatabaseService has bool is_connected()
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
#if defined(PGREPO_TWIN)
    bool is_connected();
#else
    void is_connected();
#endif
    pgrepo::connection_info connection_info();
    void close();
};

static_assert(pgrepo::check_database_service<Fake>());
