//! The functions of a driver, and what is wrong with those that the author wrote.

use syn::{ReturnType, Type};

use crate::{faults::Faults, item::Signature, well_known::WELL_KNOWN};

/// A function that a driver has.
pub(super) struct Function {
    pub(super) name: &'static str,
    pub(super) required: bool,
    parameters: &'static [Parameter],
    output: &'static str,
}

struct Parameter {
    name: &'static str,
    /// As the author writes it.
    written: &'static str,
    form: Form,
}

/// What of a parameter's type can be told by looking at it.
enum Form {
    /// A type of the author's, lent.
    Lent,
    /// A type of the author's, handed over.
    Given,
    /// This type, lent.
    LentAs(&'static str),
    /// This type, handed over.
    GivenAs(&'static str),
}

const fn parameter(name: &'static str, written: &'static str, form: Form) -> Parameter {
    Parameter { name, written, form }
}

const CALL: Parameter = parameter("call", "&airs::Call", Form::LentAs("Call"));
const ACCOUNT: Parameter = parameter("account", "Self::Account", Form::Given);
const ASSET: Parameter = parameter("asset", "&Self::Asset", Form::Lent);

const fn function(
    name: &'static str,
    required: bool,
    parameters: &'static [Parameter],
    output: &'static str,
) -> Function {
    Function {
        name,
        required,
        parameters,
        output,
    }
}

pub(super) const FUNCTIONS: &[Function] = &[
    function("bind", false, &[CALL, ACCOUNT], "Self::Account"),
    function("unbind", false, &[CALL, ACCOUNT], "()"),
    function(
        "intend",
        true,
        &[
            CALL,
            ACCOUNT,
            parameter("rights", "airs::Rights", Form::GivenAs("Rights")),
        ],
        "Self::Asset",
    ),
    function("view", true, &[ASSET], "airs::Value"),
    function(
        "transfer",
        true,
        &[
            parameter("from", "&Self::Asset", Form::Lent),
            parameter("to", "&Self::Asset", Form::Lent),
            parameter("value", "airs::Value", Form::GivenAs("Value")),
        ],
        "airs::Receipt",
    ),
    function(
        "control",
        false,
        &[
            ASSET,
            parameter("operation", "&str", Form::LentAs("str")),
            parameter("input", "&airs::Json", Form::LentAs("Json")),
        ],
        "airs::Json",
    ),
    function(
        "done",
        false,
        &[parameter("asset", "Self::Asset", Form::Given)],
        "()",
    ),
    function(
        "migrate",
        false,
        &[parameter("from", "u32", Form::GivenAs("u32"))],
        "u32",
    ),
];

impl Function {
    pub(super) fn named(name: &str) -> Option<&'static Self> {
        FUNCTIONS.iter().find(|function| function.name == name)
    }

    /// The function as the author writes it.
    pub(super) fn written(&self) -> String {
        let parameters = self
            .parameters
            .iter()
            .map(|parameter| format!("{}: {}", parameter.name, parameter.written));
        let parameters = parameters.collect::<Vec<_>>().join(", ");
        format!("fn {}({parameters}) -> airs::Result<{}>", self.name, self.output)
    }

    pub(super) fn check(&self, signature: &Signature, faults: &mut Faults) {
        if let Some(token) = &signature.asyncness {
            faults.at(
                token,
                "a driver's functions are not async: the host's services answer at once",
                "remove `async`",
            );
        }
        if !signature.generics.params.is_empty() {
            faults.at(
                &signature.generics,
                format!(
                    "`{}` has no generics: the host calls it with certain types",
                    self.name
                ),
                format!("write `{}`", self.written()),
            );
        }
        if let ReturnType::Default = signature.output {
            faults.at(
                &signature.name,
                format!("`{}` returns a result", self.name),
                format!("write `{}`", self.written()),
            );
        }
        self.check_parameters(signature, faults);
    }

    fn check_parameters(&self, signature: &Signature, faults: &mut Faults) {
        if let Some(receiver) = signature.receiver() {
            faults.at(
                receiver,
                "a driver keeps no state between calls",
                format!("write `{}`", self.written()),
            );
        }
        let given: Vec<&Type> = signature.types().collect();
        if given.len() == self.parameters.len() {
            for (parameter, given) in self.parameters.iter().zip(given) {
                if !parameter.form.may_be(given) {
                    let Parameter { name, written, .. } = parameter;
                    faults.at(
                        given,
                        format!("`{name}` has another type in `{}`", self.name),
                        format!("write `{written}`"),
                    );
                }
            }
        } else if signature.receiver().is_none() {
            let expected = match self.parameters.len() {
                1 => "1 parameter".to_owned(),
                count => format!("{count} parameters"),
            };
            faults.at(
                &signature.name,
                format!("`{}` has {expected}, not {}", self.name, given.len()),
                format!("write `{}`", self.written()),
            );
        }
    }
}

impl Form {
    fn may_be(&self, given: &Type) -> bool {
        match (self, given) {
            (Self::Lent, Type::Reference(given)) => given.mutability.is_none(),
            (Self::LentAs(name), Type::Reference(given)) => {
                given.mutability.is_none() && may_be_named(&given.elem, name)
            }
            (Self::Lent | Self::LentAs(_), Type::Path(_)) | (_, Type::Reference(_)) => false,
            (Self::GivenAs(name), given) => may_be_named(given, name),
            _ => true,
        }
    }
}

fn may_be_named(given: &Type, name: &str) -> bool {
    let Type::Path(path) = given else { return true };
    path.path
        .segments
        .last()
        .is_none_or(|last| last.ident == name || !WELL_KNOWN.iter().any(|other| last.ident == other))
}
