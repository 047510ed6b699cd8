/* Of the LAN manager: the longest names. There are no functions. */
#ifndef OVL_LM_H
#define OVL_LM_H
#include "windows.h"
#include "lmcons.h"

#endif
