/* Of remote procedure calls, nothing but the universally unique identifiers (rpcdce.h). */
#ifndef OVL_RPC_H
#define OVL_RPC_H
#include "rpcdce.h"
#endif
