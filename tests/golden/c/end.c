/* Structs */

typedef struct SmallSample {
    uint8_t kind;
    uint16_t value;
} SmallSample;

typedef struct SmallMsgSensorSamples {
    uint32_t count;
    SmallSample samples[0];
} SmallMsgSensorSamples;

typedef struct SmallMsgSensorRest {
    uint8_t serial[5];
    uint32_t rest[0];
} SmallMsgSensorRest;

/* Demarshallers */

static inline void read_Sample(SmallSample *out, const uint8_t *in)
{
    out->kind = get_uint8(in);
    out->value = get_uint16(in + 1);
}

static void read_Sample_array(struct message_reader *r, uint8_t *place, uint64_t count)
{
    for (uint64_t i = 0; i < count; i++) {
        SmallSample *out = (SmallSample *) (void *) (place + i * sizeof(SmallSample));

        read_Sample(out, next_bytes(r, 3));
    }
}

static bool check_msg_sensor_samples(struct message_check *c)
{
    uint8_t *in;
    uint32_t count_;

    in = c->in;
    if (!check_bytes(c, 4)) {
        return false;
    }
    count_ = get_uint32(in);
    if (!check_array(c, count_, 3) || !add_array(c, count_, sizeof(SmallSample), 0)) {
        return false;
    }
    return true;
}

static void read_msg_sensor_samples(struct message_reader *r, uint8_t *place)
{
    SmallMsgSensorSamples *out = (SmallMsgSensorSamples *) (void *) place;
    uint8_t *in;
    uint32_t count_;

    in = r->in;
    r->in += 4;
    count_ = get_uint32(in);
    out->count = count_;
    read_Sample_array(r, place + offsetof(SmallMsgSensorSamples, samples), count_);
    r->out += count_ * sizeof(SmallSample);
}

static const struct message_parser parser_msg_sensor_samples = {
    sizeof(SmallMsgSensorSamples), check_msg_sensor_samples, read_msg_sensor_samples
};

static bool check_msg_sensor_rest(struct message_check *c)
{
    uint64_t count;

    if (!check_bytes(c, 4)) {
        return false;
    }
    count = rest_of_check(c, 4);
    if (!check_array(c, count, 4) || !add_array(c, count, sizeof(uint32_t), 0)) {
        return false;
    }
    return true;
}

static void read_msg_sensor_rest(struct message_reader *r, uint8_t *place)
{
    SmallMsgSensorRest *out = (SmallMsgSensorRest *) (void *) place;
    uint8_t *in;
    uint64_t count;

    in = r->in;
    r->in += 4;
    memcpy(out->serial, in, 4);
    out->serial[4] = 0;
    count = rest_of_message(r, 4);
    read_numbers(r, place + offsetof(SmallMsgSensorRest, rest), count, 4);
    r->out += count * sizeof(uint32_t);
}

static const struct message_parser parser_msg_sensor_rest = {
    sizeof(SmallMsgSensorRest), check_msg_sensor_rest, read_msg_sensor_rest
};

static uint8_t *parse_server_SensorChannel(uint8_t *start, uint8_t *end, uint16_t type, int minor,
    size_t *size_out, message_destructor_t *free_message)
{
    const struct message_parser *parser = NULL;

    (void) minor;
    switch (type) {
    case 1: /* SMALL_MSG_SENSOR_SAMPLES */
        parser = &parser_msg_sensor_samples;
        break;
    case 2: /* SMALL_MSG_SENSOR_REST */
        parser = &parser_msg_sensor_rest;
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
    case 1: /* SMALL_CHANNEL_SENSOR */
        parse = parse_server_SensorChannel;
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

static void marshall_Sample(SpiceMarshaller *m, const SmallSample *msg)
{
    spice_marshaller_add_uint8(m, (uint8_t) msg->kind);
    spice_marshaller_add_uint16(m, (uint16_t) msg->value);
}

void spice_marshall_msg_sensor_samples(SpiceMarshaller *m, const SmallMsgSensorSamples *msg)
{
    spice_marshaller_add_uint32(m, msg->count);
    for (size_t i = 0; i < msg->count; i++) {
        marshall_Sample(m, &msg->samples[i]);
    }
}

void spice_marshall_msg_sensor_rest(SpiceMarshaller *m, const SmallMsgSensorRest *msg)
{
    spice_marshaller_add(m, (const uint8_t *) msg->serial, 4);
}
