/* `SpiceChunks` is one of the generated declarations. */
#include <common/messages.h>
