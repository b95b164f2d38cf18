// Texts made to break out of a value, through everything that takes a text, in a session that reads a backslash in a
// plain literal as itself and in one that takes it for an escape (standard_conforming_strings off). Each comes back to
// the byte, and a table that many of them try to drop is what it was.

#include "../support/hostile_strings.hpp"

#include "service_support.hpp"

#include <algorithm>
#include <random>

using namespace service_test;
using pgrepo::col;
using pgrepo::postgres_service;
using pgrepo::query;
using pgrepo::sql;
using pgrepo::table_repository;
using pgrepo::unsafe_sql;

namespace {

struct Note {
    std::int64_t id{};
    std::string body{};
    std::optional<std::string> remark{};

    using pgrepo_mapping =
        pgrepo::annotations<pgrepo::table<"notes">, pgrepo::primary_key<&Note::id>, pgrepo::generated<&Note::id>>;
};
struct NotePatch {
    std::optional<std::string> body{};
    pgrepo::change<std::string> remark{};
};

/// A text as the key.
struct Word {
    std::string word{};
    std::int32_t number{};

    using pgrepo_mapping = pgrepo::annotations<pgrepo::table<"words">, pgrepo::primary_key<&Word::word>>;
};
struct WordPatch {
    std::optional<std::int32_t> number{};
};
/// A text in a key of two columns.
struct Pair {
    std::string left{};
    std::string right{};
    std::int32_t number{};

    using pgrepo_mapping = pgrepo::annotations<pgrepo::table<"pairs">, pgrepo::primary_key<&Pair::left, &Pair::right>>;
};

/// Names that would end their quotes. What stands in a mapping is the one way for a text to become an identifier.
struct Weird {
    std::int32_t select{};
    std::string Mixed{};
    std::optional<pgrepo::timestamptz> end{};

    using pgrepo_mapping = pgrepo::annotations<pgrepo::table<"we\"ird; DROP TABLE canary; --">,
                                               pgrepo::primary_key<&Weird::select>, pgrepo::soft_delete<&Weird::end>>;
};
struct WeirdPatch {
    std::optional<std::string> Mixed{};
};
struct Weirder {
    std::int32_t from{};
    std::string where{};

    using pgrepo_mapping =
        pgrepo::annotations<pgrepo::table<"sche\"ma $1 '\\.ta\"\"ble /* ? :x \\' $$; TRUNCATE canary">,
                            pgrepo::primary_key<&Weirder::from>>;
};

constexpr const char* schema = "CREATE TABLE notes (id bigint PRIMARY KEY GENERATED ALWAYS AS IDENTITY,"
                               "  body text NOT NULL, remark text);"
                               // By hash: a text of 100 kB does not fit into a B-tree.
                               "CREATE TABLE words (word text COLLATE \"C\" NOT NULL, number integer NOT NULL);"
                               "CREATE INDEX ON words USING hash (word);"
                               "CREATE TABLE pairs (\"left\" text NOT NULL, \"right\" text NOT NULL, number integer);"
                               "CREATE INDEX ON pairs USING hash (\"left\");"
                               "CREATE TABLE canary (id integer PRIMARY KEY, body text NOT NULL);"
                               "INSERT INTO canary SELECT n, 'body ' || n FROM generate_series(1, 100) n;"
                               "CREATE TABLE \"we\"\"ird; DROP TABLE canary; --\" ("
                               "  \"select\" integer PRIMARY KEY, \"Mixed\" text NOT NULL, \"end\" timestamptz);"
                               "CREATE SCHEMA \"sche\"\"ma $1 '\\\";"
                               "CREATE TABLE \"sche\"\"ma $1 '\\\".\"ta\"\"\"\"ble /* ? :x \\' $$; TRUNCATE canary\" ("
                               "  \"from\" integer PRIMARY KEY, \"where\" text NOT NULL)";

std::string hex(std::string_view bytes) {
    std::string out;
    for (const char c : bytes) {
        const unsigned byte = static_cast<unsigned char>(c);
        out += "0123456789abcdef"[byte >> 4U];
        out += "0123456789abcdef"[byte & 15U];
    }
    return out;
}

/// For a message: short, and without the control characters.
std::string shown(const std::string& text) {
    return std::to_string(text.size()) + " bytes " + hex(std::string_view(text).substr(0, 60));
}

/// A pattern that matches this text alone.
std::string escaped(const std::string& text) {
    std::string out;
    for (const char c : text) {
        if (c == '%' || c == '_' || c == '\\') out += '\\';
        out += c;
    }
    return out;
}

/// One session, with the setting. The library refuses to open one on which it is off, so it is switched off afterwards,
/// by a function of the database's, in which the pool does not see it (it would undo a SET). Every test looks at its end whether that still holds.
struct hostile_fixture {
    explicit hostile_fixture(const char* conforming) : setting(conforming), service(one_session()) {
        look.run("CREATE FUNCTION conform(setting text) RETURNS void LANGUAGE plpgsql AS $$ BEGIN "
                 "PERFORM set_config('standard_conforming_strings', setting, false), "
                 "set_config('escape_string_warning', 'off', false); END $$");
        service.execute(sql<"SELECT conform($1)">, setting);
        pid = service.select_value<std::int32_t>(sql<"SELECT pg_backend_pid()">);
    }

