/* Parses the messages that it reads, prints them as JSON, and marshalls them.
 *
 * A line of the input is `row SIDE CHANNEL ID BODY` or `sweep SIDE CHANNEL ID BODY`, where SIDE is `server` or `client`,
 * and BODY is `.` and hexadecimal digits. `row` is answered by `reject`, or by `accept FDS JSON BYTES` with the
 * marshalled bytes. `sweep` is answered by a digit for each prefix of the body, and for each byte with each of the changes in
 * `sweep_values`: 1 if the parser accepts it. */
#include "glue.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* The linker gives these functions the calls of malloc and free. */
#ifdef __cplusplus
extern "C" {
#endif
void *__real_malloc(size_t size);
void __real_free(void *place);
void *__wrap_malloc(size_t size);
void __wrap_free(void *place);
#ifdef __cplusplus
}
#endif

struct parsed parsed;

static size_t allocations;
static size_t releases;
static size_t allocated_size;

void *__wrap_malloc(size_t size)
{
    allocations += 1;
    allocated_size = size;
    return __real_malloc(size);
}

void __wrap_free(void *place)
{
    releases += place != NULL;
    __real_free(place);
}

/* Text that grows. */
struct text {
    char *start;
    size_t size;
    size_t capacity;
};

static struct text output;

static char *grow(struct text *text, size_t size)
{
    if (text->capacity - text->size < size) {
        text->capacity = 2 * (text->size + size);
        text->start = (char *) realloc(text->start, text->capacity);
        if (text->start == NULL) {
            abort();
        }
    }
    text->size += size;
    return text->start + text->size - size;
}

void check(int condition, const char *what)
{
    if (!condition) {
        fprintf(stderr, "check failed: %s\n", what);
        exit(1);
    }
}

void put(const char *text)
{
    size_t size = strlen(text);

    memcpy(grow(&output, size), text, size);
}

uint64_t number_at(const uint8_t *at, size_t size)
{
    uint8_t byte;
    uint16_t half;
    uint32_t word;
    uint64_t number;

    switch (size) {
    case 1:
        memcpy(&byte, at, size);
        return byte;
    case 2:
        memcpy(&half, at, size);
        return half;
    case 4:
        memcpy(&word, at, size);
        return word;
    default:
        check(size == 8, "numbers have 1, 2, 4 or 8 bytes");
        memcpy(&number, at, size);
        return number;
    }
}

static void put_value(uint64_t number, size_t size, int is_signed)
{
    uint64_t sign = (uint64_t) 1 << (8 * size - 1);
    uint64_t all = sign | (sign - 1);
    char digits[32];

    if (is_signed && (number & sign) != 0) {
        put("-");
        number = (~number & all) + 1;
    }
    snprintf(digits, sizeof digits, "%llu", (unsigned long long) number);
    put(digits);
}

void put_number(const uint8_t *at, size_t size, int is_signed)
{
    put_value(number_at(at, size), size, is_signed);
}

void put_wire_number(const uint8_t *at, size_t size, int is_signed)
{
    uint64_t number = 0;

    for (size_t i = 0; i < size; i++) {
        number |= (uint64_t) at[i] << 8 * i;
    }
    put_value(number, size, is_signed);
}

static void put_hex(const uint8_t *at, uint64_t count)
{
    static const char digits[] = "0123456789abcdef";
    char *place = grow(&output, (size_t) (2 * count));

    for (uint64_t i = 0; i < count; i++) {
        place[2 * i] = digits[at[i] >> 4];
        place[2 * i + 1] = digits[at[i] & 15];
    }
}

void put_bytes(const uint8_t *at, uint64_t count)
{
    put("\"");
    put_hex(at, count);
    put("\"");
}

const uint8_t *pointer_at(const uint8_t *at)
{
    const uint8_t *pointer;

    memcpy(&pointer, at, sizeof pointer);
    return pointer;
}

uint64_t text_size(const uint8_t *text)
{
    return strlen((const char *) text) + 1;
}

uint64_t image_bytes(uint64_t bits, uint64_t width, uint64_t rows)
{
    return (bits * width + 7) / 8 * rows;
}

/* Whether bytes are within others. */
static int is_within(const uint8_t *at, uint64_t size, const uint8_t *start, size_t length)
{
    uintptr_t offset = (uintptr_t) at - (uintptr_t) start;

    return (uintptr_t) at >= (uintptr_t) start && offset <= length && size <= length - offset;
}

const uint8_t *copy(const uint8_t *pointer, uint64_t size)
{
    if (pointer != NULL) {
        check(is_within(pointer, size, parsed.result, parsed.size), "a copy is in the result");
    }
    return pointer;
}

