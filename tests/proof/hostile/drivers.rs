//! Drivers that mean harm.

use airs_runtime::Code;

use super::Expected::{self, Fails, Well};

/// What a driver does, and what comes of a look at an asset of its.
pub(super) struct Row {
    pub(super) name: &'static str,
    pub(super) parts: &'static str,
    pub(super) expected: Expected,
    /// Whether that comes when it is bound, and not when it is looked at.
    pub(super) at_bind: bool,
}

const fn row(name: &'static str, parts: &'static str, expected: Expected) -> Row {
    Row {
        name,
        parts,
        expected,
        at_bind: false,
    }
}

const TRAP: Expected = Fails(Code::Trap);
const LIMIT: Expected = Fails(Code::LimitExceeded);
const LATE: Expected = Fails(Code::DeadlineExceeded);

/// `intend` and `view` of a driver, to be given a body.
macro_rules! intend {
    ($body:literal) => {
        concat!(
            r#"(func (export "airs:driver/driver@0.1.0#intend")
            (param i32 i32 i32 i32 i32 i32 i32 i32 i32 i32 i32 i32 i32 i32 i32) (result i32) (local $at i32) "#,
            $body,
            ")"
        )
    };
}
macro_rules! view {
    ($body:literal) => {
        concat!(
            r#"(func (export "airs:driver/driver@0.1.0#[method]asset.view") (param i32) (result i32)
            (local $at i32) "#,
            $body,
            ")"
        )
    };
}
macro_rules! done {
    ($body:literal) => {
        concat!(
            r#"(func (export "airs:driver/driver@0.1.0#done") (param i32) (result i32) "#,
            $body,
            ")"
        )
    };
}
macro_rules! dtor {
    ($body:literal) => {
        concat!(
            r#"(func (export "airs:driver/driver@0.1.0#[dtor]asset") (param i32) "#,
            $body,
            ")"
        )
    };
}
macro_rules! realloc {
    ($body:literal) => {
        concat!(
            r#"(func $realloc (export "cabi_realloc") (param i32 i32 i32 i32) (result i32) "#,
            $body,
            ")"
        )
    };
}

macro_rules! post_view {
    ($body:literal) => {
        concat!(
            r#"(func $post (export "cabi_post_airs:driver/driver@0.1.0#[method]asset.view") (param i32) "#,
            $body,
            ")"
        )
    };
}

