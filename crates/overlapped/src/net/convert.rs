//! From and to the standard library's sockets and plain descriptors, and with the feature `socket2` that crate's. Others convert
//! through descriptors.
//!
//! A socket here does not block underneath. Adopting a descriptor makes it so, which its other owners notice; giving one away
//! makes it block again.

use crate::error::{Error, Result};
use crate::net::endpoint::{AsEndpoint, Endpoint};
use crate::net::{TcpListener, TcpStream, UdpSocket, UnixListener, UnixStream};
use overlapped_abi::{Win32Error, WsaError};
use overlapped_kernel::System;
use std::os::fd::{AsFd, BorrowedFd, OwnedFd};

/// A descriptor of the socket, which is no longer used here.
fn release(endpoint: Endpoint) -> Result<OwnedFd> {
    let fd = endpoint.call("descriptor", |socket| socket.descriptor())?;
    drop(endpoint);
    let blocking = rustix::io::ioctl_fionbio(&fd, false);
    blocking.map_err(|error| Error::new(Win32Error::from(WsaError::from_errno(error.raw_os_error())), "descriptor"))?;
    Ok(fd)
}

macro_rules! conversions {
    ($type:ident, $std:ty, $kind:literal, $local:literal, $listens:literal) => {
        impl AsFd for $type {
            fn as_fd(&self) -> BorrowedFd<'_> {
                self.endpoint().handle().as_fd()
            }
        }

        impl $type {
            /// A socket of this system, made of a descriptor.
            ///
            /// # Errors
            /// 10038 unless it is a socket, 10041 unless it is one of this kind.
            pub fn from_fd_in(system: &System, fd: OwnedFd) -> Result<Self> {
                let endpoint = Endpoint::adopt(system, fd)?;
                let socket = endpoint.socket();
                let local = socket.family() == 1;
                if socket.kind() != $kind || local != $local || socket.is_listening() != $listens {
                    let code = Win32Error::from(WsaError::EPROTOTYPE);
                    return Err(Error::new(code, "the adoption of a descriptor"));
                }
                Ok(Self(endpoint))
            }

            /// The same socket for the standard library; requests on their way are cancelled.
            ///
            /// # Errors
            /// 10024 without descriptors.
            pub fn into_std(self) -> Result<$std> {
                release(self.0).map(<$std>::from)
            }
        }

        impl TryFrom<OwnedFd> for $type {
            type Error = Error;

            fn try_from(fd: OwnedFd) -> Result<Self> {
                Self::from_fd_in(crate::system::default()?, fd)
            }
        }

        impl TryFrom<$std> for $type {
            type Error = Error;

            fn try_from(socket: $std) -> Result<Self> {
                Self::try_from(OwnedFd::from(socket))
            }
        }

        #[cfg(feature = "socket2")]
        impl TryFrom<socket2::Socket> for $type {
            type Error = Error;

            fn try_from(socket: socket2::Socket) -> Result<Self> {
                Self::try_from(OwnedFd::from(socket))
            }
        }

        #[cfg(feature = "socket2")]
        impl TryFrom<$type> for socket2::Socket {
            type Error = Error;

            fn try_from(socket: $type) -> Result<Self> {
                release(socket.0).map(Self::from)
            }
        }

        impl TryFrom<$type> for $std {
            type Error = Error;

            fn try_from(socket: $type) -> Result<Self> {
                socket.into_std()
            }
        }

        impl TryFrom<$type> for OwnedFd {
            type Error = Error;

            fn try_from(socket: $type) -> Result<Self> {
                release(socket.0)
            }
        }
    };
}

conversions!(TcpStream, std::net::TcpStream, 1, false, false);
conversions!(TcpListener, std::net::TcpListener, 1, false, true);
conversions!(UdpSocket, std::net::UdpSocket, 2, false, false);
conversions!(UnixStream, std::os::unix::net::UnixStream, 1, true, false);
conversions!(UnixListener, std::os::unix::net::UnixListener, 1, true, true);