const uint8_t *pointee(const uint8_t *pointer, uint64_t size)
{
    if (pointer != NULL) {
        check((pointer - parsed.result) % 4 == 0, "a copy is aligned to four bytes");
    }
    return copy(pointer, size);
}

const uint8_t *view(const uint8_t *pointer, uint64_t size)
{
    if (pointer != NULL) {
        check(is_within(pointer, size, parsed.body, parsed.length), "the bytes are in the message");
    }
    return pointer;
}

const uint8_t *chunk_data(const uint8_t *at, uint64_t *size)
{
    SpiceChunks chunks;
    SpiceChunk chunk;

    memcpy(&chunks, copy(at, sizeof chunks + sizeof chunk), sizeof chunks);
    memcpy(&chunk, at + offsetof(SpiceChunks, chunk), sizeof chunk);
    check(chunks.num_chunks == 1 && chunks.flags == 0, "there is one chunk");
    check(chunks.data_size == chunk.len, "the chunk has all data");
    *size = chunk.len;
    return view(chunk.data, chunk.len);
}

uint64_t rest_of_result(const uint8_t *at)
{
    return (uint64_t) (parsed.result + parsed.size - at);
}

uint64_t rest_of_body(const uint8_t *at)
{
    return (uint64_t) (parsed.body + parsed.length - at);
}

/* A pointee that waits. */
struct task {
    SpiceMarshaller *m;
    write_function write;
    const uint8_t *at;
    uint64_t count;
};

static struct task tasks[4096];
static size_t first_task;
static size_t last_task;

void write_later(SpiceMarshaller *m, write_function write, const uint8_t *at, uint64_t count)
{
    check(last_task < sizeof tasks / sizeof *tasks, "there is room for all pointees");
    tasks[last_task].m = m;
    tasks[last_task].write = write;
    tasks[last_task].at = at;
    tasks[last_task].count = count;
    last_task += 1;
}

void write_numbers_1(SpiceMarshaller *m, const uint8_t *at, uint64_t count)
{
    spice_marshaller_add(m, at, (size_t) count);
}

void write_numbers_2(SpiceMarshaller *m, const uint8_t *at, uint64_t count)
{
    for (uint64_t i = 0; i < count; i++) {
        spice_marshaller_add_uint16(m, (uint16_t) number_at(at + 2 * i, 2));
    }
}

void write_numbers_4(SpiceMarshaller *m, const uint8_t *at, uint64_t count)
{
    for (uint64_t i = 0; i < count; i++) {
        spice_marshaller_add_uint32(m, (uint32_t) number_at(at + 4 * i, 4));
    }
}

void write_numbers_8(SpiceMarshaller *m, const uint8_t *at, uint64_t count)
{
    for (uint64_t i = 0; i < count; i++) {
        spice_marshaller_add_uint64(m, number_at(at + 8 * i, 8));
    }
}

void write_chunks(SpiceMarshaller *m, const uint8_t *at, uint64_t count)
{
    uint64_t size;
    const uint8_t *data = chunk_data(at, &size);

    (void) count;
    spice_marshaller_add_by_ref(m, data, (size_t) size);
}

/* A message to parse. */
struct row {
    const struct message *message;
    const uint8_t *body;
    size_t length;
};

/* A copy of bytes that ends with its block of memory, so that a read past its end is found. */
static uint8_t *exact_copy(const uint8_t *bytes, size_t length)
{
    uint8_t *place = (uint8_t *) malloc(length);

    if (length > 0) {
        memcpy(place, bytes, length);
    }
    return place;
}

/* Parses a message of `length` bytes, and prints it to the output. Returns the result, or NULL. */
static uint8_t *parse(const struct message *message, uint8_t *body, size_t length, message_destructor_t *release)
{
    spice_parse_channel_func_t parser;
    unsigned int max = 0;
    size_t size = 0;
    uint8_t *result;

    parser = message->is_client ? spice_get_client_channel_parser(message->channel, &max)
                                : spice_get_server_channel_parser(message->channel, &max);
    check(parser != NULL && message->id <= max, "the channel has the message");
    allocations = 0;
    releases = 0;
    result = parser(body, body + length, message->id, 0, &size, release);
    if (result == NULL) {
        check(allocations == releases, "a rejected message leaves no memory");
        return NULL;
    }
    if (result == body) {
        check(allocations == 0 && size == length, "a message that is its own result has its size");
    } else {
        check(allocations == 1 && releases == 0, "a message is parsed with one allocation");
        check(size <= allocated_size, "the result is within its allocation");
    }
    parsed.body = body;
    parsed.length = length;
    parsed.result = result;
    parsed.size = size;
    message->print(result);
    return result;
}

static void release_result(uint8_t *result, message_destructor_t release)
{
    int is_body = result == parsed.body;

    releases = 0;
    release(result);
    check(releases == (is_body ? 0 : 1), "the result is released");
}

