// What a mapping says of a record, and how partial structs meet it.
#include <pgrepo/codec/codecs.hpp>
#include <pgrepo/mapping/partial.hpp>
#include <pgrepo/mapping/record.hpp>

#include <boost/test/unit_test.hpp>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <vector>

namespace {

using pgrepo::column;
using pgrepo::columns_of;
using pgrepo::table_of;
using pgrepo::detail::can_create;
using pgrepo::detail::can_patch;
using pgrepo::detail::is_record;

enum class UserStatus { active, suspended, closed };

struct UserRecord {
    pgrepo::uuid id{};
    std::string email;
    std::string first_name;
    std::string last_name;
    UserStatus status{};
    bool is_verified{};
    pgrepo::timestamptz created_at{};
    pgrepo::timestamptz updated_at{};
    std::optional<pgrepo::timestamptz> deleted_at{};

    using pgrepo_mapping =
        pgrepo::annotations<pgrepo::table<"users">, pgrepo::primary_key<&UserRecord::id>,
                            pgrepo::generated<&UserRecord::id, &UserRecord::created_at, &UserRecord::updated_at>,
                            pgrepo::defaulted<&UserRecord::status, &UserRecord::is_verified>,
                            pgrepo::soft_delete<&UserRecord::deleted_at>>;
};

// The key's members in another order than the fields: the mapping's order counts.
struct ItemRecord {
    std::string article;
    std::int64_t order_id{};
    std::optional<std::string> note{};
    std::int32_t position{};

    using pgrepo_mapping = pgrepo::annotations<pgrepo::primary_key<&ItemRecord::position, &ItemRecord::order_id>,
                                               pgrepo::table<"app.items">>;
};

struct Legacy {
    std::int64_t select{};
    std::string MixedCase;
    bool _leading{};
    int n{};
};

// The alias within must give way to the specialisation outside.
struct Both {
    int a{};
    using pgrepo_mapping = pgrepo::annotations<pgrepo::table<"inside">>;
};

struct View {
    int a{};
    using pgrepo_mapping = pgrepo::annotations<pgrepo::table<"a view">>;
};

struct Unmapped {
    int a{};
};

/// The names of the columns that have a flag, in order.
template <class Record> std::vector<std::string_view> with(bool column::* flag) {
    std::vector<std::string_view> out;
    for (const column& c : columns_of<Record>)
        if (c.*flag) out.push_back(c.name);
    return out;
}
template <class Record> std::vector<std::string_view> names() {
    std::vector<std::string_view> out;
    for (const column& c : columns_of<Record>) out.push_back(c.name);
    return out;
}
using list = std::vector<std::string_view>;

} // namespace

template <>
struct pgrepo::mapping<Legacy>
    : pgrepo::annotations<pgrepo::table<"Old Stuff.order">, pgrepo::primary_key<&Legacy::select>,
                          pgrepo::generated<&Legacy::select, &Legacy::n>, pgrepo::generated<&Legacy::_leading>> {};
template <> struct pgrepo::mapping<Both> : pgrepo::annotations<pgrepo::table<"outside">> {};

BOOST_AUTO_TEST_CASE(the_readme_record) {
    BOOST_TEST(table_of<UserRecord> == "users");
    BOOST_TEST((names<UserRecord>() == list{"id", "email", "first_name", "last_name", "status", "is_verified",
                                            "created_at", "updated_at", "deleted_at"}));
    BOOST_TEST((with<UserRecord>(&column::key) == list{"id"}));
    BOOST_TEST((with<UserRecord>(&column::generated) == list{"id", "created_at", "updated_at"}));
    BOOST_TEST((with<UserRecord>(&column::defaulted) == list{"status", "is_verified"}));
    BOOST_TEST((with<UserRecord>(&column::soft_delete) == list{"deleted_at"}));
    BOOST_TEST((with<UserRecord>(&column::nullable) == list{"deleted_at"}));
    for (std::size_t i = 0; i < columns_of<UserRecord>.size(); ++i) BOOST_TEST(columns_of<UserRecord>[i].field == i);
    static_assert(pgrepo::detail::key_size<UserRecord> == 1);
    static_assert(pgrepo::detail::has_soft_delete<UserRecord>);
}

BOOST_AUTO_TEST_CASE(all_of_it_is_known_when_compiled) {
    static_assert(table_of<UserRecord> == "users");
    static_assert(columns_of<UserRecord>.size() == 9);
    static_assert(columns_of<UserRecord>[4].name == "status");
    static_assert(columns_of<UserRecord>[4].defaulted);
}

