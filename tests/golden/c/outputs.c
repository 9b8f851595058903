/* Structs */

typedef struct SmallLine {
    uint8_t length;
    uint8_t bytes[0];
} SmallLine;

typedef struct SmallMsgTextPage {
    uint32_t size;
    uint32_t packet_size;
    uint8_t *packet;
    uint8_t *title;
    SmallLine *first;
    uint16_t width;
    uint16_t height;
    SpiceChunks *image;
} SmallMsgTextPage;

typedef struct SmallMsgTextLines {
    uint8_t count;
    SmallLine *lines[0];
} SmallMsgTextLines;

/* Demarshallers */

static bool check_Line(struct message_check *c)
{
    uint8_t *in;
    uint8_t length;

    in = c->in;
    if (!check_bytes(c, 1)) {
        return false;
    }
    length = get_uint8(in);
    if (!check_array(c, length, 1) || !add_array(c, length, sizeof(uint8_t), 0)) {
        return false;
    }
    return true;
}

static void read_Line(struct message_reader *r, SmallLine *out, uint8_t *place)
{
    uint8_t *in;
    uint8_t length;

    in = r->in;
    r->in += 1;
    length = get_uint8(in);
    out->length = length;
    read_numbers(r, place + offsetof(SmallLine, bytes), length, 1);
    r->out += length * sizeof(uint8_t);
}

static uint8_t *copy_Line(struct message_reader *r, uint64_t count, uint64_t size)
{
    uint8_t *place = allocate(r, sizeof(SmallLine));
    SmallLine *out = (SmallLine *) (void *) (place);

    (void) count;
    (void) size;
    read_Line(r, out, place);
    return place;
}

static bool check_msg_text_page(struct message_check *c)
{
    uint8_t *in;
    uint32_t size;
    uint16_t width;
    uint16_t height;
    uint64_t count;

    in = c->in;
    if (!check_bytes(c, 4)) {
        return false;
    }
    size = get_uint32(in);
    if (!check_array(c, size, 1)) {
        return false;
    }
    if (!check_array(c, size, 1) || !add_array(c, size, sizeof(uint8_t), 1)) {
        return false;
    }
    if (!add_array(c, 1, sizeof(SmallLine), 0) || !check_Line(c)) {
        return false;
    }
    in = c->in;
    if (!check_bytes(c, 4)) {
        return false;
    }
    width = get_uint16(in);
    height = get_uint16(in + 2);
    count = image_size(4, width, height);
    if (!check_array(c, count, 1) || !add_memory(c, sizeof(SpiceChunks) + sizeof(SpiceChunk))) {
        return false;
    }
    return true;
}

static void read_msg_text_page(struct message_reader *r, uint8_t *place)
{
    SmallMsgTextPage *out = (SmallMsgTextPage *) (void *) place;
    struct pointer pointers[1];
    uint8_t *in;
    uint32_t size;
    uint16_t width;
    uint16_t height;
    uint64_t count;

    r->pointer = pointers;
    in = r->in;
    r->in += 4;
    size = get_uint32(in);
    out->size = size;
    out->packet_size = (uint32_t) size;
    out->packet = (uint8_t *) (void *) r->in;
    r->in += size;
    read_later(r, r->in, size, 1, copy_text, &out->title);
    r->in += size;
    out->first = (SmallLine *) (void *) copy_Line(r, 1, 0);
    in = r->in;
    r->in += 4;
    width = get_uint16(in);
    out->width = width;
    height = get_uint16(in + 2);
    out->height = height;
    count = image_size(4, width, height);
    out->image = read_chunks(r, count);
    read_pointees(r, pointers);
    r->pointer = NULL;
}

static const struct message_parser parser_msg_text_page = {
    sizeof(SmallMsgTextPage), check_msg_text_page, read_msg_text_page
};

