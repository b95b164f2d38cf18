#pragma once

namespace pgrepo {

/// What travels in the same round trip as a statement.
struct ride {
    /// Zero-terminated text that opens a transaction, sent before the statement ("BEGIN ISOLATION LEVEL REPEATABLE
    /// READ READ ONLY"); null: none. If the statement then fails, the transaction is open and in error.
    const char* begin = nullptr;
};

} // namespace pgrepo
