//! The service's own side: StartServiceCtrlDispatcher, handlers, SetServiceStatus.
//!
//! The thread that calls the dispatcher runs the handlers until the service has stopped; its main function has a thread of its own. Controls come
//! from two sides: by a pipe from ControlService, which waits for the answer, and as signals: SIGTERM and SIGINT are SERVICE_CONTROL_STOP (or
//! SHUTDOWN, for one that accepts nothing else), SIGHUP is PARAMCHANGE for one that accepts that. A signal that comes while the service starts is
//! kept until it accepts to be stopped. One process runs one service.

use super::handles::text_of;
use super::register::{self, key};
use super::running::Running;
use super::start::{PATIENCE, pipe, program_name};
use super::summons::{Herald, Summons};
use super::{
    ALREADY_RUNNING, INVALID_DATA, NOT_A_SERVICE, NOT_IN_PROGRAM, PROGRAMS, REQUEST_TIMEOUT, ServiceStatus, accept,
    code, state,
};
use crate::callbacks::{inside, unwinding};
use crate::fileapi::ovl_CreateFileA;
use crate::fileapi::size::ovl_FlushFileBuffers;
use crate::fileapi::transfer::{ovl_ReadFile, ovl_WriteFile};
use crate::handleapi::ovl_CloseHandle;
use crate::namedpipeapi::{ovl_ConnectNamedPipe, ovl_CreateNamedPipeA, ovl_DisconnectNamedPipe};
use crate::processthreadsapi::ovl_CreateThread;
use crate::support::{Bool, INVALID_HANDLE_VALUE, RawHandle, guard_bool, guard_or, last_error};
use crate::text::{Unit, of};
use overlapped_abi::Win32Error;
use overlapped_abi::constants::console::{CTRL_C_EVENT, CTRL_CLOSE_EVENT, CTRL_SHUTDOWN_EVENT};
use overlapped_devices::console::control;
use overlapped_kernel::port;
use parking_lot::Mutex;
use std::ffi::c_void;
use std::ptr::{null, null_mut};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering::*};
use std::sync::mpsc::{Receiver, Sender, SyncSender, channel, sync_channel};
use std::time::{Duration, Instant};

/// LPHANDLER_FUNCTION.
pub type Handler = Option<unsafe extern "C" fn(u32)>;
/// LPHANDLER_FUNCTION_EX.
pub type HandlerEx = Option<unsafe extern "C" fn(u32, u32, *mut c_void, *mut c_void) -> u32>;
/// LPSERVICE_MAIN_FUNCTION.
pub type ServiceMain = Option<unsafe extern "C-unwind" fn(u32, *mut c_void)>;

/// ERROR_CALL_NOT_IMPLEMENTED: a handler does not know the control.
const NOT_IMPLEMENTED: u32 = 120;
/// How long a service that has stopped may take to close its door.
const HANDOVER: Duration = Duration::from_secs(10);
/// SERVICE_STATUS_HANDLE: there is one service in a process.
const STATUS_HANDLE: RawHandle = 0x5353_0002;

#[derive(Clone, Copy)]
enum Answerer {
    Plain(unsafe extern "C" fn(u32)),
    Extended(unsafe extern "C" fn(u32, u32, *mut c_void, *mut c_void) -> u32, usize),
}

/// What the dispatcher's thread is told.
enum Message {
    /// A control, and who waits for the answer.
    Control(u32, Option<SyncSender<u32>>),
    Stopped,
}

/// The service of this process.
struct Own {
    name: String,
    /// A table of one: whatever it is called there.
    any_name: bool,
    running: Option<Running>,
    herald: Herald,
    status: ServiceStatus,
    handler: Option<Answerer>,
    messages: Sender<Message>,
    /// A signal has asked for the end before the service accepted that.
    to_stop: bool,
}

static OWN: Mutex<Option<Own>> = Mutex::new(None);
/// The dispatcher was called.
static CALLED: AtomicBool = AtomicBool::new(false);

/// SERVICE_TABLE_ENTRY.
#[repr(C)]
#[derive(Clone, Copy, Debug)]
pub struct TableEntry<C> {
    name: *const C,
    main: ServiceMain,
}

/// What the service's thread is told.
struct Birth {
    main: unsafe extern "C-unwind" fn(u32, *mut c_void),
    count: u32,
    arguments: usize,
}

/// The first function of the service's thread.
unsafe extern "C-unwind" fn begin(birth: *mut c_void) -> u32 {
    // SAFETY: `dispatch` has leaked it for this thread.
    let Birth { main, count, arguments } = *unsafe { Box::from_raw(birth.cast::<Birth>()) };
    // SAFETY: the program's own function, with the arguments that it is declared with.
    unsafe { main(count, arguments as *mut c_void) };
    0
}

