//! The functions of Winsock whose names libc has too.
