/* Annotations, which mean nothing here. */
#ifndef OVL_DRIVERSPECS_H
#define OVL_DRIVERSPECS_H
#include "sal.h"

#endif
