//! The exports of a program's component.

/// Exports `$run`, a function from the JSON form of the input to that of the output.
#[doc(hidden)]
#[macro_export]
macro_rules! export_program {
    ($run:path) => {
        struct Component;

        impl $crate::__private::program::Guest for Component {
            fn run(input: String) -> Result<String, $crate::__private::program::Error> {
                Ok($run(&input)?)
            }
        }

        $crate::__private::program::__export_program!(Component with_types_in $crate::__private::program);
    };
}
