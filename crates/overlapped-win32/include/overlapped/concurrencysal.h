/* Annotations, which mean nothing here. */
#ifndef OVL_CONCURRENCYSAL_H
#define OVL_CONCURRENCYSAL_H
#include "sal.h"

#endif
