//! What stands in the place of an instruction that copies or fills much: a function of the module's own.

use wasm_encoder::{BlockType, Function, InstructionSink};

use super::STEP_BYTES;

/// What they are called, so that they can be told from a guest's own.
pub(crate) const NAME: &str = "[airs] step by step";

/// The type of all of them: three numbers of 32 bits, and no result.
pub(super) const TYPE: [u8; 6] = [0x60, 3, 0x7f, 0x7f, 0x7f, 0];

/// An instruction, with the numbers of the memories that it is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Bulk {
    Copy { to: u32, from: u32 },
    Fill { memory: u32 },
}

/// The three operands, which are in this order on the stack: the second is where it copies from, or what it fills with.
const TO: u32 = 0;
const FROM: u32 = 1;
const BYTES: u32 = 2;

const PAGE_BITS: i64 = 16;

impl Bulk {
    /// The function: it does in a loop what is more than a step, until a step or less is left, and that at the end.
    ///
    /// What reaches beyond a memory is left to the instruction, which traps before it does anything.
    pub(super) fn function(self) -> Function {
        let mut function = Function::new([]);
        let mut code = function.instructions();
        code.block(BlockType::Empty);
        code.local_get(BYTES).i32_const(STEP).i32_le_u().br_if(0);
        match self {
            Self::Copy { to, from } => {
                leave_beyond(&mut code, TO, to);
                leave_beyond(&mut code, FROM, from);
                // Where both overlap, nothing may be written over that is still to be read.
                code.local_get(TO).local_get(FROM).i32_le_u();
                code.if_(BlockType::Empty);
                self.step_forwards(&mut code, &[TO, FROM]);
                code.else_();
                self.step_backwards(&mut code);
                code.end();
            }
            Self::Fill { memory } => {
                leave_beyond(&mut code, TO, memory);
                self.step_forwards(&mut code, &[TO]);
            }
        }
        code.end();
        code.local_get(TO).local_get(FROM).local_get(BYTES);
        self.instruction(&mut code);
        code.end();
        function
    }

    fn step_forwards(self, code: &mut InstructionSink<'_>, moving: &[u32]) {
        code.loop_(BlockType::Empty);
        code.local_get(TO).local_get(FROM).i32_const(STEP);
        self.instruction(code);
        for place in moving {
            code.local_get(*place).i32_const(STEP).i32_add().local_set(*place);
        }
        code.local_get(BYTES).i32_const(STEP).i32_sub().local_set(BYTES);
        again(code);
    }

    fn step_backwards(self, code: &mut InstructionSink<'_>) {
        code.loop_(BlockType::Empty);
        code.local_get(BYTES).i32_const(STEP).i32_sub().local_set(BYTES);
        for place in [TO, FROM] {
            code.local_get(place).local_get(BYTES).i32_add();
        }
        code.i32_const(STEP);
        self.instruction(code);
        again(code);
    }

    fn instruction(self, code: &mut InstructionSink<'_>) {
        match self {
            Self::Copy { to, from } => code.memory_copy(to, from),
            Self::Fill { memory } => code.memory_fill(memory),
        };
    }
}

const STEP: i32 = STEP_BYTES as i32;

/// Leaves the block when what begins at this operand reaches beyond the memory.
fn leave_beyond(code: &mut InstructionSink<'_>, start: u32, memory: u32) {
    code.local_get(start).i64_extend_i32_u();
    code.local_get(BYTES).i64_extend_i32_u().i64_add();
    code.memory_size(memory)
        .i64_extend_i32_u()
        .i64_const(PAGE_BITS)
        .i64_shl();
    code.i64_gt_u().br_if(0);
}

/// Ends a loop, which begins anew while more than a step is left.
fn again(code: &mut InstructionSink<'_>) {
    code.local_get(BYTES).i32_const(STEP).i32_gt_u().br_if(0).end();
}
