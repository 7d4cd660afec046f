// Which of eight words are equal to one: half a cache line compared at once.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

#ifdef __SSE2__
#include <emmintrin.h>
#endif

namespace tapstat::analysis {

using EightWords = std::array<std::uint32_t, 8>;

// Bit i: words[i] is `word`. Every x86-64 has SSE2; elsewhere compilers do as well as they can.
// `words`: aligned to 16 bytes.
[[nodiscard]] inline unsigned equal_words(const EightWords& words, std::uint32_t word) {
#ifdef __SSE2__
  const __m128i wanted = _mm_set1_epi32(static_cast<int>(word));
  const auto half = [&](std::size_t first) {
    const void* const at = &words[first];
    return _mm_cmpeq_epi32(_mm_load_si128(static_cast<const __m128i*>(at)), wanted);
  };
  const __m128i shorts = _mm_packs_epi32(half(0), half(4));
  return static_cast<unsigned>(_mm_movemask_epi8(_mm_packs_epi16(shorts, _mm_setzero_si128())));
#else
  unsigned bits = 0;
  for (unsigned i = 0; i < words.size(); ++i) bits |= (words[i] == word ? 1u : 0u) << i;
  return bits;
#endif
}

}  // namespace tapstat::analysis
