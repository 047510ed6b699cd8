//! `nb30.h`: what programs still ask NetBIOS for, the adapters and their addresses. An adapter is an interface of Ethernet that is up, in
//! the order of Linux' numbers. Sessions and datagrams answer NRC_ILLCMD.

use crate::probe;
use crate::support::{RawHandle, guard};
use crate::synchapi::ovl_SetEvent;
use crate::winsock::host::own_name;
use std::fs;
use std::path::Path;

const NCBRESET: u8 = 0x32;
const NCBASTAT: u8 = 0x33;
const NCBENUM: u8 = 0x37;
const ASYNCH: u8 = 0x80;

const GOODRET: u8 = 0;
const BUFLEN: u8 = 1;
const ILLCMD: u8 = 3;
const CMDTMO: u8 = 5;
const INCOMP: u8 = 6;
const BADDR: u8 = 7;
const BRIDGE: u8 = 0x23;
const SYSTEM: u8 = 0x40;

/// ARPHRD_ETHER, and IFF_UP.
const ETHERNET: u32 = 1;
const UP: u32 = 1;
/// The most that LANA_ENUM has room for.
const MOST: usize = 254;
/// ADAPTER_STATUS, NAME_BUFFER.
const STATUS: usize = 60;
const NAME: usize = 16;
/// `adapter_type` of Ethernet, and `name_flags` of a name that is the computer's alone and known to be.
const TYPE_ETHERNET: u8 = 0xFE;
const REGISTERED: u8 = 4;

/// NCB.
#[derive(Debug)]
#[repr(C)]
pub struct Ncb {
    command: u8,
    code: u8,
    session: u8,
    number: u8,
    buffer: *mut u8,
    len: u16,
    call_name: [u8; NAME],
    name: [u8; NAME],
    limits: [u8; 2],
    post: Option<unsafe extern "C" fn(*mut Ncb)>,
    adapter: u8,
    done: u8,
    reserved: [u8; 18],
    event: RawHandle,
}

const _: () = assert!(size_of::<Ncb>() == 96);

fn number(path: &Path, name: &str) -> Option<u32> {
    let text = fs::read_to_string(path.join(name)).ok()?;
    text.trim().strip_prefix("0x").map_or_else(|| text.trim().parse().ok(), |hex| u32::from_str_radix(hex, 16).ok())
}

/// The addresses of the adapters.
fn adapters() -> Vec<[u8; 6]> {
    let entries = fs::read_dir("/sys/class/net").into_iter().flatten().flatten();
    let mut found: Vec<(u32, [u8; 6])> = entries
        .filter_map(|entry| {
            let path = entry.path();
            let is_one = number(&path, "type")? == ETHERNET && number(&path, "flags")? & UP != 0;
            let text = fs::read_to_string(path.join("address")).ok().filter(|_| is_one)?;
            let bytes: Vec<u8> = text.trim().split(':').filter_map(|byte| u8::from_str_radix(byte, 16).ok()).collect();
            Some((number(&path, "ifindex")?, bytes.try_into().ok()?))
        })
        .collect();
    found.sort_unstable();
    found.into_iter().map(|(_, address)| address).take(MOST).collect()
}

/// This computer's name as NetBIOS has it: 15 capitals and blanks, and the kind of name.
fn own() -> [u8; NAME] {
    let mut name = [b' '; NAME];
    let host = own_name().unwrap_or_default();
    for (to, from) in name[..NAME - 1].iter_mut().zip(host.to_bytes().split(|byte| *byte == b'.').next().unwrap_or(b""))
    {
        *to = from.to_ascii_uppercase();
    }
    name[NAME - 1] = 0;
    name
}

fn status(block: &Ncb) -> Result<Vec<u8>, u8> {
    let address = *adapters().get(usize::from(block.adapter)).ok_or(BRIDGE)?;
    let own = own();
    // Others are not asked: nobody answers.
    if block.call_name[0] != b'*' && block.call_name[..NAME - 1] != own[..NAME - 1] {
        return Err(CMDTMO);
    }
    let mut told = vec![0; STATUS];
    told[..6].copy_from_slice(&address);
    told[6] = 3;
    told[8] = TYPE_ETHERNET;
    told[STATUS - 2] = 1;
    told.extend(own);
    told.extend([1, REGISTERED]);
    Ok(told)
}

/// What the command answers with, if it succeeds.
fn answer(block: &Ncb) -> Result<Option<Vec<u8>>, u8> {
    match block.command & !ASYNCH {
        NCBENUM => {
            let count = adapters().len() as u8;
            Ok(Some(std::iter::once(count).chain(0..count).collect()))
        }
        NCBRESET if usize::from(block.adapter) < adapters().len() => Ok(None),
        NCBRESET => Err(BRIDGE),
        NCBASTAT => status(block).map(Some),
        _ => Err(ILLCMD),
    }
}

