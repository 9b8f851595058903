/* Structs */

typedef struct SmallMsgData {
    uint8_t data[0];
} SmallMsgData;

typedef struct SmallMsgcPong {
    uint32_t id;
} SmallMsgcPong;

typedef struct SmallMsgScreenShare {
    uint32_t version;
    int buffer;
    int64_t offset;
    uint8_t data[0];
} SmallMsgScreenShare;

/* Demarshallers */

static bool check_Data(struct message_check *c)
{
    uint64_t count;

    count = rest_of_check(c, 1);
    if (!check_array(c, count, 1) || !add_array(c, count, sizeof(uint8_t), 0)) {
        return false;
    }
    return true;
}

static const struct message_parser parser_Data = {
    sizeof(SmallMsgData), check_Data, NULL
};

static bool check_msg_screen_share(struct message_check *c)
{
    uint64_t count;

    if (!check_bytes(c, 4)) {
        return false;
    }
    if (!check_bytes(c, 8)) {
        return false;
    }
    count = rest_of_check(c, 1);
    if (!check_array(c, count, 1) || !add_array(c, count, sizeof(uint8_t), 0)) {
        return false;
    }
    return true;
}

static void read_msg_screen_share(struct message_reader *r, uint8_t *place)
{
    SmallMsgScreenShare *out = (SmallMsgScreenShare *) (void *) place;
    uint8_t *in;
    uint64_t count;

    out->version = 2;
    r->in += 4;
    out->buffer = -1;
    in = r->in;
    r->in += 8;
    out->offset = (int64_t) get_uint64(in);
    count = rest_of_message(r, 1);
    read_numbers(r, place + offsetof(SmallMsgScreenShare, data), count, 1);
    r->out += count * sizeof(uint8_t);
}

static const struct message_parser parser_msg_screen_share = {
    sizeof(SmallMsgScreenShare), check_msg_screen_share, read_msg_screen_share
};

static uint8_t *parse_server_ScreenChannel(uint8_t *start, uint8_t *end, uint16_t type, int minor,
    size_t *size_out, message_destructor_t *free_message)
{
    const struct message_parser *parser = NULL;

    (void) minor;
    switch (type) {
    case 1: /* SMALL_MSG_DATA */
        parser = &parser_Data;
        break;
    case 101: /* SMALL_MSG_SCREEN_SHARE */
        parser = &parser_msg_screen_share;
        break;
    default:
        return NULL;
    }
    return parse_message(parser, start, end, size_out, free_message);
}

#endif /* USE_SCREEN */

spice_parse_channel_func_t spice_get_server_channel_parser(uint32_t channel, unsigned int *max_message_type)
{
    spice_parse_channel_func_t parse = NULL;
    unsigned int max = 0;

    switch (channel) {
    case 1: /* SMALL_CHANNEL_SCREEN */
#ifdef USE_SCREEN
        parse = parse_server_ScreenChannel;
        max = 101;
#endif /* USE_SCREEN */
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

void spice_marshall_SmallMsgData(SpiceMarshaller *m, const SmallMsgData *msg)
{
    (void) m;
    (void) msg;
}

#ifdef USE_SCREEN

void spice_marshall_msg_screen_share(SpiceMarshaller *m, const SmallMsgScreenShare *msg)
{
    spice_marshaller_add_uint8(m, 0);
    for (unsigned i = 0; i < 3; i++) {
        spice_marshaller_add_uint8(m, 0);
    }
    spice_marshaller_add_fd(m, msg->buffer);
    spice_marshaller_add_int64(m, msg->offset);
}

#endif /* USE_SCREEN */
