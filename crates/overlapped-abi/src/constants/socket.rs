//! Winsock (contract 08). Many of these numbers differ from those of Linux.

use crate::types::Guid;

// Families, types, protocols, ways to shut down (§1, §2).
consts! { i32;
    SOCKET_ERROR = -1 => "A call failed; ask for the code.";
    AF_UNSPEC = 0 => "No family.";
    AF_UNIX = 1 => "Local.";
    AF_INET = 2 => "IPv4.";
    AF_INET6 = 23 => "IPv6.";
    SOCK_STREAM = 1 => "A stream.";
    SOCK_DGRAM = 2 => "Datagrams.";
    SOCK_RAW = 3 => "Raw packets.";
    IPPROTO_IP = 0 => "Level of IPv4 options.";
    IPPROTO_TCP = 6 => "TCP, and the level of its options.";
    IPPROTO_UDP = 17 => "UDP, and the level of its options.";
    IPPROTO_IPV6 = 41 => "Level of IPv6 options.";
    SOMAXCONN = 0x7FFF_FFFF => "The longest backlog there is.";
    SD_RECEIVE = 0 => "No more receiving.";
    SD_SEND = 1 => "No more sending.";
    SD_BOTH = 2 => "Neither.";
    FD_SETSIZE = 64 => "Room in an `fd_set`.";
}

consts! { u32;
    WSA_FLAG_OVERLAPPED = 0x1 => "The socket takes overlapped requests.";
    WSA_FLAG_NO_HANDLE_INHERIT = 0x80 => "Child processes do not inherit it.";
    WINSOCK_VERSION = 0x0202 => "Version 2.2, as asked of `WSAStartup`.";
}

// Options (§10).
consts! { i32;
    SOL_SOCKET = 0xFFFF => "Level of the options below.";
    SO_DEBUG = 0x1 => "Debugging.";
    SO_ACCEPTCONN = 0x2 => "Whether it listens.";
    SO_REUSEADDR = 0x4 => "May take a bound address over.";
    SO_EXCLUSIVEADDRUSE = !SO_REUSEADDR => "Nobody may take the address over.";
    SO_KEEPALIVE = 0x8 => "Keep-alive packets.";
    SO_DONTROUTE = 0x10 => "No routing.";
    SO_BROADCAST = 0x20 => "May broadcast.";
    SO_LINGER = 0x80 => "Linger on close.";
    SO_DONTLINGER = !SO_LINGER => "Do not linger on close.";
    SO_OOBINLINE = 0x100 => "Urgent data in the stream.";
    SO_SNDBUF = 0x1001 => "Send buffer.";
    SO_RCVBUF = 0x1002 => "Receive buffer.";
    SO_SNDLOWAT = 0x1003 => "Send low-water mark.";
    SO_RCVLOWAT = 0x1004 => "Receive low-water mark.";
    SO_SNDTIMEO = 0x1005 => "Send timeout in milliseconds.";
    SO_RCVTIMEO = 0x1006 => "Receive timeout in milliseconds.";
    SO_ERROR = 0x1007 => "The pending error.";
    SO_TYPE = 0x1008 => "The socket's type.";
    SO_UPDATE_ACCEPT_CONTEXT = 0x700B => "Finishes a socket of `AcceptEx`.";
    SO_CONNECT_TIME = 0x700C => "Seconds since it was connected.";
    SO_UPDATE_CONNECT_CONTEXT = 0x7010 => "Finishes a socket of `ConnectEx`.";
    TCP_NODELAY = 0x1 => "Do not collect small packets.";
}

// Message flags (§4, §6.5).
consts! { u32;
    MSG_OOB = 0x1 => "Urgent data.";
    MSG_PEEK = 0x2 => "Leave the data.";
    MSG_DONTROUTE = 0x4 => "No routing.";
    MSG_WAITALL = 0x8 => "Fill the buffer.";
    MSG_TRUNC = 0x100 => "The datagram was cut.";
    MSG_CTRUNC = 0x200 => "The control data was cut.";
    MSG_BCAST = 0x400 => "It was a broadcast.";
    MSG_MCAST = 0x800 => "It was a multicast.";
    MSG_PARTIAL = 0x8000 => "A part of a message.";
}

// Controls (§2, §6, §8).
consts! { u32;
    FIONBIO = 0x8004_667E => "Blocking or not.";
    FIONREAD = 0x4004_667F => "Bytes that can be read.";
    SIOCATMARK = 0x4004_7307 => "Whether urgent data was read.";
    SIO_GET_EXTENSION_FUNCTION_POINTER = 0xC800_0006 => "Address of an extension function.";
    SIO_KEEPALIVE_VALS = 0x9800_0004 => "Keep-alive times.";
    SIO_BASE_HANDLE = 0x4800_0022 => "The socket without layers.";
}

