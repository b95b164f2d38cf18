// A patch's statement is a constant, or, with more than 6 fields that may be left out, built once for each shape. For a
// known one nothing is built and nothing allocated before libpq.

#include <pgrepo/codec/codecs.hpp>
#include <pgrepo/contract/verbs.hpp>
#include <pgrepo/repository/table_repository.hpp>

#include <boost/test/unit_test.hpp>

#include <atomic>
#include <cstdint>
#include <cstdlib>
#include <new>
#include <optional>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

namespace {

std::atomic<long> allocations{0};

} // namespace

// Counts every allocation of this program.
void* operator new(std::size_t size) {
    ++allocations;
    if (void* memory = std::malloc(size == 0 ? 1 : size)) return memory;
    throw std::bad_alloc();
}
void operator delete(void* memory) noexcept {
    std::free(memory);
}
void operator delete(void* memory, std::size_t) noexcept {
    std::free(memory);
}

namespace {

struct Wide {
    std::int64_t id{};
    std::int32_t a{}, b{}, c{}, d{}, e{}, f{}, g{}, h{};
    std::string text;

    using pgrepo_mapping =
        pgrepo::annotations<pgrepo::table<"wide">, pgrepo::primary_key<&Wide::id>, pgrepo::sensitive<&Wide::text>>;
};
struct Narrow {
    std::optional<std::int32_t> a{}, b{}, c{}, d{}, e{};
    std::optional<std::string_view> text{};
};
struct Broad {
    std::optional<std::int32_t> a{}, b{}, c{}, d{}, e{}, f{}, g{}, h{};
    std::optional<std::string_view> text{};
};

/// Notes where a statement's text lies and how many parameters there are, and allocates nothing.
class noting_executor : public pgrepo::executor_verbs<noting_executor> {
public:
    template <class T> using returns = T;
    noting_executor() = default;
    template <pgrepo::Operation Op> typename Op::result_type run(const Op& op) {
        allocated = allocations.load();
        text = op.statement().text;
        parameters = op.parameters().count;
        sensitive = op.statement().sensitive;
        return typename Op::result_type{};
    }
    long allocated = 0;
    std::string_view text{};
    int parameters = 0;
    bool sensitive = false;
};

template <class Patch> std::size_t shapes_built() {
    return pgrepo::detail::update_table<Wide, Patch>::cache().size();
}

struct fixture {
    noting_executor db{};
    pgrepo::table_repository<Wide, noting_executor> wide{db};

    /// How often update allocated before its statement was sent.
    template <class Patch> long allocated_by(const Patch& patch) {
        const long before = allocations.load();
        (void)wide.update(7, patch);
        return db.allocated - before;
    }
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(wide_patch, fixture)

BOOST_AUTO_TEST_CASE(six_parts_are_constants) {
    for (int shape = 0; shape < 64; ++shape) {
        Narrow patch;
        if (shape & 1) patch.a = 1;
        if (shape & 2) patch.b = 2;
        if (shape & 4) patch.c = 3;
        if (shape & 8) patch.d = 4;
        if (shape & 16) patch.e = 5;
        if (shape & 32) patch.text = "longer than what fits into a short string";
        BOOST_TEST(allocated_by(patch) == 0);
        int engaged = 0;
        for (int bit = 0; bit < 6; ++bit) engaged += (shape >> bit) & 1;
        BOOST_TEST(db.parameters == engaged + 1);
    }
}

BOOST_AUTO_TEST_CASE(more_are_built_once_for_each_shape) {
    const std::size_t before = shapes_built<Broad>();
    const Broad patch{.b = 2, .g = 7, .text = "longer than what fits into a short string"};
    BOOST_TEST(allocated_by(patch) > 0);
    BOOST_TEST(db.text == R"(UPDATE "wide" SET "b" = $1, "g" = $2, "text" = $3 WHERE "id" = $4 )"
                          R"(RETURNING "id", "a", "b", "c", "d", "e", "f", "g", "h", "text")");
    BOOST_TEST(shapes_built<Broad>() == before + 1);
    const char* built = db.text.data();
    for (int i = 0; i < 100; ++i) BOOST_TEST(allocated_by(patch) == 0);
    BOOST_TEST(static_cast<const void*>(db.text.data()) == static_cast<const void*>(built));
    BOOST_TEST(shapes_built<Broad>() == before + 1);

    BOOST_TEST(allocated_by(Broad{.b = 2}) > 0);
    BOOST_TEST(db.text.starts_with(R"(UPDATE "wide" SET "b" = $1 WHERE "id" = $2)"));
    BOOST_TEST(shapes_built<Broad>() == before + 2);
    // one that writes nothing is find, which is a constant
    BOOST_TEST(allocated_by(Broad{}) == 0);
    BOOST_TEST(db.text.starts_with("SELECT "));
    BOOST_TEST(shapes_built<Broad>() == before + 2);
}

BOOST_AUTO_TEST_CASE(threads_that_meet_a_shape_at_once_agree) {
    const std::size_t before = shapes_built<Broad>();
    std::vector<std::vector<const char*>> seen(8);
    {
        std::vector<std::jthread> threads;
        for (std::size_t t = 0; t < seen.size(); ++t)
            threads.emplace_back([&, t] {
                noting_executor mine;
                pgrepo::table_repository<Wide, noting_executor> repository(mine);
                for (int shape = 0; shape < 32; ++shape) {
                    Broad patch{.h = 1}; // none of the shapes above
                    if (shape & 1) patch.a = 1;
                    if (shape & 2) patch.b = 1;
                    if (shape & 4) patch.c = 1;
                    if (shape & 8) patch.d = 1;
                    if (shape & 16) patch.e = 1;
                    (void)repository.update(1, patch);
                    seen[t].push_back(mine.text.data());
                }
            });
    }
    for (const auto& each : seen) BOOST_TEST((each == seen[0]));
    BOOST_TEST(shapes_built<Broad>() == before + 32);
}

BOOST_AUTO_TEST_CASE(one_built_for_a_record_with_sensitive_columns_says_so) {
    (void)wide.update(7, Broad{.h = 1});
    BOOST_TEST(db.sensitive);
}

BOOST_AUTO_TEST_SUITE_END()
