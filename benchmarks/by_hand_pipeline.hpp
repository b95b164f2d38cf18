#pragma once

// libpq's pipeline mode: statements are sent without waiting, and everything up to a Sync is one round trip.

#include "by_hand.hpp"

namespace by_hand {

/// The connection is in pipeline mode as long as this lives.
class pipeline {
public:
    explicit pipeline(PGconn* link) : connection_(link) {
        if (PQenterPipelineMode(connection_) != 1) throw std::runtime_error("no pipeline could be begun");
    }
    pipeline(const pipeline&) = delete;
    pipeline& operator=(const pipeline&) = delete;
    ~pipeline() { PQexitPipelineMode(connection_); }

    /// Ends what stands or falls together, and sends it.
    void sync() {
        if (PQpipelineSync(connection_) != 1) throw std::runtime_error("a pipeline could not be sent");
    }
    /// The answer of the next statement, in the order they were sent.
    result next(ExecStatusType status) {
        result answer(PQgetResult(connection_));
        expect(answer, status);
        if (PQgetResult(connection_) != nullptr) throw std::runtime_error("a statement of the baseline answered twice");
        return answer;
    }
    void expect_sync() { expect(result(PQgetResult(connection_)), PGRES_PIPELINE_SYNC); }

private:
    PGconn* connection_;
};

} // namespace by_hand
