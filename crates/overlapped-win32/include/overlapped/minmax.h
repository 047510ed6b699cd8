/* min and max, as <stdlib.h> of Microsoft has them. */
#ifndef OVL_MINMAX_H
#define OVL_MINMAX_H
#include "minwindef.h"

#endif
