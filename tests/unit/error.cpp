#include <pgrepo/base/deadline.hpp>
#include <pgrepo/base/error.hpp>
#include <pgrepo/base/result.hpp>
#include <pgrepo/base/secret.hpp>

#include <boost/test/unit_test.hpp>

#include <chrono>
#include <concepts>
#include <cstring>
#include <limits>
#include <memory>
#include <set>
#include <sstream>
#include <stdexcept>
#include <string>
#include <thread>
#include <type_traits>
#include <utility>

using namespace std::chrono_literals;
using pgrepo::deadline;
using pgrepo::error;
using pgrepo::error_details;
using pgrepo::error_kind;
using pgrepo::kind_of;
using pgrepo::secret;
using pgrepo::sqlstate;
using pgrepo::try_;

// ---------------------------------------------------------------------------------------------------------------------
// SQLSTATEs

BOOST_AUTO_TEST_CASE(a_sqlstate_is_five_characters_or_nothing) {
    BOOST_TEST(sqlstate("23505").code() == "23505");
    BOOST_TEST(sqlstate("23505").class_code() == "23");
    BOOST_TEST((sqlstate("23505") == "23505"));
    BOOST_TEST(!(sqlstate("23505") == "23503"));
    BOOST_TEST(!sqlstate("40P01").empty());
    for (const char* wrong : {"", "2350", "235055", "2350a", "23 05", "2350\n", "2350\xc3"}) {
        BOOST_TEST(sqlstate(wrong).empty(), wrong);
        BOOST_TEST(sqlstate(wrong).code() == "");
        BOOST_TEST(sqlstate(wrong).class_code() == "");
    }
    BOOST_TEST((sqlstate() == sqlstate("nonsense")));
    BOOST_TEST((sqlstate() == ""));
}

BOOST_AUTO_TEST_CASE(each_sqlstate_has_its_kind) {
    using enum error_kind;
    const struct {
        const char* state;
        error_kind kind;
    } table[] = {
        {"23505", unique_violation},
        {"23503", foreign_key_violation},
        {"23502", not_null_violation},
        {"23514", check_violation},
        {"23P01", exclusion_violation},
        {"23001", data}, // restrict_violation
        {"22001", data}, // string_data_right_truncation
        {"22003", data}, // numeric_value_out_of_range
        {"22P02", data}, // invalid_text_representation
        {"22021", data}, // character_not_in_repertoire
        {"42P01", undefined},
        {"42703", undefined},
        {"42883", undefined},
        {"42704", undefined},
        {"3F000", undefined},
        {"42501", permission_denied},
        {"42601", statement}, // syntax_error
        {"42P18", statement}, // indeterminate_datatype
        {"40001", serialization_failure},
        {"40P01", deadlock},
        {"40003", server}, // statement_completion_unknown
        {"57014", statement_timeout},
        {"55P03", lock_timeout},
        {"25P02", transaction_aborted},
        {"25006", server}, // read_only_sql_transaction
        {"57P01", connection_lost},
        {"57P02", connection_lost},
        {"57P03", connection_lost},
        {"57P05", connection_lost},
        {"25P03", connection_lost},
        {"08006", connection_lost},
        {"08P01", connection_lost},
        {"28P01", authentication_failed},
        {"28000", authentication_failed},
        {"53300", server}, // too_many_connections
        {"XX000", server},
        {"P0001", server}, // raise_exception
        {"", server},
    };
    for (const auto& row : table) BOOST_TEST(to_string(kind_of(sqlstate(row.state))) == to_string(row.kind), row.state);
}

BOOST_AUTO_TEST_CASE(each_kind_has_a_name_of_its_own) {
    std::set<std::string_view> names;
    const int last = static_cast<int>(error_kind::usage);
    for (int i = 0; i <= last; ++i) names.insert(to_string(static_cast<error_kind>(i)));
    BOOST_TEST(names.size() == static_cast<std::size_t>(last) + 1);
    BOOST_TEST(names.count("unknown") == 0U);
    BOOST_TEST(to_string(static_cast<error_kind>(last + 1)) == "unknown");
}

// ---------------------------------------------------------------------------------------------------------------------
// what()