/// Texts and an array of pointers to them, with NULL at its end, for as long as the process lives.
fn kept<C: Unit>(texts: &[String]) -> usize {
    let text = |text: &String| Vec::leak([of::<C>(text), vec![C::default()]].concat()).as_ptr() as usize;
    let pointers: Vec<usize> = texts.iter().map(text).chain([0]).collect();
    Vec::leak(pointers).as_ptr() as usize
}

/// The entries of a table, to the one without a name.
///
/// # Safety
/// `table` is NULL or ends with such an entry.
unsafe fn entries<C: Unit>(
    table: *const TableEntry<C>,
) -> Vec<(String, unsafe extern "C-unwind" fn(u32, *mut c_void))> {
    let mut all = Vec::new();
    while !table.is_null() {
        // SAFETY: the caller vouches for the entries up to the last one.
        let entry = unsafe { *table.add(all.len()) };
        let (false, Some(main)) = (entry.name.is_null(), entry.main) else { break };
        // SAFETY: not NULL, so a string.
        all.push((unsafe { text_of(entry.name) }, main));
    }
    all
}

/// # Safety
/// As for [`entries`].
unsafe fn dispatch<C: Unit>(table: *const TableEntry<C>) -> Result<(), Win32Error> {
    // SAFETY: the caller's promise.
    let entries = unsafe { entries(table) };
    let (first, _) = entries.first().ok_or(INVALID_DATA)?;
    if CALLED.load(Acquire) {
        return Err(ALREADY_RUNNING);
    }
    let summons = Summons::take().ok_or(NOT_A_SERVICE)?;
    let any_name = entries.len() == 1;
    let asked = summons.name.clone();
    let name =
        asked.clone().or_else(|| Some(first.clone())).filter(|name| !name.is_empty()).unwrap_or_else(program_name);
    let named = |(of, _): &&(String, _)| of.eq_ignore_ascii_case(&name);
    let chosen = entries.iter().find(named).or(entries.first().filter(|_| any_name || asked.is_none()));
    let (_, main) = chosen.ok_or(NOT_IN_PROGRAM)?;
    CALLED.store(true, Release);
    let (messages, inbox) = channel();
    let status = ServiceStatus { kind: kind_of(&name), state: state::START_PENDING, ..ServiceStatus::default() };
    let mut running = Running::claim(&name)?.ok_or(ALREADY_RUNNING)?;
    let door = Door::open(&name, messages.clone())?;
    running.say(&status);
    let Summons { herald, arguments, .. } = summons;
    let own = Own {
        name: name.clone(),
        any_name,
        running: Some(running),
        herald,
        status,
        handler: None,
        messages,
        to_stop: false,
    };
    *OWN.lock() = Some(own);
    control::serve(Some(Arc::new(signalled)))?;
    let all: Vec<String> = [name].into_iter().chain(arguments).collect();
    let birth = Box::new(Birth { main: *main, count: all.len() as u32, arguments: kept::<C>(&all) });
    // SAFETY: the thread takes the birth over.
    let thread = unsafe { ovl_CreateThread(null(), 0, Some(begin), Box::into_raw(birth).cast(), 0, null_mut()) };
    if thread == 0 {
        return Err(Win32Error(last_error()));
    }
    ovl_CloseHandle(thread);
    serve(&inbox);
    control::serve(None)?;
    door.close();
    Ok(())
}

/// The type that the register has for the service.
fn kind_of(name: &str) -> u32 {
    let kind = register::find(name).map_or(0, |service| service.number(key::KIND));
    if kind & PROGRAMS == 0 { 0x10 } else { kind }
}

/// Runs handlers until the service has stopped.
fn serve(inbox: &Receiver<Message>) {
    while let Ok(Message::Control(control, answer)) = port::blocking(|| inbox.recv()) {
        let said = ask(control);
        if let Some(answer) = answer {
            // Who has waited for too long does not listen any more.
            let _ = answer.send(said);
        }
    }
}

/// What the service's handler says to a control.
fn ask(control: u32) -> u32 {
    let handler = OWN.lock().as_ref().and_then(|own| own.handler);
    match handler {
        None => NOT_IMPLEMENTED,
        Some(Answerer::Plain(handler)) => {
            // SAFETY: the same function; the caller of RegisterServiceCtrlHandler vouches for it.
            inside(|| unsafe { unwinding!(handler, fn(u32))(control) });
            0
        }
        // SAFETY: as above.
        Some(Answerer::Extended(handler, context)) => inside(|| unsafe {
            unwinding!(handler, fn(u32, u32, *mut c_void, *mut c_void) -> u32)(
                control,
                0,
                null_mut(),
                context as *mut c_void,
            )
        }),
    }
}

