/* The macros that generated code and the headers beside this one use. */
#ifndef TEST_MACROS_H
#define TEST_MACROS_H

#define SPICE_GNUC_UNUSED __attribute__((__unused__))
#define SPICE_GNUC_DEPRECATED __attribute__((__deprecated__))
#define SPICE_UNLIKELY(condition) __builtin_expect(!!(condition), 0)

#ifdef __cplusplus
#define SPICE_BEGIN_DECLS extern "C" {
#define SPICE_END_DECLS }
#else
#define SPICE_BEGIN_DECLS
#define SPICE_END_DECLS
#endif

#endif
