/* See specstrings.h. */
#ifndef OVL_SPECSTRINGS_STRICT_H
#define OVL_SPECSTRINGS_STRICT_H
#include "specstrings.h"

#endif