/// A signal of Linux came; false if it is to do what it does to other programs.
fn signalled(event: u32) -> bool {
    let mut own = OWN.lock();
    let Some(own) = own.as_mut() else { return false };
    let accepted = own.status.accepted;
    let control = match event {
        CTRL_SHUTDOWN_EVENT | CTRL_C_EVENT => match own.status.state {
            state::STOP_PENDING | state::STOPPED => return true,
            state::START_PENDING => {
                own.to_stop = true;
                return true;
            }
            _ => match ending(accepted) {
                Some(control) => control,
                None => return false,
            },
        },
        CTRL_CLOSE_EVENT if accepted & accept::PARAMETERS != 0 => code::PARAMETERS,
        _ => return false,
    };
    own.messages.send(Message::Control(control, None)).is_ok()
}

/// The control that ends a service which accepts these.
fn ending(accepted: u32) -> Option<u32> {
    let ways =
        [(accept::STOP, code::STOP), (accept::SHUTDOWN, code::SHUTDOWN), (accept::PRESHUTDOWN, code::PRESHUTDOWN)];
    ways.into_iter().find(|(accept, _)| accepted & accept != 0).map(|(_, control)| control)
}

/// The pipe on which ControlService comes, and the thread that serves it.
struct Door {
    name: Vec<u8>,
    closing: Arc<AtomicBool>,
    closed: Receiver<()>,
}

impl Door {
    fn open(name: &str, messages: Sender<Message>) -> Result<Self, Win32Error> {
        /// PIPE_ACCESS_DUPLEX, the first instance; messages.
        const OPEN: u32 = 3 | 0x8_0000;
        const MODE: u32 = 4 | 2;
        let mut name = pipe(name).into_bytes();
        name.push(0);
        let begun = Instant::now();
        let pipe = loop {
            // SAFETY: a name with its zero.
            let pipe = unsafe { ovl_CreateNamedPipeA(name.as_ptr(), OPEN, MODE, 1, 64, 64, 0, null()) };
            if pipe != INVALID_HANDLE_VALUE {
                break pipe;
            }
            // The process that ran the service before has said that it stopped, and may have its door still.
            let error = Win32Error(last_error());
            if error != Win32Error::ACCESS_DENIED || begun.elapsed() > HANDOVER {
                return Err(error);
            }
            std::thread::sleep(Duration::from_millis(2));
        };
        let (closing, (done, closed)) = (Arc::new(AtomicBool::new(false)), sync_channel(1));
        let closes = Arc::clone(&closing);
        let work = move || {
            attend(pipe, &closes, &messages);
            ovl_CloseHandle(pipe);
            let _ = done.send(());
        };
        std::thread::Builder::new()
            .name("ovl-service".into())
            .spawn(work)
            .map_err(|_| Win32Error::NOT_ENOUGH_MEMORY)?;
        Ok(Self { name, closing, closed })
    }

    /// Ends it; whoever has asked before is answered first.
    fn close(self) {
        self.closing.store(true, Release);
        // If somebody is there, the thread looks when it has done with him.
        // SAFETY: a name with its zero.
        let visitor = unsafe { ovl_CreateFileA(self.name.as_ptr(), 0xC000_0000, 0, null(), 3, 0, 0) };
        let _ = port::blocking(|| self.closed.recv_timeout(Duration::from_secs(5)));
        if visitor != INVALID_HANDLE_VALUE {
            ovl_CloseHandle(visitor);
        }
    }
}

/// Takes one question after the other.
fn attend(pipe: RawHandle, closing: &AtomicBool, messages: &Sender<Message>) {
    loop {
        // SAFETY: no OVERLAPPED.
        let connected = unsafe { ovl_ConnectNamedPipe(pipe, null_mut()) } != 0 || last_error() == 535;
        if closing.load(Acquire) {
            return;
        }
        // Who was there and has gone (232) made room for the next.
        if !connected && last_error() != 232 {
            return;
        }
        let (mut control, mut done) = (0u32, 0);
        // SAFETY: four bytes each way.
        unsafe {
            if ovl_ReadFile(pipe, (&raw mut control).cast(), 4, &mut done, null_mut()) != 0 && done == 4 {
                let answer = question(control, messages);
                if ovl_WriteFile(pipe, (&raw const answer).cast(), 4, &mut done, null_mut()) != 0 {
                    ovl_FlushFileBuffers(pipe);
                }
            }
        }
        ovl_DisconnectNamedPipe(pipe);
        if closing.load(Acquire) {
            return;
        }
    }
}

