// A pool against a model of it: one thread does what comes to mind, and after each step the pool must say what the model says.
// PGREPO_MODEL_SEED=<n> repeats a run, PGREPO_MODEL_STEPS=<n> makes it shorter or longer, PGREPO_NIGHTLY=1 long.

#include "../integration/pq_support.hpp"
#include "../support/sanitized.hpp"

#include <pgrepo/pq/pool.hpp>

#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <cstdint>
#include <optional>
#include <random>
#include <string>
#include <thread>
#include <utility>
#include <vector>

using namespace pq_test;
using pgrepo::deadline;
using pgrepo::error_kind;

namespace {

std::uint64_t number_from(const char* name, std::uint64_t otherwise) {
    const std::string text = environment(name);
    return text.empty() ? otherwise : std::stoull(text);
}

bool nightly() {
    return !environment("PGREPO_NIGHTLY").empty();
}

/// How the pool is set up for a run.
struct setting {
    const char* application;
    bool timers; ///< sessions end by themselves, so that the model knows less
    std::uint64_t steps;
};

class driver {
public:
    explicit driver(const setting& how)
        : how_(how),
          seed_(number_from("PGREPO_MODEL_SEED", std::random_device{}())),
          random_(seed_),
          pool_(options(), limits()) {
        BOOST_TEST_MESSAGE(how.application << ": PGREPO_MODEL_SEED=" << seed_);
    }

    void run() {
        const std::uint64_t steps = number_from("PGREPO_MODEL_STEPS", how_.steps);
        for (step_ = 1; step_ <= steps; ++step_) {
            step();
            check();
            if (step_ % 5000 == 0) check_server();
        }
        check_server();
        end();
        BOOST_TEST_MESSAGE(opened_ << " sessions opened, " << exact_ << " of " << returns_
                                   << " returns foreseen exactly, " << kills_ << " kills");
    }

private:
    /// A session that is lent to us.
    struct held {
        pgrepo::loan loan;
        int pid = 0;
        bool broken = false;
        bool in_transaction = false;
        bool retired = false; // is closed when it comes back
        bool blurred = false; // may be
        bool doomed = false;  // its server process was told to end
    };
    /// One that went back and may be lent again, the last one back at the end.
    struct rested {
        int pid = 0;
        bool blurred = false; // may be gone
        bool doomed = false;
    };

    [[nodiscard]] pgrepo::connection_options options() const {
        auto out = server();
        out.application_name = how_.application;
        out.connect_timeout = 60s;
        return out;
    }
    [[nodiscard]] pgrepo::pool_options limits() const {
        pgrepo::pool_options out{.max = max_,
                                 .acquire_timeout = 90s,
                                 .idle_timeout = 0ms,
                                 .max_uses = 0,
                                 .max_lifetime = 0ms,
                                 .leak_threshold = 0ms,
                                 .ping_after = 1h};
        if (how_.timers) {
            out.min = 1;
            out.idle_timeout = 40ms;
            out.max_uses = 50;
            out.max_lifetime = 400ms;
            out.leak_threshold = 30ms;
            out.ping_after = 15ms;
        }
        return out;
    }

    [[nodiscard]] unsigned up_to(unsigned count) { return static_cast<unsigned>(random_() % count); }
    [[nodiscard]] std::string here() const {
        return "step " + std::to_string(step_) + " (" + last_ + "), PGREPO_MODEL_SEED=" + std::to_string(seed_);
    }

    void step() {
        const unsigned dice = up_to(10000);
        if (dice < 4200)
            acquire(deadline::in(90s));
        else if (dice < 4700)
            acquire(deadline(deadline::clock::now() - 1ms));
        else if (dice < 8400)
            give_back();
        else if (dice < 9300)
            use("SELECT 1");
        else if (dice < 9480)
            use("SET work_mem = '77kB'");
        else if (dice < 9560)
            leave_in_transaction();
        else if (dice < 9640)
            break_one();
        else if (dice < 9800)
            knock();
        else if (dice < 9900)
            resize();
        else if (dice < 9930)
            retire_all();
        else if (dice < 9960)
            kill();
        else if (dice < 9985)
            rest();
        else
            give_all_back();
    }

    // ---- operations

