/* The two headers of secur32 that there are. */
#ifndef OVL_SECURITY_H
#define OVL_SECURITY_H
#include "sspi.h"
#include "secext.h"

#endif
