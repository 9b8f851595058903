/* Times parsers. A row of the input has a number for the side (0 is the server), the channel, the message id, and the
 * body in hexadecimal. A row of the output has the nanoseconds of a parse and a free in the fastest sample, and the
 * number of allocations. */

#define _POSIX_C_SOURCE 199309L

#include "messages.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

static size_t allocations;

void *__real_malloc(size_t size);
void *__wrap_malloc(size_t size);

void *__wrap_malloc(size_t size)
{
    allocations++;
    return __real_malloc(size);
}

static double now(void)
{
    struct timespec time;

    clock_gettime(CLOCK_MONOTONIC, &time);
    return (double) time.tv_sec * 1e9 + (double) time.tv_nsec;
}

/* The nanoseconds of a sample, which repeats the call. */
static double sample(spice_parse_channel_func_t parse, unsigned id, uint8_t *body, size_t size, unsigned calls)
{
    double start = now();

    for (unsigned i = 0; i < calls; i++) {
        size_t result;
        message_destructor_t free_message;
        uint8_t *message = parse(body, body + size, (uint16_t) id, 0, &result, &free_message);

        if (message == NULL) {
            exit(1);
        }
        free_message(message);
    }
    return now() - start;
}

int main(void)
{
    static char text[1 << 18];
    static uint8_t body[1 << 17];
    unsigned side, channel, id;

    while (scanf("%u %u %u %262143s", &side, &channel, &id, text) == 4) {
        spice_parse_channel_func_t parse;
        size_t size = strlen(text) / 2;
        unsigned calls = 1;
        double fastest = 1e18, end;

        for (size_t i = 0; i < size; i++) {
            char digits[3] = { text[2 * i], text[2 * i + 1], 0 };

            body[i] = (uint8_t) strtoul(digits, NULL, 16);
        }
        parse = side == 0 ? spice_get_server_channel_parser(channel, NULL)
                          : spice_get_client_channel_parser(channel, NULL);
        if (parse == NULL) {
            return 1;
        }
        while (sample(parse, id, body, size, calls) < 1e4) {
            calls *= 2;
        }
        for (end = now() + 25e6; now() < end;) {
            double time = sample(parse, id, body, size, calls);

            fastest = time < fastest ? time : fastest;
        }
        allocations = 0;
        sample(parse, id, body, size, 1);
        printf("%f %zu\n", fastest / calls, allocations);
    }
    return 0;
}
