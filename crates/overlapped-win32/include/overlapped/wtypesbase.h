/* Types of COM that others use. */
#ifndef OVL_WTYPESBASE_H
#define OVL_WTYPESBASE_H
#include "windef.h"
#include "guiddef.h"

#endif
