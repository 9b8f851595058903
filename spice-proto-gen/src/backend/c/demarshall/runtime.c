/* A message that is being checked. */
struct message_check {
    uint8_t *start;
    uint8_t *end;
    /* The next byte. */
    uint8_t *in;
    /* Bytes of memory that the result takes. */
    uint64_t size;
};

/* A checked message, and the result that it is read into. */
struct message_reader {
    uint8_t *start;
    uint8_t *end;
    /* The next byte. */
    uint8_t *in;
    /* The first unused byte of the result. */
    uint8_t *out;
    /* The next unused place for a pointer of the block that is being read. */
    struct pointer *pointer;
};

/* A C pointer of a block. Its value is read after the block. */
struct pointer {
    /* The bytes of the value. NULL if the pointer is null. */
    uint8_t *in;
    /* Elements of an array, and the bytes of each if they are numbers. */
    uint64_t count;
    uint64_t size;
    /* Reads a value, and returns the place of its copy. */
    uint8_t *(*read)(struct message_reader *r, uint64_t count, uint64_t size);
    /* The member that gets this place. */
    void *member;
};

/* How a message is parsed. */
struct message_parser {
    /* Bytes of its C struct. */
    size_t size;
    /* Whether the message is complete. Adds the memory that is needed beside the struct. */
    bool (*check)(struct message_check *c);
    /* Reads a message that was checked. NULL if the message is its own result. */
    void (*read)(struct message_reader *r, uint8_t *place);
};

static inline uint8_t get_uint8(const uint8_t *in)
{
    return in[0];
}

static inline uint16_t get_uint16(const uint8_t *in)
{
    return (uint16_t) (in[0] | in[1] << 8);
}

static inline uint32_t get_uint32(const uint8_t *in)
{
    return (uint32_t) in[0] | (uint32_t) in[1] << 8 | (uint32_t) in[2] << 16 | (uint32_t) in[3] << 24;
}

static inline uint64_t get_uint64(const uint8_t *in)
{
    return get_uint32(in) | (uint64_t) get_uint32(in + 4) << 32;
}

/* The size of an image in bytes. Two numbers of 32 bits need no division. */
static inline uint64_t image_size(uint64_t bits, uint64_t width, uint64_t rows)
{
    uint64_t row = (bits * width + 7) / 8;

    if ((row | rows) >> 32 != 0 && rows != 0 && row > UINT64_MAX / rows) {
        return UINT64_MAX;
    }
    return row * rows;
}

/* Adds memory after the struct. Every part begins at a multiple of 4 bytes, whatever the order of parts is. */
static inline bool add_memory(struct message_check *c, uint64_t size)
{
    c->size += (size + 3) & ~(uint64_t) 3;
    return c->size <= UINT32_MAX;
}

/* The size of the message in bytes. */
static inline size_t length_of(const struct message_check *c)
{
    return (size_t) (c->end - c->start);
}

/* Adds the memory of an array, and `more` bytes. */
static inline bool add_array(struct message_check *c, uint64_t count, uint64_t size, uint64_t more)
{
    return add_memory(c, count * size + more);
}

/* Skips elements of `size` bytes. */
static inline bool check_array(struct message_check *c, uint64_t count, uint64_t size)
{
    uint64_t rest = (uint64_t) (c->end - c->in);

    if (size == 0) {
        return count <= UINT32_MAX;
    }
    if (count > rest / size) {
        return false;
    }
    c->in += count * size;
    return true;
}

/* Skips `size` bytes. */
static inline bool check_bytes(struct message_check *c, uint64_t size)
{
    return check_array(c, size, 1);
}

/* The number of elements up to the end of the message. */
static inline uint64_t rest_of_check(const struct message_check *c, uint64_t size)
{
    return (uint64_t) (c->end - c->in) / size;
}

