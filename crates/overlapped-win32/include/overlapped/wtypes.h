/* Types of COM that others use. */
#ifndef OVL_WTYPES_H
#define OVL_WTYPES_H
#include "wtypesbase.h"

#endif
