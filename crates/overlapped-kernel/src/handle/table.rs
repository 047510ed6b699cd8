//! The table of a process's handles: slots in segments that never move, each with a lock of its own.
//!
//! A look-up locks one slot and copies what is there, so a handle that is closed meanwhile leaves the caller with its own
//! reference, and the slot's generation tells old handles from new ones. A freed slot is used again only after
//! [`QUARANTINE`] others were freed, so the same handle value comes back after `QUARANTINE` x 511 closings at the earliest.
//! Drawback: a table that has seen many handles keeps that many slots. The lock is a brief one, since each call of the C face takes it:
//! nothing but a copy or a change of the entry is made under it.
//!
//! Some slots can be [set aside](HandleTable::set_aside) for handles whose values another process chooses, after this one has begun.

use super::{GENERATION_BITS, Handle, SLOT_BITS};
use crate::sync::atomic::{AtomicU64, Ordering::*};
use crate::sync::{BriefLock, Mutex};
use std::collections::VecDeque;
use std::ops::Range;
use std::sync::OnceLock;

/// Freed slots that wait before they are used again.
#[cfg(not(loom))]
const QUARANTINE: usize = 4096;
#[cfg(loom)]
const QUARANTINE: usize = 0;

/// Slots of the first segment; each further segment doubles the table.
#[cfg(not(loom))]
const FIRST: usize = 256;
#[cfg(loom)]
const FIRST: usize = 2;

#[cfg(not(loom))]
const SEGMENTS: usize = SLOT_BITS as usize - FIRST.ilog2() as usize + 1;
#[cfg(loom)]
const SEGMENTS: usize = 3;

/// The slots that can be set aside: those of the second segment.
pub const ASIDE: Range<u32> = 256..512;

/// See the module page.
pub struct HandleTable<T> {
    segments: [OnceLock<Segment<T>>; SEGMENTS],
    free: Mutex<Free>,
}

/// Slots that stay where they are.
type Segment<T> = Box<[Slot<T>]>;

struct Slot<T> {
    /// How often the slot was freed; changes under the lock. Its low bits are the generation.
    freed: AtomicU64,
    value: BriefLock<Option<T>>,
}

impl<T> Slot<T> {
    fn new() -> Self {
        Self { freed: AtomicU64::new(0), value: BriefLock::new(None) }
    }

    /// Of the slot's present use; settled only under the lock.
    fn generation(&self) -> u16 {
        (self.freed.load(Relaxed) % (1 << GENERATION_BITS)) as u16
    }
}

/// Tells whether the handle that it was made with is still open, without a lock: what a handle reached may be remembered for as
/// long.
#[derive(Debug)]
pub struct Watch<'a> {
    freed: &'a AtomicU64,
    then: u64,
}

impl Watch<'_> {
    /// Is the handle open? A close that happened before this call is seen.
    #[must_use]
    #[inline]
    pub fn is_open(&self) -> bool {
        self.freed.load(Acquire) == self.then
    }
}

struct Free {
    queue: VecDeque<u32>,
    /// Lowest slot that was never used. Slot 0 never is, so that no handle is 0.
    next: u32,
    /// Of the slots that are set aside, those that are free; `None` until some are.
    aside: Option<Vec<u32>>,
}

impl Free {
    /// Behind the last slot that may be in use.
    fn end(&self) -> u32 {
        if self.aside.is_some() { self.next.max(ASIDE.end) } else { self.next }
    }

    /// Goes past the slots that are set aside.
    fn skip_aside(&mut self) {
        if self.aside.is_some() && self.next == ASIDE.start {
            self.next = ASIDE.end;
        }
    }
}

impl<T> Default for HandleTable<T> {
    fn default() -> Self {
        Self::new()
    }
}

impl<T> HandleTable<T> {
    /// An empty table.
    #[must_use]
    pub fn new() -> Self {
        let free = Free { queue: VecDeque::new(), next: 1, aside: None };
        Self { segments: [const { OnceLock::new() }; SEGMENTS], free: Mutex::new(free) }
    }

