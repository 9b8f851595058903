#include <common/marshaller.h>

#include <stdlib.h>
#include <string.h>

/* A part of a block. It never moves, so that the places of numbers stay valid. */
struct part {
    struct part *next;
    const uint8_t *data;
    size_t size;
    /* The bytes of a part that is a copy. */
    uint8_t copy[1];
};

struct SpiceMarshaller {
    /* The block of the message. */
    SpiceMarshaller *root;
    /* The block that was begun next. */
    SpiceMarshaller *next;
    struct part *first;
    struct part **last;
    size_t size;
    /* The four bytes of the pointer to this block. NULL for the message itself. */
    uint8_t *pointer;
    /* Of the root: where the next block is put, and the descriptors of the message. */
    SpiceMarshaller **last_block;
    size_t fds;
};

static void *allocate(size_t size)
{
    void *place = malloc(size);

    if (place == NULL) {
        abort();
    }
    return place;
}

static SpiceMarshaller *new_block(SpiceMarshaller *root)
{
    SpiceMarshaller *m = (SpiceMarshaller *) allocate(sizeof *m);

    memset(m, 0, sizeof *m);
    m->root = root == NULL ? m : root;
    m->last = &m->first;
    return m;
}

SpiceMarshaller *spice_marshaller_new(void)
{
    SpiceMarshaller *m = new_block(NULL);

    m->last_block = &m->next;
    return m;
}

void spice_marshaller_destroy(SpiceMarshaller *m)
{
    while (m != NULL) {
        SpiceMarshaller *next = m->next;

        while (m->first != NULL) {
            struct part *part = m->first;

            m->first = part->next;
            free(part);
        }
        free(m);
        m = next;
    }
}

static struct part *add_part(SpiceMarshaller *m, size_t copied)
{
    struct part *part = (struct part *) allocate(sizeof *part + copied);

    part->next = NULL;
    part->data = part->copy;
    part->size = copied;
    *m->last = part;
    m->last = &part->next;
    m->size += copied;
    return part;
}

uint8_t *spice_marshaller_reserve_space(SpiceMarshaller *m, size_t size)
{
    struct part *part = add_part(m, size);

    return (uint8_t *) part + offsetof(struct part, copy);
}

uint8_t *spice_marshaller_add(SpiceMarshaller *m, const uint8_t *data, size_t size)
{
    uint8_t *place = spice_marshaller_reserve_space(m, size);

    if (size > 0) {
        memcpy(place, data, size);
    }
    return place;
}

void spice_marshaller_add_by_ref(SpiceMarshaller *m, const uint8_t *data, size_t size)
{
    struct part *part = add_part(m, 0);

    part->data = data;
    part->size = size;
    m->size += size;
}

void spice_marshaller_add_fd(SpiceMarshaller *m, int fd)
{
    (void) fd;
    m->root->fds += 1;
}

static void set_number(uint8_t *place, uint64_t value, size_t size)
{
    for (size_t i = 0; i < size; i++) {
        place[i] = (uint8_t) (value >> 8 * i);
    }
}

static void *add_number(SpiceMarshaller *m, uint64_t value, size_t size)
{
    uint8_t *place = spice_marshaller_reserve_space(m, size);

    set_number(place, value, size);
    return place;
}

void *spice_marshaller_add_uint8(SpiceMarshaller *m, uint8_t value)
{
    return add_number(m, value, 1);
}

void *spice_marshaller_add_uint16(SpiceMarshaller *m, uint16_t value)
{
    return add_number(m, value, 2);
}

void *spice_marshaller_add_uint32(SpiceMarshaller *m, uint32_t value)
{
    return add_number(m, value, 4);
}

void *spice_marshaller_add_uint64(SpiceMarshaller *m, uint64_t value)
{
    return add_number(m, value, 8);
}

void *spice_marshaller_add_int8(SpiceMarshaller *m, int8_t value)
{
    return add_number(m, (uint64_t) value, 1);
}

void *spice_marshaller_add_int16(SpiceMarshaller *m, int16_t value)
{
    return add_number(m, (uint64_t) value, 2);
}

void *spice_marshaller_add_int32(SpiceMarshaller *m, int32_t value)
{
    return add_number(m, (uint64_t) value, 4);
}

void *spice_marshaller_add_int64(SpiceMarshaller *m, int64_t value)
{
    return add_number(m, (uint64_t) value, 8);
}

void spice_marshaller_set_uint32(SpiceMarshaller *m, void *place, uint32_t value)
{
    (void) m;
    set_number((uint8_t *) place, value, sizeof value);
}

SpiceMarshaller *spice_marshaller_get_ptr_submarshaller(SpiceMarshaller *m)
{
    SpiceMarshaller *pointee = new_block(m->root);

    pointee->pointer = (uint8_t *) spice_marshaller_add_uint32(m, 0);
    *m->root->last_block = pointee;
    m->root->last_block = &pointee->next;
    return pointee;
}

size_t spice_marshaller_get_size(const SpiceMarshaller *m)
{
    return m->size;
}

size_t spice_marshaller_count_fds(const SpiceMarshaller *m)
{
    return m->root->fds;
}

uint8_t *spice_marshaller_linearize(SpiceMarshaller *m, size_t *size)
{
    size_t length = 0;
    uint8_t *bytes;

    /* Pointers are set before any block is copied. */
    for (SpiceMarshaller *block = m; block != NULL; block = block->next) {
        if (block->pointer != NULL && block->size > 0) {
            set_number(block->pointer, length, 4);
        }
        length += block->size;
    }
    bytes = (uint8_t *) allocate(length + 1);
    *size = length;
    length = 0;
    for (SpiceMarshaller *block = m; block != NULL; block = block->next) {
        for (struct part *part = block->first; part != NULL; part = part->next) {
            if (part->size > 0) {
                memcpy(bytes + length, part->data, part->size);
            }
            length += part->size;
        }
    }
    return bytes;
}
