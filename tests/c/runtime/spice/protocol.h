/* The constants of the protocol. The test that compiles a program generates `enums.h`. */
#include <spice/macros.h>
#include "enums.h"
