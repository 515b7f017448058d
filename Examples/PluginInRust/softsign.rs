//! An op for graph files in Rust: softsign, x / (1 + |x|), with a steepness.
//!
//! The structs are those of weft_plugin.h, field for field, as far as this plugin fills them.
//!
//!     make && weft check --plugin libsoftsign.so example.weft

use std::os::raw::{c_char, c_void};
use std::ptr::null;

#[repr(C)]
pub struct Value {
    integer: i64,
    real: f64,
    text: *const c_char,
    integers: *const i64,
    count: usize,
}

#[repr(C)]
struct Attribute {
    size: u32,
    kind: u32,
    name: *const c_char,
    required: u32,
    choice_count: u32,
    fallback: Value,
    choices: *const *const c_char,
}

#[repr(C)]
struct Operand {
    size: u32,
    optional: u32,
    name: *const c_char,
    elements: u32,
    reserved: u32,
}

type Elementwise =
    unsafe extern "C" fn(*const Value, *const *const f32, *mut f32, usize);
type ElementwiseReference = unsafe extern "C" fn(*const Value, *const f64) -> f64;

#[repr(C)]
struct Op {
    size: u32,
    reserved: u32,
    name: *const c_char,
    summary: *const c_char,
    category: *const c_char,
    operands: *const Operand,
    operand_count: usize,
    attributes: *const Attribute,
    attribute_count: usize,
    result_count: u32,
    overwritable: u32,
    shape: *const c_void,
    kernel: *const c_void,
    cost: *const c_void,
    reference: *const c_void,
    fault: *const c_char,
    elementwise: Option<Elementwise>,
    elementwise_reference: Option<ElementwiseReference>,
    elementwise_flops: u32,
    reserved2: u32,
}

#[repr(C)]
pub struct Identity {
    magic: [u8; 8],
    size: u32,
    abi: u32,
    revision: u32,
    reserved: u32,
    name: [u8; 64],
    version: [u8; 32],
    built_with: [u8; 256],
}

#[repr(C)]
pub struct Table {
    size: u32,
    reserved: u32,
    ops: *const *const Op,
    op_count: usize,
}

/// Constants with pointers, which Rust shares between threads only where it is told that it may.
#[repr(transparent)]
pub struct Shared<T>(T);
unsafe impl<T> Sync for Shared<T> {}

// None of these panics: indices stay inside of `count`, and arithmetic is of floats.

/// # Safety
/// Called by Weft, as weft_plugin.h says. The result may be the operand.
unsafe extern "C" fn softsign(
    attributes: *const Value,
    operands: *const *const f32,
    result: *mut f32,
    count: usize,
) {
    let steepness = (*attributes).real as f32;
    let x = *operands;
    for i in 0..count {
        let v = steepness * *x.add(i);
        *result.add(i) = v / (1.0 + v.abs());
    }
}

unsafe extern "C" fn softsign_reference(attributes: *const Value, operands: *const f64) -> f64 {
    let v = (*attributes).real * *operands;
    v / (1.0 + v.abs())
}

const fn text<const N: usize>(from: &str) -> [u8; N] {
    let bytes = from.as_bytes();
    let mut to = [0; N];
    let mut i = 0;
    while i < bytes.len() {
        to[i] = bytes[i];
        i += 1;
    }
    to
}

const fn name(text: &'static [u8]) -> *const c_char {
    text.as_ptr() as *const c_char
}

const REAL: u32 = 5;

static OPERANDS: Shared<[Operand; 1]> = Shared([Operand {
    size: std::mem::size_of::<Operand>() as u32,
    optional: 0,
    name: name(b"x\0"),
    elements: 0,
    reserved: 0,
}]);

static ATTRIBUTES: Shared<[Attribute; 1]> = Shared([Attribute {
    size: std::mem::size_of::<Attribute>() as u32,
    kind: REAL,
    name: name(b"steepness\0"),
    required: 0,
    choice_count: 0,
    fallback: Value { integer: 0, real: 1.0, text: null(), integers: null(), count: 0 },
    choices: null(),
}]);

static SOFTSIGN: Shared<Op> = Shared(Op {
    size: std::mem::size_of::<Op>() as u32,
    reserved: 0,
    name: name(b"softsign\0"),
    summary: name(b"s x / (1 + |s x|), where s is the steepness.\0"),
    category: name(b"activation\0"),
    operands: &OPERANDS.0 as *const Operand,
    operand_count: 1,
    attributes: &ATTRIBUTES.0 as *const Attribute,
    attribute_count: 1,
    result_count: 1,
    overwritable: 0,
    shape: null(),
    kernel: null(),
    cost: null(),
    reference: null(),
    fault: null(),
    elementwise: Some(softsign),
    elementwise_reference: Some(softsign_reference),
    elementwise_flops: 4,
    reserved2: 0,
});

static OPS: Shared<[*const Op; 1]> = Shared([&SOFTSIGN.0]);

#[no_mangle]
#[allow(non_upper_case_globals)]
pub static weft_plugin: Identity = Identity {
    magic: *b"weftplug",
    size: std::mem::size_of::<Identity>() as u32,
    abi: 1,
    revision: 1,
    reserved: 0,
    name: text("softsign"),
    version: text("1.0"),
    built_with: text("rustc"),
};

#[no_mangle]
#[allow(non_upper_case_globals)]
pub static weft_plugin_ops: Shared<Table> = Shared(Table {
    size: std::mem::size_of::<Table>() as u32,
    reserved: 0,
    ops: &OPS.0 as *const *const Op,
    op_count: 1,
});
