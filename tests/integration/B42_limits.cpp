// B42 on a server: the largest limit and offset there are; unit.B42 is about the statements.
#include "service_support.hpp"

#include <limits>

using namespace service_test;
using pgrepo::asc;
using pgrepo::col;
using pgrepo::order_by;
using pgrepo::page_request;
using pgrepo::total;

namespace {

struct Word {
    std::int32_t id{};
    std::string word{};

    using pgrepo_mapping = pgrepo::annotations<pgrepo::table<"words">, pgrepo::primary_key<&Word::id>>;
};

} // namespace

BOOST_AUTO_TEST_SUITE(B42)

BOOST_AUTO_TEST_CASE(the_ends_of_limit_and_offset) {
    const database db("CREATE TABLE words (id integer PRIMARY KEY, word text NOT NULL);"
                      "INSERT INTO words SELECT n, 'word ' || n FROM generate_series(1, 120) n");
    pgrepo::postgres_service service(db.config());
    const pgrepo::table_repository<Word> words(service);
    constexpr auto most = std::numeric_limits<std::uint32_t>::max();
    constexpr auto furthest = static_cast<std::uint64_t>(std::numeric_limits<std::int64_t>::max());
    for (const total counted : {total::exact, total::none}) {
        const auto page = [&](std::uint32_t limit, std::uint64_t offset) {
            return words.find_page(col<&Word::id> > 0, order_by(asc<&Word::id>),
                                   {.limit = limit, .offset = offset, .total = counted});
        };
        const auto check = [&](const pgrepo::page<Word>& got, std::size_t items, bool more) {
            BOOST_TEST(got.items.size() == items);
            BOOST_TEST(got.has_more == more);
            BOOST_TEST((got.total == (counted == total::exact ? std::optional<std::int64_t>(120) : std::nullopt)));
        };
        check(page(most, 0), 120, false); // one more than this was asked for: it must not wrap around to none
        check(page(most, 100), 20, false);
        check(page(most, furthest), 0, false); // their sum is no bigint
        check(page(1, furthest), 0, false);
        check(page(0, 0), 0, true);
        check(page(0, 120), 0, false);
        check(page(0, furthest), 0, false);
        check(page(119, 0), 119, true);
        check(page(120, 0), 120, false);
        check_kind(failure_of([&] { (void)page(1, furthest + 1); }), error_kind::encode);
        check(page(1, 119), 1, false);
    }
}

BOOST_AUTO_TEST_SUITE_END()