BOOST_AUTO_TEST_CASE(what_says_all_that_is_known) {
    const auto here = std::source_location::current();
    const error full(error_details{.kind = error_kind::unique_violation,
                                   .message = "a row with this value exists",
                                   .state = sqlstate("23505"),
                                   .schema = "public",
                                   .table = "users",
                                   .column = "email",
                                   .constraint = "users_email_key",
                                   .statement_id = "users.create",
                                   .where = here});
    BOOST_TEST(full.what() == "pgrepo: [unique_violation] 23505 a row with this value exists (constraint "
                              "users_email_key, table users, column email, statement users.create, called at " +
                                  std::string(here.file_name()) + ":" + std::to_string(here.line()) + ")");
    BOOST_TEST(full.message() == "a row with this value exists");
    BOOST_TEST(full.schema() == "public");
    BOOST_TEST(full.table() == "users");
    BOOST_TEST(full.column() == "email");
    BOOST_TEST(full.constraint() == "users_email_key");
    BOOST_TEST(full.statement_id() == "users.create");
    BOOST_TEST((full.sqlstate() == "23505"));
    BOOST_TEST(full.where().line() == here.line());
}

BOOST_AUTO_TEST_CASE(what_leaves_out_what_is_not_known) {
    BOOST_TEST(error({.kind = error_kind::closed, .message = "the pool is closed"}).what() ==
               std::string("pgrepo: [closed] the pool is closed"));
    BOOST_TEST(error({.kind = error_kind::decode, .message = "m", .column = "c"}).what() ==
               std::string("pgrepo: [decode] m (column c)"));
    BOOST_TEST(error({.kind = error_kind::decode, .message = "m", .statement_id = "s"}).what() ==
               std::string("pgrepo: [decode] m (statement s)"));
    // No call: no place is made up.
    BOOST_TEST(std::string(error({.kind = error_kind::server, .message = "m"}).what()).find(" at ") ==
               std::string::npos);
}

BOOST_AUTO_TEST_CASE(an_error_is_copied_without_throwing_and_keeps_its_details) {
    static_assert(std::is_nothrow_copy_constructible_v<error>);
    static_assert(std::is_base_of_v<std::runtime_error, error>);
    auto first = std::make_unique<error>(error_details{.kind = error_kind::data, .message = std::string(1000, 'm')});
    const error copy = *first;
    const std::string* message = &first->message();
    BOOST_TEST(&copy.message() == message); // shared
    first.reset();
    BOOST_TEST(copy.message() == std::string(1000, 'm'));
    BOOST_TEST((copy.kind() == error_kind::data));
}

// A view of what an error says holds as long as the error does, its SQLSTATE's too.
BOOST_AUTO_TEST_CASE(a_sqlstate_of_an_error_can_be_viewed) {
    const error failure({.kind = error_kind::unique_violation, .message = "m", .state = sqlstate("23505")});
    const std::string_view kept = failure.sqlstate().code();
    const std::string_view family = failure.sqlstate().class_code();
    BOOST_TEST(static_cast<const void*>(kept.data()) ==
               static_cast<const void*>(failure.details().state.code().data()));
    BOOST_TEST(kept == "23505");
    BOOST_TEST(family == "23");
    static_assert(std::is_reference_v<decltype(failure.sqlstate())>);
    const sqlstate copy = failure.sqlstate();
    BOOST_TEST((copy == "23505"));
}

BOOST_AUTO_TEST_CASE(an_error_that_was_moved_from_can_still_be_read) {
    error first({.kind = error_kind::data, .message = "m"});
    const error second = std::move(first);
    BOOST_TEST(second.message() == "m");
    BOOST_TEST((first.kind() == error_kind::data));
    BOOST_TEST(std::string(first.what()) == "pgrepo: [data] m");
}

// ---------------------------------------------------------------------------------------------------------------------
// result and try_

namespace {

struct stale_error : error {
    stale_error() : error({.kind = error_kind::stale_version, .message = "stale"}) {}
    int version = 7;
};

error not_found() {
    return error({.kind = error_kind::not_found, .message = "none"});
}

} // namespace

BOOST_AUTO_TEST_CASE(try_gives_the_value_or_the_error) {
    const auto good = try_([] { return 7; });
    static_assert(std::same_as<decltype(good), const pgrepo::result<int>>);
    BOOST_TEST(good.has_value());
    BOOST_TEST(static_cast<bool>(good));
    BOOST_TEST(*good == 7);
    BOOST_TEST(good.value() == 7);

    const auto bad = try_([]() -> int { throw not_found(); });
    BOOST_TEST(!bad);
    BOOST_TEST((bad.error().kind() == error_kind::not_found));
    BOOST_CHECK_EXCEPTION((void)bad.value(), error, [](const error& e) { return e.kind() == error_kind::not_found; });
    BOOST_CHECK_THROW((void)*bad, error);
}

