/* What marshallers of a client include. */
#ifndef TEST_CLIENT_MARSHALLERS_H
#define TEST_CLIENT_MARSHALLERS_H

#include <common/marshaller.h>
#include <common/messages.h>
#include "generated_client_marshallers.h"

#endif
