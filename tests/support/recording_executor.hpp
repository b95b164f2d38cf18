#pragma once

// An Executor that sends nothing: it remembers what it was given and answers with an empty result.

#include <pgrepo/contract/executor.hpp>
#include <pgrepo/contract/operation.hpp>
#include <pgrepo/contract/verbs.hpp>

#include <cstdint>
#include <optional>
#include <source_location>
#include <string>
#include <vector>

namespace test {

/// What an operation would have sent.
struct recorded {
    std::string text{};
    std::string id{};
    std::vector<pgrepo::oid> types{};
    std::source_location where{};
    pgrepo::statement_key key{};
    bool prepare = true;
    bool sensitive = false;
    bool terminated = false; ///< a zero follows the text, as libpq needs it

    std::vector<std::optional<std::string>> values{}; ///< as they would travel
    std::vector<int> formats{};
};

template <class Op> recorded record(const Op& op) {
    const pgrepo::statement_ref& statement = op.statement();
    recorded out{.text = std::string(statement.text),
                 .id = std::string(statement.id),
                 .types = {statement.parameter_types.begin(), statement.parameter_types.end()},
                 .where = statement.where,
                 .key = statement.key,
                 .prepare = statement.prepare,
                 .sensitive = statement.sensitive,
                 .terminated = statement.text.data()[statement.text.size()] == '\0'};
    const pgrepo::parameters_view& view = op.parameters();
    for (int i = 0; i < view.count; ++i) {
        if (view.values[i] == nullptr)
            out.values.emplace_back();
        else
            out.values.emplace_back(std::string(view.values[i], static_cast<std::size_t>(view.lengths[i])));
        out.formats.push_back(view.formats[i]);
    }
    return out;
}

class recording_executor : public pgrepo::executor_verbs<recording_executor> {
public:
    template <class T> using returns = T;

    recording_executor() = default;

    template <pgrepo::Operation Op> typename Op::result_type run(const Op& op) {
        last = record(op);
        ++calls;
        return typename Op::result_type{};
    }

    recorded last{};
    int calls = 0;
};

static_assert(pgrepo::Executor<recording_executor>);

} // namespace test
