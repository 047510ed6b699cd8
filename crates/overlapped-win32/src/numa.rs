//! `systemtopologyapi.h`, `processthreadsapi.h`: nodes of memory, and processors by their CPU sets.
//!
//! A CPU set is one processor, numbered from 256 as on Windows. The sets of a thread are what Linux lets it run on; those of a process are for its
//! threads without sets of their own, at the moment of the call, and for threads that such threads start.

use crate::arguments::{store, store_if_wanted};
use crate::processes::{threads, visible, with_right};
use crate::processthreadsapi::thread;
use crate::support::{Bool, RawHandle, guard_bool};
use crate::sysinfoapi::topology::{self, GroupAffinity, ProcessorNumber};
use crate::threadcontrol::{allow, of_process};
use overlapped_abi::Win32Error;
use overlapped_kernel::thread::Thread;
use parking_lot::Mutex;
use std::sync::Weak;

/// NUMA_NO_PREFERRED_NODE.
const NO_NODE: u32 = u32::MAX;

/// Is there such a node, or is it no node in particular? 87 if not.
pub(crate) fn check(node: u32) -> Result<(), Win32Error> {
    if node == NO_NODE { Ok(()) } else { processors(node).map(drop) }
}

/// The processors of a node; 87 if there is none.
fn processors(node: u32) -> Result<Vec<usize>, Win32Error> {
    let nodes = topology::nodes();
    let found = nodes.iter().find(|(number, _)| *number == node).map(|(_, processors)| processors.clone());
    let only = || (nodes.is_empty() && node == 0).then(topology::online);
    found.or_else(only).ok_or(Win32Error::INVALID_PARAMETER)
}

/// The node of a processor that is running.
fn node_of(processor: usize) -> Option<u32> {
    let of_node = topology::nodes().into_iter().find(|(_, processors)| processors.contains(&processor));
    let only = || topology::online().contains(&processor).then_some(0);
    of_node.map(|(number, _)| number).or_else(only)
}

/// What is free of a node, in bytes.
fn free(node: u32) -> Result<u64, Win32Error> {
    processors(node)?;
    let text = std::fs::read_to_string(format!("/sys/devices/system/node/node{node}/meminfo")).unwrap_or_default();
    let line = text.lines().find_map(|line| line.split_once("MemFree:").map(|(_, rest)| rest));
    let kibibytes = line.and_then(|rest| rest.split_whitespace().next()?.parse::<u64>().ok());
    Ok(kibibytes.map_or_else(|| crate::memoryapi::physical::meminfo("MemFree"), |kibibytes| kibibytes * 1024))
}

/// GetNumaAvailableMemoryNode: 87 for a node that is not there.
///
/// # Safety
/// `to` is NULL (998) or writable, as in all functions of this module.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ovl_GetNumaAvailableMemoryNode(node: u8, to: *mut u64) -> Bool {
    // SAFETY: the caller's promise.
    unsafe { ovl_GetNumaAvailableMemoryNodeEx(node.into(), to) }
}

/// GetNumaAvailableMemoryNodeEx.
///
/// # Safety
/// As for [`ovl_GetNumaAvailableMemoryNode`].
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ovl_GetNumaAvailableMemoryNodeEx(node: u16, to: *mut u64) -> Bool {
    // SAFETY: the caller's promise.
    guard_bool(|| unsafe { store(to, free(node.into())?) })
}

/// GetNumaNodeProcessorMaskEx: the first group that has processors of the node.
///
/// # Safety
/// As for [`ovl_GetNumaAvailableMemoryNode`].
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ovl_GetNumaNodeProcessorMaskEx(node: u16, to: *mut GroupAffinity) -> Bool {
    guard_bool(|| {
        let groups = topology::groups(&processors(node.into())?);
        // SAFETY: the caller's promise.
        unsafe { store(to, *groups.first().ok_or(Win32Error::INVALID_PARAMETER)?) }
    })
}

/// GetNumaNodeProcessorMask2: all groups; 122, with the number in `needed`, if there is not room for them.
///
/// # Safety
/// `to` has room for `room` masks; `needed` is NULL or writable.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ovl_GetNumaNodeProcessorMask2(
    node: u16,
    to: *mut GroupAffinity,
    room: u16,
    needed: *mut u16,
) -> Bool {
    // SAFETY: the caller's promise.
    guard_bool(|| unsafe { give_masks(&processors(node.into())?, to, room, needed) })
}

