//! TCP.

use crate::error::{Error, Result};
use crate::net::accept::{self, Accept, Connect, Incoming};
use crate::net::endpoint::{Endpoint, endpoint_methods, failed};
use crate::net::transfer::stream_methods;
use overlapped_abi::{Win32Error, WsaError};
use overlapped_devices::socket::Address;
use overlapped_kernel::System;
use std::net::{SocketAddr, ToSocketAddrs};

const STREAM: i32 = 1;
const IPPROTO_TCP: i32 = 6;
const TCP_NODELAY: i32 = 1;
const BACKLOG: i32 = i32::MAX;

/// A TCP connection for overlapped requests.
#[derive(Debug)]
pub struct TcpStream(pub(crate) Endpoint);

/// A TCP socket that takes connections.
#[derive(Debug)]
pub struct TcpListener(pub(crate) Endpoint);

endpoint_methods!(TcpStream);
endpoint_methods!(TcpListener);
stream_methods!(TcpStream);

/// Tries the addresses that a name stands for, one after the other.
pub(crate) fn first<T>(
    addresses: impl ToSocketAddrs,
    name: &'static str,
    mut attempt: impl FnMut(&Address) -> Result<T>,
) -> Result<T> {
    let mut last = failed(WsaError::HOST_NOT_FOUND, name);
    for address in addresses.to_socket_addrs().map_err(|error| Error::from(error).during(name))? {
        match attempt(&Address::from_std(address)) {
            Ok(made) => return Ok(made),
            Err(error) => last = error,
        }
    }
    Err(last)
}

pub(crate) fn std_address(address: Address, name: &'static str) -> Result<SocketAddr> {
    address.to_std().ok_or_else(|| Error::new(Win32Error::NOT_SUPPORTED, name))
}

impl TcpStream {
    /// Connects, and waits for that.
    ///
    /// # Errors
    /// 10061 if the connection is refused, 10060 if nobody answers, 10051 or 10065 if nothing leads there.
    pub fn connect(addresses: impl ToSocketAddrs) -> Result<Self> {
        Self::connect_in(crate::system::default()?, addresses)
    }

    /// The same in this system.
    ///
    /// # Errors
    /// As for [`TcpStream::connect`].
    pub fn connect_in(system: &System, addresses: impl ToSocketAddrs) -> Result<Self> {
        first(addresses, "connect", |address| {
            let endpoint = Endpoint::create(system, address.family(), STREAM)?;
            endpoint.call("connect", |socket| socket.connect(address))?;
            Ok(Self(endpoint))
        })
    }

    /// Begins to connect (ConnectEx, contract 08 section 6.2).
    ///
    /// # Errors
    /// What can be known at once: no route, no descriptors.
    pub fn connect_overlapped(address: SocketAddr) -> Result<Connect<Self>> {
        Self::connect_overlapped_in(crate::system::default()?, address)
    }

    /// The same in this system.
    ///
    /// # Errors
    /// As for [`TcpStream::connect_overlapped`].
    pub fn connect_overlapped_in(system: &System, address: SocketAddr) -> Result<Connect<Self>> {
        let address = Address::from_std(address);
        accept::connect(Endpoint::create(system, address.family(), STREAM).map(Self), &address)
    }

    /// A socket that is not connected, for [`Associated::connect`](crate::Associated::connect). IPv4 or IPv6, as the address.
    ///
    /// # Errors
    /// 10024 without descriptors.
    pub fn unconnected(to: SocketAddr) -> Result<Self> {
        Self::unconnected_in(crate::system::default()?, to)
    }

    /// The same in this system.
    ///
    /// # Errors
    /// As for [`TcpStream::unconnected`].
    pub fn unconnected_in(system: &System, to: SocketAddr) -> Result<Self> {
        Endpoint::create(system, Address::from_std(to).family(), STREAM).map(Self)
    }

    /// A socket that is not connected, for [`Associated::accept`](crate::Associated::accept). IPv4 or IPv6, as its listener.
    ///
    /// # Errors
    /// 10024 without descriptors.
    pub fn fresh(listener: &TcpListener) -> Result<Self> {
        Endpoint::create(listener.0.system(), listener.0.socket().family(), STREAM).map(Self)
    }

    /// The address of this side.
    ///
    /// # Errors
    /// 10022 before it has one.
    pub fn local_address(&self) -> Result<SocketAddr> {
        std_address(self.0.call("getsockname", |socket| socket.local_address())?, "getsockname")
    }

    /// The address of the other side.
    ///
    /// # Errors
    /// 10057 unless it is connected.
    pub fn peer_address(&self) -> Result<SocketAddr> {
        std_address(self.0.call("getpeername", |socket| socket.peer_address())?, "getpeername")
    }

    /// Sends small pieces at once instead of collecting them (TCP_NODELAY).
    ///
    /// # Errors
    /// 10038 for a socket that is closed.
    pub fn set_nodelay(&self, yes: bool) -> Result<()> {
        let value = i32::from(yes).to_ne_bytes();
        self.0.call("setsockopt", |socket| socket.set_option(IPPROTO_TCP, TCP_NODELAY, &value))
    }

    /// How long the close waits for unsent data, in seconds: `Some(0)` resets the connection, `None` lets it end in the background
    /// (contract 08 section 9).
    ///
    /// # Errors
    /// 10038 for a socket that is closed.
    pub fn set_linger(&self, seconds: Option<u16>) -> Result<()> {
        self.0.call("setsockopt", |socket| socket.set_linger(seconds))
    }
}

impl TcpListener {
    /// Binds and listens.
    ///
    /// # Errors
    /// 10048 if the address is in use, 10049 if it is not of this machine, 10013 without the right to its port.
    pub fn bind(addresses: impl ToSocketAddrs) -> Result<Self> {
        Self::bind_in(crate::system::default()?, addresses)
    }

    /// The same in this system.
    ///
    /// # Errors
    /// As for [`TcpListener::bind`].
    pub fn bind_in(system: &System, addresses: impl ToSocketAddrs) -> Result<Self> {
        first(addresses, "bind", |address| {
            let endpoint = Endpoint::create(system, address.family(), STREAM)?;
            endpoint.call("bind", |socket| socket.bind(address))?;
            endpoint.call("listen", |socket| socket.listen(BACKLOG))?;
            Ok(Self(endpoint))
        })
    }

    /// Asks for a connection (AcceptEx, contract 08 section 6.1). Several may be on their way; they are served in their order.
    pub fn accept(&self) -> Accept<TcpStream> {
        accept::accept(&self.0, TcpStream::fresh(self))
    }

    /// Connections one after the other, for ever, with `depth` wishes on their way at once.
    pub fn incoming(&self, depth: usize) -> Incoming<'_, TcpStream> {
        let ask = Box::new(|| accept::accept(&self.0, TcpStream::fresh(self)));
        Incoming { pending: Default::default(), ask, depth: depth.max(1) }
    }

    /// The address that it listens at.
    ///
    /// # Errors
    /// 10038 for a socket that is closed.
    pub fn local_address(&self) -> Result<SocketAddr> {
        std_address(self.0.call("getsockname", |socket| socket.local_address())?, "getsockname")
    }
}