BOOST_AUTO_TEST_CASE(a_composite_key) {
    BOOST_TEST(table_of<ItemRecord> == "app.items");
    BOOST_TEST((names<ItemRecord>() == list{"article", "order_id", "note", "position"}));
    BOOST_TEST((with<ItemRecord>(&column::key) == list{"order_id", "position"}));
    BOOST_TEST(columns_of<ItemRecord>[1].key_part == 1U); // order_id
    BOOST_TEST(columns_of<ItemRecord>[3].key_part == 0U); // position
    BOOST_TEST((with<ItemRecord>(&column::nullable) == list{"note"}));
    BOOST_TEST(with<ItemRecord>(&column::generated).empty());
    static_assert(pgrepo::detail::key_size<ItemRecord> == 2);
    static_assert(!pgrepo::detail::has_soft_delete<ItemRecord>);
}

BOOST_AUTO_TEST_CASE(a_mapping_from_outside) {
    BOOST_TEST(table_of<Legacy> == "Old Stuff.order");
    BOOST_TEST((names<Legacy>() == list{"select", "MixedCase", "_leading", "n"}));
    BOOST_TEST((with<Legacy>(&column::generated) == list{"select", "_leading", "n"}));
    BOOST_TEST(table_of<Both> == "outside");
}

BOOST_AUTO_TEST_CASE(a_view_has_no_key) {
    static_assert(is_record<View>);
    static_assert(pgrepo::detail::key_size<View> == 0);
    BOOST_TEST(table_of<View> == "a view");
}

BOOST_AUTO_TEST_CASE(what_is_a_record) {
    static_assert(is_record<UserRecord> && is_record<ItemRecord> && is_record<Legacy> && is_record<Both>);
    static_assert(!is_record<Unmapped> && !is_record<int> && !is_record<const UserRecord>);
    using pgrepo::detail::is_table_name;
    static_assert(is_table_name("users") && is_table_name("a b") && is_table_name("app.users"));
    static_assert(!is_table_name("") && !is_table_name(".") && !is_table_name("a.") && !is_table_name(".a"));
    static_assert(!is_table_name("a.b.c"));
    constexpr std::string_view longest = "a23456789 123456789 123456789 123456789 123456789 123456789 123";
    static_assert(longest.size() == 63);
    static_assert(is_table_name(longest));
    static_assert(is_table_name("a23456789 123456789 123456789 123456789 123456789 123456789 123."
                                "a23456789 123456789 123456789 123456789 123456789 123456789 123"));
    static_assert(!is_table_name("a23456789 123456789 123456789 123456789 123456789 123456789 1234"));
    static_assert(!is_table_name("a.a23456789 123456789 123456789 123456789 123456789 123456789 1234"));
}

// ---------------------------------------------------------------------------------------------------------------------
// create

namespace drafts {

struct Least {
    std::string email;
    std::string first_name;
    std::string last_name;
};
struct Views {
    const char* last_name;
    std::string_view email;
    std::string_view first_name;
};
struct Generous {
    pgrepo::uuid id;
    std::string email;
    std::string first_name;
    std::string last_name;
    UserStatus status;
    pgrepo::timestamptz created_at;
    std::optional<pgrepo::timestamptz> deleted_at;
};
struct NullableAsValue {
    std::string email;
    std::string first_name;
    std::string last_name;
    pgrepo::timestamptz deleted_at;
};
struct NullableAsChange {
    std::string email;
    std::string first_name;
    std::string last_name;
    pgrepo::change<pgrepo::timestamptz> deleted_at;
};
struct Missing {
    std::string email;
    std::string first_name;
};
struct Misspelt {
    std::string email;
    std::string firstName;
    std::string last_name;
};
struct WrongCase {
    std::string Email;
    std::string first_name;
    std::string last_name;
};
struct WrongType {
    std::string email;
    std::string first_name;
    std::vector<char> last_name;
};
struct Optional {
    std::string email;
    std::optional<std::string> first_name;
    std::string last_name;
};
struct Narrow {
    std::string article;
    std::int32_t order_id;
    std::int32_t position;
};
struct NoteAsView {
    std::string article;
    std::int64_t order_id;
    std::int32_t position;
    std::string_view note;
};
struct NoteAsOptionalView {
    std::string article;
    std::int64_t order_id;
    std::int32_t position;
    std::optional<std::string_view> note;
};
struct Empty {};

} // namespace drafts

