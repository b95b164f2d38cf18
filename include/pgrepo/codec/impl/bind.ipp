#pragma once

#include <pgrepo/codec/bind.hpp>

#include <string>

namespace pgrepo::detail {

PGREPO_DECL void raise_encode(const statement_ref& statement, std::size_t position, std::string_view type,
                              const char* problem) {
    raise(error_kind::encode,
          "parameter $" + std::to_string(position) + " (" + std::string(type) + ") cannot be sent: " + problem,
          statement.id, statement.where);
}

PGREPO_DECL parameter_writer::parameter_writer(const statement_ref& statement, std::source_location where,
                                               unsigned char* storage, std::size_t parameters,
                                               large_rooms* large) noexcept
    : request_{.statement = statement},
      slots_(reinterpret_cast<room_slot*>(storage)),
      large_(large) {
    unsigned char* const arrays = storage + parameters * sizeof(room_slot);
    values_ = reinterpret_cast<const char**>(arrays);
    lengths_ = reinterpret_cast<int*>(arrays + parameters * sizeof(const char*));
    formats_ = lengths_ + parameters;
    request_.statement.where = where;
    request_.parameters = {values_, lengths_, formats_, 0};
}

} // namespace pgrepo::detail
