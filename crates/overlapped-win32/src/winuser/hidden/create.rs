//! CreateWindowEx, DestroyWindow, and which windows there are.

use super::classes::Named;
use super::procedure::{Call, WM_CREATE, WM_DESTROY, WM_NCCALCSIZE, WM_NCCREATE, WM_NCDESTROY, call};
use super::{HWND_MESSAGE, INVALID_WINDOW_HANDLE, State, WINDOWS, Window, found};
use crate::arguments::{optional_name, pair, store_if_wanted};
use crate::callbacks::inside;
use crate::support::{Bool, FALSE, TRUE, guard, guard_bool, guard_or};
use crate::text::Unit;
use overlapped_abi::Win32Error;
use std::ffi::OsString;
use std::sync::Arc;

const WS_CHILD: u32 = 0x4000_0000;
const WS_POPUP: u32 = 0x8000_0000;
/// What every window without WS_CHILD and WS_POPUP has, and a flag that such have in their extended style.
const WS_CLIPSIBLINGS: u32 = 0x0400_0000;
const TLW_WITH_WSCHILD: Win32Error = Win32Error(1406);

/// CREATESTRUCT.
#[repr(C)]
pub struct CreateStruct {
    pub(crate) parameter: usize,
    pub(crate) instance: usize,
    pub(crate) menu: usize,
    pub(crate) parent: usize,
    pub(crate) height: i32,
    pub(crate) width: i32,
    pub(crate) y: i32,
    pub(crate) x: i32,
    pub(crate) style: u32,
    pub(crate) name: usize,
    pub(crate) class: usize,
    pub(crate) ex_style: u32,
}

const _: () = assert!(size_of::<CreateStruct>() == 80);

/// As text for a procedure of that kind, or as it is: a number, or text of that kind already.
enum Text {
    AsItIs(usize),
    Wide(Vec<u16>),
    Narrow(Vec<u8>),
}

impl Text {
    /// # Safety
    /// `text` is a number, or text that ends with a zero.
    unsafe fn new<C: Unit>(text: *const C, wide: bool) -> Self {
        if text as usize <= 0xFFFF || wide == (size_of::<C>() == 2) {
            return Self::AsItIs(text as usize);
        }
        // SAFETY: the caller's promise.
        let os = unsafe { optional_name(text) }.unwrap_or_default();
        if wide {
            Self::Wide(u16::from_os(&os).into_iter().chain([0]).collect())
        } else {
            Self::Narrow(u8::from_os(&os).into_iter().chain([0]).collect())
        }
    }

    fn address(&self) -> usize {
        match self {
            Self::AsItIs(address) => *address,
            Self::Wide(units) => units.as_ptr() as usize,
            Self::Narrow(bytes) => bytes.as_ptr() as usize,
        }
    }
}

/// # Safety
/// The names in `told` are numbers or text of `C` that ends with a zero.
unsafe fn create<C: Unit>(mut told: CreateStruct) -> Result<usize, Win32Error> {
    // SAFETY: the caller's promise.
    let class = unsafe { Named::new(told.class as *const C) }.class(told.instance)?;
    match told.parent {
        0 if told.style & WS_CHILD != 0 => return Err(TLW_WITH_WSCHILD),
        0 | HWND_MESSAGE => {}
        parent => drop(Window::of(parent)?),
    }
    if told.style & (WS_CHILD | WS_POPUP) == 0 {
        told.style |= WS_CLIPSIBLINGS;
    }
    let (wide, child) = (class.wide, told.style & WS_CHILD != 0);
    let state = State {
        procedure: class.told.procedure,
        wide,
        title: OsString::new(),
        style: told.style,
        ex_style: told.ex_style,
        parent: told.parent,
        id: if child { told.menu as isize } else { 0 },
        instance: told.instance,
        user_data: 0,
        extra: vec![0; class.told.window_extra as usize],
    };
    // SAFETY: the caller's promise.
    let (name, of) = unsafe { (Text::new(told.name as *const C, wide), Text::new(told.class as *const C, wide)) };
    (told.name, told.class) = (name.address(), of.address());
    let window = Window::add(class, state);
    let mut rectangle = [told.x, told.y, told.x.wrapping_add(told.width), told.y.wrapping_add(told.height)];
    let send = |message, lparam| {
        // SAFETY: what the messages point to lives until the end; its text is of the procedure's kind.
        unsafe { call(&window, Call { message, wparam: 0, lparam, wide }) }
    };
    let structure = (&raw const told) as isize;
    if send(WM_NCCREATE, structure) == 0 {
        send(WM_NCDESTROY, 0);
        forget(&window);
        return Ok(0);
    }
    send(WM_NCCALCSIZE, rectangle.as_mut_ptr() as isize);
    if send(WM_CREATE, structure) == -1 {
        destroy(&window);
        return Ok(0);
    }
    // Its procedure may have destroyed it.
    if Window::is_there(window.handle) { Ok(window.handle) } else { Err(INVALID_WINDOW_HANDLE) }
}

pair! {
    /// CreateWindowEx: a window that nobody sees, of the calling thread. Its procedure gets WM_NCCREATE, WM_NCCALCSIZE and WM_CREATE. 1407
    /// without such a class.
    fn ovl_CreateWindowExA ovl_CreateWindowExW(
        ex_style: u32, class: *const C, name: *const C, style: u32, x: i32, y: i32, width: i32, height: i32, parent: usize,
        menu: usize, instance: usize, parameter: usize,
    ) -> usize {
        guard_or(0, || {
            let (name, class) = (name as usize, class as usize);
            let told = CreateStruct { parameter, instance, menu, parent, height, width, y, x, style, name, class, ex_style };
            // SAFETY: the caller's promise.
            unsafe { create::<C>(told) }
        })
    }
}