/* Whether the function for messages of all channels accepts the message too. */
static int is_accepted(const struct message *message, uint8_t *body, size_t length)
{
    message_destructor_t release = NULL;
    size_t size = 0;
    uint8_t *result = message->is_client
        ? spice_parse_reply(body, body + length, message->channel, message->id, 0, &size, &release)
        : spice_parse_msg(body, body + length, message->channel, message->id, 0, &size, &release);

    if (result != NULL) {
        release(result);
    }
    return result != NULL;
}

/* Writes a message and its pointees. */
static void marshall(SpiceMarshaller *m, const struct message *message, const uint8_t *result)
{
    first_task = 0;
    last_task = 0;
    message->write(m, result, 1);
    while (first_task < last_task) {
        const struct task *task = &tasks[first_task];

        first_task += 1;
        task->write(task->m, task->at, task->count);
    }
}

static void answer_row(const struct row *row)
{
    uint8_t *body = exact_copy(row->body, row->length);
    message_destructor_t release = NULL;
    SpiceMarshaller *m;
    uint8_t *result;
    uint8_t *bytes;
    size_t size;
    char fds[32];

    output.size = 0;
    result = parse(row->message, body, row->length, &release);
    check(is_accepted(row->message, body, row->length) == (result != NULL), "both functions agree");
    if (result == NULL) {
        puts("reject");
        free(body);
        return;
    }
    m = spice_marshaller_new();
    marshall(m, row->message, result);
    bytes = spice_marshaller_linearize(m, &size);
    put(" .");
    put_hex(bytes, size);
    snprintf(fds, sizeof fds, "%u", (unsigned) spice_marshaller_count_fds(m));
    printf("accept %s %.*s\n", fds, (int) output.size, output.start);
    free(bytes);
    spice_marshaller_destroy(m);
    release_result(result, release);
    free(body);
}

/* The verdict about a changed body, whose result is read as a whole. */
static char verdict(const struct message *message, const uint8_t *bytes, size_t length)
{
    uint8_t *body = exact_copy(bytes, length);
    message_destructor_t release = NULL;
    uint8_t *result;

    output.size = 0;
    result = parse(message, body, length, &release);
    if (result != NULL) {
        release_result(result, release);
    }
    free(body);
    return result == NULL ? '0' : '1';
}

static void answer_sweep(const struct row *row)
{
    static const uint8_t sweep_values[] = { 0x01, 0x80, 0xff };
    uint8_t *bytes = exact_copy(row->body, row->length);

    for (size_t length = 0; length <= row->length; length++) {
        putchar(verdict(row->message, bytes, length));
    }
    for (size_t i = 0; i < row->length; i++) {
        for (size_t k = 0; k < sizeof sweep_values; k++) {
            bytes[i] = (uint8_t) (row->body[i] ^ sweep_values[k]);
            putchar(verdict(row->message, bytes, row->length));
        }
        bytes[i] = row->body[i];
    }
    putchar('\n');
    free(bytes);
}

static const struct message *find(const char *side, unsigned channel, unsigned id)
{
    const struct message *message = messages;
    int is_client = strcmp(side, "client") == 0;

    while (message->print != NULL
           && !(message->is_client == is_client && message->channel == channel && message->id == id)) {
        message += 1;
    }
    check(message->print != NULL, "the protocol has the message");
    return message;
}

static uint8_t digit(char letter)
{
    return (uint8_t) (letter <= '9' ? letter - '0' : letter - 'a' + 10);
}

/* Reads a line into a buffer. */
static int read_line(struct text *line)
{
    int letter;

    line->size = 0;
    while ((letter = getchar()) != EOF && letter != '\n') {
        *grow(line, 1) = (char) letter;
    }
    *grow(line, 1) = '\0';
    return letter != EOF;
}

int main(void)
{
    struct text line = { NULL, 0, 0 };

    while (read_line(&line)) {
        char request[16];
        char side[16];
        unsigned channel = 0;
        unsigned id = 0;
        struct row row;
        uint8_t *body;
        const char *digits = strchr(line.start, '.');

        check(digits != NULL && sscanf(line.start, "%15s %15s %u %u", request, side, &channel, &id) == 4,
              "a line has its parts");
        digits += 1;
        row.message = find(side, channel, id);
        row.length = strlen(digits) / 2;
        body = (uint8_t *) malloc(row.length + 1);
        for (size_t i = 0; i < row.length; i++) {
            body[i] = (uint8_t) (digit(digits[2 * i]) << 4 | digit(digits[2 * i + 1]));
        }
        row.body = body;
        if (strcmp(request, "row") == 0) {
            answer_row(&row);
        } else {
            answer_sweep(&row);
        }
        free(body);
    }
    free(line.start);
    free(output.start);
    return 0;
}