/// Masks of groups, as far as they fit; 122 if not, with their number in any case.
unsafe fn give_masks(
    processors: &[usize],
    to: *mut GroupAffinity,
    room: u16,
    needed: *mut u16,
) -> Result<(), Win32Error> {
    let groups = topology::groups(processors);
    // SAFETY: the caller's promise.
    unsafe { store(needed, groups.len() as u16)? };
    if groups.len() > usize::from(room) || to.is_null() && !groups.is_empty() {
        return Err(Win32Error::INSUFFICIENT_BUFFER);
    }
    for (n, group) in groups.into_iter().enumerate() {
        // SAFETY: there is room for so many.
        unsafe { to.add(n).write(group) };
    }
    Ok(())
}

/// GetNumaProcessorNode: by the number in the first group; 87, and 0xFF, for one that is not there.
///
/// # Safety
/// As for [`ovl_GetNumaAvailableMemoryNode`].
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ovl_GetNumaProcessorNode(processor: u8, to: *mut u8) -> Bool {
    guard_bool(|| {
        let found = node_of(processor.into()).filter(|_| processor < 64);
        // SAFETY: the caller's promise.
        unsafe { store(to, found.map_or(0xFF, |node| node as u8))? };
        found.map(drop).ok_or(Win32Error::INVALID_PARAMETER)
    })
}

/// GetNumaProcessorNodeEx: 87, and 0xFFFF, for a processor that is not there.
///
/// # Safety
/// `processor` is NULL (998) or valid.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ovl_GetNumaProcessorNodeEx(processor: *const ProcessorNumber, to: *mut u16) -> Bool {
    guard_bool(|| {
        // SAFETY: the caller's promise.
        let processor = unsafe { processor.as_ref() }.ok_or(Win32Error::NOACCESS)?;
        let found = processor.linux().and_then(node_of);
        // SAFETY: the caller's promise.
        unsafe { store(to, found.map_or(0xFFFF, |node| node as u16))? };
        found.map(drop).ok_or(Win32Error::INVALID_PARAMETER)
    })
}

/// GetNumaProximityNode: proximity numbers are those of the nodes.
///
/// # Safety
/// As for [`ovl_GetNumaAvailableMemoryNode`].
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ovl_GetNumaProximityNode(id: u32, to: *mut u8) -> Bool {
    // SAFETY: the caller's promise.
    guard_bool(|| processors(id).and_then(|_| unsafe { store(to, id as u8) }))
}

/// GetNumaProximityNodeEx.
///
/// # Safety
/// As for [`ovl_GetNumaAvailableMemoryNode`].
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ovl_GetNumaProximityNodeEx(id: u32, to: *mut u16) -> Bool {
    // SAFETY: the caller's promise.
    guard_bool(|| processors(id).and_then(|_| unsafe { store(to, id as u16) }))
}

/// GetThreadIdealProcessorEx: where the calling thread runs; of another one, the first that it may run on.
///
/// # Safety
/// As for [`ovl_GetNumaAvailableMemoryNode`].
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ovl_GetThreadIdealProcessorEx(object: RawHandle, to: *mut ProcessorNumber) -> Bool {
    guard_bool(|| {
        let (thread, _) = thread(object)?;
        let place = if thread.id() == overlapped_kernel::thread::current().id() {
            topology::here()
        } else {
            let first = crate::threadcontrol::allowed(thread.id())?.first().copied();
            ProcessorNumber::of_linux(first.unwrap_or_default())
        };
        // SAFETY: the caller's promise.
        unsafe { store(to, place) }
    })
}

/// What the number of a CPU set begins with.
const FIRST_SET: u32 = 0x100;

/// SYSTEM_CPU_SET_INFORMATION, 32 bytes.
#[repr(C)]
#[derive(Clone, Copy, Debug, Default)]
pub struct CpuSet {
    size: u32,
    kind: u32,
    id: u32,
    group: u16,
    processor: u8,
    core: u8,
    cache: u8,
    node: u8,
    efficiency: u8,
    flags: u8,
    scheduling: u32,
    tag: [u32; 2],
}

const _: () = assert!(size_of::<CpuSet>() == 32);

fn sets() -> Vec<CpuSet> {
    let set = |(processor, core, cache): (usize, usize, usize)| CpuSet {
        size: size_of::<CpuSet>() as u32,
        id: FIRST_SET + processor as u32,
        group: (processor / 64) as u16,
        processor: (processor % 64) as u8,
        core: (core % 64) as u8,
        cache: (cache % 64) as u8,
        node: node_of(processor).unwrap_or_default() as u8,
        ..CpuSet::default()
    };
    topology::places().into_iter().map(set).collect()
}

