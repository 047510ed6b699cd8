/* minwindef.h and the shapes of windows, as far as console programs mention them. */
#ifndef OVL_WINDEF_H
#define OVL_WINDEF_H
#include "minwindef.h"

DECLARE_HANDLE(HMENU);
DECLARE_HANDLE(HICON);
DECLARE_HANDLE(HBRUSH);
DECLARE_HANDLE(HDC);
DECLARE_HANDLE(HDESK);
DECLARE_HANDLE(HFONT);
typedef HICON HCURSOR;
typedef HANDLE HHOOK;
typedef DWORD COLORREF;

typedef struct tagPOINT {
    LONG x;
    LONG y;
} POINT, *PPOINT, *LPPOINT;
OVL_SIZE(POINT, 8);

typedef struct tagRECT {
    LONG left;
    LONG top;
    LONG right;
    LONG bottom;
} RECT, *PRECT, *LPRECT;
OVL_SIZE(RECT, 16);

typedef struct tagSIZE {
    LONG cx;
    LONG cy;
} SIZE, *PSIZE, *LPSIZE;
OVL_SIZE(SIZE, 8);

#endif