    void acquire(deadline limit) {
        last_ = "acquire";
        const bool patient = !limit.passed();
        const bool room = held_.size() < max_;
        const bool certain = std::ranges::any_of(rested_, [](const rested& each) { return !each.blurred; });
        held got;
        const auto start = deadline::clock::now();
        const auto caught = failure([&] { got.loan = pool_.acquire(limit); });
        if (!got.loan) {
            BOOST_TEST((!room || !patient), here() << ": " << caught.what());
            BOOST_TEST((how_.timers || !certain || !room), here() << ": one was idle: " << caught.what());
            BOOST_TEST((caught.kind() == error_kind::pool_exhausted || caught.kind() == error_kind::deadline_exceeded),
                       here() << ": " << caught.what());
            BOOST_TEST((deadline::clock::now() - start < 60s), here() << ": waited in vain");
            return;
        }
        got.pid = got.loan->backend_pid();
        if (!how_.timers) BOOST_TEST(room, here() << ": lent more than max");
        BOOST_TEST(std::ranges::none_of(held_, [&](const held& each) { return each.pid == got.pid; }),
                   here() << ": lent twice");
        const auto known = std::ranges::find(rested_, got.pid, &rested::pid);
        if (known != rested_.end()) {
            got.doomed = known->doomed;
            got.blurred = known->blurred;
            if (!how_.timers) // those that came back after it are gone
                BOOST_TEST(std::all_of(known + 1, rested_.end(), [](const rested& each) { return each.blurred; }),
                           here() << ": not the one that came back last");
            rested_.erase(known, rested_.end());
        } else {
            ++opened_;
            if (!how_.timers) BOOST_TEST(!certain, here() << ": a new one though one was idle");
            rested_.clear();
            if (!how_.timers) BOOST_TEST(pool_.counts().idle == 0U, here());
        }
        held_.push_back(std::move(got));
        if (known_doom()) blur();
    }

    void give_back() {
        if (!held_.empty()) give_back(up_to(static_cast<unsigned>(held_.size())));
    }
    void give_back(std::size_t which) {
        last_ = "give_back";
        held one = std::move(held_[which]);
        held_.erase(held_.begin() + static_cast<std::ptrdiff_t>(which));
        const auto before = pool_.counts();
        one.loan.give_back();
        const auto after = pool_.counts();
        ++returns_;
        if (how_.timers) {
            rested_.push_back({.pid = one.pid, .blurred = true, .doomed = one.doomed});
            return;
        }
        const bool stays = after.idle > before.idle;
        // Idle ones that may be gone are being closed now, perhaps.
        if (std::ranges::none_of(rested_, &rested::blurred) && !known_doom() && !one.doomed)
            BOOST_TEST((stays ? after.idle == before.idle + 1 : after.total + 1 == before.total), here());
        const bool must_go = one.broken || one.in_transaction || one.retired || before.total > max_;
        if (must_go && !known_doom() && !one.doomed) BOOST_TEST(!stays, here() << ": was to be closed");
        if (!must_go && !one.blurred && !one.doomed && !known_doom()) BOOST_TEST(stays, here() << ": was to be kept");
        if (must_go || !one.blurred) ++exact_;
        if (stays) rested_.push_back({.pid = one.pid, .blurred = one.blurred || one.doomed, .doomed = one.doomed});
        if (one.doomed || known_doom()) blur();
    }
    void give_all_back() {
        while (!held_.empty()) give_back(held_.size() - 1);
    }

    void use(const char* text) {
        last_ = text;
        if (held_.empty()) return;
        held& one = held_[up_to(static_cast<unsigned>(held_.size()))];
        if (one.broken || one.in_transaction) return;
        try {
            pq_test::run(*one.loan, text);
            BOOST_TEST(one.loan->backend_pid() == one.pid, here());
        } catch (const pgrepo::error& caught) {
            BOOST_TEST(one.doomed, here() << ": " << caught.what());
            one.broken = true;
            blur();
        }
    }
    void leave_in_transaction() {
        last_ = "leave in a transaction";
        if (held_.empty()) return;
        const std::size_t which = up_to(static_cast<unsigned>(held_.size()));
        held& one = held_[which];
        if (!one.broken && !one.doomed && !one.in_transaction) {
            pq_test::run(*one.loan, "BEGIN");
            one.in_transaction = true;
        }
        if (up_to(2) == 0) give_back(which);
    }
    void break_one() {
        last_ = "close a session";
        if (held_.empty()) return;
        const std::size_t which = up_to(static_cast<unsigned>(held_.size()));
        held_[which].loan->close();
        held_[which].broken = true;
        give_back(which);
    }
    /// From another thread, without patience.
    void knock() {
        last_ = "acquire elsewhere";
        const bool full = held_.size() >= max_;
        std::optional<pgrepo::error> caught;
        std::thread([&] { caught = failure([&] { pool_.acquire(deadline::in(0ms)).give_back(); }); }).join();
        const bool got = caught->kind() == error_kind::migration;
        if (!got) BOOST_TEST((caught->kind() == error_kind::deadline_exceeded), here() << ": " << caught->what());
        if (!how_.timers) BOOST_TEST((!got || !full), here() << ": lent more than max");
        if (known_doom()) blur();
    }
    void resize() {
        max_ = 1 + up_to(6);
        last_ = "resize to " + std::to_string(max_);
        if (pool_.counts().total > max_)
            for (rested& each : rested_) each.blurred = true;
        pool_.resize(max_);
        BOOST_TEST(pool_.counts().max == max_, here());
    }
    void retire_all() {
        last_ = "retire_all";
        pool_.retire_all();
        for (held& each : held_) each.retired = true;
        rested_.clear();
        if (!how_.timers) BOOST_TEST(pool_.counts().idle == 0U, here());
    }
    void kill() {
        last_ = "kill";
        std::vector<int> pids;
        for (const held& each : held_) pids.push_back(each.pid);
        for (const rested& each : rested_) pids.push_back(each.pid);
        if (pids.empty()) return;
        ++kills_;
        const int pid = pids[up_to(static_cast<unsigned>(pids.size()))];
        pq_test::run(*onlooker_, sql("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE pid = $1 AND "
                                     "application_name = $2")
                                     .int4(pid)
                                     .text(how_.application));
        for (held& each : held_) each.doomed = each.doomed || each.pid == pid;
        for (rested& each : rested_) each.doomed = each.doomed || each.pid == pid;
        blur(); // one that finds it out may take the server to be leaving, and replace all
    }
    void rest() {
        last_ = "rest";
        std::this_thread::sleep_for(std::chrono::milliseconds(1 + up_to(20)));
    }