/// GetSystemCpuSetInformation: one entry a processor; 122 with the bytes needed if they do not fit.
///
/// # Safety
/// `to` has `room` bytes; `needed` is NULL or writable.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ovl_GetSystemCpuSetInformation(
    to: *mut CpuSet,
    room: u32,
    needed: *mut u32,
    process: RawHandle,
    flags: u32,
) -> Bool {
    guard_bool(|| {
        if flags != 0 {
            return Err(Win32Error::INVALID_PARAMETER);
        }
        if process != 0 {
            visible(process)?;
        }
        let sets = sets();
        let bytes = size_of_val(&sets[..]);
        // SAFETY: the caller's promise.
        unsafe { store(needed, bytes as u32)? };
        if to.is_null() || bytes > room as usize {
            return Err(Win32Error::INSUFFICIENT_BUFFER);
        }
        // SAFETY: it fits, as was just seen.
        unsafe { std::ptr::copy_nonoverlapping(sets.as_ptr().cast::<u8>(), to.cast(), bytes) };
        Ok(())
    })
}

/// The processors of these sets; 87 for a set that is not there.
unsafe fn of_sets(ids: *const u32, count: u32) -> Result<Vec<usize>, Win32Error> {
    if count == 0 {
        return Ok(Vec::new());
    }
    if ids.is_null() {
        return Err(Win32Error::INVALID_PARAMETER);
    }
    let online = topology::online();
    // SAFETY: not NULL, and the caller vouches for so many.
    let ids = unsafe { std::slice::from_raw_parts(ids, count as usize) };
    let one = |id: &u32| id.checked_sub(FIRST_SET).map(|n| n as usize).filter(|n| online.contains(n));
    ids.iter().map(|id| one(id).ok_or(Win32Error::INVALID_PARAMETER)).collect()
}

/// The processors of these masks.
unsafe fn of_masks(masks: *const GroupAffinity, count: u16) -> Result<Vec<usize>, Win32Error> {
    if count == 0 {
        return Ok(Vec::new());
    }
    if masks.is_null() {
        return Err(Win32Error::INVALID_PARAMETER);
    }
    let online = topology::online();
    // SAFETY: not NULL, and the caller vouches for so many.
    let masks = unsafe { std::slice::from_raw_parts(masks, usize::from(count)) };
    let all: Vec<usize> = masks.iter().flat_map(GroupAffinity::processors).collect();
    if all.iter().all(|n| online.contains(n)) { Ok(all) } else { Err(Win32Error::INVALID_PARAMETER) }
}

/// Threads with sets of their own.
static OF_THREADS: Mutex<Vec<(Weak<Thread>, Vec<usize>)>> = Mutex::new(Vec::new());
/// The sets of the calling process.
static OF_PROCESS: Mutex<Vec<usize>> = Mutex::new(Vec::new());

/// What a thread without sets of its own may run on.
fn ordinary() -> Result<Vec<usize>, Win32Error> {
    let sets = OF_PROCESS.lock().clone();
    if sets.is_empty() { of_process(std::process::id()) } else { Ok(sets) }
}

fn set_thread(object: RawHandle, processors: Vec<usize>) -> Result<(), Win32Error> {
    let (thread, _) = thread(object)?;
    let mut all = OF_THREADS.lock();
    all.retain(|(known, _)| known.strong_count() != 0 && known.as_ptr() != std::sync::Arc::as_ptr(&thread));
    if processors.is_empty() {
        return allow(thread.id(), &ordinary()?);
    }
    allow(thread.id(), &processors)?;
    all.push((std::sync::Arc::downgrade(&thread), processors));
    Ok(())
}

fn thread_sets(object: RawHandle) -> Result<Vec<usize>, Win32Error> {
    let (thread, _) = thread(object)?;
    let all = OF_THREADS.lock();
    let found = all.iter().find(|(known, _)| known.as_ptr() == std::sync::Arc::as_ptr(&thread));
    Ok(found.map(|(_, processors)| processors.clone()).unwrap_or_default())
}

fn set_process(process: RawHandle, processors: Vec<usize>) -> Result<(), Win32Error> {
    // PROCESS_SET_INFORMATION, which brings PROCESS_SET_LIMITED_INFORMATION with it.
    let process = with_right(process, 0x2000).or_else(|_| with_right(process, crate::processes::SET_INFORMATION))?;
    let own = process.id() == std::process::id();
    let wanted = if processors.is_empty() { of_process(process.id())? } else { processors.clone() };
    let special: Vec<u32> = if own {
        OF_THREADS.lock().iter().filter_map(|(thread, _)| thread.upgrade()).map(|thread| thread.id()).collect()
    } else {
        Vec::new()
    };
    for thread in threads(process.id()).into_iter().filter(|thread| !special.contains(thread)) {
        allow(thread, &wanted)?;
    }
    if own {
        *OF_PROCESS.lock() = processors;
    }
    Ok(())
}

