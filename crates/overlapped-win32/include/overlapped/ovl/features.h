/* What Overlapped can do so far. A header declares a function only when its symbol exists, so that a missing one is a
 * compile error and not a crash. Types, constants and macros are always there.
 * When a capability arrives: set its line to 1 here, add its symbols to exports.txt, done. */
#ifndef OVL_FEATURES_H
#define OVL_FEATURES_H

#define OVL_HAVE_CONSOLE 0          /* consoleapi.h, wincon.h beyond SetConsoleCtrlHandler; conio.h */
#define OVL_HAVE_DIRECTORY_WATCH 0  /* ReadDirectoryChangesW, FindFirstChangeNotification */
#define OVL_HAVE_FILE_MAPPING 0     /* CreateFileMapping, MapViewOfFile */
#define OVL_HAVE_MAILSLOTS 0        /* CreateMailslot, GetMailslotInfo, SetMailslotInfo */
#define OVL_HAVE_PIPES 0            /* namedpipeapi.h */
#define OVL_HAVE_PROCESSES 0        /* CreateProcess, OpenProcess, TerminateProcess */
#define OVL_HAVE_SERIAL 0           /* GetCommState, WaitCommEvent, ... */
#define OVL_HAVE_THREAD_POOL 0      /* threadpoolapiset.h, threadpoollegacyapiset.h, BindIoCompletionCallback */
#define OVL_HAVE_WINSOCK 0          /* winsock2.h, ws2tcpip.h, mswsock.h */
#define OVL_HAVE_CRT_STDIO 1        /* printf and scanf families with Microsoft's formats */
#define OVL_HAVE_CRT_STRING 0       /* strcpy_s, _strlwr, _itoa, _splitpath, ... */
#define OVL_HAVE_CRT_WIDE 0         /* wcslen, wprintf, ... on 16-bit wchar_t */
#define OVL_HAVE_CRT_FILES 0        /* fopen_s, gets, _wfopen, _wmkdir, ... */
#define OVL_HAVE_CRT_CONIO 0        /* _getch, _kbhit */
#define OVL_HAVE_CRT_OSFHANDLE 0    /* _get_osfhandle, _open_osfhandle */

#endif
