// B38: a name that is none does not compile, and no text with a zero byte, which libpq would cut off, is sent.
#include "support/recording_executor.hpp"

#include <pgrepo/codec/codecs.hpp>
#include <pgrepo/repository/table_repository.hpp>

#include <boost/test/unit_test.hpp>

#include <cstdint>
#include <string>

using pgrepo::detail::is_record;

namespace {

template <pgrepo::fixed_string Name> struct Named {
    std::int32_t id{};
    std::string value;

    using pgrepo_mapping = pgrepo::annotations<pgrepo::table<Name>, pgrepo::primary_key<&Named::id>>;
};

} // namespace

BOOST_AUTO_TEST_SUITE(B38)

BOOST_AUTO_TEST_CASE(an_empty_name_is_none) {
    static_assert(is_record<Named<"t">> && is_record<Named<" ">>);
    static_assert(!is_record<Named<"">>);
    static_assert(!is_record<Named<".">> && !is_record<Named<".t">> && !is_record<Named<"t.">>);
    static_assert(!is_record<Named<"..">> && !is_record<Named<"s..t">>);
}

BOOST_AUTO_TEST_CASE(what_is_no_text_is_no_name) {
    static_assert(is_record<Named<"gr\xC3\xB6\xC3\x9F"
                                  "e">> &&
                  is_record<Named<"\xF0\x9F\x98\x80">>);
    static_assert(!is_record<Named<"t\0; DROP TABLE canary">> && !is_record<Named<"s.t\0">>);
    static_assert(!is_record<Named<"t\xC3">> && !is_record<Named<"\x80t">>);           // cut off, begun in the middle
    static_assert(!is_record<Named<"\xC0\xAF">> && !is_record<Named<"\xE0\x80\xAF">>); // "/" in too many bytes
    static_assert(!is_record<Named<"\xED\xA0\x80">> && !is_record<Named<"\xF4\x90\x80\x80">>); // surrogate, too high
}

BOOST_AUTO_TEST_CASE(a_text_with_a_zero_byte_is_not_sent) {
    using namespace std::string_literals;
    test::recording_executor db;
    // what would be left of it is a statement: the whole table's rows are gone
    for (const std::string& text : {"DELETE FROM users\0 WHERE id = 1"s, "\0"s, "SELECT 1\0"s}) {
        try {
            (void)db.execute(pgrepo::unsafe_sql(text, "cut off"));
            BOOST_ERROR("it was sent");
        } catch (const pgrepo::error& failure) {
            BOOST_TEST((failure.kind() == pgrepo::error_kind::encode));
            BOOST_TEST(failure.statement_id() == "cut off");
        }
    }
    BOOST_TEST(db.calls == 0);
}

BOOST_AUTO_TEST_SUITE_END()
