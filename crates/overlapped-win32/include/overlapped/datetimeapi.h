/* GetDateFormat and GetTimeFormat; see winnls.h. */
#ifndef OVL_DATETIMEAPI_H
#define OVL_DATETIMEAPI_H
#include "winnls.h"

#endif
