// Numbers to and from text. The program sets LC_CTYPE only, so printf and strtod keep the C locale's point.
#ifndef QS_BASE_NUMBER_H
#define QS_BASE_NUMBER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { QS_NUMBER_MAX = 32 }; // bytes that any of the formats below needs, NUL included

// The whole string must be the number; false otherwise (empty, trailing characters, out of range), *out unchanged.
bool qs_parse_u64(const char *text, uint64_t *out);
bool qs_parse_double(const char *text, double *out); // also inf and nan

// A decimal number in hundredths, rounded as decimals are: "5.185" is 519, halves go up, whatever the nearest double
// is. False for what is no decimal number, negative, or 10^13 and more.
bool qs_parse_hundredths(const char *text, uint64_t *out);

// 17 significant digits: reads back to the same double. "nan", "inf", "-inf" where not finite.
const char *qs_format_exact(double value, char out[static QS_NUMBER_MAX]);

// The fewest significant digits that read back to the same double: "3", "0.05", "1e+06".
const char *qs_format_shortest(double value, char out[static QS_NUMBER_MAX]);

// For people: `digits` significant digits, without an exponent between 1e-4 and 1e7.
const char *qs_format_short(double value, int digits, char out[static QS_NUMBER_MAX]);

// 1234567 as "1,234,567".
const char *qs_format_count(uint64_t count, char out[static QS_NUMBER_MAX]);

// "512 B", "9.53 MiB", "3.20 GiB".
const char *qs_format_bytes(uint64_t bytes, char out[static QS_NUMBER_MAX]);

// Seconds as "0:07", "12:34", "1:02:03"; "-:--" where negative or not finite.
const char *qs_format_duration(double seconds, char out[static QS_NUMBER_MAX]);

#endif
