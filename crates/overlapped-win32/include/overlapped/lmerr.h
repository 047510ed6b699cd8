/* Errors of the LAN manager. */
#ifndef OVL_LMERR_H
#define OVL_LMERR_H
#define NERR_Success 0
#define NERR_BASE 2100
#define NERR_UserNotFound (NERR_BASE + 121)
#define NERR_GroupNotFound (NERR_BASE + 120)
#define NERR_InvalidComputer (NERR_BASE + 251)
#define MAX_NERR (NERR_BASE + 899)

#endif
