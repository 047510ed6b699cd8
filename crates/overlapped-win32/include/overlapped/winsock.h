/* The first Winsock: the second has all of it. It has had Microsoft's extensions in the same header. */
#include "winsock2.h"
#include "mswsock.h"
