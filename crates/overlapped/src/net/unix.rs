//! Local streams (AF_UNIX).

use crate::error::{Error, Result};
use crate::net::accept::{self, Accept, Connect, Incoming};
use crate::net::endpoint::{Endpoint, endpoint_methods};
use crate::net::transfer::stream_methods;
use overlapped_abi::Win32Error;
use overlapped_devices::socket::Address;
use overlapped_kernel::System;
use std::path::Path;

const LOCAL: i32 = 1;
const STREAM: i32 = 1;

/// A local connection for overlapped requests.
#[derive(Debug)]
pub struct UnixStream(pub(crate) Endpoint);

/// A local socket that takes connections.
#[derive(Debug)]
pub struct UnixListener(pub(crate) Endpoint);

endpoint_methods!(UnixStream);
endpoint_methods!(UnixListener);
stream_methods!(UnixStream);

fn address_of(path: &Path, name: &'static str) -> Result<Address> {
    Address::from_path(path).ok_or_else(|| Error::with_path(Win32Error::FILENAME_EXCED_RANGE, name, path))
}

impl UnixStream {
    /// Connects to a name, and waits for that.
    ///
    /// # Errors
    /// 10061 if nobody listens there, 206 for a name that is too long.
    pub fn connect(path: impl AsRef<Path>) -> Result<Self> {
        Self::connect_in(crate::system::default()?, path)
    }

    /// The same in this system.
    ///
    /// # Errors
    /// As for [`UnixStream::connect`].
    pub fn connect_in(system: &System, path: impl AsRef<Path>) -> Result<Self> {
        let path = path.as_ref();
        let address = address_of(path, "connect")?;
        let endpoint = Endpoint::create(system, LOCAL, STREAM)?;
        endpoint.call("connect", |socket| socket.connect(&address)).map_err(|error| error.about(path))?;
        Ok(Self(endpoint))
    }

    /// Begins to connect.
    ///
    /// # Errors
    /// 206 for a name that is too long; that nobody listens there is the outcome's.
    pub fn connect_overlapped(path: impl AsRef<Path>) -> Result<Connect<Self>> {
        Self::connect_overlapped_in(crate::system::default()?, path)
    }

    /// The same in this system.
    ///
    /// # Errors
    /// As for [`UnixStream::connect_overlapped`].
    pub fn connect_overlapped_in(system: &System, path: impl AsRef<Path>) -> Result<Connect<Self>> {
        let address = address_of(path.as_ref(), "connect")?;
        accept::connect(Endpoint::create(system, LOCAL, STREAM).map(Self), &address)
    }

    /// Two connected streams.
    ///
    /// # Errors
    /// 10024 without descriptors.
    pub fn pair() -> Result<(Self, Self)> {
        Self::pair_in(crate::system::default()?)
    }

    /// The same in this system.
    ///
    /// # Errors
    /// 10024 without descriptors.
    pub fn pair_in(system: &System) -> Result<(Self, Self)> {
        let [near, far] = Endpoint::pair(system)?;
        Ok((Self(near), Self(far)))
    }

    /// A socket that is not connected, for [`Associated::accept`](crate::Associated::accept).
    ///
    /// # Errors
    /// 10024 without descriptors.
    pub fn fresh(listener: &UnixListener) -> Result<Self> {
        Endpoint::create(listener.0.system(), LOCAL, STREAM).map(Self)
    }
}

impl UnixListener {
    /// Binds to a name and listens.
    ///
    /// # Errors
    /// 10048 if the name exists, 206 if it is too long.
    pub fn bind(path: impl AsRef<Path>) -> Result<Self> {
        Self::bind_in(crate::system::default()?, path)
    }

    /// The same in this system.
    ///
    /// # Errors
    /// As for [`UnixListener::bind`].
    pub fn bind_in(system: &System, path: impl AsRef<Path>) -> Result<Self> {
        let path = path.as_ref();
        let address = address_of(path, "bind")?;
        let endpoint = Endpoint::create(system, LOCAL, STREAM)?;
        endpoint.call("bind", |socket| socket.bind(&address)).map_err(|error| error.about(path))?;
        endpoint.call("listen", |socket| socket.listen(i32::MAX))?;
        Ok(Self(endpoint))
    }

    /// Asks for a connection. Several may be on their way; they are served in their order.
    pub fn accept(&self) -> Accept<UnixStream> {
        accept::accept(&self.0, UnixStream::fresh(self))
    }

    /// Connections one after the other, for ever, with `depth` wishes on their way at once.
    pub fn incoming(&self, depth: usize) -> Incoming<'_, UnixStream> {
        let ask = Box::new(|| accept::accept(&self.0, UnixStream::fresh(self)));
        Incoming { pending: Default::default(), ask, depth: depth.max(1) }
    }
}
