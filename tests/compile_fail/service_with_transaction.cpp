// expect: [service_with_transaction] a DatabaseService has a type transaction_type
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
#if defined(PGREPO_TWIN)
    template <class Fn> std::invoke_result_t<Fn, Transaction&> with_transaction(pgrepo::tx_options, Fn&&);
#endif
    template <class Fn> std::invoke_result_t<Fn, Transaction&> with_transaction(Fn&&);
    bool is_connected();
    pgrepo::connection_info connection_info();
    void close();
};

static_assert(pgrepo::check_database_service<Fake>());