fn forget(window: &Window) {
    WINDOWS.lock().remove(&window.handle);
    window.queue.forget_window(window.handle);
}

/// The window and what belongs to it.
fn destroy(window: &Arc<Window>) {
    let send = |message| {
        // SAFETY: such messages carry nothing.
        unsafe { call(window, Call { message, wparam: 0, lparam: 0, wide: true }) };
    };
    let below = |window: &Arc<Window>| {
        let handle = window.handle;
        found(|other| other.parent() == handle && other.is_own())
    };
    // Windows that it owns go before it, its children with it.
    for owned in below(window).iter().filter(|other| other.state.lock().style & WS_CHILD == 0) {
        destroy(owned);
    }
    send(WM_DESTROY);
    for child in below(window) {
        destroy(&child);
    }
    send(WM_NCDESTROY);
    forget(window);
}

/// DestroyWindow: 5 for a window of another thread. Its messages and timers go with it.
#[unsafe(no_mangle)]
pub extern "C" fn ovl_DestroyWindow(window: usize) -> Bool {
    guard_bool(|| {
        let window = Window::of(window)?;
        if !window.is_own() {
            return Err(Win32Error::ACCESS_DENIED);
        }
        destroy(&window);
        Ok(())
    })
}

/// IsWindow.
#[unsafe(no_mangle)]
pub extern "C" fn ovl_IsWindow(window: usize) -> Bool {
    guard(FALSE, || if Window::is_there(window) { TRUE } else { FALSE })
}

/// IsWindowUnicode: whether its procedure takes text in UTF-16.
#[unsafe(no_mangle)]
pub extern "C" fn ovl_IsWindowUnicode(window: usize) -> Bool {
    guard_or(FALSE, || Window::of(window).map(|window| Bool::from(window.state.lock().wide)))
}

/// GetParent: NULL for a window without one.
#[unsafe(no_mangle)]
pub extern "C" fn ovl_GetParent(window: usize) -> usize {
    guard_or(0, || {
        Window::of(window).map(|window| window.parent()).map(|parent| if parent == HWND_MESSAGE { 0 } else { parent })
    })
}

/// GetWindowThreadProcessId.
///
/// # Safety
/// `process` is NULL or writable.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ovl_GetWindowThreadProcessId(window: usize, process: *mut u32) -> u32 {
    guard_or(0, || {
        let window = Window::of(window)?;
        // SAFETY: the caller's promise.
        unsafe { store_if_wanted(process, std::process::id()) };
        Ok(window.thread)
    })
}

/// # Safety
/// `class` is NULL, an atom or text; `title` NULL or text.
unsafe fn find<C: Unit>(parent: usize, after: usize, class: *const C, title: *const C) -> Result<usize, Win32Error> {
    // SAFETY: the caller's promise.
    let (class, title) = unsafe { ((!class.is_null()).then(|| Named::new(class)), optional_name(title)) };
    if after != 0 {
        drop(Window::of(after)?);
    }
    let is = |window: &Window| {
        let state = window.state.lock();
        // Owned windows are beside their owners, children below their parents.
        let above = if state.style & WS_CHILD != 0 || state.parent == HWND_MESSAGE { state.parent } else { 0 };
        // Without a place to begin at, those for messages only count, too.
        (above == parent || (parent, after, above) == (0, 0, HWND_MESSAGE))
            && window.handle > after
            && class.as_ref().is_none_or(|class| class.means(&window.class))
            && title.as_ref().is_none_or(|title| state.title.eq_ignore_ascii_case(title))
    };
    Ok(found(is).first().map_or(0, |window| window.handle))
}

pair! {
    /// FindWindow: among the windows of this process that are nobody's children, also those for messages only; NULL if there is none.
    fn ovl_FindWindowA ovl_FindWindowW(class: *const C, title: *const C) -> usize {
        // SAFETY: the caller's promise.
        guard_or(0, || unsafe { find::<C>(0, 0, class, title) })
    }
}

pair! {
    /// FindWindowEx: among the children of `parent` (HWND_MESSAGE: windows for messages only), after the one that is named.
    fn ovl_FindWindowExA ovl_FindWindowExW(parent: usize, after: usize, class: *const C, title: *const C) -> usize {
        // SAFETY: the caller's promise.
        guard_or(0, || unsafe { find::<C>(parent, after, class, title) })
    }
}

/// EnumThreadWindows: calls the routine with each window of the thread that is nobody's child, until it says FALSE.
///
/// # Safety
/// The routine may be called with a window and `parameter`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ovl_EnumThreadWindows(
    thread: u32,
    routine: unsafe extern "C-unwind" fn(usize, isize) -> Bool,
    parameter: isize,
) -> Bool {
    guard(FALSE, || {
        let own = found(|window| window.thread == thread && window.state.lock().style & WS_CHILD == 0);
        // SAFETY: the caller's promise.
        let all = own.iter().all(|window| inside(|| unsafe { routine(window.handle, parameter) }) != FALSE);
        Bool::from(all)
    })
}