    /// Where a slot is: segment and index in it. Segment 0 has `FIRST` slots, segment n starts at `FIRST << (n - 1)`.
    fn place(slot: u32) -> (usize, usize) {
        let slot = slot as usize;
        if slot < FIRST {
            return (0, slot);
        }
        let segment = (slot / FIRST).ilog2() as usize + 1;
        (segment, slot - (FIRST << (segment - 1)))
    }

    fn slot(&self, handle: Handle) -> Option<&Slot<T>> {
        let (segment, index) = Self::place(handle.slot());
        self.segments.get(segment)?.get()?.get(index)
    }

    fn allocate(&self) -> Option<u32> {
        let mut free = self.free.lock();
        if (free.queue.len() > QUARANTINE || free.next >= 1 << SLOT_BITS)
            && let Some(slot) = free.queue.pop_front()
        {
            return Some(slot);
        }
        if free.next >= 1 << SLOT_BITS {
            return None;
        }
        free.skip_aside();
        let slot = free.next;
        let (segment, _) = Self::place(slot);
        let slots = if segment == 0 { FIRST } else { FIRST << (segment - 1) };
        self.segments.get(segment)?.get_or_init(|| (0..slots).map(|_| Slot::new()).collect());
        free.next += 1;
        Some(slot)
    }

    /// Puts a value in; `None` if the table is full (a million handles).
    pub fn insert(&self, value: T) -> Option<Handle> {
        let number = self.allocate()?;
        let (segment, index) = Self::place(number);
        let slot = &self.segments[segment].get()?[index];
        let mut place = slot.value.lock();
        *place = Some(value);
        Some(Handle::new(number, slot.generation()))
    }

    /// Sets slots aside for handles that another process chooses; false if they are in use already.
    pub fn set_aside(&self) -> bool {
        let mut free = self.free.lock();
        if free.next > ASIDE.start || free.aside.is_some() {
            return false;
        }
        let (segment, _) = Self::place(ASIDE.start);
        let Some(place) = self.segments.get(segment) else { return false };
        place.get_or_init(|| ASIDE.map(|_| Slot::new()).collect());
        free.aside = Some(ASIDE.collect());
        true
    }

    /// Puts a value in where a handle says, as another process has had it; false if that place was used already.
    pub fn insert_at(&self, handle: Handle, value: T) -> bool {
        let number = handle.slot();
        if number == 0 {
            return false;
        }
        {
            let mut free = self.free.lock();
            if let Some(aside) = free.aside.as_mut().filter(|_| ASIDE.contains(&number)) {
                let Some(at) = aside.iter().position(|slot| *slot == number) else { return false };
                aside.swap_remove(at);
            } else if number < free.next {
                let Some(at) = free.queue.iter().position(|slot| *slot == number) else { return false };
                free.queue.remove(at);
            }
            let is_aside = free.aside.is_some() && ASIDE.contains(&number);
            while free.next <= number && !is_aside {
                free.skip_aside();
                let (slot, (segment, _)) = (free.next, Self::place(free.next));
                let slots = if segment == 0 { FIRST } else { FIRST << (segment - 1) };
                let Some(place) = self.segments.get(segment) else { return false };
                place.get_or_init(|| (0..slots).map(|_| Slot::new()).collect());
                free.next += 1;
                if slot != number {
                    free.queue.push_back(slot);
                }
            }
        }
        let Some(slot) = self.slot(handle) else { return false };
        let mut place = slot.value.lock();
        slot.freed.store(handle.generation().into(), Release);
        *place = Some(value);
        true
    }

    /// Runs `f` on the value, under the slot's lock; `None` if the handle is not open. `f` must be short.
    pub fn with<R>(&self, handle: Handle, f: impl FnOnce(&mut T) -> R) -> Option<R> {
        self.with_slot(handle, |_, value| f(value))
    }

    fn with_slot<R>(&self, handle: Handle, f: impl FnOnce(&Slot<T>, &mut T) -> R) -> Option<R> {
        let slot = self.slot(handle)?;
        let mut value = slot.value.lock();
        if slot.generation() != handle.generation() {
            return None;
        }
        value.as_mut().map(|value| f(slot, value))
    }

