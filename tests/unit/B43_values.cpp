// B43: a value is a parameter. The text of a statement is one constant for every value there is, and what travels is
// the value, to the byte. integration.hostile_strings sends the same texts to a server.
#include "support/hostile_strings.hpp"
#include "support/recording_executor.hpp"

#include <pgrepo/base/result.hpp>
#include <pgrepo/codec/codecs.hpp>
#include <pgrepo/repository/table_repository.hpp>

#include <boost/test/unit_test.hpp>

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

using pgrepo::col;
using pgrepo::query;
using pgrepo::sql;
using pgrepo::unsafe_sql;

namespace {

struct Word {
    std::string word;
    std::string body;
    std::optional<std::string> remark{};

    using pgrepo_mapping = pgrepo::annotations<pgrepo::table<"words">, pgrepo::primary_key<&Word::word>>;
};
struct Draft { // text may be given as a view
    std::string_view word;
    const char* body = nullptr;
    std::optional<std::string> remark{};
};
struct Patch {
    std::optional<std::string> body{};
    pgrepo::change<std::string> remark{};
};

/// As it is inside an array in binary: its length in four bytes, then the bytes.
std::string element(const std::string& text) {
    const auto size = static_cast<std::uint32_t>(text.size());
    std::string out;
    for (int shift = 24; shift >= 0; shift -= 8) out += static_cast<char>((size >> shift) & 0xffU);
    return out + text;
}

using values = std::vector<std::optional<std::string>>;

struct fixture {
    test::recording_executor db{};
    pgrepo::table_repository<Word, test::recording_executor> words{db};
    std::map<std::string, std::set<std::string>> texts{}; ///< by the way that a value took
    std::size_t wrong = 0;

    void sent(const char* way, const values& wanted) {
        texts[way].insert(db.last.text);
        if (db.last.values != wanted) ++wrong;
        for (const int format : db.last.formats) wrong += format == 1 ? 0 : 1;
    }
    /// In an array: what goes before an element is its header.
    void sent_in_array(const char* way, const std::string& text) {
        texts[way].insert(db.last.text);
        if (db.last.values.size() != 1U || !db.last.values[0] ||
            db.last.values[0]->substr(20) != element("a") + element(text))
            ++wrong;
    }
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(B43, fixture)

BOOST_AUTO_TEST_CASE(the_text_is_a_constant_and_the_value_travels_as_it_is) {
    const auto word = col<&Word::word>;
    const std::vector<std::string> corpus = test::hostile_strings();
    BOOST_TEST(corpus.size() >= 500U);
    for (const std::string& s : corpus) {
        words.create(Word{s, s, s}), sent("create", {s, s, s});
        words.create(Draft{s, s.c_str(), s}), sent("create, views", {s, s, s});
        (void)words.find(s), sent("find", {s});
        (void)words.find_by_ids({"a", s}), sent_in_array("find_by_ids", s);
        words.update(s, Patch{.body = s, .remark = {}}), sent("update, one", {s, s});
        words.update(s, Patch{.body = s, .remark = s}), sent("update, both", {s, s, s});
        words.update(s, Word{s, s, s}), sent("update, whole", {s, s, s});
        words.remove(s), sent("remove", {s});
        (void)words.find_one(word == s), sent("==", {s});
        (void)words.find_one(word == std::string(s)), sent("==", {s});
        (void)words.find_one(word == std::string_view(s)), sent("==", {s});
        (void)words.find_one(word == s.c_str()), sent("==", {s});
        (void)words.find_all(word != s), sent("!=", {s});
        (void)words.find_all(!(word < s) && word <= s), sent("<", {s, s});
        (void)words.count(word > s || word >= s), sent(">", {s, s});
        (void)words.exists(word.in({std::string("a"), s})), sent_in_array("in", s);
        (void)words.count(word.like(s)), sent("like", {s});
        (void)words.find_all(col<&Word::remark> == s), sent("nullable", {s});
        (void)db.select(query<Word, "SELECT word, body, remark FROM words WHERE word = $1 OR body = $2">, s, s);
        sent("query", {s, s});
        (void)db.execute(sql<"UPDATE words SET body = $1 WHERE word = $2">, s, std::string_view(s));
        sent("sql", {s, s});
        (void)db.select_value<std::string>(sql<"SELECT $1::text">, std::optional(s)), sent("an optional", {s});
        (void)db.execute(unsafe_sql("DELETE FROM words WHERE word = $1", s), s), sent("unsafe_sql", {s});
        BOOST_TEST_REQUIRE(wrong == 0U, "a value was not what was given; of " << s.size() << " bytes");
    }
    BOOST_TEST(texts.size() == 19U);
    for (const auto& [way, all] : texts) BOOST_TEST(all.size() == 1U, way << " has " << all.size() << " texts");
}

BOOST_AUTO_TEST_CASE(what_a_value_is_says_nothing_to_the_key) {
    // prepared statements are found by their key, so it must not depend on values either
    std::set<std::pair<std::uint64_t, std::uint64_t>> keys;
    for (const std::string& s : test::hostile_cores()) {
        (void)words.find(s);
        keys.emplace(db.last.key.high, db.last.key.low);
    }
    BOOST_TEST(keys.size() == 1U);
}

BOOST_AUTO_TEST_CASE(a_zero_byte_is_refused_before_anything_is_sent) {
    const auto refused = [&](auto&& call) {
        const int before = db.calls;
        const auto outcome = pgrepo::try_(call);
        BOOST_TEST((!outcome && outcome.error().kind() == pgrepo::error_kind::encode));
        BOOST_TEST(db.calls == before);
    };
    for (const std::string& s : test::strings_with_zero_bytes()) {
        refused([&] { return words.create(Word{"a", s, {}}); });
        refused([&] { return words.create(Word{"a", "b", s}); });
        refused([&] { return words.find(s); });
        refused([&] { return words.find_by_ids({"a", s}); });
        refused([&] { return words.update(s, Patch{.body = "b", .remark = {}}); });
        refused([&] { return words.remove(s); });
        refused([&] { return words.count(col<&Word::word> == s); });
        refused([&] { return words.count(col<&Word::word>.in({s})); });
        refused([&] { return words.count(col<&Word::word>.like(s)); });
        refused([&] { return db.execute(sql<"DELETE FROM words WHERE word = $1">, s); });
        refused([&] { return db.execute(unsafe_sql("DELETE FROM words WHERE word = $1"), s); });
    }
}

BOOST_AUTO_TEST_SUITE_END()
