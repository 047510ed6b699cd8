/* Text is aligned, as far as the processor cares. */
#ifndef OVL_STRALIGN_H
#define OVL_STRALIGN_H
#include "minwindef.h"
#define WSTR_ALIGNED_STACK_COPY(to, from) (*(to) = (from))
#define WSTR_CONST_ALIGNED_STACK_COPY(to, from) (*(to) = (from))

#endif