/// # Safety
/// The buffer is NULL or writable as long as the block says.
unsafe fn command(block: &mut Ncb) -> u8 {
    let told = match answer(block) {
        Ok(Some(told)) => told,
        Ok(None) => return GOODRET,
        Err(code) => return code,
    };
    let fits = told.len().min(usize::from(block.len));
    if fits == 0 {
        return BUFLEN;
    }
    if block.buffer.is_null() || !probe::writable(block.buffer as usize, fits) {
        return BADDR;
    }
    // SAFETY: not NULL, and writable as far, as was just seen.
    unsafe { std::ptr::copy_nonoverlapping(told.as_ptr(), block.buffer, fits) };
    block.len = fits as u16;
    if fits < told.len() { INCOMP } else { GOODRET }
}

/// Netbios: NRC_GOODRET or the reason, which is also in the block. With ASYNCH it is done when the call returns, the event is set, and the
/// routine has been called.
///
/// # Safety
/// `block` is NULL or an NCB, and its buffer NULL or writable as long as it says.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ovl_Netbios(block: *mut Ncb) -> u8 {
    guard(SYSTEM, || {
        // SAFETY: the caller's promise.
        let Some(it) = (unsafe { block.as_mut() }) else { return BADDR };
        // SAFETY: the caller's promise.
        let code = unsafe { command(it) };
        (it.code, it.done) = (code, code);
        let (later, event, post) = (it.command & ASYNCH != 0, it.event, it.post);
        if later && event != 0 {
            ovl_SetEvent(event);
        } else if let Some(post) = post.filter(|_| later) {
            // SAFETY: the caller's own routine for such a block.
            unsafe { post(block) };
        }
        // An asynchronous command that has begun tells how it ended in the block.
        if later { GOODRET } else { code }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn block(command: u8, buffer: &mut [u8]) -> Ncb {
        // SAFETY: all of it may be zero.
        let mut block: Ncb = unsafe { std::mem::zeroed() };
        (block.command, block.buffer, block.len) = (command, buffer.as_mut_ptr(), buffer.len() as u16);
        block.call_name[0] = b'*';
        block
    }

    fn ask(block: &mut Ncb) -> u8 {
        // SAFETY: a block with a buffer of its length.
        let code = unsafe { ovl_Netbios(block) };
        assert_eq!(code, if block.command & ASYNCH == 0 { block.code } else { GOODRET });
        block.code
    }

    #[test]
    fn every_adapter_has_the_address_that_linux_says() {
        let mut room = [0xAA; 256];
        let mut list = block(NCBENUM, &mut room);
        assert_eq!(ask(&mut list), GOODRET);
        let count = usize::from(room[0]);
        assert_eq!((count, &room[1..=count]), (adapters().len(), &(0..count as u8).collect::<Vec<_>>()[..]));
        for adapter in 0..count as u8 {
            let mut reset = block(NCBRESET, &mut []);
            reset.adapter = adapter;
            assert_eq!(ask(&mut reset), GOODRET);
            let mut told = [0; 256];
            let mut status = block(NCBASTAT, &mut told);
            status.adapter = adapter;
            assert_eq!((ask(&mut status), status.len), (GOODRET, 78));
            let colons = told[..6].iter().map(|byte| format!("{byte:02x}")).collect::<Vec<_>>().join(":");
            let entries = fs::read_dir("/sys/class/net").unwrap().flatten();
            let known = entries.filter_map(|entry| fs::read_to_string(entry.path().join("address")).ok());
            assert!(known.map(|text| text.trim().to_owned()).any(|known| known == colons), "{colons}");
            assert_eq!((told[58], &told[60..76], told[77]), (1, &own()[..], REGISTERED));
            let mut short = block(NCBASTAT, &mut told[..60]);
            short.adapter = adapter;
            assert_eq!((ask(&mut short), short.len), (INCOMP, 60));
        }
    }

    #[test]
    fn what_is_not_there_is_refused_and_an_event_says_when_it_is_done() {
        let mut room = [0; 256];
        let mut reset = block(NCBRESET, &mut []);
        reset.adapter = 254;
        assert_eq!(ask(&mut reset), BRIDGE);
        assert_eq!(ask(&mut block(0x10, &mut room)), ILLCMD);
        assert_eq!(ask(&mut block(NCBENUM, &mut [])), BUFLEN);
        let mut nowhere = block(NCBENUM, &mut room);
        nowhere.buffer = std::ptr::null_mut();
        assert_eq!(ask(&mut nowhere), BADDR);
        // SAFETY: no name; and NULL for a block.
        let event = unsafe {
            assert_eq!(ovl_Netbios(std::ptr::null_mut()), BADDR);
            crate::synchapi::ovl_CreateEventW(std::ptr::null(), 1, 0, std::ptr::null())
        };
        let mut later = block(NCBENUM | ASYNCH, &mut room);
        later.event = event;
        assert_eq!(ask(&mut later), GOODRET);
        assert_eq!(crate::synchapi::ovl_WaitForSingleObject(event, 0), 0);
        crate::handleapi::ovl_CloseHandle(event);
    }
}