BOOST_AUTO_TEST_CASE(try_of_nothing) {
    int calls = 0;
    const auto good = try_([&] { ++calls; });
    static_assert(std::same_as<decltype(good), const pgrepo::result<void>>);
    BOOST_TEST(good.has_value());
    BOOST_TEST(calls == 1);
    BOOST_CHECK_NO_THROW(good.value());

    const auto bad = try_([] { throw not_found(); });
    BOOST_TEST(!bad.has_value());
    BOOST_TEST(bad.error().message() == "none");
    BOOST_CHECK_THROW(bad.value(), error);
}

BOOST_AUTO_TEST_CASE(the_derived_exception_comes_out_whole) {
    const auto bad = try_([]() -> std::string { throw stale_error(); });
    BOOST_TEST((bad.error().kind() == error_kind::stale_version));
    BOOST_CHECK_EXCEPTION((void)bad.value(), stale_error, [](const stale_error& e) { return e.version == 7; });
    const auto nothing = try_([] { throw stale_error(); });
    BOOST_CHECK_THROW(nothing.value(), stale_error);
}

BOOST_AUTO_TEST_CASE(other_exceptions_pass_through) {
    BOOST_CHECK_THROW((void)try_([]() -> int { throw std::logic_error("mine"); }), std::logic_error);
    BOOST_CHECK_EXCEPTION((void)try_([] { throw 7; }), int, [](int i) { return i == 7; });
}

BOOST_AUTO_TEST_CASE(what_can_only_be_moved_goes_through) {
    auto made = try_([] { return std::make_unique<int>(7); });
    const std::unique_ptr<int> taken = *std::move(made);
    BOOST_TEST(*taken == 7);

    BOOST_TEST(try_([] { return std::string("good"); }).value_or("other") == "good");
    BOOST_TEST(try_([]() -> std::string { throw not_found(); }).value_or("other") == "other");

    struct user {
        std::string name;
    };
    auto found = try_([] { return user{"Ada"}; });
    found->name += "!";
    BOOST_TEST(std::as_const(found)->name == "Ada!");
}

// ---------------------------------------------------------------------------------------------------------------------
// secret

template <class T>
concept Printable = requires(std::ostream& out, const T& value) { out << value; };
template <class T>
concept Comparable = requires(const T& a, const T& b) { a == b; };
static_assert(Printable<std::string> && !Printable<secret>);
static_assert(Comparable<std::string> && !Comparable<secret>);
static_assert(!std::is_convertible_v<secret, std::string> && !std::is_convertible_v<std::string, secret>);
static_assert(!std::is_convertible_v<secret, std::string_view> && !std::is_convertible_v<const char*, secret>);

namespace {

constexpr const char* long_password = "correct horse battery staple, long enough for the heap";

/// The bytes where a secret's text is, as long as its memory is still there.
struct peek {
    explicit peek(const secret& s) : bytes(s.reveal().data()), size(s.reveal().size()) {}
    [[nodiscard]] bool wiped() const {
        for (std::size_t i = 0; i < size; ++i)
            if (static_cast<volatile const char*>(bytes)[i] != '\0') return false;
        return true;
    }
    const char* bytes;
    std::size_t size;
};

} // namespace

BOOST_AUTO_TEST_CASE(a_secret_is_revealed_and_copied) {
    const secret password(long_password);
    BOOST_TEST(password.reveal() == long_password);
    const secret copy = password;
    BOOST_TEST(copy.reveal() == long_password);
    BOOST_TEST(password.reveal() == long_password);
    BOOST_TEST(!copy.empty());
    BOOST_TEST(secret().empty());
    BOOST_TEST(secret("").empty());
}

BOOST_AUTO_TEST_CASE(what_a_secret_was_moved_from_is_wiped) {
    for (const char* text : {"short", long_password}) { // within the string, and on the heap
        secret from(text);
        const peek before(from);
        const secret to = std::move(from);
        BOOST_TEST(to.reveal() == text);
        BOOST_TEST(from.empty());
        BOOST_TEST(before.wiped());
    }
}

