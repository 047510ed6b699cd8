/* Private namespaces, which there are not. */
#ifndef OVL_NAMESPACEAPI_H
#define OVL_NAMESPACEAPI_H
#include "winbase.h"

#endif
