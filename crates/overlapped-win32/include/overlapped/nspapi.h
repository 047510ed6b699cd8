/* Name spaces; see winsock2.h. */
#ifndef OVL_NSPAPI_H
#define OVL_NSPAPI_H
#include "winsock2.h"

#endif