static bool check_msg_text_lines(struct message_check *c)
{
    uint8_t *in;
    uint8_t count_;

    in = c->in;
    if (!check_bytes(c, 1)) {
        return false;
    }
    count_ = get_uint8(in);
    if (!add_array(c, count_, sizeof(SmallLine *), 0)) {
        return false;
    }
    for (uint64_t i = 0; i < count_; i++) {
        if (!add_memory(c, sizeof(SmallLine)) || !check_Line(c)) {
            return false;
        }
    }
    return true;
}

static void read_msg_text_lines(struct message_reader *r, uint8_t *place)
{
    SmallMsgTextLines *out = (SmallMsgTextLines *) (void *) place;
    uint8_t *in;
    uint8_t count_;

    in = r->in;
    r->in += 1;
    count_ = get_uint8(in);
    out->count = count_;
    r->out += count_ * sizeof(SmallLine *);
    for (uint64_t i = 0; i < count_; i++) {
        uint8_t *element = copy_Line(r, 1, 0);

        memcpy(place + offsetof(SmallMsgTextLines, lines) + i * sizeof element, &element, sizeof element);
        (void) allocate(r, 0);
    }
}

static const struct message_parser parser_msg_text_lines = {
    sizeof(SmallMsgTextLines), check_msg_text_lines, read_msg_text_lines
};

static uint8_t *parse_server_TextChannel(uint8_t *start, uint8_t *end, uint16_t type, int minor,
    size_t *size_out, message_destructor_t *free_message)
{
    const struct message_parser *parser = NULL;

    (void) minor;
    switch (type) {
    case 1: /* SMALL_MSG_TEXT_PAGE */
        parser = &parser_msg_text_page;
        break;
    case 2: /* SMALL_MSG_TEXT_LINES */
        parser = &parser_msg_text_lines;
        break;
    default:
        return NULL;
    }
    return parse_message(parser, start, end, size_out, free_message);
}

spice_parse_channel_func_t spice_get_server_channel_parser(uint32_t channel, unsigned int *max_message_type)
{
    spice_parse_channel_func_t parse = NULL;
    unsigned int max = 0;

    switch (channel) {
    case 1: /* SMALL_CHANNEL_TEXT */
        parse = parse_server_TextChannel;
        max = 2;
        break;
    default:
        return NULL;
    }
    if (max_message_type != NULL) {
        *max_message_type = max;
    }
    return parse;
}

uint8_t *spice_parse_msg(uint8_t *start, uint8_t *end, uint32_t channel, uint16_t type, int minor,
    size_t *size_out, message_destructor_t *free_message);

uint8_t *spice_parse_msg(uint8_t *start, uint8_t *end, uint32_t channel, uint16_t type, int minor,
    size_t *size_out, message_destructor_t *free_message)
{
    spice_parse_channel_func_t parse = spice_get_server_channel_parser(channel, NULL);

    return parse == NULL ? NULL : parse(start, end, type, minor, size_out, free_message);
}

/* Marshallers */

static void marshall_Line(SpiceMarshaller *m, const SmallLine *msg)
{
    spice_marshaller_add_uint8(m, (uint8_t) msg->length);
    spice_marshaller_add(m, (const uint8_t *) msg->bytes, msg->length);
}

void spice_marshall_msg_text_page(SpiceMarshaller *m, const SmallMsgTextPage *msg)
{
    spice_marshaller_add_uint32(m, (uint32_t) msg->size);
    spice_marshaller_add(m, (const uint8_t *) msg->packet, msg->size);
    spice_marshaller_add(m, (const uint8_t *) msg->title, msg->size);
    marshall_Line(m, msg->first);
    spice_marshaller_add_uint16(m, (uint16_t) msg->width);
    spice_marshaller_add_uint16(m, (uint16_t) msg->height);
    for (size_t i = 0; i < msg->image->num_chunks; i++) {
        spice_marshaller_add_by_ref(m, msg->image->chunk[i].data, msg->image->chunk[i].len);
    }
}

void spice_marshall_msg_text_lines(SpiceMarshaller *m, const SmallMsgTextLines *msg)
{
    spice_marshaller_add_uint8(m, (uint8_t) msg->count);
    for (size_t i = 0; i < msg->count; i++) {
        marshall_Line(m, msg->lines[i]);
    }
}
