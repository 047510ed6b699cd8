/* Annotations, which mean nothing here. */
#ifndef OVL_KERNELSPECS_H
#define OVL_KERNELSPECS_H
#include "sal.h"

#endif
