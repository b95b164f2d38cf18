#pragma once

#include <pgrepo/base/statement_ref.hpp>
#include <pgrepo/codec/row_shape.hpp>

namespace pgrepo {

/// What a session has to know of an operation: what to send, and what the result must look like.
struct request {
    statement_ref statement{};
    parameters_view parameters{};
    const row_shape* shape = nullptr; ///< null: the result is not looked at
};

} // namespace pgrepo
