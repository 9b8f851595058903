/* The C structs of messages. The test that compiles a program generates `declarations.h`. */
#include "declarations.h"
