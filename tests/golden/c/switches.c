/* Structs */

typedef struct SmallHead {
    uint32_t id;
    uint8_t kind;
} SmallHead;

typedef struct SmallNothing {
    char dummy[0];
} SmallNothing;

typedef struct SmallMsgDrawDraw {
    SmallHead head;
    union {
        uint32_t color;
        uint64_t image;
    } u;
    uint16_t options;
    uint8_t factor;
    uint16_t width;
    SmallHead clip;
} SmallMsgDrawDraw;

/* Demarshallers */

static inline void read_Head(SmallHead *out, const uint8_t *in)
{
    out->id = get_uint32(in);
    out->kind = get_uint8(in + 4);
}

static bool check_msg_draw_draw(struct message_check *c)
{
    uint8_t *in;
    uint8_t head_kind;
    uint16_t options;

    in = c->in;
    if (!check_bytes(c, 5)) {
        return false;
    }
    head_kind = get_uint8(in + 4);
    switch (head_kind) {
    case 0: /* SMALL_KIND_NONE */
        break;
    case 1: /* SMALL_KIND_COLOR */
        if (!check_bytes(c, 4)) {
            return false;
        }
        break;
    case 4: /* SMALL_KIND_IMAGE */
        if (!check_bytes(c, 8)) {
            return false;
        }
        break;
    }
    in = c->in;
    if (!check_bytes(c, 2)) {
        return false;
    }
    options = get_uint16(in);
    if ((options & 0x1u /* SMALL_OPTIONS_SCALED */) != 0) {
        if (!check_bytes(c, 1)) {
            return false;
        }
    } else if ((options & 0x8u /* SMALL_OPTIONS_CLIPPED */) == 0) {
        if (!check_bytes(c, 2)) {
            return false;
        }
    } else {
        if (!check_bytes(c, 5)) {
            return false;
        }
    }
    return true;
}

static void read_msg_draw_draw(struct message_reader *r, uint8_t *place)
{
    SmallMsgDrawDraw *out = (SmallMsgDrawDraw *) (void *) place;
    uint8_t *in;
    uint8_t head_kind;
    uint16_t options;

    memset(out, 0, sizeof *out);
    in = r->in;
    r->in += 5;
    head_kind = get_uint8(in + 4);
    read_Head(&out->head, in);
    switch (head_kind) {
    case 0: /* SMALL_KIND_NONE */
        break;
    case 1: /* SMALL_KIND_COLOR */
        in = r->in;
        r->in += 4;
        out->u.color = get_uint32(in);
        break;
    case 4: /* SMALL_KIND_IMAGE */
        in = r->in;
        r->in += 8;
        out->u.image = get_uint64(in);
        break;
    }
    in = r->in;
    r->in += 2;
    options = get_uint16(in);
    out->options = options;
    if ((options & 0x1u /* SMALL_OPTIONS_SCALED */) != 0) {
        in = r->in;
        r->in += 1;
        out->factor = get_uint8(in);
    } else if ((options & 0x8u /* SMALL_OPTIONS_CLIPPED */) == 0) {
        in = r->in;
        r->in += 2;
        out->width = get_uint16(in);
    } else {
        in = r->in;
        r->in += 5;
        read_Head(&out->clip, in);
    }
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

static void marshall_Head(SpiceMarshaller *m, const SmallHead *msg)
{
    spice_marshaller_add_uint32(m, (uint32_t) msg->id);
    spice_marshaller_add_uint8(m, (uint8_t) msg->kind);
}

void spice_marshall_msg_draw_draw(SpiceMarshaller *m, const SmallMsgDrawDraw *msg)
{
    marshall_Head(m, &msg->head);
    switch (msg->head.kind) {
    case 0: /* SMALL_KIND_NONE */
        break;
    case 1: /* SMALL_KIND_COLOR */
        spice_marshaller_add_uint32(m, (uint32_t) msg->u.color);
        break;
    case 4: /* SMALL_KIND_IMAGE */
        spice_marshaller_add_uint64(m, (uint64_t) msg->u.image);
        break;
    }
    spice_marshaller_add_uint16(m, (uint16_t) msg->options);
    if ((msg->options & 0x1u /* SMALL_OPTIONS_SCALED */) != 0) {
        spice_marshaller_add_uint8(m, (uint8_t) msg->factor);
    } else if ((msg->options & 0x8u /* SMALL_OPTIONS_CLIPPED */) == 0) {
        spice_marshaller_add_uint16(m, (uint16_t) msg->width);
    } else {
        marshall_Head(m, &msg->clip);
    }
}