/// What the dispatcher's thread says to a control.
fn question(control: u32, messages: &Sender<Message>) -> u32 {
    let (answer, answers) = sync_channel(1);
    if messages.send(Message::Control(control, Some(answer))).is_err() {
        return super::NOT_ACTIVE.0;
    }
    answers.recv_timeout(PATIENCE).unwrap_or(REQUEST_TIMEOUT.0)
}

/// StartServiceCtrlDispatcherA: returns when the service has stopped. 1063 for a process that is not started as a service, 13 for a table
/// without entries, 1083 for one without the service, 1056 for a second call, or if the service runs elsewhere.
///
/// # Safety
/// `table` is NULL or ends with an entry without a name; its functions may be called on another thread.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ovl_StartServiceCtrlDispatcherA(table: *const TableEntry<u8>) -> Bool {
    // SAFETY: the caller's promise.
    guard_bool(|| unsafe { dispatch(table) })
}

/// StartServiceCtrlDispatcherW, as [`ovl_StartServiceCtrlDispatcherA`].
///
/// # Safety
/// As there.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ovl_StartServiceCtrlDispatcherW(table: *const TableEntry<u16>) -> Bool {
    // SAFETY: the caller's promise.
    guard_bool(|| unsafe { dispatch(table) })
}

/// 1083 for a name that is not this process's service.
fn register_handler(name: &str, handler: Answerer) -> Result<RawHandle, Win32Error> {
    let mut own = OWN.lock();
    let own = own.as_mut().ok_or(NOT_IN_PROGRAM)?;
    if !own.any_name && !own.name.eq_ignore_ascii_case(name) {
        return Err(NOT_IN_PROGRAM);
    }
    own.handler = Some(handler);
    Ok(STATUS_HANDLE)
}

crate::arguments::pair! {
    /// RegisterServiceCtrlHandler.
    fn ovl_RegisterServiceCtrlHandlerA ovl_RegisterServiceCtrlHandlerW(name: *const C, handler: Handler) -> RawHandle {
        guard_or(0, || {
            let handler = handler.ok_or(Win32Error::INVALID_PARAMETER)?;
            // SAFETY: the caller's promise.
            register_handler(&unsafe { text_of(name) }, Answerer::Plain(handler))
        })
    }
}

crate::arguments::pair! {
    /// RegisterServiceCtrlHandlerEx.
    fn ovl_RegisterServiceCtrlHandlerExA ovl_RegisterServiceCtrlHandlerExW(
        name: *const C,
        handler: HandlerEx,
        context: *mut c_void,
    ) -> RawHandle {
        guard_or(0, || {
            let handler = handler.ok_or(Win32Error::INVALID_PARAMETER)?;
            // SAFETY: the caller's promise.
            register_handler(&unsafe { text_of(name) }, Answerer::Extended(handler, context as usize))
        })
    }
}

/// SetServiceStatus: 6 for what is no handle of RegisterServiceCtrlHandler, 13 for a state that is none.
///
/// # Safety
/// `status` is NULL (998) or readable.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ovl_SetServiceStatus(handle: RawHandle, status: *const ServiceStatus) -> Bool {
    guard_bool(|| {
        if status.is_null() {
            return Err(Win32Error::NOACCESS);
        }
        // SAFETY: not NULL, and the caller vouches for it.
        let status = unsafe { *status };
        let mut own = OWN.lock();
        let own = own.as_mut().filter(|_| handle == STATUS_HANDLE).ok_or(Win32Error::INVALID_HANDLE)?;
        if !(state::STOPPED..=state::PAUSED).contains(&status.state) || status.kind & PROGRAMS == 0 {
            return Err(INVALID_DATA);
        }
        let running = own.running.as_mut().ok_or(Win32Error::INVALID_HANDLE)?;
        running.say(&status);
        own.herald.tell(&status);
        own.status = status;
        if status.state == state::STOPPED {
            // From now on it may be started again.
            own.running = None;
            let _ = own.messages.send(Message::Stopped);
        } else if matches!(status.state, state::RUNNING | state::PAUSED)
            && own.to_stop
            && let Some(control) = ending(status.accepted)
        {
            own.to_stop = false;
            let _ = own.messages.send(Message::Control(control, None));
        }
        Ok(())
    })
}
