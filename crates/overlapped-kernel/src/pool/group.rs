//! Cleanup groups: objects that are closed together.

use super::object::Object;
use crate::sync::Mutex;
use std::collections::BTreeMap;
use std::sync::{Arc, Weak};

/// PTP_CLEANUP_GROUP.
#[derive(Default)]
pub struct Group(Mutex<Members>);

#[derive(Default)]
struct Members {
    last: u64,
    /// In the order in which they joined.
    by_number: BTreeMap<u64, Member>,
}

/// What becomes of an object that its group closes.
pub struct Member {
    /// The object.
    pub object: Arc<dyn Object>,
    /// Called if the group was closed and told to cancel.
    pub cancelled: Option<Box<dyn FnOnce(usize) + Send>>,
    /// Only if callbacks of it were queued and did not run.
    pub only_if_withdrawn: bool,
    /// Gives up what its owner held.
    pub release: Box<dyn FnOnce() + Send>,
}

/// An object's place in a group.
#[derive(Default)]
pub struct Membership(Mutex<Option<(Weak<Group>, u64)>>);

impl Group {
    /// A group without members.
    #[must_use]
    pub fn new() -> Arc<Self> {
        Arc::default()
    }

    /// Adds an object, which must be in no group.
    pub fn add(self: &Arc<Self>, member: Member) {
        let object = Arc::clone(&member.object);
        let number = {
            let mut members = self.0.lock();
            members.last += 1;
            let number = members.last;
            members.by_number.insert(number, member);
            number
        };
        *object.core().membership().0.lock() = Some((Arc::downgrade(self), number));
    }

    /// Objects in it.
    #[must_use]
    pub fn len(&self) -> usize {
        self.0.lock().by_number.len()
    }

    /// Is there none?
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// CloseThreadpoolCleanupGroupMembers: stops all objects, waits until none of their callbacks runs, and releases them. With
    /// `cancel`, callbacks that are queued do not run, and each object's cancel function is called with `context`.
    pub fn close_members(&self, cancel: bool, context: usize) {
        let members = std::mem::take(&mut self.0.lock().by_number);
        // All are stopped before the first is waited for: one object's callback may submit another one.
        members.values().for_each(|member| member.object.stop());
        let mut closing = Vec::new();
        for Member { object, cancelled, only_if_withdrawn, release } in members.into_values() {
            let withdrawn = cancel && object.core().withdraw() > 0;
            if let Some(cancelled) = cancelled.filter(|_| cancel && (withdrawn || !only_if_withdrawn)) {
                cancelled(context);
            }
            closing.push((object, release));
        }
        for (object, release) in closing {
            object.core().wait();
            release();
        }
    }
}

impl Membership {
    /// The object is closed by itself, and leaves its group. False if the group is closing it already.
    pub fn leave(&self) -> bool {
        let Some((group, number)) = self.0.lock().take() else { return true };
        let Some(group) = group.upgrade() else { return true };
        let member = group.0.lock().by_number.remove(&number);
        member.is_some()
    }
}