    /// A copy of the value, and what tells when it is out of date.
    pub fn get_watched(&self, handle: Handle) -> Option<(T, Watch<'_>)>
    where
        T: Clone,
    {
        let slot = self.slot(handle)?;
        let (value, then) = self.with_slot(handle, |slot, value| (value.clone(), slot.freed.load(Relaxed)))?;
        Some((value, Watch { freed: &slot.freed, then }))
    }

    /// A copy of the value.
    pub fn get(&self, handle: Handle) -> Option<T>
    where
        T: Clone,
    {
        self.with(handle, |value| value.clone())
    }

    /// Takes the value out if `allow` says so; the handle is closed then. `None` if it is not open.
    pub fn remove<E>(&self, handle: Handle, allow: impl FnOnce(&T) -> Result<(), E>) -> Option<Result<T, E>> {
        let value = {
            let slot = self.slot(handle)?;
            let mut value = slot.value.lock();
            if slot.generation() != handle.generation() {
                return None;
            }
            if let Err(refused) = allow(value.as_ref()?) {
                return Some(Err(refused));
            }
            slot.freed.fetch_add(1, Release);
            value.take()?
        };
        let mut free = self.free.lock();
        match free.aside.as_mut().filter(|_| ASIDE.contains(&handle.slot())) {
            Some(aside) => aside.push(handle.slot()),
            None => free.queue.push_back(handle.slot()),
        }
        drop(free);
        Some(Ok(value))
    }

    /// Copies of all values.
    pub fn all(&self) -> Vec<T>
    where
        T: Clone,
    {
        self.all_open().into_iter().map(|(_, value)| value).collect()
    }

    /// Copies of all values, with their handles.
    pub fn all_open(&self) -> Vec<(Handle, T)>
    where
        T: Clone,
    {
        let end = self.free.lock().end();
        let open = |number| {
            let (segment, index) = Self::place(number);
            let slot = &self.segments[segment].get()?[index];
            let value = slot.value.lock();
            value.clone().map(|value| (Handle::new(number, slot.generation()), value))
        };
        (1..end).filter_map(open).collect()
    }

    /// Is there such a value? `wanted` runs under the lock of a slot, and must be short.
    pub fn any(&self, wanted: impl Fn(&T) -> bool) -> bool {
        let end = self.free.lock().end();
        (1..end).any(|number| {
            let (segment, index) = Self::place(number);
            let slot = self.segments[segment].get().map(|slots| &slots[index]);
            slot.is_some_and(|slot| slot.value.lock().as_ref().is_some_and(&wanted))
        })
    }

    /// Open handles.
    #[must_use]
    pub fn len(&self) -> usize {
        let free = self.free.lock();
        let ordinary = free.next as usize - 1 - free.queue.len();
        match &free.aside {
            Some(vacant) if free.next >= ASIDE.end => ordinary - vacant.len(),
            Some(vacant) => ordinary + ASIDE.len() - vacant.len(),
            None => ordinary,
        }
    }

    /// Is no handle open?
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }
}

#[cfg(all(test, not(loom)))]
mod tests {
    use super::*;
    use std::collections::HashSet;

    fn remove<T>(table: &HandleTable<T>, handle: Handle) -> Option<T> {
        table.remove(handle, |_| Ok::<_, ()>(())).and_then(Result::ok)
    }

    #[test]
    fn slots_that_are_set_aside_are_used_by_those_alone_who_name_them() {
        let table = HandleTable::new();
        let before = table.insert(0).unwrap();
        assert!(table.set_aside() && !table.set_aside());
        let given: Vec<_> = (0..600).map(Handle::set_aside).collect();
        assert!(table.insert_at(given[3], 103) && !table.insert_at(given[3], 104) && !table.insert_at(given[259], 105));
        let own: Vec<_> = (0..400).map(|n| table.insert(n).unwrap()).collect();
        assert!(own.iter().all(|handle| !ASIDE.contains(&handle.slot())));
        assert_eq!((table.get(given[3]), table.get(given[259]), table.len()), (Some(103), None, 402));
        assert!(table.all().contains(&103) && table.any(|value| *value == 103));
        assert_eq!(table.remove(given[3], |_| Ok::<_, ()>(())), Some(Ok(103)));
        assert!(table.insert_at(given[259], 105) && table.get(given[3]).is_none());
        assert_eq!((table.len(), table.get(before)), (402, Some(0)));
    }

