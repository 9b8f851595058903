/* The functions of generated demarshallers. */
#ifndef TEST_DEMARSHALLERS_H
#define TEST_DEMARSHALLERS_H

#include <common/messages.h>
#include <spice/macros.h>

SPICE_BEGIN_DECLS

uint8_t *spice_parse_msg(uint8_t *start, uint8_t *end, uint32_t channel, uint16_t type, int minor,
                         size_t *size_out, message_destructor_t *free_message);
uint8_t *spice_parse_reply(uint8_t *start, uint8_t *end, uint32_t channel, uint16_t type, int minor,
                           size_t *size_out, message_destructor_t *free_message);

SPICE_END_DECLS

#endif
