//! What would cost a compiler too much is refused before one looks at it.

use airs_core::Code;
use airs_package::{Component, PackageError};
use wasm_encoder::{
    CodeSection, ComponentSectionId, Function, FunctionSection, Module, RawSection, TypeSection, ValType,
};

/// A component with one core module in it.
fn with_module(fields: &str) -> Result<Component, PackageError> {
    Component::from_text(&format!("(component (core module {fields}))"))
}

fn refused(component: Result<Component, PackageError>, expected: &str) {
    let error = component.unwrap_err();
    assert!(matches!(error, PackageError::TooComplex { .. }), "{error}");
    assert_eq!(error.code(), Code::InvalidComponent);
    assert_eq!(
        error.to_string(),
        format!("the component has {expected} is the most that is compiled")
    );
}

#[test]
fn functions_of_many_parameters() {
    let function = |parameters: usize| with_module(&format!("(func (param {}))", "i32 ".repeat(parameters)));
    function(256).unwrap();
    refused(function(257), "257 parameters and results of a function, and 256");
    // A type that no function has would do for blocks.
    let results = "i32 ".repeat(300);
    refused(
        with_module(&format!("(type (func (result {results})))")),
        "300 parameters and results of a function, and 256",
    );
    let many = |functions: usize| {
        let ty = format!("(type $t (func (param {})))", "i32 ".repeat(256));
        with_module(&format!("{ty}{}", "(func (type $t))".repeat(functions)))
    };
    many(4_096).unwrap();
    refused(
        many(4_097),
        "1048832 parameters and results of all functions, and 1048576",
    );
}

#[test]
fn many_functions_in_one_module_or_in_several() {
    let functions = |count: usize| "(func)".repeat(count);
    with_module(&functions(100_000)).unwrap();
    refused(with_module(&functions(100_001)), "100001 functions, and 100000");
    let half = format!("(core module {})", functions(50_001));
    refused(
        Component::from_text(&format!("(component {half} {half})")),
        "100002 functions, and 100000",
    );
}

#[test]
fn functions_that_stand_between_modules_are_counted_too() {
    let text = |count: usize| {
        let lowered = r#"(core func (canon lower (func $f)))"#.repeat(count);
        Component::from_text(&format!(r#"(component (import "f" (func $f)) {lowered})"#))
    };
    text(1_000).unwrap();
    refused(text(100_001), "100001 functions, and 100000");
}

#[test]
fn a_function_of_a_mebibyte() {
    let function = |constants: usize| {
        with_module(&format!(
            "(func {})",
            "v128.const i64x2 0 0 drop ".repeat(constants)
        ))
    };
    function(50_000).unwrap();
    refused(function(60_000), "1140002 bytes of a function, and 1048576");
}

#[test]
fn local_variables_that_are_only_declared() {
    let locals = |functions: u32, locals: u32| {
        let (mut types, mut all, mut code) = (TypeSection::new(), FunctionSection::new(), CodeSection::new());
        types.ty().function([], []);
        for _ in 0..functions {
            all.function(0);
            let mut function = Function::new([(locals, ValType::I32)]);
            function.instructions().end();
            code.function(&function);
        }
        let mut module = Module::new();
        module.section(&types).section(&all).section(&code);
        let mut component = wasm_encoder::Component::new();
        let bytes = module.finish();
        component.section(&RawSection {
            id: ComponentSectionId::CoreModule.into(),
            data: &bytes,
        });
        Component::read(component.finish())
    };
    locals(209, 20_000).unwrap();
    refused(
        locals(1, 20_001),
        "20001 local variables of a function, and 20000",
    );
    refused(
        locals(210, 20_000),
        "4200000 local variables of all functions, and 4194304",
    );
}

#[test]
fn a_module_within_modules_is_looked_into() {
    let inner = format!("(component (core module (func (param {}))))", "i64 ".repeat(257));
    refused(
        Component::from_text(&format!("(component {inner} (core module (func)))")),
        "257 parameters and results of a function, and 256",
    );
}