fn process_sets(process: RawHandle) -> Result<Vec<usize>, Win32Error> {
    let own = visible(process)?.id() == std::process::id();
    Ok(if own { OF_PROCESS.lock().clone() } else { Vec::new() })
}

/// Numbers of sets, as far as they fit; 122 if not, with their number in any case.
unsafe fn give_ids(processors: &[usize], to: *mut u32, room: u32, needed: *mut u32) -> Result<(), Win32Error> {
    // SAFETY: the caller's promise.
    unsafe { store_if_wanted(needed, processors.len() as u32) };
    if processors.len() > room as usize || to.is_null() && !processors.is_empty() {
        return Err(Win32Error::INSUFFICIENT_BUFFER);
    }
    for (n, processor) in processors.iter().enumerate() {
        // SAFETY: there is room for so many.
        unsafe { to.add(n).write(FIRST_SET + *processor as u32) };
    }
    Ok(())
}

/// SetThreadSelectedCpuSets: none takes the thread's own sets away. 87 for a set that is not there.
///
/// # Safety
/// `ids` has `count` numbers.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ovl_SetThreadSelectedCpuSets(object: RawHandle, ids: *const u32, count: u32) -> Bool {
    // SAFETY: the caller's promise.
    guard_bool(|| unsafe { set_thread(object, of_sets(ids, count)?) })
}

/// SetThreadSelectedCpuSetMasks.
///
/// # Safety
/// `masks` has `count` masks.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ovl_SetThreadSelectedCpuSetMasks(
    object: RawHandle,
    masks: *const GroupAffinity,
    count: u16,
) -> Bool {
    // SAFETY: the caller's promise.
    guard_bool(|| unsafe { set_thread(object, of_masks(masks, count)?) })
}

/// GetThreadSelectedCpuSets: 122 with the number needed if they do not fit.
///
/// # Safety
/// `to` has room for `room` numbers; `needed` is NULL or writable.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ovl_GetThreadSelectedCpuSets(
    object: RawHandle,
    to: *mut u32,
    room: u32,
    needed: *mut u32,
) -> Bool {
    // SAFETY: the caller's promise.
    guard_bool(|| unsafe { give_ids(&thread_sets(object)?, to, room, needed) })
}

/// GetThreadSelectedCpuSetMasks: as [`ovl_GetThreadSelectedCpuSets`].
///
/// # Safety
/// `to` has room for `room` masks; `needed` is NULL or writable.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ovl_GetThreadSelectedCpuSetMasks(
    object: RawHandle,
    to: *mut GroupAffinity,
    room: u16,
    needed: *mut u16,
) -> Bool {
    // SAFETY: the caller's promise.
    guard_bool(|| unsafe { give_masks(&thread_sets(object)?, to, room, needed) })
}

/// SetProcessDefaultCpuSets: see the module's page for what threads get them.
///
/// # Safety
/// `ids` has `count` numbers.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ovl_SetProcessDefaultCpuSets(process: RawHandle, ids: *const u32, count: u32) -> Bool {
    // SAFETY: the caller's promise.
    guard_bool(|| unsafe { set_process(process, of_sets(ids, count)?) })
}

/// SetProcessDefaultCpuSetMasks.
///
/// # Safety
/// `masks` has `count` masks.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ovl_SetProcessDefaultCpuSetMasks(
    process: RawHandle,
    masks: *const GroupAffinity,
    count: u16,
) -> Bool {
    // SAFETY: the caller's promise.
    guard_bool(|| unsafe { set_process(process, of_masks(masks, count)?) })
}

/// GetProcessDefaultCpuSets: of another process none are known.
///
/// # Safety
/// `to` has room for `room` numbers; `needed` is NULL or writable.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ovl_GetProcessDefaultCpuSets(
    process: RawHandle,
    to: *mut u32,
    room: u32,
    needed: *mut u32,
) -> Bool {
    // SAFETY: the caller's promise.
    guard_bool(|| unsafe { give_ids(&process_sets(process)?, to, room, needed) })
}

/// GetProcessDefaultCpuSetMasks: as [`ovl_GetProcessDefaultCpuSets`].
///
/// # Safety
/// `to` has room for `room` masks; `needed` is NULL or writable.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ovl_GetProcessDefaultCpuSetMasks(
    process: RawHandle,
    to: *mut GroupAffinity,
    room: u16,
    needed: *mut u16,
) -> Bool {
    // SAFETY: the caller's promise.
    guard_bool(|| unsafe { give_masks(&process_sets(process)?, to, room, needed) })
}
