//! The book of accepted requests: each is ticked off once, on the route that it was issued for.

use crate::common::eventually;
use overlapped::Result;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

/// How the issuer of a request wants to hear of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Route {
    /// From the operation itself, or by an event or the device.
    Operation,
    /// By a routine on the issuing thread.
    Routine,
    /// By a packet.
    Port,
}

const ROUTES: usize = 3;

/// See the module page.
#[derive(Default)]
pub struct Book {
    /// Requests by route: accepted, ticked off, and those whose owners let them go before they could hear of them.
    accepted: [AtomicUsize; ROUTES],
    done: [AtomicUsize; ROUTES],
    waived: [AtomicUsize; ROUTES],
}

/// One request in the book.
pub struct Ticket {
    route: Route,
    book: Arc<Book>,
    over: AtomicBool,
}

impl std::fmt::Debug for Ticket {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_tuple("Ticket").field(&self.route).field(&self.over).finish()
    }
}

impl Book {
    pub fn new() -> Arc<Self> {
        Arc::default()
    }

    /// A request is issued.
    pub fn ticket(self: &Arc<Self>, route: Route) -> Ticket {
        self.accepted[route as usize].fetch_add(1, Ordering::SeqCst);
        Ticket { route, book: Arc::clone(self), over: AtomicBool::new(false) }
    }

    /// Requests of which nobody has heard.
    pub fn open(&self, route: Route) -> usize {
        let of = |counts: &[AtomicUsize; ROUTES]| counts[route as usize].load(Ordering::SeqCst);
        of(&self.accepted) - of(&self.done) - of(&self.waived)
    }

    /// Nothing is open; each route was used.
    pub fn close(&self, engine: &str) {
        for route in [Route::Operation, Route::Routine, Route::Port] {
            eventually("every request is heard of", || self.open(route) == 0);
            let done = self.done[route as usize].load(Ordering::SeqCst);
            assert!(done > 0, "{route:?} was never used on {engine}");
        }
    }
}

impl Ticket {
    /// Its issuer hears of the request.
    #[track_caller]
    pub fn done(&self, route: Route, result: &Result<usize>) {
        assert_eq!(self.route, route, "on a route that is not its own");
        assert!(!self.over.swap(true, Ordering::SeqCst), "heard of twice: {result:?}");
        self.book.done[route as usize].fetch_add(1, Ordering::SeqCst);
        if let Err(error) = result {
            // The end of the file, a cancel, and what the simulation injects.
            assert!([38, 995, 1117, 112, 1816, 1295].contains(&error.code().0), "{error}");
        }
    }
}

impl Drop for Ticket {
    fn drop(&mut self) {
        if !*self.over.get_mut() {
            self.book.waived[self.route as usize].fetch_add(1, Ordering::SeqCst);
        }
    }
}
