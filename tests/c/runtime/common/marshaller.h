/* The functions that generated marshallers call: a small implementation for tests. */
#ifndef TEST_MARSHALLER_H
#define TEST_MARSHALLER_H

#include <stddef.h>
#include <stdint.h>
#include <spice/macros.h>

SPICE_BEGIN_DECLS

/* A block of a message: the message itself, or a pointee. */
typedef struct SpiceMarshaller SpiceMarshaller;

/* The block of a new message. */
SpiceMarshaller *spice_marshaller_new(void);
/* Releases a message and all of its pointees. */
void spice_marshaller_destroy(SpiceMarshaller *m);

/* The place of bytes that the caller writes. It stays valid until the message is released. */
uint8_t *spice_marshaller_reserve_space(SpiceMarshaller *m, size_t size);
/* Appends a copy of bytes. */
uint8_t *spice_marshaller_add(SpiceMarshaller *m, const uint8_t *data, size_t size);
/* Appends bytes that stay where they are. */
void spice_marshaller_add_by_ref(SpiceMarshaller *m, const uint8_t *data, size_t size);
/* Counts a descriptor, which has no bytes. */
void spice_marshaller_add_fd(SpiceMarshaller *m, int fd);

/* Append a number, and return its place. */
void *spice_marshaller_add_uint8(SpiceMarshaller *m, uint8_t value);
void *spice_marshaller_add_uint16(SpiceMarshaller *m, uint16_t value);
void *spice_marshaller_add_uint32(SpiceMarshaller *m, uint32_t value);
void *spice_marshaller_add_uint64(SpiceMarshaller *m, uint64_t value);
void *spice_marshaller_add_int8(SpiceMarshaller *m, int8_t value);
void *spice_marshaller_add_int16(SpiceMarshaller *m, int16_t value);
void *spice_marshaller_add_int32(SpiceMarshaller *m, int32_t value);
void *spice_marshaller_add_int64(SpiceMarshaller *m, int64_t value);
/* Changes a number that was appended. */
void spice_marshaller_set_uint32(SpiceMarshaller *m, void *place, uint32_t value);

/* Appends a pointer, and returns the block of its pointee. The pointer is null if the block stays empty. */
SpiceMarshaller *spice_marshaller_get_ptr_submarshaller(SpiceMarshaller *m);

/* The bytes of a block. */
size_t spice_marshaller_get_size(const SpiceMarshaller *m);
/* The descriptors of a message. */
size_t spice_marshaller_count_fds(const SpiceMarshaller *m);
/* The message with its pointees, in memory that the caller frees. Sets the pointers. */
uint8_t *spice_marshaller_linearize(SpiceMarshaller *m, size_t *size);

SPICE_END_DECLS

#endif
