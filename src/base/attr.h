// Compiler attributes, each with one short name.
#ifndef QS_BASE_ATTR_H
#define QS_BASE_ATTR_H

#define QS_PRINTF(string, first) __attribute__((format(printf, string, first)))
#define QS_MUST_USE __attribute__((warn_unused_result))
#define QS_ALWAYS_INLINE static inline __attribute__((always_inline))

// A function compiled once per x86-64 level and chosen when the program is loaded. Such functions keep a fixed
// order of operations (vectors of a fixed width, no fused multiply-add), so every clone returns the same bits.
// On compilers without the mechanism the plain function remains.
#ifdef QS_HAVE_TARGET_CLONES
#define QS_CLONES __attribute__((target_clones("arch=x86-64-v4", "arch=x86-64-v3", "default")))
#else
#define QS_CLONES
#endif

#define QS_COUNT_OF(array) (sizeof(array) / sizeof((array)[0]))

#endif
