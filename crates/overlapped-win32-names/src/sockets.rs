//! The functions of Winsock whose names libc has too.
//!
//! What `windows-sys` calls `send` is libc's `send` on Linux, which knows nothing of these sockets. Import these in its place:
//!
//! ```ignore
//! #[cfg(unix)]
//! use overlapped_win32_names::sockets::{bind, listen, socket};
//! #[cfg(windows)]
//! use windows_sys::Win32::Networking::WinSock::{bind, listen, socket};
//! ```

#![allow(clippy::missing_safety_doc, reason = "the functions of Winsock, as they are documented for it")]

use std::ffi::c_void;
use windows_sys::Win32::Networking::WinSock::*;
use windows_sys::core::{PCSTR, PSTR};

#[allow(missing_docs, reason = "as above")]
unsafe extern "system" {
    #[link_name = "ovl___WSAFDIsSet"]
    pub fn __WSAFDIsSet(fd: SOCKET, param1: *mut FD_SET) -> i32;
    #[link_name = "ovl_accept"]
    pub fn accept(s: SOCKET, addr: *mut SOCKADDR, addrlen: *mut i32) -> SOCKET;
    #[link_name = "ovl_bind"]
    pub fn bind(s: SOCKET, name: *const SOCKADDR, namelen: i32) -> i32;
    #[link_name = "ovl_connect"]
    pub fn connect(s: SOCKET, name: *const SOCKADDR, namelen: i32) -> i32;
    #[link_name = "ovl_freeaddrinfo"]
    pub fn freeaddrinfo(paddrinfo: *const ADDRINFOA);
    #[link_name = "ovl_getaddrinfo"]
    pub fn getaddrinfo(
        pnodename: PCSTR,
        pservicename: PCSTR,
        phints: *const ADDRINFOA,
        ppresult: *mut *mut ADDRINFOA,
    ) -> i32;
    #[link_name = "ovl_gethostbyaddr"]
    pub fn gethostbyaddr(addr: PCSTR, len: i32, r#type: i32) -> *mut HOSTENT;
    #[link_name = "ovl_gethostbyname"]
    pub fn gethostbyname(name: PCSTR) -> *mut HOSTENT;
    #[link_name = "ovl_gethostname"]
    pub fn gethostname(name: PSTR, namelen: i32) -> i32;
    #[link_name = "ovl_getnameinfo"]
    pub fn getnameinfo(
        psockaddr: *const SOCKADDR,
        sockaddrlength: socklen_t,
        pnodebuffer: PSTR,
        nodebuffersize: u32,
        pservicebuffer: PSTR,
        servicebuffersize: u32,
        flags: i32,
    ) -> i32;
    #[link_name = "ovl_getpeername"]
    pub fn getpeername(s: SOCKET, name: *mut SOCKADDR, namelen: *mut i32) -> i32;
    #[link_name = "ovl_getprotobyname"]
    pub fn getprotobyname(name: PCSTR) -> *mut PROTOENT;
    #[link_name = "ovl_getprotobynumber"]
    pub fn getprotobynumber(number: i32) -> *mut PROTOENT;
    #[link_name = "ovl_getservbyname"]
    pub fn getservbyname(name: PCSTR, proto: PCSTR) -> *mut SERVENT;
    #[link_name = "ovl_getservbyport"]
    pub fn getservbyport(port: i32, proto: PCSTR) -> *mut SERVENT;
    #[link_name = "ovl_getsockname"]
    pub fn getsockname(s: SOCKET, name: *mut SOCKADDR, namelen: *mut i32) -> i32;
    #[link_name = "ovl_getsockopt"]
    pub fn getsockopt(s: SOCKET, level: i32, optname: i32, optval: PSTR, optlen: *mut i32) -> i32;
    #[link_name = "ovl_inet_addr"]
    pub fn inet_addr(cp: PCSTR) -> u32;
    #[link_name = "ovl_inet_ntoa"]
    pub fn inet_ntoa(r#in: IN_ADDR) -> windows_sys::core::PSTR;
    #[link_name = "ovl_inet_ntop"]
    pub fn inet_ntop(
        family: i32,
        paddr: *const c_void,
        pstringbuf: PSTR,
        stringbufsize: usize,
    ) -> windows_sys::core::PCSTR;
    #[link_name = "ovl_inet_pton"]
    pub fn inet_pton(family: i32, pszaddrstring: PCSTR, paddrbuf: *mut c_void) -> i32;
    #[link_name = "ovl_listen"]
    pub fn listen(s: SOCKET, backlog: i32) -> i32;
    #[link_name = "ovl_recv"]
    pub fn recv(s: SOCKET, buf: PSTR, len: i32, flags: SEND_RECV_FLAGS) -> i32;
    #[link_name = "ovl_recvfrom"]
    pub fn recvfrom(s: SOCKET, buf: PSTR, len: i32, flags: i32, from: *mut SOCKADDR, fromlen: *mut i32) -> i32;
    #[link_name = "ovl_select"]
    pub fn select(
        nfds: i32,
        readfds: *mut FD_SET,
        writefds: *mut FD_SET,
        exceptfds: *mut FD_SET,
        timeout: *const TIMEVAL,
    ) -> i32;
    #[link_name = "ovl_send"]
    pub fn send(s: SOCKET, buf: PCSTR, len: i32, flags: SEND_RECV_FLAGS) -> i32;
    #[link_name = "ovl_sendto"]
    pub fn sendto(s: SOCKET, buf: PCSTR, len: i32, flags: i32, to: *const SOCKADDR, tolen: i32) -> i32;
    #[link_name = "ovl_setsockopt"]
    pub fn setsockopt(s: SOCKET, level: i32, optname: i32, optval: PCSTR, optlen: i32) -> i32;
    #[link_name = "ovl_shutdown"]
    pub fn shutdown(s: SOCKET, how: WINSOCK_SHUTDOWN_HOW) -> i32;
    #[link_name = "ovl_socket"]
    pub fn socket(af: i32, r#type: WINSOCK_SOCKET_TYPE, protocol: i32) -> SOCKET;
}
