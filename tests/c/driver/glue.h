/* What the generated glue calls, and what it defines. */
#ifndef TEST_GLUE_H
#define TEST_GLUE_H

#include <common/demarshallers.h>
#include <common/marshaller.h>

/* Parsed structs begin at multiples of four bytes, so their members are read by memcpy. */
#define MEMBER_SIZE(type, member) sizeof(((type *) NULL)->member)

/* A parsed message. */
struct parsed {
    const uint8_t *body;
    size_t length;
    const uint8_t *result;
    size_t size;
};

extern struct parsed parsed;

/* Ends the program with an explanation if the condition does not hold. */
void check(int condition, const char *what);

/* Print the parsed message. */
void put(const char *text);
void put_number(const uint8_t *at, size_t size, int is_signed);
void put_bytes(const uint8_t *at, uint64_t count);
/* A number in the message, which is little endian. */
void put_wire_number(const uint8_t *at, size_t size, int is_signed);

/* Read members. */
uint64_t number_at(const uint8_t *at, size_t size);
const uint8_t *pointer_at(const uint8_t *at);
uint64_t text_size(const uint8_t *text);

/* The size of an image in bytes. */
uint64_t image_bytes(uint64_t bits, uint64_t width, uint64_t rows);

/* Check where a pointer leads, and return it. */
const uint8_t *copy(const uint8_t *pointer, uint64_t size);
const uint8_t *pointee(const uint8_t *pointer, uint64_t size);
const uint8_t *view(const uint8_t *pointer, uint64_t size);
const uint8_t *chunk_data(const uint8_t *chunks, uint64_t *size);

/* The bytes from an address to the end of the result, or of the message. */
uint64_t rest_of_result(const uint8_t *at);
uint64_t rest_of_body(const uint8_t *at);

/* Writes `count` values at an address. */
typedef void (*write_function)(SpiceMarshaller *m, const uint8_t *at, uint64_t count);

/* Writes a pointee after all that were begun before. */
void write_later(SpiceMarshaller *m, write_function write, const uint8_t *at, uint64_t count);
void write_numbers_1(SpiceMarshaller *m, const uint8_t *at, uint64_t count);
void write_numbers_2(SpiceMarshaller *m, const uint8_t *at, uint64_t count);
void write_numbers_4(SpiceMarshaller *m, const uint8_t *at, uint64_t count);
void write_numbers_8(SpiceMarshaller *m, const uint8_t *at, uint64_t count);
void write_chunks(SpiceMarshaller *m, const uint8_t *at, uint64_t count);

/* The glue of one message. */
struct message {
    int is_client;
    uint32_t channel;
    uint16_t id;
    void (*print)(const uint8_t *at);
    write_function write;
};

/* All messages. The end has no functions. */
extern const struct message messages[];

#endif