// TransmitFile, DisconnectEx, TransmitPackets (§6).
consts! { u32;
    TF_USE_DEFAULT_WORKER = 0x0 => "The usual thread.";
    TF_DISCONNECT = 0x1 => "Disconnect afterwards.";
    TF_REUSE_SOCKET = 0x2 => "Make the socket ready for another connection.";
    TF_WRITE_BEHIND = 0x4 => "Complete before it is acknowledged.";
    TF_USE_SYSTEM_THREAD = 0x10 => "A system thread.";
    TF_USE_KERNEL_APC = 0x20 => "A kernel procedure call.";
    TP_ELEMENT_MEMORY = 0x1 => "The element is memory.";
    TP_ELEMENT_FILE = 0x2 => "The element is a part of a file.";
    TP_ELEMENT_EOP = 0x4 => "It ends a packet.";
}

// WSAPoll (§7.2).
consts! { i16;
    POLLERR = 0x1 => "Found: an error.";
    POLLHUP = 0x2 => "Found: hung up.";
    POLLNVAL = 0x4 => "Found: not a socket.";
    POLLWRNORM = 0x10 => "Can be written.";
    POLLOUT = 0x10 => "Can be written.";
    POLLWRBAND = 0x20 => "Urgent data can be written; not to be asked for.";
    POLLRDNORM = 0x100 => "Can be read.";
    POLLRDBAND = 0x200 => "Urgent data can be read.";
    POLLIN = 0x300 => "Either can be read.";
    POLLPRI = 0x400 => "Not to be asked for.";
}

// WSAEventSelect (§7.3).
consts! { u32;
    FD_READ = 0x1 => "Data.";
    FD_WRITE = 0x2 => "Room to send.";
    FD_OOB = 0x4 => "Urgent data.";
    FD_ACCEPT = 0x8 => "A connection to accept.";
    FD_CONNECT = 0x10 => "Connecting is decided.";
    FD_CLOSE = 0x20 => "Closed or reset.";
    FD_READ_BIT = 0 => "Index of `FD_READ` in `iErrorCode`.";
    FD_WRITE_BIT = 1 => "Index of `FD_WRITE`.";
    FD_OOB_BIT = 2 => "Index of `FD_OOB`.";
    FD_ACCEPT_BIT = 3 => "Index of `FD_ACCEPT`.";
    FD_CONNECT_BIT = 4 => "Index of `FD_CONNECT`.";
    FD_CLOSE_BIT = 5 => "Index of `FD_CLOSE`.";
    FD_MAX_EVENTS = 10 => "Length of `iErrorCode`.";
}

// Event waits (§7.4).
consts! { u32;
    WSA_WAIT_EVENT_0 = 0x0 => "Event 0 satisfied the wait; add the index.";
    WSA_WAIT_IO_COMPLETION = 0xC0 => "Completion routines ran.";
    WSA_WAIT_TIMEOUT = 0x102 => "The time ran out.";
    WSA_WAIT_FAILED = 0xFFFF_FFFF => "The call failed.";
    WSA_INFINITE = 0xFFFF_FFFF => "No time limit.";
    WSA_MAXIMUM_WAIT_EVENTS = 64 => "Most events of one wait.";
}

// Extension functions (§6). The first three differ in one byte only.
const fn transmit_family(data1: u32) -> Guid {
    Guid { data1, data2: 0xCBAC, data3: 0x11CF, data4: [0x95, 0xCA, 0x00, 0x80, 0x5F, 0x48, 0xA1, 0x92] }
}

consts! { Guid;
    WSAID_TRANSMITFILE = transmit_family(0xB536_7DF0) => "`TransmitFile`.";
    WSAID_ACCEPTEX = transmit_family(0xB536_7DF1) => "`AcceptEx`.";
    WSAID_GETACCEPTEXSOCKADDRS = transmit_family(0xB536_7DF2) => "`GetAcceptExSockaddrs`.";
    WSAID_TRANSMITPACKETS = Guid {
        data1: 0xD968_9DA0, data2: 0x1F90, data3: 0x11D3,
        data4: [0x99, 0x71, 0x00, 0xC0, 0x4F, 0x68, 0xC8, 0x76],
    } => "`TransmitPackets`.";
    WSAID_CONNECTEX = Guid {
        data1: 0x25A2_07B9, data2: 0xDDF3, data3: 0x4660,
        data4: [0x8E, 0xE9, 0x76, 0xE5, 0x8C, 0x74, 0x06, 0x3E],
    } => "`ConnectEx`.";
    WSAID_DISCONNECTEX = Guid {
        data1: 0x7FDA_2E11, data2: 0x8630, data3: 0x436F,
        data4: [0xA0, 0x31, 0xF5, 0x36, 0xA6, 0xEE, 0xC1, 0x57],
    } => "`DisconnectEx`.";
    WSAID_WSARECVMSG = Guid {
        data1: 0xF689_D7C8, data2: 0x6F1F, data3: 0x436B,
        data4: [0x8A, 0x53, 0xE5, 0x4F, 0xE3, 0x51, 0xC3, 0x22],
    } => "`WSARecvMsg`.";
    WSAID_WSASENDMSG = Guid {
        data1: 0xA441_E712, data2: 0x754F, data3: 0x43CA,
        data4: [0x84, 0xA7, 0x0D, 0xEE, 0x44, 0xCF, 0x60, 0x6D],
    } => "`WSASendMsg`.";
}