    pgrepo::postgres_config one_session() {
        canary = look.run(sum_of_canary);
        tables = look.run(list_of_tables);
        auto config = db.config();
        config.pool_max = 1; // and what breaks a session is seen by the next call
        config.max_uses = 0;
        return config;
    }
    /// To be called last: nothing was dropped, changed or made, and the session is the one it was.
    void check_canary() {
        BOOST_TEST(look.run("SELECT count(*) FROM canary") == "100");
        BOOST_TEST(look.run(sum_of_canary) == canary);
        BOOST_TEST(look.run(list_of_tables) == tables);
        BOOST_TEST(service.select_value<std::string>(sql<"SELECT current_setting('standard_conforming_strings')">) ==
                   setting);
        BOOST_TEST(service.select_value<std::int32_t>(sql<"SELECT pg_backend_pid()">) == pid);
    }
    /// What the server has, without the library: by a session of plain libpq, in hexadecimal.
    std::string stored(const std::string& column, std::int64_t id) {
        return look.run("SELECT encode(convert_to(" + column +
                        ", 'UTF8'), 'hex') FROM notes WHERE id = " + std::to_string(id));
    }

    static constexpr const char* sum_of_canary = "SELECT md5(string_agg(id || body, ',' ORDER BY id)) FROM canary";
    static constexpr const char* list_of_tables =
        "SELECT string_agg(relnamespace || '.' || relname || relkind::text, ',' ORDER BY oid) FROM pg_class "
        "WHERE relnamespace <> 'pg_toast'::regnamespace";

