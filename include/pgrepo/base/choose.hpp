#pragma once

namespace pgrepo::detail {

/// What std::conditional_t is, without a class for each choice: compilers make one class for true and one for false, where
/// each record brought some twenty-five.
template <bool Is> struct choice {
    template <class Then, class Else> using type = Then;
};
template <> struct choice<false> {
    template <class Then, class Else> using type = Else;
};
template <bool Is, class Then, class Else> using choose = typename choice<Is>::template type<Then, Else>;

} // namespace pgrepo::detail
