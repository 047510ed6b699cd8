/* The older annotations. __in and __out are names of parameters in libstdc++, so in C++ they are defined only when OVL_OLD_SAL
 * is: `ovl cc` does that for files that use them, after the standard headers with such names (see ovl/prelude.h). */
#ifndef OVL_SPECSTRINGS_H
#define OVL_SPECSTRINGS_H
#include "sal.h"
#endif