    std::string setting;
    database db{schema};
    session look{db.name()};
    std::string canary{}, tables{};
    postgres_service service;
    std::int32_t pid = 0;
    table_repository<Note> notes{service};
    table_repository<Word> words{service};
    table_repository<Pair> pairs{service};
    const std::vector<std::string> corpus = test::hostile_strings();
};

struct conforming : hostile_fixture {
    conforming() : hostile_fixture("on") {}
};
struct not_conforming : hostile_fixture {
    not_conforming() : hostile_fixture("off") {}
};

struct Text {
    std::string text{};
    std::int32_t bytes{};
};
constexpr auto text_and_bytes =
    query<Text, "SELECT $1::text AS text, octet_length($1::text) AS bytes /* $9 '' */", "textAndBytes">;

// ---- the ways of a text to the server; each is run with both settings

void written_and_read(hostile_fixture& f) {
    std::size_t wrong = 0;
    for (const std::string& text : f.corpus) {
        const Note made = f.notes.create(Note{.body = text, .remark = text});
        bool right = made.body == text && made.remark == text && f.stored("body", made.id) == hex(text);
        const Note found = f.notes.find(made.id).value();
        right = right && found.body == text && found.remark == text;

        const Note empty = f.notes.create(Note{});
        const Note patched = f.notes.update(empty.id, NotePatch{.body = text, .remark = text});
        right = right && patched.body == text && patched.remark == text && f.stored("remark", empty.id) == hex(text);
        right = right && f.notes.update(empty.id, Note{.body = text, .remark = {}}).body == text;
        if (!right && ++wrong < 5) BOOST_ERROR("not what it was: " << shown(text));
    }
    BOOST_TEST(wrong == 0U);
    BOOST_TEST(f.notes.count() == static_cast<std::int64_t>(2 * f.corpus.size()));
    f.check_canary();
}

void keys_and_criteria(hostile_fixture& f) {
    const auto count = static_cast<std::int64_t>(f.corpus.size());
    BOOST_TEST(count >= 500);
    for (std::size_t i = 0; i < f.corpus.size(); ++i) {
        const auto number = static_cast<std::int32_t>(i);
        f.words.create(Word{f.corpus[i], number});
        f.pairs.create(Pair{f.corpus[i], f.corpus[f.corpus.size() - 1 - i], number});
    }
    std::vector<std::string> sorted = f.corpus; // bytes, as collation "C" has it
    std::ranges::sort(sorted);

    std::size_t wrong = 0;
    for (std::size_t i = 0; i < f.corpus.size(); ++i) {
        const std::string& text = f.corpus[i];
        const auto number = static_cast<std::int32_t>(i);
        const auto is = [&](const auto& found) { return found.has_value() && found->number == number; };
        const auto before = std::ranges::lower_bound(sorted, text) - sorted.begin();
        const auto word = col<&Word::word>;

        bool right = is(f.words.find(text)) && f.words.find(text)->word == text;
        right = right && is(f.pairs.find({text, f.corpus[f.corpus.size() - 1 - i]}));
        right = right && is(f.words.find_one(word == text)) && is(f.words.find_one(word == std::string_view(text))) &&
                is(f.words.find_one(word == text.c_str()));
        right = right && f.words.count(word != text) == count - 1;
        right = right && f.words.count(word < text) == before && f.words.count(word >= text) == count - before;
        right = right && f.words.count(word.in({text})) == 1 && f.words.count(word.in({text, text, text})) == 1;
        right = right && f.words.exists(!(word != text) && word <= text);
        right = right && is(f.words.find_one(word.like(escaped(text))));
        right = right && f.words.find_page(word == text).total == 1;
        right = right && f.words.update(text, WordPatch{.number = number}).word == text;
        if (!right && ++wrong < 5) BOOST_ERROR("not found: " << shown(text));
    }
    BOOST_TEST(wrong == 0U);

    // all at once: every text is an element of one array
    std::vector<std::string> shuffled = f.corpus;
    std::ranges::shuffle(shuffled, std::mt19937(11));
    const std::vector<Word> found = f.words.find_by_ids(shuffled);
    BOOST_TEST(std::ranges::equal(found, shuffled, {}, &Word::word));
    BOOST_TEST(f.words.count(col<&Word::word>.in(shuffled)) == count);

    for (const std::string& text : f.corpus) {
        if (!f.words.remove(text) || f.words.remove(text) || f.words.find(text)) BOOST_ERROR("left: " << shown(text));
        f.words.find_one(col<&Word::word> == text);
    }
    BOOST_TEST(f.words.count() == 0);
    f.check_canary();
}

/// `.like` takes a pattern as it is: any text is one, but for a last backslash that escapes nothing.
void raw_patterns(hostile_fixture& f) {
    f.words.create(Word{"some \\ text", 1});
    std::size_t refused = 0;
    for (const std::string& text : f.corpus) {
        const std::size_t last = text.find_last_not_of('\\');
        const std::size_t tail = text.size() - (last == text.npos ? 0 : last + 1);
        const auto outcome = pgrepo::try_([&] { return f.words.count(col<&Word::word>.like(text)); });
        if (outcome) continue;
        ++refused;
        BOOST_TEST((outcome.error().kind() == error_kind::data && tail % 2 == 1),
                   shown(text) << ": " << outcome.error().what());
    }
    BOOST_TEST_MESSAGE(refused << " patterns were refused");
    f.check_canary();
}

void parameters_of_statements(hostile_fixture& f) {
    std::size_t wrong = 0;
    for (const std::string& text : f.corpus) {
        const auto size = static_cast<std::int32_t>(text.size());
        const std::optional<Text> row = f.service.select_one(text_and_bytes, text);
        bool right = row && row->text == text && row->bytes == size;
        right = right && f.service.select(text_and_bytes, std::string_view(text)).at(0).text == text;
        right = right && f.service.select_value<std::string>(sql<"SELECT $1::text">, text.c_str()) == text;
        right = right && f.service.select_value<std::string>(sql<"SELECT $1::text">, std::optional(text)) == text;
        right = right && f.service.select_value<std::string>(sql<"SELECT '$1' || $2::text || '?:x' || $1::text">, text,
                                                             text) == "$1" + text + "?:x" + text;
        right = right && f.service.insert(sql<"INSERT INTO notes (body) VALUES ($1)">, text) == 1;
        right = right && f.service.update(sql<"UPDATE notes SET remark = $1 WHERE body = $1">, text) >= 1;
        right = right && f.service.remove(sql<"DELETE FROM notes WHERE remark = $1">, text) >= 1;

        // texts known at run time: their parameters, prepared and not, and what they are called
        right = right && f.service.select_value<std::string>(unsafe_sql("SELECT $1::text"), text) == text;
        right = right && f.service.select_value<std::string>(unsafe_sql("SELECT $1::text", text, true), text) == text;
        right = right && f.service
                                 .select_one<Text>(
                                     unsafe_sql("SELECT $1::text AS text, octet_length($1::text) AS bytes", text), text)
                                 ->bytes == size;
        if (!right && ++wrong < 5) BOOST_ERROR("not what it was: " << shown(text));
    }
    BOOST_TEST(wrong == 0U);

    f.service.with_transaction([&](pgrepo::transaction& tx) {
        for (const std::string& text : f.corpus)
            if (tx.select_value<std::string>(sql<"SELECT $1::text">, text) != text) ++wrong;
    });
    BOOST_TEST(wrong == 0U);
    BOOST_TEST(f.notes.count() == 0);
    f.check_canary();
}

void identifiers(hostile_fixture& f) {
    const table_repository<Weird> weird(f.service);
    const table_repository<Weirder> weirder(f.service);
    std::int32_t key = 0;
    for (const std::string& text : test::hostile_cores()) {
        ++key;
        if (weird.create(Weird{.select = key, .Mixed = text, .end = {}}).Mixed != text ||
            weird.find(key)->Mixed != text || weird.update(key, WeirdPatch{.Mixed = text}).Mixed != text ||
            !weird.exists(col<&Weird::Mixed> == text) ||
            weird.find_page(col<&Weird::Mixed> == text, order_by(pgrepo::desc<&Weird::end>)).total != 1 ||
            weird.find_all(col<&Weird::Mixed>.like(escaped(text))).size() != 1 ||
            weirder.create(Weirder{key, text}).where != text || weirder.find(key)->where != text ||
            weirder.find_one(col<&Weirder::where> == text)->from != key)
            BOOST_ERROR("not what it was: " << shown(text));
    }
    BOOST_TEST(weird.remove(1));
    BOOST_TEST(!weird.find(1).has_value());
    BOOST_TEST(weird.count() == key - 1);
    BOOST_TEST(weird.restore(1));
    BOOST_TEST(weird.find_by_ids({2, 1}).size() == 2U);
    BOOST_TEST(weirder.remove(1));
    BOOST_TEST(weirder.count() == key - 1);
    const auto failure = failure_of([&] { weirder.create(Weirder{2, "again"}); });
    check_kind(failure, error_kind::unique_violation);
    BOOST_TEST(failure.table() == "ta\"\"ble /* ? :x \\' $$; TRUNCATE canary");
    f.check_canary();
}

/// Every way of a text, each refused with an error of this kind; the session goes on.
template <class Check> void refused_everywhere(hostile_fixture& f, const std::string& text, Check check) {
    const auto word = col<&Word::word>;
    check([&] { f.notes.create(Note{.body = text, .remark = {}}); });
    check([&] { f.notes.create(Note{.body = "a", .remark = text}); });
    check([&] { f.notes.update(1, NotePatch{.body = text, .remark = {}}); });
    check([&] { f.notes.update(1, NotePatch{.body = {}, .remark = text}); });
    check([&] { (void)f.words.find(text); });
    check([&] { (void)f.words.find_by_ids(std::vector<std::string>{"a", text, "b"}); });
    check([&] { (void)f.words.remove(text); });
    check([&] { (void)f.words.update(text, WordPatch{.number = 1}); });
    check([&] { (void)f.pairs.find({"a", text}); });
    check([&] { (void)f.words.find_one(word == text); });
    check([&] { (void)f.words.find_all(word != text); });
    check([&] { (void)f.words.count(word < text); });
    check([&] { (void)f.words.exists(word.in({std::string("a"), text})); });
    check([&] { (void)f.words.count(word.like(text)); });
    check([&] { (void)f.words.find_page(word == text); });
    check([&] { (void)f.service.select_one(text_and_bytes, text); });
    check([&] { (void)f.service.select_value<std::string>(sql<"SELECT $1::text">, std::string_view(text)); });
    check([&] { (void)f.service.execute(sql<"INSERT INTO notes (body) VALUES ($1)">, text); });
    check([&] { (void)f.service.select_value<std::string>(unsafe_sql("SELECT $1::text"), text); });
    check([&] { (void)f.service.execute(unsafe_sql("INSERT INTO notes (body) VALUES ($1)", "", true), text); });
    check([&] {
        (void)f.service.execute(unsafe_sql("INSERT INTO notes (body) VALUES ('" + hex(text) + "') -- " + text));
    });
}

void not_text_to_the_server(hostile_fixture& f) {
    f.words.create(Word{"a", 1});
    for (const std::string& text : test::strings_with_zero_bytes()) BOOST_TEST_CONTEXT(hex(text)) {
            refused_everywhere(f, text, [](auto&& call) {
                const auto failure = failure_of(call);
                check_kind(failure, error_kind::encode);
                check_says(failure, "zero byte");
            });
        }
    for (const std::string& text : test::strings_not_in_utf8()) BOOST_TEST_CONTEXT(hex(text)) {
            refused_everywhere(f, text, [](auto&& call) {
                const auto failure = failure_of(call);
                check_kind(failure, error_kind::data);
                BOOST_TEST(failure.sqlstate().code() == "22021"); // character_not_in_repertoire
            });
        }
    BOOST_TEST(f.notes.count() == 0);
    BOOST_TEST(f.words.count() == 1);

    // in a transaction nothing of it is sent, so that it goes on; what the server refuses aborts it
    f.service.with_transaction([&](pgrepo::transaction& tx) {
        auto inside = f.notes.with(tx);
        inside.create(Note{.body = "before", .remark = {}});
        for (const std::string& text : test::strings_with_zero_bytes())
            check_kind(failure_of([&] { inside.create(Note{.body = text, .remark = {}}); }), error_kind::encode);
        inside.create(Note{.body = "after", .remark = {}});
    });
    BOOST_TEST(f.notes.count() == 2);
    f.check_canary();
}

/// What a library that splices values gets wrong: a minus before the placeholder and one in the value are a comment.
void minus_before_a_placeholder(hostile_fixture& f) {
    for (const std::int32_t n : {-1, 0, 1, -2147483647}) {
        BOOST_TEST(f.service.select_value<std::int64_t>(sql<"SELECT 5::bigint -$1::integer">, n) ==
                   5 - std::int64_t{n});
        BOOST_TEST(f.service.select_value<std::int64_t>(sql<"SELECT 5::bigint-$1\n+ 0">, std::int64_t{n}) ==
                   5 - std::int64_t{n});
        BOOST_TEST(f.service.select_value<std::int64_t>(unsafe_sql("SELECT 5::bigint -$1::integer"), n) ==
                   5 - std::int64_t{n});
    }
    BOOST_TEST(f.service.select_value<double>(sql<"SELECT 1 -$1::double precision">, -0.5) == 1.5);
    struct Two {
        std::int32_t n{};
        std::string text{};
    };
    // CVE-2024-1597's form: the second value would stand in what the first one had made a comment
    const auto two =
        f.service.select_one<Two>(sql<"SELECT -$1 AS n, $2::text AS text">, -7, "\n; DROP TABLE canary; --").value();
    BOOST_TEST(two.n == 7);
    BOOST_TEST(two.text == "\n; DROP TABLE canary; --");
    f.check_canary();
}

} // namespace