pub(super) const ROWS: &[Row] = &[
    row("harmless", "", Well),
    row(
        "makes descriptors until it may make no more",
        intend!("(loop $on (drop (call $new (i32.const 1))) (br $on)) unreachable"),
        LIMIT,
    ),
    row(
        "answers with a descriptor that it never made",
        intend!("(i32.store (i32.const 36) (i32.const 999)) (i32.const 32)"),
        TRAP,
    ),
    row(
        "answers with a descriptor that it dropped",
        intend!(
            "(i32.store (i32.const 36) (local.tee $at (call $new (i32.const 1)))) (call $drop (local.get $at))
             (i32.const 32)"
        ),
        TRAP,
    ),
    row(
        "drops the descriptor that it gave away",
        concat!(
            intend!("(i32.store (i32.const 36) (call $new (i32.const 1))) (i32.const 32)"),
            view!("(call $drop (i32.const 1)) (i32.const 48)")
        ),
        TRAP,
    ),
    row(
        "releases a descriptor twice",
        done!("(call $drop (local.get 0)) (call $drop (local.get 0)) (i32.const 16)"),
        TRAP,
    ),
    row("never releases a descriptor", done!("(i32.const 16)"), Well),
    row("falls in its destructor", dtor!("unreachable"), TRAP),
    row("loops in its destructor", dtor!("(loop $on (br $on))"), LATE),
    row(
        "makes and drops a descriptor in its destructor",
        dtor!("(call $drop (call $new (i32.const 1))) (drop (memory.size))"),
        LIMIT,
    ),
    row(
        "drops a descriptor in the destructor of the next, a thousand deep",
        concat!(
            intend!(
                "(loop $on (drop (call $new (local.tee $at (i32.add (local.get $at) (i32.const 1)))))
                    (br_if $on (i32.lt_u (local.get $at) (i32.const 1000))))
                 (i32.store (i32.const 36) (i32.const 1000)) (i32.const 32)"
            ),
            dtor!("(if (i32.gt_u (local.get 0) (i32.const 1)) (then (call $drop (i32.sub (local.get 0) (i32.const 1)))))")
        ),
        Well,
    ),
    row(
        "reads and writes in its destructor",
        dtor!(
            "(call $set (i32.const 48) (i32.const 8) (i32.const 48) (i32.const 8) (i32.const 128))
             (call $get (i32.const 48) (i32.const 8) (i32.const 128))
             (if (i32.load8_u (i32.const 128)) (then unreachable))"
        ),
        Well,
    ),
    row("calls the host while it cleans up", post_view!("(call $get (i32.const 48) (i32.const 8) (i32.const 128))"), TRAP),
    row("drops a descriptor while it cleans up", post_view!("(call $drop (i32.const 1))"), TRAP),
    row("loops while it cleans up", post_view!("(loop $on (br $on))"), LATE),
    row("calls itself while it cleans up", post_view!("(call $post (i32.const 0)) (drop (memory.size))"), LIMIT),
    row(
        "answers with an amount of 200 decimals",
        view!("(i32.store8 (i32.const 80) (i32.const 200)) (i32.const 48)"),
        Fails(Code::InvalidInput),
    ),
    row(
        "answers with a value of no kind",
        view!("(i32.store8 (i32.const 56) (i32.const 9)) (i32.const 48)"),
        TRAP,
    ),
    row(
        "answers with 100,000 items that are all one and the same 60 KB",
        concat!(
            view!(
                "(if (i32.eq (memory.grow (i32.const 30)) (i32.const -1)) (then unreachable))
                 (loop $on
                    (i32.store (i32.add (i32.const 65536) (local.get $at)) (i32.const 0))
                    (i32.store (i32.add (i32.const 65540) (local.get $at)) (i32.const 8))
                    (i32.store (i32.add (i32.const 65544) (local.get $at)) (i32.const 0))
                    (i32.store (i32.add (i32.const 65548) (local.get $at)) (i32.const 60000))
                    (br_if $on
                        (i32.lt_u (local.tee $at (i32.add (local.get $at) (i32.const 16))) (i32.const 1600000))))
                 (i32.store8 (i32.const 56) (i32.const 1))
                 (i32.store (i32.const 64) (i32.const 65536)) (i32.store (i32.const 68) (i32.const 100000))
                 (i32.const 48)"
            )
        ),
        LIMIT,
    ),
    row(
        "reads under a key that is longer than its memory",
        view!("(call $get (i32.const 0) (i32.const 0x7fffffff) (i32.const 128)) unreachable"),
        TRAP,
    ),
    row(
        "reads under a million empty keys",
        view!(
            "(if (i32.eq (memory.grow (i32.const 130)) (i32.const -1)) (then unreachable))
             (call $get-many (i32.const 65536) (i32.const 1000000) (i32.const 128))
             (if (i32.eqz (i32.load8_u (i32.const 128))) (then unreachable)) (i32.const 48)"
        ),
        LIMIT,
    ),
    row(
        "searches everything, as much as a number can say",
        view!(
            "(call $scan (i32.const 0) (i32.const 0) (i32.const 0) (i32.const 0) (i32.const 0) (i32.const -1)
                (i32.const 128))
             (if (i32.load8_u (i32.const 128)) (then unreachable)) (i32.const 48)"
        ),
        Well,
    ),
    row(
        "searches after a key of no kind",
        view!(
            "(call $scan (i32.const 0) (i32.const 0) (i32.const 2) (i32.const 0) (i32.const 0) (i32.const 1)
                (i32.const 128)) unreachable"
        ),
        TRAP,
    ),
    row(
        "reads storage while the host hands it what it read",
        concat!(
            "(global $inside (mut i32) (i32.const 0))",
            view!(
                "(call $set (i32.const 48) (i32.const 8) (i32.const 48) (i32.const 8) (i32.const 128))
                 (global.set $inside (i32.const 1))
                 (call $get (i32.const 48) (i32.const 8) (i32.const 128)) unreachable"
            ),
            realloc!(
                "(if (global.get $inside) (then (call $get (i32.const 48) (i32.const 8) (i32.const 256))))
                 (global.set $free (i32.and (i32.add (global.get $free) (i32.const 7)) (i32.const -8)))
                 (global.get $free) (global.set $free (i32.add (global.get $free) (local.get 3)))"
            )
        ),
        TRAP,
    ),
    row(
        "digs deep while the host hands it what it read, from all levels of a recursion without end",
        concat!(
            "(func $dig (param i32)
                (if (local.get 0) (then (call $dig (i32.sub (local.get 0) (i32.const 1))) (drop (memory.size)))))
             (func $deep (param i32)
                (if (i32.eqz (i32.and (local.get 0) (i32.const 255)))
                    (then (call $get (i32.const 48) (i32.const 8) (i32.const 128))))
                (call $deep (i32.add (local.get 0) (i32.const 1))) (drop (memory.size)))",
            view!(
                "(call $set (i32.const 48) (i32.const 8) (i32.const 48) (i32.const 8) (i32.const 128))
                 (call $deep (i32.const 0)) unreachable"
            ),
            realloc!("(call $dig (i32.const 3000)) (i32.const 8192)")
        ),
        LIMIT,
    ),
    Row {
        at_bind: true,
        ..row(
            "calls itself while the host hands it a call",
            realloc!("(call $realloc (i32.const 0) (i32.const 0) (i32.const 1) (i32.const 1)) (drop (memory.size))"),
            LIMIT,
        )
    },
    Row {
        at_bind: true,
        ..row("loops while the host hands it a call", realloc!("(loop $on (br $on)) unreachable"), LATE)
    },
];
