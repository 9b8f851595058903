/* Structs */

typedef struct SmallPoint {
    int32_t x;
    int32_t y;
} SmallPoint;

typedef struct SmallShape {
    uint32_t num_points;
    uint16_t *points;
    SmallPoint *center;
} SmallShape;

typedef struct SmallMsgDrawDraw {
    uint32_t name_size;
    uint8_t *name;
    SmallShape *shape;
    SmallShape *outline;
    uint8_t *raw;
} SmallMsgDrawDraw;

/* Demarshallers */

static inline void read_Point(SmallPoint *out, const uint8_t *in)
{
    out->x = (int32_t) get_uint32(in);
    out->y = (int32_t) get_uint32(in + 4);
}

static bool check_Point_pointee(struct message_check *c, uint32_t offset)
{
    uint8_t *in = c->in;

    if (offset == 0) {
        return true;
    }
    if (!check_offset(c, offset) || !add_memory(c, sizeof(SmallPoint)) || !check_bytes(c, 8)) {
        return false;
    }
    c->in = in;
    return true;
}

static uint8_t *copy_Point(struct message_reader *r, uint64_t count, uint64_t size)
{
    uint8_t *place = allocate(r, sizeof(SmallPoint));
    SmallPoint *out = (SmallPoint *) (void *) (place);

    (void) count;
    (void) size;
    read_Point(out, next_bytes(r, 8));
    return place;
}

static bool check_Shape(struct message_check *c)
{
    uint8_t *in;
    uint32_t num_points;

    in = c->in;
    if (!check_bytes(c, 12)) {
        return false;
    }
    num_points = get_uint32(in);
    if (get_uint32(in + 4) == 0 || !check_array_pointee(c, get_uint32(in + 4), num_points, 2, sizeof(uint16_t), 0)) {
        return false;
    }
    if (!check_Point_pointee(c, get_uint32(in + 8))) {
        return false;
    }
    return true;
}

static void read_Shape(struct message_reader *r, SmallShape *out)
{
    uint8_t *in;
    uint32_t num_points;

    in = r->in;
    r->in += 12;
    num_points = get_uint32(in);
    out->num_points = num_points;
    read_pointer(r, get_uint32(in + 4), num_points, 2, copy_numbers, &out->points);
    read_pointer(r, get_uint32(in + 8), 1, 8, copy_Point, &out->center);
}

static bool check_Shape_pointee(struct message_check *c, uint32_t offset)
{
    uint8_t *in = c->in;

    if (offset == 0) {
        return true;
    }
    if (!check_offset(c, offset) || !add_memory(c, sizeof(SmallShape)) || !check_Shape(c)) {
        return false;
    }
    c->in = in;
    return true;
}

static uint8_t *copy_Shape(struct message_reader *r, uint64_t count, uint64_t size)
{
    uint8_t *place = allocate(r, sizeof(SmallShape));
    SmallShape value;
    SmallShape *out = is_aligned(place) ? (SmallShape *) (void *) (place) : &value;
    struct pointer pointers[2];
    struct pointer *outer = r->pointer;

    (void) count;
    (void) size;
    memset(out, 0, sizeof *out);
    r->pointer = pointers;
    read_Shape(r, out);
    read_pointees(r, pointers);
    r->pointer = outer;
    if (out == &value) {
        memcpy(place, &value, sizeof value);
    }
    return place;
}

static bool check_msg_draw_draw(struct message_check *c)
{
    uint8_t *in;
    uint32_t name_size;

    in = c->in;
    if (!check_bytes(c, 20)) {
        return false;
    }
    name_size = get_uint32(in);
    if (get_uint32(in + 4) == 0 || !check_array_pointee(c, get_uint32(in + 4), name_size, 1, sizeof(uint8_t), 1)) {
        return false;
    }
    if (!check_Shape_pointee(c, get_uint32(in + 8))) {
        return false;
    }
    if (!check_Shape_pointee(c, get_uint32(in + 12))) {
        return false;
    }
    if (!check_array_pointee(c, get_uint32(in + 16), name_size, 1, 0, 0)) {
        return false;
    }
    return true;
}

static void read_msg_draw_draw(struct message_reader *r, uint8_t *place)
{
    SmallMsgDrawDraw *out = (SmallMsgDrawDraw *) (void *) place;
    struct pointer pointers[4];
    uint8_t *in;
    uint32_t name_size;

    r->pointer = pointers;
    in = r->in;
    r->in += 20;
    name_size = get_uint32(in);
    out->name_size = name_size;
    read_pointer(r, get_uint32(in + 4), name_size, 1, copy_text, &out->name);
    read_pointer(r, get_uint32(in + 8), 1, 12, copy_Shape, &out->shape);
    read_pointer(r, get_uint32(in + 12), 1, 12, copy_Shape, &out->outline);
    read_pointer(r, get_uint32(in + 16), name_size, 1, pointee_in_message, &out->raw);
    read_pointees(r, pointers);
    r->pointer = NULL;
}

static const struct message_parser parser_msg_draw_draw = {
    sizeof(SmallMsgDrawDraw), check_msg_draw_draw, read_msg_draw_draw
};

static uint8_t *parse_server_DrawChannel(uint8_t *start, uint8_t *end, uint16_t type, int minor,
    size_t *size_out, message_destructor_t *free_message)
{
    const struct message_parser *parser = NULL;

    (void) minor;
    switch (type) {
    case 1: /* SMALL_MSG_DRAW_DRAW */
        parser = &parser_msg_draw_draw;
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
    case 1: /* SMALL_CHANNEL_DRAW */
        parse = parse_server_DrawChannel;
        max = 1;
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

void spice_marshall_Point(SpiceMarshaller *m, const SmallPoint *msg)
{
    spice_marshaller_add_int32(m, (int32_t) msg->x);
    spice_marshaller_add_int32(m, (int32_t) msg->y);
}

void spice_marshall_Shape(SpiceMarshaller *m, const SmallShape *msg, SpiceMarshaller **center_out)
{
    SpiceMarshaller *pointee;

    *center_out = NULL;
    spice_marshaller_add_uint32(m, (uint32_t) msg->num_points);
    pointee = spice_marshaller_get_ptr_submarshaller(m);
    for (size_t i = 0; i < msg->num_points; i++) {
        spice_marshaller_add_uint16(pointee, (uint16_t) msg->points[i]);
    }
    *center_out = spice_marshaller_get_ptr_submarshaller(m);
}

void spice_marshall_msg_draw_draw(SpiceMarshaller *m, const SmallMsgDrawDraw *msg, SpiceMarshaller **center_out, SpiceMarshaller **outer_outline_out, SpiceMarshaller **raw_out)
{
    SpiceMarshaller *pointee;

    *center_out = NULL;
    *outer_outline_out = NULL;
    *raw_out = NULL;
    spice_marshaller_add_uint32(m, (uint32_t) msg->name_size);
    pointee = spice_marshaller_get_ptr_submarshaller(m);
    spice_marshaller_add(pointee, (const uint8_t *) msg->name, msg->name_size);
    pointee = spice_marshaller_get_ptr_submarshaller(m);
    if (msg->shape != NULL) {
        spice_marshall_Shape(pointee, msg->shape, center_out);
    }
    *outer_outline_out = spice_marshaller_get_ptr_submarshaller(m);
    *raw_out = spice_marshaller_get_ptr_submarshaller(m);
}