    #[test]
    fn handles_are_multiples_of_four_that_fit_31_bits_and_are_never_0() {
        let table = HandleTable::new();
        for i in 0..100_000 {
            let raw = table.insert(i).unwrap().into_raw();
            assert!(raw != 0 && raw % 4 == 0 && raw < 1 << 31);
            for low in 0..4 {
                assert_eq!(table.get(Handle::from_raw(raw | low).unwrap()), Some(i), "the low bits are ignored");
            }
        }
        assert_eq!(table.len(), 100_000);
    }

    #[test]
    fn what_cannot_be_a_handle_is_none() {
        for raw in [0, 1, 3, usize::MAX, usize::MAX - 1, -10isize as usize, 1 << 31, 1 << 40] {
            assert_eq!(Handle::from_raw(raw), None, "{raw:#x}");
        }
    }

    #[test]
    fn a_handle_of_another_process_is_the_same_here() {
        let (theirs, ours) = (HandleTable::new(), HandleTable::new());
        let handles: Vec<_> = (0..1000).map(|i| theirs.insert(i).unwrap()).collect();
        // A slot in its second use.
        remove(&theirs, handles[500]);
        let second = Handle::new(handles[500].slot(), 1);
        for handle in [handles[700], handles[3], second] {
            assert!(ours.insert_at(handle, 7) && !ours.insert_at(handle, 8), "{handle:?}");
            assert_eq!(ours.get(handle), Some(7));
        }
        assert_eq!((ours.get(handles[500]), ours.len()), (None, 3));
        let fresh: HashSet<_> = (0..5000).map(|i| ours.insert(i).unwrap()).collect();
        assert!(fresh.len() == 5000 && !fresh.contains(&second) && ours.get(second) == Some(7));
        assert_eq!(remove(&ours, second), Some(7));
    }

    #[test]
    fn a_closed_handle_stays_closed_while_its_slot_is_used_again() {
        let table = HandleTable::new();
        let mut old = HashSet::new();
        for i in 0..(3 * QUARANTINE) {
            let handle = table.insert(i).unwrap();
            assert!(old.insert(handle), "a value came back after {i} closings");
            assert_eq!(remove(&table, handle), Some(i));
            assert_eq!(remove(&table, handle), None);
            assert_eq!(table.get(handle), None);
        }
        let live = table.insert(7).unwrap();
        assert!(old.iter().all(|h| table.get(*h).is_none()));
        assert_eq!(table.get(live), Some(7));
        assert_eq!(table.len(), 1);
    }

    #[test]
    fn a_watch_sees_the_close_and_not_the_next_use() {
        let table = HandleTable::new();
        let handle = table.insert(1).unwrap();
        let (value, watch) = table.get_watched(handle).unwrap();
        assert!(value == 1 && watch.is_open());
        assert_eq!(remove(&table, handle), Some(1));
        assert!(!watch.is_open() && table.get_watched(handle).is_none());
        // Until the very same handle value is in use again.
        let again = (0..3 * QUARANTINE * (1 << GENERATION_BITS)).find_map(|_| {
            let next = table.insert(2).unwrap();
            if next != handle {
                remove(&table, next);
            }
            (next == handle).then_some(next)
        });
        assert_eq!(again.and_then(|handle| table.get(handle)), Some(2));
        assert!(!watch.is_open());
    }

    #[test]
    fn segments_meet_without_a_gap() {
        let mut seen = HashSet::new();
        for slot in 0..100_000 {
            let (segment, index) = HandleTable::<()>::place(slot);
            let size = if segment == 0 { FIRST } else { FIRST << (segment - 1) };
            assert!(segment < SEGMENTS && index < size, "slot {slot}");
            assert!(seen.insert((segment, index)));
        }
    }
}