    // ---- what must hold

    [[nodiscard]] bool known_doom() const {
        return std::ranges::any_of(held_, &held::doomed) || std::ranges::any_of(rested_, &rested::doomed);
    }
    void blur() {
        for (held& each : held_) each.blurred = true;
        for (rested& each : rested_) each.blurred = true;
    }

    void check() {
        const auto now = pool_.statistics();
        const auto& counts = now.now;
        BOOST_TEST(counts.total == counts.idle + counts.borrowed + counts.opening, here());
        BOOST_TEST(counts.borrowed == held_.size(), here());
        BOOST_TEST(counts.waiting == 0U, here());
        // A session that is there was opened and not closed; one that is looked at counts as being opened.
        const auto there = now.opened - now.closings.all();
        BOOST_TEST(there >= counts.idle + counts.borrowed, here());
        BOOST_TEST(there <= counts.total, here());
        if (!how_.timers) {
            BOOST_TEST(counts.opening == 0U, here());
            BOOST_TEST(counts.total <= std::max<std::size_t>(max_, held_.size()), here());
            BOOST_TEST(counts.idle <= rested_.size(), here());
            if (counts.idle == 0) rested_.clear();
        }
        if (how_.timers && rested_.size() > 64) rested_.erase(rested_.begin(), rested_.end() - 32);
    }

    [[nodiscard]] std::uint64_t backends() {
        return static_cast<std::uint64_t>(integer(pq_test::run(
            *onlooker_,
            sql("SELECT count(*) FROM pg_stat_activity WHERE application_name = $1").text(how_.application))));
    }
    void check_server() {
        const auto doomed = static_cast<std::uint64_t>(std::ranges::count_if(held_, &held::doomed) +
                                                       std::ranges::count_if(rested_, &rested::doomed));
        std::uint64_t there = 0, total = 0;
        const bool agree = soon([&] {
            total = pool_.counts().total;
            there = backends();
            return there <= total && there + doomed >= pool_.counts().idle + pool_.counts().borrowed;
        });
        BOOST_TEST(agree, here() << ": the server has " << there << " sessions, the pool " << total);
        const bool shrunk = soon([&] { return pool_.counts().total <= std::max<std::size_t>(max_, held_.size()); });
        BOOST_TEST(shrunk, here());
    }

    void end() {
        last_ = "close";
        pool_.close();
        BOOST_TEST(soon([&] { return pool_.counts().total == held_.size(); }));
        BOOST_TEST((failure([&] { (void)pool_.acquire(); }).kind() == error_kind::closed));
        for (held& each : held_)
            if (!each.broken && !each.doomed) BOOST_TEST(integer(pq_test::run(*each.loan, "SELECT 1")) == 1);
        held_.clear();
        const auto now = pool_.statistics();
        BOOST_TEST(now.now.total == 0U);
        BOOST_TEST(now.now.borrowed == 0U);
        BOOST_TEST(now.opened == now.closings.all());
        BOOST_TEST(soon([&] { return backends() == 0U; }));
    }

    setting how_;
    std::uint64_t seed_;
    std::mt19937_64 random_;
    std::uint32_t max_ = 4;
    pgrepo::pool pool_;
    std::unique_ptr<pgrepo::connection> onlooker_ = pgrepo::connection::open(server());
    std::vector<held> held_{};
    std::vector<rested> rested_{};
    std::uint64_t step_ = 0, opened_ = 0, returns_ = 0, exact_ = 0, kills_ = 0;
    std::string last_{};
};

/// So many without a sanitizer; with one, which makes each several times as long, a quarter of them.
std::uint32_t steps(std::uint32_t usual, std::uint32_t at_night) {
    if (nightly()) return at_night;
    return test::sanitized ? usual / 4 : usual;
}

} // namespace

BOOST_AUTO_TEST_CASE(each_step_is_as_the_model_says) {
    driver({.application = "pool_model", .timers = false, .steps = steps(50000, 1000000)}).run();
}

BOOST_AUTO_TEST_CASE(each_step_keeps_the_counts_while_sessions_end_by_themselves) {
    driver({.application = "pool_model_timers", .timers = true, .steps = steps(2500, 200000)}).run();
}
