/* Part of the console. */
#include "wincon.h"
