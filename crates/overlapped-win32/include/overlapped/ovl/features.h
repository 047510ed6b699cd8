/* What Overlapped can do so far. A header declares a function only when its symbol exists, so that a missing one is a
 * compile error and not a crash. Types, constants and macros are always there.
 * When a capability arrives: set its line to 1 here, add its symbols to exports.txt, done. */
#ifndef OVL_FEATURES_H
#define OVL_FEATURES_H

#define OVL_HAVE_CONSOLE 0          /* consoleapi.h, wincon.h beyond SetConsoleCtrlHandler; conio.h */
#define OVL_HAVE_DIRECTORY_WATCH 1  /* ReadDirectoryChangesW, FindFirstChangeNotification */
#define OVL_HAVE_FILE_MAPPING 1     /* CreateFileMapping, MapViewOfFile */
#define OVL_HAVE_MAILSLOTS 0        /* CreateMailslot, GetMailslotInfo, SetMailslotInfo */
#define OVL_HAVE_PIPES 0            /* namedpipeapi.h */
#define OVL_HAVE_PROCESSES 0        /* CreateProcess, OpenProcess, TerminateProcess */
#define OVL_HAVE_SERIAL 0           /* GetCommState, WaitCommEvent, ... */
#define OVL_HAVE_THREAD_POOL 1      /* work, I/O and wait callbacks, BindIoCompletionCallback */
#define OVL_HAVE_THREAD_POOL_ALL 1  /* its timers, waits, own pools, cleanup groups, timer queues */
#define OVL_HAVE_THREAD_CONTROL 1   /* SuspendThread, TerminateThread, priorities, names, affinity */
#define OVL_HAVE_SCATTER_GATHER 1   /* ReadFileScatter, WriteFileGather */
#define OVL_HAVE_SPECIAL_APC 1      /* QueueUserAPC2 */
#define OVL_HAVE_WINSOCK 1          /* winsock2.h, ws2tcpip.h, mswsock.h */
#define OVL_HAVE_REST 1             /* CancelSynchronousIo, CreateFile2, CreateSemaphoreExA, SetWaitableTimerEx */

#endif
