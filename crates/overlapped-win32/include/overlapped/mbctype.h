/* Kinds of bytes and characters of the narrow code page, which is UTF-8. */
#include "mbstring.h"
