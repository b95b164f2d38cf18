// B40: `.like` takes a pattern as it is; `.starts_with`, `.ends_with` and `.contains` take text, in which nothing is a
// wildcard.
#include "support/hostile_strings.hpp"
#include "support/recording_executor.hpp"

#include <pgrepo/codec/codecs.hpp>
#include <pgrepo/repository/table_repository.hpp>

#include <boost/test/unit_test.hpp>

#include <cstdint>
#include <set>
#include <string>
#include <string_view>

using pgrepo::col;

namespace {

struct Word {
    std::int32_t id{};
    std::string word;

    using pgrepo_mapping = pgrepo::annotations<pgrepo::table<"words">, pgrepo::primary_key<&Word::id>>;
};

/// LIKE with its own escape, as the manual has it (9.7.1), over bytes: what follows an escape is itself.
bool matches(std::string_view pattern, std::string_view text) {
    std::size_t p = 0;
    while (p < pattern.size()) {
        if (pattern[p] == '%') {
            for (std::size_t skip = 0; skip <= text.size(); ++skip)
                if (matches(pattern.substr(p + 1), text.substr(skip))) return true;
            return false;
        }
        if (text.empty()) return false;
        if (pattern[p] == '\\') {
            ++p;
            if (p == pattern.size()) return false; // the server refuses it
            if (pattern[p] != text[0]) return false;
        } else if (pattern[p] != '_' && pattern[p] != text[0]) {
            return false;
        }
        ++p;
        text.remove_prefix(1);
    }
    return text.empty();
}

struct fixture {
    test::recording_executor db{};
    pgrepo::table_repository<Word, test::recording_executor> words{db};

    /// The pattern that a criterion sends.
    template <class Criterion> std::string pattern(const Criterion& criterion) {
        (void)words.count(criterion);
        BOOST_REQUIRE(db.last.values.size() == 1U);
        return db.last.values[0].value();
    }
};

constexpr auto word = col<&Word::word>;

} // namespace

BOOST_FIXTURE_TEST_SUITE(B40, fixture)

// A clause ESCAPE '\' is a literal that reads differently where standard_conforming_strings is off.
BOOST_AUTO_TEST_CASE(the_escape_is_the_servers_own) {
    (void)words.count(word.starts_with("x"));
    BOOST_TEST(db.last.text == R"(SELECT count(*) FROM "words" WHERE "word" LIKE $1)");
    (void)words.count(word.ends_with("x"));
    BOOST_TEST(db.last.text == R"(SELECT count(*) FROM "words" WHERE "word" LIKE $1)");
    (void)words.count(!word.contains("x") && word == "y");
    BOOST_TEST(db.last.text == R"(SELECT count(*) FROM "words" WHERE (NOT ("word" LIKE $1) AND "word" = $2))");
}

BOOST_AUTO_TEST_CASE(a_raw_pattern_is_sent_as_it_is) {
    for (const char* raw : {"a%", "_b", "\\%", "%\\_%", "", "%"}) BOOST_TEST(pattern(word.like(raw)) == raw);
    BOOST_TEST(db.last.text == R"(SELECT count(*) FROM "words" WHERE "word" LIKE $1)");
}

BOOST_AUTO_TEST_CASE(wildcards_in_text_are_escaped) {
    BOOST_TEST(pattern(word.starts_with("100%")) == R"(100\%%)");
    BOOST_TEST(pattern(word.ends_with("a_b")) == R"(%a\_b)");
    BOOST_TEST(pattern(word.contains("c:\\x")) == R"(%c:\\x%)");
    BOOST_TEST(pattern(word.contains("%_\\")) == R"(%\%\_\\%)");
    BOOST_TEST(pattern(word.starts_with("")) == "%");
    BOOST_TEST(pattern(word.ends_with("")) == "%");
    BOOST_TEST(pattern(word.starts_with("o'r")) == "o'r%");
    BOOST_TEST(pattern(word.starts_with(std::string("gr\xC3\xB6\xC3\x9F"))) == "gr\xC3\xB6\xC3\x9F%");
    BOOST_TEST(pattern(word.starts_with(std::string_view("a%b").substr(0, 2))) == R"(a\%%)");
}

BOOST_AUTO_TEST_CASE(only_texts_with_it_match) {
    for (const std::string& core : test::hostile_cores()) {
        const std::string starts = pattern(word.starts_with(core)), ends = pattern(word.ends_with(core)),
                          holds = pattern(word.contains(core));
        for (const std::string& text : test::hostile_cores()) {
            BOOST_TEST(matches(starts, text) == text.starts_with(core));
            BOOST_TEST(matches(ends, text) == text.ends_with(core));
            BOOST_TEST(matches(holds, text) == (text.find(core) != text.npos));
        }
        BOOST_TEST(matches(starts, core + "tail"));
        BOOST_TEST(matches(ends, "head" + core));
        BOOST_TEST(matches(holds, "head" + core + "tail"));
    }
}

BOOST_AUTO_TEST_CASE(the_text_of_the_statement_is_a_constant) {
    std::set<std::string> texts;
    for (const std::string& text : test::hostile_strings()) {
        (void)words.find_all(word.contains(text));
        texts.insert(db.last.text);
    }
    BOOST_TEST(texts.size() == 1U);
}

BOOST_AUTO_TEST_CASE(a_zero_byte_is_refused) {
    for (const std::string& text : test::strings_with_zero_bytes()) {
        try {
            (void)words.count(word.contains(text));
            BOOST_ERROR("it was sent");
        } catch (const pgrepo::error& failure) {
            BOOST_TEST((failure.kind() == pgrepo::error_kind::encode));
        }
    }
}

BOOST_AUTO_TEST_SUITE_END()