BOOST_FIXTURE_TEST_SUITE(with_conforming_strings, conforming)

BOOST_AUTO_TEST_CASE(written_and_read) {
    ::written_and_read(*this);
}
BOOST_AUTO_TEST_CASE(keys_and_criteria) {
    ::keys_and_criteria(*this);
}
BOOST_AUTO_TEST_CASE(raw_patterns) {
    ::raw_patterns(*this);
}
BOOST_AUTO_TEST_CASE(parameters_of_statements) {
    ::parameters_of_statements(*this);
}
BOOST_AUTO_TEST_CASE(identifiers) {
    ::identifiers(*this);
}
BOOST_AUTO_TEST_CASE(not_text_to_the_server) {
    ::not_text_to_the_server(*this);
}
BOOST_AUTO_TEST_CASE(minus_before_a_placeholder) {
    ::minus_before_a_placeholder(*this);
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_CASE(a_database_without_conforming_strings_is_refused) {
    database db;
    db.root().run("ALTER DATABASE " + db.name() + " SET standard_conforming_strings = off");
    const auto failure = failure_of([&] { const postgres_service service(db.config()); });
    check_kind(failure, error_kind::configuration);
    check_says(failure, "standard_conforming_strings");
}

BOOST_AUTO_TEST_CASE(a_database_of_any_bytes_is_refused) {
    database db;
    const std::string name = db.name() + "_bytes";
    db.root().run("CREATE DATABASE " + name + " ENCODING 'SQL_ASCII' LC_COLLATE 'C' LC_CTYPE 'C' TEMPLATE template0");
    auto config = db.config();
    config.database = name;
    const auto failure = failure_of([&] { const postgres_service service(config); });
    db.root().run("DROP DATABASE " + name + " WITH (FORCE)");
    check_kind(failure, error_kind::configuration);
    check_says(failure, "SQL_ASCII");
}

BOOST_FIXTURE_TEST_SUITE(without_conforming_strings, not_conforming)

BOOST_AUTO_TEST_CASE(written_and_read) {
    // the setting is what it says: here a backslash escapes the quote
    BOOST_TEST(service.select_value<std::string>(unsafe_sql("SELECT '\\''")) == "'");
    ::written_and_read(*this);
}
BOOST_AUTO_TEST_CASE(keys_and_criteria) {
    ::keys_and_criteria(*this);
}
BOOST_AUTO_TEST_CASE(raw_patterns) {
    ::raw_patterns(*this);
}
BOOST_AUTO_TEST_CASE(parameters_of_statements) {
    ::parameters_of_statements(*this);
}
BOOST_AUTO_TEST_CASE(identifiers) {
    ::identifiers(*this);
}
BOOST_AUTO_TEST_CASE(not_text_to_the_server) {
    ::not_text_to_the_server(*this);
}
BOOST_AUTO_TEST_CASE(minus_before_a_placeholder) {
    ::minus_before_a_placeholder(*this);
}

BOOST_AUTO_TEST_SUITE_END()
