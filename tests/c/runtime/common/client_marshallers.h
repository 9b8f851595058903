/* What marshallers of a client include. */
#include <common/marshaller.h>
#include <common/messages.h>