BOOST_AUTO_TEST_CASE(what_a_secret_was_assigned_to_is_wiped) {
    for (const char* text : {"short", long_password}) {
        secret from(text);
        const peek before(from);
        secret to("old one");
        to = std::move(from);
        BOOST_TEST(to.reveal() == text);
        BOOST_TEST(from.empty());
        BOOST_TEST(before.wiped());
    }
    secret kept(long_password);
    const peek old(kept);
    kept = secret("s"); // fits where the old one was: only its first byte would be written over
    BOOST_TEST(kept.reveal() == "s");
    BOOST_TEST(old.bytes[1] == '\0');
    BOOST_TEST((std::memchr(old.bytes + 1, 'o', old.size - 1) == nullptr));
}

BOOST_AUTO_TEST_CASE(a_secret_survives_being_assigned_to_itself) {
    secret password(long_password);
    secret& same = password;
    password = same;
    BOOST_TEST(password.reveal() == long_password);
    password = std::move(same);
    BOOST_TEST(password.reveal() == long_password);
}

BOOST_AUTO_TEST_CASE(a_secret_that_goes_is_wiped) {
    // Placed by hand, so that its memory may be looked at afterwards.
    alignas(secret) unsigned char room[sizeof(secret)];
    auto* password = new (room) secret("short one"); // kept within the string itself
    const auto at = static_cast<std::size_t>(password->reveal().data() - reinterpret_cast<const char*>(room));
    BOOST_REQUIRE(at < sizeof(room));
    password->~secret();
    const volatile unsigned char* bytes = room;
    for (std::size_t i = 0; i < 9; ++i) BOOST_TEST(bytes[at + i] == 0);
}

// ---------------------------------------------------------------------------------------------------------------------
// deadline

BOOST_AUTO_TEST_CASE(never_does_not_pass) {
    static_assert(deadline().is_never());
    static_assert(deadline::never() == deadline());
    BOOST_TEST(!deadline::never().passed());
    BOOST_TEST(deadline::never().poll_timeout() == -1);
}

BOOST_AUTO_TEST_CASE(zero_and_less_have_passed) {
    BOOST_TEST(deadline::in(0ms).passed());
    BOOST_TEST(deadline::in(-1h).passed());
    BOOST_TEST(deadline::in(-1h).poll_timeout() == 0);
    BOOST_TEST(!deadline::in(0ms).is_never());
}

BOOST_AUTO_TEST_CASE(a_deadline_passes) {
    const deadline soon = deadline::in(20ms);
    BOOST_TEST(!soon.passed());
    BOOST_TEST(soon.poll_timeout() > 0);
    BOOST_TEST(soon.poll_timeout() <= 20);
    std::this_thread::sleep_for(25ms);
    BOOST_TEST(soon.passed());
    BOOST_TEST(soon.poll_timeout() == 0);
}

BOOST_AUTO_TEST_CASE(what_is_left_is_rounded_up) {
    // A wait of 0 ms before the end would spin.
    const deadline close(deadline::clock::now() + 300us);
    const int left = close.poll_timeout();
    BOOST_TEST((left == 1 || close.passed()));
}

BOOST_AUTO_TEST_CASE(spans_beyond_the_clock_are_never) {
    BOOST_TEST(deadline::in(std::chrono::hours::max()).is_never());
    BOOST_TEST(deadline::in(std::chrono::years(1'000'000)).is_never());
    BOOST_TEST(deadline::in(std::chrono::duration<double>(std::numeric_limits<double>::infinity())).is_never());
    const deadline far = deadline::in(std::chrono::hours(24 * 365 * 100));
    BOOST_TEST(!far.is_never());
    BOOST_TEST(!far.passed());
    BOOST_TEST(far.poll_timeout() == std::numeric_limits<int>::max());
}

BOOST_AUTO_TEST_CASE(spans_far_in_the_past_have_passed) {
    BOOST_TEST(deadline::in(std::chrono::hours(-24 * 365 * 100)).passed());
    BOOST_TEST(deadline::in(std::chrono::nanoseconds::min()).passed());
    BOOST_TEST(deadline::in(std::chrono::hours::min()).passed());
}

BOOST_AUTO_TEST_CASE(the_earlier_of_two) {
    const deadline a = deadline::in(1h);
    const deadline b = deadline::in(2h);
    BOOST_TEST((earlier(a, b) == a));
    BOOST_TEST((earlier(b, a) == a));
    BOOST_TEST((earlier(a, deadline::never()) == a));
    BOOST_TEST((earlier(deadline::never(), deadline::never()).is_never()));
}