/* Checks a pointer to an array, and adds the memory of the elements and of `more` bytes. */
static inline bool check_array_pointee(struct message_check *c, uint32_t offset, uint64_t count,
                                       uint64_t size, uint64_t memory, uint64_t more)
{
    struct message_check pointee = *c;

    pointee.in = c->start;
    if (offset >= length_of(c) && offset != 0) {
        return false;
    }
    pointee.in += offset;
    if (!check_array(&pointee, count, size)) {
        return false;
    }
    return offset == 0 || add_memory(c, count * memory + more);
}

/* Checks a pointer to an array that ends with the message. */
static inline bool check_rest_pointee(struct message_check *c, uint32_t offset, uint64_t size,
                                      uint64_t memory, uint64_t more)
{
    if (offset == 0) {
        return true;
    }
    return offset < length_of(c)
        && add_memory(c, (length_of(c) - offset) / size * memory + more);
}

/* Checks a pointer to text that ends with a zero. */
static inline bool check_string_pointee(const struct message_check *c, uint32_t offset)
{
    if (offset == 0) {
        return true;
    }
    return offset < length_of(c)
        && memchr(c->start + offset, 0, length_of(c) - offset) != NULL;
}

/* Moves to a pointee. */
static inline bool check_offset(struct message_check *c, uint32_t offset)
{
    if (offset >= length_of(c)) {
        return false;
    }
    c->in = c->start + offset;
    return true;
}

/* Whether a struct with members of 8 bytes can be at a place. */
static inline bool is_aligned(const uint8_t *place)
{
    return (uintptr_t) place % 8 == 0;
}

/* The place of a copy. */
static inline uint8_t *allocate(struct message_reader *r, uint64_t size)
{
    /* The result begins at an address that is aligned for any type. */
    uint8_t *place = r->out + (-(uintptr_t) r->out & 3);

    r->out = place + size;
    return place;
}

/* Skips bytes, and returns where they are. */
static inline uint8_t *next_bytes(struct message_reader *r, uint64_t size)
{
    uint8_t *in = r->in;

    r->in += size;
    return in;
}

/* Copies a struct to a place with elements at `end`, or with another case there. All other bytes are 0. */
static inline void copy_around_end(uint8_t *place, const uint8_t *value, size_t end, size_t size)
{
    memcpy(place, value, end);
    for (size_t i = end; i < size; i++) {
        place[i] = (uint8_t) (place[i] | value[i]);
    }
}

/* The number of elements up to the end of the message. */
static inline uint64_t rest_of_message(const struct message_reader *r, uint64_t size)
{
    return (uint64_t) (r->end - r->in) / size;
}

/* The number of elements of a pointee that ends with the message. */
static inline uint64_t rest_of_pointee(const struct message_reader *r, uint32_t offset, uint64_t size)
{
    return offset == 0 ? 0 : (uint64_t) (r->end - (r->start + offset)) / size;
}

/* Has a value read after the block. */
static inline void read_later(struct message_reader *r, uint8_t *in, uint64_t count, uint64_t size,
                              uint8_t *(*read)(struct message_reader *r, uint64_t count, uint64_t size),
                              void *member)
{
    struct pointer *pointer = r->pointer;

    pointer->in = in;
    pointer->count = count;
    pointer->size = size;
    pointer->read = read;
    pointer->member = member;
    r->pointer = pointer + 1;
}

/* Reads a pointer of a block. */
static inline void read_pointer(struct message_reader *r, uint32_t offset, uint64_t count, uint64_t size,
                                uint8_t *(*read)(struct message_reader *r, uint64_t count, uint64_t size),
                                void *member)
{
    read_later(r, offset == 0 ? NULL : r->start + offset, count, size, read, member);
}

