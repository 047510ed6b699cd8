/* The first Winsock: the second has all of it. */
#include "winsock2.h"
