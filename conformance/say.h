/* How these programs print what a call answered, so that every line is the same on every run. */
#ifndef SAY_H
#define SAY_H

#include <windows.h>
#include <stdio.h>

/* TRUE, or FALSE/last error. */
static inline void say(const char *what, BOOL ok)
{
    DWORD error = GetLastError();
    if (ok == TRUE)
        printf("%s: TRUE\n", what);
    else if (ok)
        printf("%s: true, but not 1\n", what);
    else
        printf("%s: FALSE/%lu\n", what, error);
}

/* A handle, or which of the two failure values with the last error. */
static inline void say_handle(const char *what, HANDLE handle)
{
    DWORD error = GetLastError();
    if (handle == NULL)
        printf("%s: NULL/%lu\n", what, error);
    else if (handle == INVALID_HANDLE_VALUE)
        printf("%s: -1/%lu\n", what, error);
    else
        printf("%s: handle\n", what);
}

/* The result of a wait, by its name. */
static inline void say_wait(const char *what, DWORD result)
{
    DWORD error = GetLastError();
    if (result == WAIT_FAILED)
        printf("%s: WAIT_FAILED/%lu\n", what, error);
    else if (result == WAIT_TIMEOUT)
        printf("%s: WAIT_TIMEOUT\n", what);
    else if (result == WAIT_IO_COMPLETION)
        printf("%s: WAIT_IO_COMPLETION\n", what);
    else if (result >= WAIT_ABANDONED_0 && result < WAIT_ABANDONED_0 + MAXIMUM_WAIT_OBJECTS)
        printf("%s: WAIT_ABANDONED_0 + %lu\n", what, result - WAIT_ABANDONED_0);
    else
        printf("%s: WAIT_OBJECT_0 + %lu\n", what, result - WAIT_OBJECT_0);
}

#endif
