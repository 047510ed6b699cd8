/* Processors; see sysinfoapi.h. */
#ifndef OVL_SYSTEMTOPOLOGYAPI_H
#define OVL_SYSTEMTOPOLOGYAPI_H
#include "sysinfoapi.h"

#endif