BOOST_AUTO_TEST_CASE(what_can_be_given_to_create) {
    static_assert(can_create<UserRecord, drafts::Least>);
    static_assert(can_create<UserRecord, drafts::Views>);
    static_assert(can_create<UserRecord, drafts::Generous>);
    static_assert(can_create<UserRecord, drafts::NullableAsValue>);
    static_assert(can_create<UserRecord, UserRecord>);
    static_assert(can_create<ItemRecord, ItemRecord>);
    static_assert(can_create<ItemRecord, drafts::NoteAsView>);
    static_assert(can_create<ItemRecord, drafts::NoteAsOptionalView>);

    static_assert(!can_create<UserRecord, drafts::NullableAsChange>);
    static_assert(!can_create<UserRecord, drafts::Missing>);
    static_assert(!can_create<UserRecord, drafts::Misspelt>);
    static_assert(!can_create<UserRecord, drafts::WrongCase>);
    static_assert(!can_create<UserRecord, drafts::WrongType>);
    static_assert(!can_create<UserRecord, drafts::Optional>);
    static_assert(!can_create<UserRecord, drafts::Empty>);
    static_assert(!can_create<UserRecord, ItemRecord>);
    static_assert(!can_create<ItemRecord, drafts::Narrow>); // int4 into int8 would fit, but a typing mistake too
    static_assert(!can_create<Unmapped, Unmapped>);
    static_assert(!can_create<UserRecord, int>);
}

BOOST_AUTO_TEST_CASE(the_first_thing_wrong_is_named) {
    using pgrepo::detail::find_offender;
    using pgrepo::detail::name;
    using pgrepo::detail::part_fault;
    using pgrepo::detail::verdict_on_draft;
    constexpr auto missing = verdict_on_draft<UserRecord, drafts::Missing>;
    static_assert(missing.fault == part_fault::missing);
    using left_out =
        decltype(find_offender<UserRecord, drafts::Missing, part_fault::missing, missing.fault, missing.field>())::type;
    static_assert(std::is_same_v<left_out::column, name<"last_name">>);
    // A name that is misspelt is said once, not as a missing column too.
    constexpr auto misspelt = verdict_on_draft<UserRecord, drafts::Misspelt>;
    static_assert(misspelt.fault == part_fault::unknown);
    using unknown = decltype(find_offender<UserRecord, drafts::Misspelt, part_fault::unknown, misspelt.fault,
                                           misspelt.field>())::type;
    static_assert(std::is_same_v<unknown::column, name<"firstName">>);
    constexpr auto mistyped = verdict_on_draft<UserRecord, drafts::WrongType>;
    static_assert(mistyped.fault == part_fault::mistyped);
    using wrong = decltype(find_offender<UserRecord, drafts::WrongType, part_fault::mistyped, mistyped.fault,
                                         mistyped.field>())::type;
    static_assert(std::is_same_v<wrong::column, name<"last_name">>);
    static_assert(std::is_same_v<wrong::given, std::vector<char>> && std::is_same_v<wrong::wanted, std::string>);
}

// ---------------------------------------------------------------------------------------------------------------------
// update

namespace patches {

struct Engaged {
    std::optional<std::string> first_name{};
    std::optional<UserStatus> status{};
};
struct Always {
    std::string first_name;
};
struct View {
    std::optional<std::string_view> first_name{};
};
struct Change {
    pgrepo::change<pgrepo::timestamptz> deleted_at{};
};
struct Generated {
    std::optional<pgrepo::timestamptz> updated_at{};
};
struct Ambiguous {
    std::optional<pgrepo::timestamptz> deleted_at{};
};
struct Trap {
    std::optional<std::optional<pgrepo::timestamptz>> deleted_at{};
};
struct ChangeOfNotNull {
    pgrepo::change<std::string> first_name{};
};
struct PlainNullable {
    pgrepo::timestamptz deleted_at{};
};
struct Key {
    std::optional<pgrepo::uuid> id{};
};
struct KeyOfWrongType {
    int id{};
};
struct Unknown {
    std::optional<std::string> name{};
};
struct WrongType {
    std::optional<int> first_name{};
};
struct Nothing {};

} // namespace patches

