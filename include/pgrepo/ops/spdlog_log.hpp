#pragma once

// Needs spdlog, which pgrepo does not otherwise: included by nothing but your own code.

#include <pgrepo/ops/log_observer.hpp>

#include <memory>
#include <spdlog/logger.h>
#include <utility>

namespace pgrepo {

/// Hands each line to a spdlog logger, which adds its own time and level and filters by its own level as well: below either
/// nothing is logged. Thread-safe if the logger is (the ones named _mt are).
class spdlog_log final : public log_observer {
public:
    explicit spdlog_log(std::shared_ptr<spdlog::logger> logger, log_options options = {}) noexcept
        : log_observer(options),
          logger_(std::move(logger)) {}

protected:
    void write(log_level level, std::string_view line) noexcept override {
        try {
            logger_->log(level_of(level), spdlog::string_view_t(line.data(), line.size()));
        } catch (...) { // a log that cannot be written to is nobody's error here
        }
    }

private:
    static spdlog::level::level_enum level_of(log_level level) noexcept {
        switch (level) {
        case log_level::debug:
            return spdlog::level::debug;
        case log_level::info:
            return spdlog::level::info;
        case log_level::warning:
            return spdlog::level::warn;
        case log_level::error:
            return spdlog::level::err;
        case log_level::off:
            break;
        }
        return spdlog::level::off;
    }

    std::shared_ptr<spdlog::logger> logger_;
};

} // namespace pgrepo
