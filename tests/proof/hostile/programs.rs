//! Programs that mean harm.

use airs_runtime::Code;
use wit_component::StringEncoding::{self, CompactUTF16, UTF8, UTF16};

use super::Expected::{self, Fails, Refused, Well};

/// What a program does, and what comes of it.
pub(super) struct Row {
    pub(super) name: &'static str,
    pub(super) run: &'static str,
    pub(super) beside: &'static str,
    pub(super) encoding: StringEncoding,
    pub(super) expected: Expected,
}

const fn row(name: &'static str, run: &'static str, expected: Expected) -> Row {
    Row {
        name,
        run,
        beside: "",
        encoding: UTF8,
        expected,
    }
}

const TRAP: Expected = Fails(Code::Trap);
const LIMIT: Expected = Fails(Code::LimitExceeded);
const LATE: Expected = Fails(Code::DeadlineExceeded);

pub(super) const ROWS: &[Row] = &[
    row("harmless", "(i32.const 16)", Well),
    row("loops", "(loop $on (br $on)) unreachable", LATE),
    row(
        "takes memory until it gets no more, and goes on",
        "(loop $on (br_if $on (i32.ne (memory.grow (i32.const 16)) (i32.const -1)))) (i32.const 16)",
        Well,
    ),
    row(
        "takes memory until it gets no more, and falls",
        "(loop $on (br_if $on (i32.ne (memory.grow (i32.const 16)) (i32.const -1)))) unreachable",
        LIMIT,
    ),
    Row {
        beside: "(table $t 1 funcref)",
        ..row(
            "takes table elements until it gets no more",
            "(loop $on (br_if $on (i32.ne (table.grow $t (ref.null func) (i32.const 100)) (i32.const -1))))
             unreachable",
            TRAP,
        )
    },
    Row {
        beside: "(func $deep (call $deep) (drop (memory.size)))",
        ..row("calls itself without end", "(call $deep) unreachable", LIMIT)
    },
    row(
        "answers with a text that is longer than its memory",
        "(i32.store (i32.const 4) (i32.const 64)) (i32.store (i32.const 8) (i32.const 0x7fffffff)) (i32.const 0)",
        TRAP,
    ),
    row("answers with what lies outside of its memory", "(i32.const 0x7ffffff0)", TRAP),
    row("answers with what is not aligned", "(i32.const 17)", TRAP),
    row("answers with neither good nor bad", "(i32.store8 (i32.const 16) (i32.const 7)) (i32.const 16)", TRAP),
    row(
        "answers with an error that is none",
        "(i32.store8 (i32.const 16) (i32.const 1)) (i32.store8 (i32.const 20) (i32.const 99)) (i32.const 16)",
        TRAP,
    ),
    row("answers with what is no JSON", "(i32.store (i32.const 20) (i32.const 66)) (i32.const 16)", Well),
    row(
        "passes a text that is longer than its memory",
        "(call $intend (i32.const 66) (i32.const 0x7fffffff) (i32.const 1) (i32.const 128)) unreachable",
        TRAP,
    ),
    row(
        "passes a text that lies outside of its memory",
        "(call $intend (i32.const -8) (i32.const 16) (i32.const 1) (i32.const 128)) unreachable",
        TRAP,
    ),
    row(
        "passes a text that is no UTF-8",
        "(i32.store (i32.const 128) (i32.const 0xfffefdfc))
         (call $intend (i32.const 128) (i32.const 4) (i32.const 1) (i32.const 256)) unreachable",
        TRAP,
    ),
    Row {
        encoding: UTF16,
        ..row(
            "passes half of a pair in UTF-16",
            "(i32.store (i32.const 128) (i32.const 0x0041d800))
             (call $intend (i32.const 128) (i32.const 2) (i32.const 1) (i32.const 256)) unreachable",
            TRAP,
        )
    },
    Row {
        encoding: UTF16,
        ..row(
            "passes UTF-16 that is not aligned",
            "(call $intend (i32.const 129) (i32.const 2) (i32.const 1) (i32.const 256)) unreachable",
            TRAP,
        )
    },
    Row {
        encoding: CompactUTF16,
        ..row(
            "passes a text whose length says that it is UTF-16, and it is not there",
            "(call $intend (i32.const 128) (i32.const 0xffffffff) (i32.const 1) (i32.const 256)) unreachable",
            TRAP,
        )
    },
    row(
        "wants its answer where it has no memory",
        "(call $intend (i32.const 66) (i32.const 8) (i32.const 1) (i32.const -4)) unreachable",
        TRAP,
    ),
    row(
        "passes 7,000 items that are all one and the same 60 KB",
        "(loop $on
            (i32.store (i32.add (i32.const 4096) (local.get $at)) (i32.const 64))
            (i32.store (i32.add (i32.const 4100) (local.get $at)) (i32.const 2))
            (i32.store (i32.add (i32.const 4104) (local.get $at)) (i32.const 0))
            (i32.store (i32.add (i32.const 4108) (local.get $at)) (i32.const 60000))
            (br_if $on (i32.lt_u (local.tee $at (i32.add (local.get $at) (i32.const 16))) (i32.const 112000))))
         (local.set $at (call $open))
         (call $transfer (local.get $at) (local.get $at) (i32.const 1)
            (i64.const 4096) (i64.const 7000) (i32.const 0) (i32.const 256))
         (i32.load8_u (i32.const 256)) (if (then unreachable)) (i32.const 16)",
        LIMIT,
    )
    .with(r#"(memory (export "memory") 2)"#),
    row(
        "passes a list of 2^32 items",
        "(local.set $at (call $open))
         (call $transfer (local.get $at) (local.get $at) (i32.const 1)
            (i64.const 4096) (i64.const 0xffffffff) (i32.const 0) (i32.const 256)) unreachable",
        TRAP,
    ),
    row(
        "passes a value of no kind",
        "(local.set $at (call $open))
         (call $transfer (local.get $at) (local.get $at) (i32.const 9)
            (i64.const 0) (i64.const 0) (i32.const 0) (i32.const 256)) unreachable",
        TRAP,
    ),
    row(
        "passes an amount with 255 decimals",
        "(local.set $at (call $open))
         (call $transfer (local.get $at) (local.get $at) (i32.const 0)
            (i64.const -1) (i64.const -1) (i32.const 255) (i32.const 256))
         (if (i32.eqz (i32.load8_u (i32.const 256))) (then unreachable)) (i32.const 16)",
        Well,
    ),
    row(
        "asks for rights that there are not",
        "(call $intend (i32.const 66) (i32.const 8) (i32.const -1) (i32.const 128))
         (i32.load8_u (i32.const 128)) (if (then (unreachable))) (i32.const 16)",
        Well,
    ),
    Row {
        beside: r#"(func (export "cabi_realloc") (param i32 i32 i32 i32) (result i32)
            (call $intend (i32.const 66) (i32.const 8) (i32.const 1) (i32.const 128)) (i32.const 256))"#,
        ..row("calls the host while the host hands it its input", "(i32.const 16)", TRAP)
    },
    Row {
        beside: r#"(func $realloc (export "cabi_realloc") (param i32 i32 i32 i32) (result i32)
            (call $realloc (i32.const 0) (i32.const 0) (i32.const 1) (i32.const 1)) (drop (memory.size)))"#,
        ..row("calls itself while the host hands it its input", "(i32.const 16)", LIMIT)
    },
    Row {
        beside: r#"(func (export "cabi_realloc") (param i32 i32 i32 i32) (result i32) (loop $on (br $on)) unreachable)"#,
        ..row("loops while the host hands it its input", "(i32.const 16)", LATE)
    },
    Row {
        beside: r#"(func (export "cabi_realloc") (param i32 i32 i32 i32) (result i32) (i32.const -16))"#,
        ..row("has its input put where it has no memory", "(i32.const 16)", TRAP)
    },
    Row {
        beside: r#"(func (export "cabi_realloc") (param i32 i32 i32 i32) (result i32) (i32.const 8192))
            (func $deep (call $intend (i32.const 64) (i32.const 2) (i32.const 1) (i32.const 128))
                (call $deep) (drop (memory.size)))"#,
        ..row("calls the host from each level of a recursion without end", "(call $deep) unreachable", LIMIT)
    },
    // What the host calls while a guest waits for it has a stack as deep as the guest's, on top of that one.
    Row {
        beside: r#"(func $dig (param i32)
                (if (local.get 0) (then (call $dig (i32.sub (local.get 0) (i32.const 1))) (drop (memory.size)))))
            (func (export "cabi_realloc") (param i32 i32 i32 i32) (result i32)
                (call $dig (i32.const 3000)) (i32.const 8192))
            (func $deep (param i32)
                (if (i32.eqz (i32.and (local.get 0) (i32.const 255)))
                    (then (call $intend (i32.const 64) (i32.const 2) (i32.const 1) (i32.const 128))))
                (call $deep (i32.add (local.get 0) (i32.const 1))) (drop (memory.size)))"#,
        ..row(
            "digs deep while the host hands it an answer, from all levels of a recursion without end",
            "(call $deep (i32.const 0)) unreachable",
            LIMIT,
        )
    },
    Row {
        beside: r#"(global $depth (mut i32) (i32.const 0)) (global $bottom (mut i32) (i32.const 0))
            (func $dig (call $dig) (drop (memory.size)))
            (func (export "cabi_realloc") (param i32 i32 i32 i32) (result i32)
                (if (global.get $bottom) (then (call $dig))) (i32.const 8192))
            (func $deep (global.set $depth (i32.add (global.get $depth) (i32.const 1)))
                (if (i32.lt_u (global.get $depth) (i32.const 4000)) (then (call $deep))
                    (else (global.set $bottom (i32.const 1))
                        (call $intend (i32.const 64) (i32.const 2) (i32.const 1) (i32.const 128))))
                (drop (memory.size)))"#,
        ..row("digs without end while the host hands it an answer, deep down", "(call $deep) unreachable", LIMIT)
    },
    Row {
        beside: r#"(func (export "cabi_post_run") (param i32))"#,
        ..row("cleans up behind its answer", "(i32.const 16)", Well)
    },
    Row {
        beside: r#"(func (export "cabi_post_run") (param i32)
            (call $intend (i32.const 66) (i32.const 8) (i32.const 1) (i32.const 128)))"#,
        ..row("calls the host while it cleans up behind its answer", "(i32.const 16)", TRAP)
    },
    Row {
        beside: r#"(func (export "cabi_post_run") (param i32) unreachable)"#,
        ..row("falls while it cleans up behind its answer", "(i32.const 16)", TRAP)
    },
    Row {
        beside: r#"(func (export "cabi_post_run") (param i32) (loop $on (br $on)))"#,
        ..row("loops while it cleans up behind its answer", "(i32.const 16)", LATE)
    },
    Row {
        beside: r#"(func $again (export "cabi_post_run") (param i32) (call $again (i32.const 0)) (drop (memory.size)))"#,
        ..row("calls itself while it cleans up behind its answer", "(i32.const 16)", LIMIT)
    },
    Row {
        beside: "(func $begin unreachable) (start $begin)",
        ..row("falls before it begins", "(i32.const 16)", Refused(Code::Trap))
    },
    Row {
        beside: "(func $begin (loop $on (br $on))) (start $begin)",
        ..row("loops before it begins", "(i32.const 16)", Refused(Code::DeadlineExceeded))
    },
    Row {
        beside: "(memory $b 1)",
        ..row(
            "has two memories",
            "(i32.const 16)",
            Refused(Code::InvalidComponent),
        )
    },
    row(
        "copies 60 MB from here to there without end",
        "(loop $on (memory.copy (i32.const 0) (i32.const 65536) (i32.const 60000000)) (br $on)) unreachable",
        LATE,
    )
    .with(r#"(memory (export "memory") 1000)"#),
    row(
        "fills 60 MB without end",
        "(loop $on (memory.fill (i32.const 0) (i32.const 1) (i32.const 60000000)) (br $on)) unreachable",
        LATE,
    )
    .with(r#"(memory (export "memory") 1000)"#),
    row("looks through a handle that it never had", "(call $view (i32.const 7777) (i32.const 128)) unreachable", TRAP),
    row("looks through handle 0", "(call $view (i32.const 0) (i32.const 128)) unreachable", TRAP),
    row(
        "looks through a handle that it released",
        "(local.set $at (call $open)) (call $done (local.get $at) (i32.const 128))
         (call $view (local.get $at) (i32.const 128)) unreachable",
        TRAP,
    ),
    row(
        "releases a handle twice",
        "(local.set $at (call $open)) (call $drop (local.get $at)) (call $drop (local.get $at)) unreachable",
        TRAP,
    ),
    row("releases a handle that it never had", "(call $drop (i32.const 99)) unreachable", TRAP),
    row(
        "opens assets until it may open no more",
        "(loop $on (drop (call $open)) (br $on)) unreachable",
        TRAP,
    ),
    row(
        "counts on an answer that is not there",
        "(call $control (call $open) (i32.const 64) (i32.const 2) (i32.const 64) (i32.const 2) (i32.const 128))
         (if (i32.eqz (i32.load8_u (i32.const 128))) (then unreachable)) (i32.const 16)",
        Well,
    ),
];

impl Row {
    /// The same row with something beside it.
    const fn with(self, beside: &'static str) -> Self {
        Self { beside, ..self }
    }
}
