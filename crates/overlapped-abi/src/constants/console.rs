//! The console (contract 09).

// Modes (§3).
consts! { u32;
    ENABLE_PROCESSED_INPUT = 0x1 => "Input: Ctrl+C is a signal.";
    ENABLE_LINE_INPUT = 0x2 => "Input: reads return whole lines.";
    ENABLE_ECHO_INPUT = 0x4 => "Input: what is typed is shown; needs line input.";
    ENABLE_WINDOW_INPUT = 0x8 => "Input: records of size changes.";
    ENABLE_MOUSE_INPUT = 0x10 => "Input: records of the mouse.";
    ENABLE_INSERT_MODE = 0x20 => "Input: typing inserts.";
    ENABLE_QUICK_EDIT_MODE = 0x40 => "Input: the mouse marks text.";
    ENABLE_EXTENDED_FLAGS = 0x80 => "Input: the two above apply.";
    ENABLE_AUTO_POSITION = 0x100 => "Input: the system places the window.";
    ENABLE_VIRTUAL_TERMINAL_INPUT = 0x200 => "Input: keys arrive as escape sequences.";
    ENABLE_PROCESSED_OUTPUT = 0x1 => "Output: control characters act.";
    ENABLE_WRAP_AT_EOL_OUTPUT = 0x2 => "Output: continue on the next row.";
    ENABLE_VIRTUAL_TERMINAL_PROCESSING = 0x4 => "Output: escape sequences act.";
    DISABLE_NEWLINE_AUTO_RETURN = 0x8 => "Output: a line feed does not return.";
    ENABLE_LVB_GRID_WORLDWIDE = 0x10 => "Output: grid attributes.";
    CONSOLE_TEXTMODE_BUFFER = 1 => "The only kind of screen buffer.";
}

// Event types of an INPUT_RECORD (§4).
consts! { u16;
    KEY_EVENT = 0x1 => "A key.";
    MOUSE_EVENT = 0x2 => "The mouse.";
    WINDOW_BUFFER_SIZE_EVENT = 0x4 => "A new size.";
    MENU_EVENT = 0x8 => "A menu.";
    FOCUS_EVENT = 0x10 => "The focus.";
}

// dwControlKeyState and the mouse (§4).
consts! { u32;
    RIGHT_ALT_PRESSED = 0x1 => "Right Alt.";
    LEFT_ALT_PRESSED = 0x2 => "Left Alt.";
    RIGHT_CTRL_PRESSED = 0x4 => "Right Ctrl.";
    LEFT_CTRL_PRESSED = 0x8 => "Left Ctrl.";
    SHIFT_PRESSED = 0x10 => "Shift.";
    NUMLOCK_ON = 0x20 => "Num Lock.";
    SCROLLLOCK_ON = 0x40 => "Scroll Lock.";
    CAPSLOCK_ON = 0x80 => "Caps Lock.";
    ENHANCED_KEY = 0x100 => "One of the additional keys.";

    FROM_LEFT_1ST_BUTTON_PRESSED = 0x1 => "Leftmost button.";
    RIGHTMOST_BUTTON_PRESSED = 0x2 => "Rightmost button.";
    FROM_LEFT_2ND_BUTTON_PRESSED = 0x4 => "Second from the left.";
    FROM_LEFT_3RD_BUTTON_PRESSED = 0x8 => "Third from the left.";
    FROM_LEFT_4TH_BUTTON_PRESSED = 0x10 => "Fourth from the left.";
    MOUSE_MOVED = 0x1 => "The mouse moved.";
    DOUBLE_CLICK = 0x2 => "Second click.";
    MOUSE_WHEELED = 0x4 => "The wheel turned.";
    MOUSE_HWHEELED = 0x8 => "The horizontal wheel turned.";
}

// Cell attributes (§5).
consts! { u16;
    FOREGROUND_BLUE = 0x1 => "Blue text.";
    FOREGROUND_GREEN = 0x2 => "Green text.";
    FOREGROUND_RED = 0x4 => "Red text.";
    FOREGROUND_INTENSITY = 0x8 => "Bright text.";
    BACKGROUND_BLUE = 0x10 => "Blue behind.";
    BACKGROUND_GREEN = 0x20 => "Green behind.";
    BACKGROUND_RED = 0x40 => "Red behind.";
    BACKGROUND_INTENSITY = 0x80 => "Bright behind.";
}

// Control events (§6).
consts! { u32;
    CTRL_C_EVENT = 0 => "Ctrl+C.";
    CTRL_BREAK_EVENT = 1 => "Ctrl+Break.";
    CTRL_CLOSE_EVENT = 2 => "The console closes.";
    CTRL_LOGOFF_EVENT = 5 => "The user logs off.";
    CTRL_SHUTDOWN_EVENT = 6 => "The system shuts down.";
    CONTROL_C_EXIT = 0xC000_013A => "Exit code of a process ended by Ctrl+C. (`STATUS_CONTROL_C_EXIT`.)";
    CP_UTF8 = 65001 => "The code page of UTF-8.";
}