/* Reads the values of the pointers of a block, which begin at `first`. */
static inline void read_pointees(struct message_reader *r, struct pointer *first)
{
    const struct pointer *end = r->pointer;

    for (const struct pointer *pointer = first; pointer < end; pointer++) {
        uint8_t *place = NULL;

        if (pointer->in != NULL) {
            r->in = pointer->in;
            place = pointer->read(r, pointer->count, pointer->size);
        }
        memcpy(pointer->member, &place, sizeof place);
    }
}

/* Reads numbers of `size` bytes, which messages have in little-endian order. */
static inline void read_numbers(struct message_reader *r, uint8_t *place, uint64_t count, uint64_t size)
{
    const uint16_t one = 1;
    uint8_t first;

    memcpy(&first, &one, 1);
    if (first == 1 || size == 1) {
        memcpy(place, r->in, (size_t) (count * size));
    } else {
        for (uint64_t i = 0; i < count * size; i++) {
            place[i / size * size + (size - 1 - i % size)] = r->in[i];
        }
    }
    r->in += count * size;
}

/* Copies numbers of `size` bytes. */
static inline uint8_t *copy_numbers(struct message_reader *r, uint64_t count, uint64_t size)
{
    uint8_t *place = allocate(r, count * size);

    read_numbers(r, place, count, size);
    return place;
}

/* Copies bytes, and appends a zero. */
static inline uint8_t *copy_text(struct message_reader *r, uint64_t count, uint64_t size)
{
    uint8_t *place = copy_numbers(r, count, size);

    *r->out++ = 0;
    return place;
}

/* A pointee that stays in the message. */
static inline uint8_t *pointee_in_message(struct message_reader *r, uint64_t count, uint64_t size)
{
    (void) count;
    (void) size;
    return r->in;
}

/* The header of data that stays in the message. It takes the next bytes of the result. */
static inline SpiceChunks *read_chunks(struct message_reader *r, uint64_t size)
{
    uint8_t *place = r->out;
    uint8_t *chunk = place + offsetof(SpiceChunks, chunk);
    const uint32_t length = (uint32_t) size, one = 1;

    memset(place, 0, sizeof(SpiceChunks) + sizeof(SpiceChunk));
    memcpy(place + offsetof(SpiceChunks, data_size), &length, sizeof length);
    memcpy(place + offsetof(SpiceChunks, num_chunks), &one, sizeof one);
    memcpy(chunk + offsetof(SpiceChunk, data), &r->in, sizeof r->in);
    memcpy(chunk + offsetof(SpiceChunk, len), &length, sizeof length);
    r->out = place + sizeof(SpiceChunks) + sizeof(SpiceChunk);
    r->in += size;
    return (SpiceChunks *) (void *) place;
}

/* A pointee that is data in the message. */
static inline uint8_t *pointee_chunks(struct message_reader *r, uint64_t count, uint64_t size)
{
    (void) allocate(r, 0);
    return (uint8_t *) read_chunks(r, count * size);
}

static void free_result(uint8_t *message)
{
    free(message);
}

static void keep_message(uint8_t *message)
{
    (void) message;
}

static uint8_t *parse_message(const struct message_parser *parser, uint8_t *start, uint8_t *end,
                              size_t *size_out, message_destructor_t *free_message)
{
    struct message_check c;
    struct message_reader r;
    uint8_t *place;

    c.start = start;
    c.end = end;
    c.in = start;
    c.size = 0;
    if (!add_memory(&c, parser->size) || !parser->check(&c)) {
        return NULL;
    }
    if (parser->read == NULL) {
        *size_out = (size_t) (end - start);
        *free_message = keep_message;
        return start;
    }
    /* At least one byte, so that NULL is always a failure. */
    place = (uint8_t *) malloc(c.size > 0 ? (size_t) c.size : 1);
    if (place == NULL) {
        return NULL;
    }
    r.start = start;
    r.end = end;
    r.in = start;
    r.out = place + parser->size;
    r.pointer = NULL;
    parser->read(&r, place);
    *size_out = (size_t) (r.out - place);
    *free_message = free_result;
    return place;
}
