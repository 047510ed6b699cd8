//! WSAAsyncSelect: events of a socket as messages to a window (contract 08 section 7.3 for when they happen).

use super::{Outcome, socket, status};
use crate::support::RawHandle;
use crate::winuser::hidden::Window;
use crate::winuser::queue::Message;
use overlapped_abi::WsaError;
use overlapped_devices::socket::{NetworkEvents, Notice, Socket};
use std::sync::Arc;

/// Posts messages to a window. The window may go before the socket: then nobody is told.
struct Posts {
    window: usize,
    message: u32,
    socket: RawHandle,
}

impl Notice for Posts {
    fn tell(&self, what: NetworkEvents, error: WsaError) {
        let Ok(window) = Window::of(self.window) else { return };
        let value = what.bits() | error.value() << 16;
        // A queue that is full loses it, as it does there.
        let _ = window.queue.post(Message::new(self.message, self.socket, value as isize).to(self.window));
    }

    fn of_accepted(&self, handle: usize) -> Arc<dyn Notice> {
        Arc::new(Self { socket: handle, ..*self })
    }
}

/// WSAAsyncSelect: from now on the window gets `message` for each event of the mask, with the socket, and the event and its error in one
/// value. Ends what was selected before; a mask of 0 ends this, too. The socket becomes non-blocking and stays so. 10022 for a window that
/// is not there.
#[unsafe(no_mangle)]
pub extern "C" fn ovl_WSAAsyncSelect(raw: RawHandle, window: usize, message: u32, mask: i32) -> i32 {
    status(|| {
        let socket = socket::of(raw)?;
        let mask = NetworkEvents::from_bits_truncate(mask as u32);
        if mask.is_empty() {
            return socket.select_events(None, mask);
        }
        Window::of(window).map_err(|_| WsaError::EINVAL)?;
        socket.select_notices(Arc::new(Posts { window, message, socket: raw }), mask)
    })
}

/// A socket that was accepted tells the same window.
pub(super) fn inherit(listener: &Socket, accepted: RawHandle) -> Outcome<()> {
    match listener.selected_notice() {
        Some((notice, mask)) => socket::of(accepted)?.select_notices(notice.of_accepted(accepted), mask),
        None => Ok(()),
    }
}
