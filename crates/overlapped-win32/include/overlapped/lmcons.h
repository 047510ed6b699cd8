/* The longest names of computers and users. */
#ifndef OVL_LMCONS_H
#define OVL_LMCONS_H
#include "minwindef.h"
#define NET_API_STATUS DWORD
#define NET_API_FUNCTION
#define CNLEN 15
#define LM20_CNLEN 15
#define DNLEN CNLEN
#define UNCLEN (CNLEN + 2)
#define NNLEN 80
#define RMLEN (UNCLEN + 1 + NNLEN)
#define SNLEN 80
#define STXTLEN 256
#define PATHLEN 256
#define DEVLEN 80
#define EVLEN 16
#define UNLEN 256
#define GNLEN UNLEN
#define PWLEN 256
#define MAXCOMMENTSZ 256
#define NERR_Success 0
#define MAX_PREFERRED_LENGTH ((DWORD)-1)
typedef DWORD API_RET_TYPE;

#endif
