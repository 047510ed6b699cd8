/* Everything but sockets: include winsock2.h first, as on Windows. */
#ifndef OVL_WINDOWS_H
#define OVL_WINDOWS_H
#define _WINDOWS_
#include "sdkddkver.h"
#include "winapifamily.h"
#include <ctype.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include "excpt.h"
#include "windef.h"
#include "winerror.h"
#include "winbase.h"
#include "winnls.h"
#include "wincon.h"
#include "winver.h"
#ifndef NOGDI
#include "wingdi.h"
#endif
#include "winuser.h"
#include "winreg.h"
#ifndef NOSERVICE
#include "winsvc.h"
#endif
#ifndef WIN32_LEAN_AND_MEAN
#include "winioctl.h"
#ifndef OVL_WINSOCK2_H
#include "winsock.h"
#endif
#include "shellapi.h"
#include "timeapi.h"
#include "rpc.h"
#ifndef NOCRYPT
#include "wincrypt.h"
#endif
#endif

#endif
