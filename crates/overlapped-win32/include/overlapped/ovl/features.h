/* What Overlapped can do so far. A function whose symbol does not exist yet is declared so that a call of it is a compile error
 * (later.h) and not a crash. Types, constants and macros are always there.
 * When a capability arrives: set its line to 1 here, add its symbols to exports.txt, done. */
#ifndef OVL_FEATURES_H
#define OVL_FEATURES_H

#ifndef OVL_LATER
#define OVL_LATER 1                 /* 0: functions that do not exist yet are not declared at all */
#endif

#define OVL_HAVE_CONSOLE 1          /* wincon.h: input records, cells, screen buffers */
#define OVL_HAVE_CONSOLE_TEXT 1     /* wincon.h: modes, colours, the cursor, WriteConsole, ReadConsole, title, code pages */
#define OVL_HAVE_DIRECTORY_WATCH 1  /* ReadDirectoryChangesW, FindFirstChangeNotification */
#define OVL_HAVE_FILE_MAPPING 1     /* CreateFileMapping, MapViewOfFile */
#define OVL_HAVE_MAILSLOTS 1        /* CreateMailslot, GetMailslotInfo, SetMailslotInfo */
#define OVL_HAVE_PIPES 1            /* namedpipeapi.h */
#define OVL_HAVE_PROCESSES 1        /* CreateProcess, OpenProcess, TerminateProcess, jobs */
#define OVL_HAVE_SERIAL 1           /* GetCommState, WaitCommEvent, ... */
#define OVL_HAVE_THREAD_POOL 1      /* work, I/O and wait callbacks, BindIoCompletionCallback */
#define OVL_HAVE_THREAD_POOL_ALL 1  /* its timers, waits, own pools, cleanup groups, timer queues */
#define OVL_HAVE_THREAD_CONTROL 1   /* SuspendThread, TerminateThread, priorities, names, affinity */
#define OVL_HAVE_SCATTER_GATHER 1   /* ReadFileScatter, WriteFileGather */
#define OVL_HAVE_SPECIAL_APC 1      /* QueueUserAPC2 */
#define OVL_HAVE_WINSOCK 1          /* winsock2.h, ws2tcpip.h, mswsock.h */
#define OVL_HAVE_REST 1             /* CancelSynchronousIo, CreateFile2, CreateSemaphoreExA, SetWaitableTimerEx */

#endif