BOOST_AUTO_TEST_CASE(what_can_be_given_to_update) {
    static_assert(can_patch<UserRecord, patches::Engaged>);
    static_assert(can_patch<UserRecord, patches::Always>);
    static_assert(can_patch<UserRecord, patches::View>);
    static_assert(can_patch<UserRecord, patches::Change>);
    static_assert(can_patch<UserRecord, patches::Generated>);
    static_assert(can_patch<UserRecord, patches::Nothing>);

    static_assert(!can_patch<UserRecord, patches::Ambiguous>);
    static_assert(!can_patch<UserRecord, patches::Trap>);
    static_assert(!can_patch<UserRecord, patches::ChangeOfNotNull>);
    static_assert(!can_patch<UserRecord, patches::PlainNullable>);
    static_assert(!can_patch<UserRecord, patches::Key>);
    static_assert(!can_patch<UserRecord, patches::KeyOfWrongType>);
    static_assert(!can_patch<UserRecord, patches::Unknown>);
    static_assert(!can_patch<UserRecord, patches::WrongType>);
    static_assert(!can_patch<Unmapped, patches::Nothing>);
}

BOOST_AUTO_TEST_CASE(a_patch_is_at_fault_in_one_way) {
    using pgrepo::detail::part_fault;
    using pgrepo::detail::verdict_on_patch;
    static_assert(verdict_on_patch<UserRecord, patches::KeyOfWrongType>.fault == part_fault::key);
    static_assert(verdict_on_patch<UserRecord, patches::Ambiguous>.fault == part_fault::ambiguous);
    static_assert(verdict_on_patch<UserRecord, patches::Trap>.fault == part_fault::mistyped);
}

// ---------------------------------------------------------------------------------------------------------------------
// change

BOOST_AUTO_TEST_CASE(a_change_keeps_clears_or_writes) {
    using pgrepo::change;
    using pgrepo::set_null;
    struct Patch {
        change<std::string> nickname{};
        change<int> age{};
    };

    const Patch keep{};
    BOOST_TEST(!keep.nickname.engaged());
    BOOST_TEST(!keep.age.engaged());

    const Patch clear{.nickname = set_null, .age = set_null};
    BOOST_TEST(clear.nickname.engaged());
    BOOST_TEST(!clear.nickname.value().has_value());
    BOOST_TEST(clear.age.engaged());
    BOOST_TEST(!clear.age.value().has_value());

    const Patch write{.nickname = "Ada", .age = 0};
    BOOST_TEST(write.nickname.engaged());
    BOOST_TEST(write.nickname.value().value() == "Ada");
    BOOST_TEST(write.age.engaged());
    BOOST_TEST(write.age.value().value() == 0);

    const Patch copy = write;
    BOOST_TEST(copy.nickname.value().value() == "Ada");
    Patch assigned{};
    assigned.nickname = "Grace";
    BOOST_TEST(assigned.nickname.value().value() == "Grace");
    assigned.nickname = set_null;
    BOOST_TEST(assigned.nickname.engaged());
    BOOST_TEST(!assigned.nickname.value().has_value());
    assigned = Patch{};
    BOOST_TEST(!assigned.nickname.engaged());
}

BOOST_AUTO_TEST_CASE(an_optional_is_no_change) {
    // Empty could mean keep or NULL: whoever has an optional has to say.
    using change = pgrepo::change<std::string>;
    static_assert(!std::is_convertible_v<std::optional<std::string>, change>);
    static_assert(!std::is_convertible_v<std::nullopt_t, change>);
    static_assert(std::is_convertible_v<const char*, change> && std::is_convertible_v<std::string&, change>);
}

namespace {

// Fields are counted by what their types can be made of; a type that can be made of anything must not confuse that.
struct Changes {
    pgrepo::change<std::string> a{};
    pgrepo::change<int> b{};
    pgrepo::change<pgrepo::timestamptz> c{};
    pgrepo::change<std::vector<std::byte>> d{};
    pgrepo::change<UserStatus> e{};
    pgrepo::change<pgrepo::uuid> f{};
    pgrepo::change<bool> g{};
};

} // namespace

BOOST_AUTO_TEST_CASE(a_struct_of_changes_can_be_reflected) {
    static_assert(pgrepo::detail::field_count<Changes> == 7);
    static_assert(pgrepo::detail::field_names<Changes>[6] == "g");
    static_assert(std::is_same_v<pgrepo::detail::field_type<Changes, 0>, pgrepo::change<std::string>>);
    static_assert(std::is_same_v<pgrepo::detail::field_type<Changes, 3>, pgrepo::change<std::vector<std::byte>>>);
}
