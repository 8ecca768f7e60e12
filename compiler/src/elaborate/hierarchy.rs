//! The instance tree: the top, its instances, and what stands in each.

use indexmap::IndexMap;
use std::rc::Rc;

use super::assign::Target;
use super::connect::Override;
use super::context::{
    Constant, Driver, Elab, Entity, MAX_INSTANCES, MAX_LEVELS, MAX_NAME_BYTES, NetIdx, Res,
    ScopeIdx, Storage,
};
use super::env::Env;
use super::reference::Element;
use super::tristate::Resolution;
use crate::diagnostics::{Diagnostic, codes};
use crate::frontend::ast::{
    self, Arg, ExprKind, Member, ModuleId, NetKind, ProcessKind, SymbolKind,
};
use crate::frontend::ast::{Type, TypeKind};
use crate::netlist::{Bits, ExprId, GeneratePlace, Instance, InstanceId, Netlist};
use crate::source::Span;

impl<'a> Elab<'a> {
    /// The whole of elaboration.
    pub fn run(&mut self) -> Res<Netlist> {
        let ast = self.ast;
        self.find_enums();
        for (at, module) in ast.modules.iter().enumerate() {
            let name = &module.name;
            let id = ModuleId(at as u32);
            if let Some(first) = self.modules.insert(&name.text, id) {
                let first = ast[first].name.span;
                let message = format!("module `{}` is declared twice", name.text);
                self.tell(
                    Diagnostic::error(codes::DUPLICATE_NAME, name.span, message)
                        .label(first, "first declared here")
                        .help("remove one of the two files, or rename one module"),
                );
            }
        }
        let top = self.find_top()?;
        let overrides = self.top_parameters(top)?;
        let name = ast[top].name.text.to_string();
        let scope = self.instantiate(top, None, name, None, overrides, false)?;
        for &span in &ast.translated_off {
            self.pass_over("text behind `translate_off`", span);
        }
        self.check_defparams();
        self.check_errors()?;
        self.finish(top, scope)
    }

    /// Stops where an error has been reported.
    pub fn check_errors(&self) -> Res<()> {
        match self.diagnostics.has_errors() {
            true => Err(super::context::Reported),
            false => Ok(()),
        }
    }

    /// Elaborates an instance of a module; its body's scope.
    pub fn instantiate(
        &mut self,
        module: ModuleId,
        parent: Option<InstanceId>,
        name: String,
        symbol: Option<ast::SymbolId>,
        overrides: Vec<(ast::SymbolId, Override)>,
        in_generate_loop: bool,
    ) -> Res<ScopeIdx> {
        let ast = self.ast;
        let declared = &ast[module];
        let (mut depth, mut at) = (0, parent);
        while let Some(above) = at {
            depth += 1;
            at = self.instances[above.index()].parent;
        }
        // A recursion with branches has far more instances than levels.
        let too_long = self.name_bytes > MAX_NAME_BYTES;
        if too_long || self.instances.len() >= MAX_INSTANCES {
            let span = symbol.map_or(declared.name.span, |symbol| ast[symbol].name.span);
            let message = match too_long {
                true => {
                    format!("hierarchical names of more than {MAX_NAME_BYTES} characters together")
                }
                false => format!("more than {MAX_INSTANCES} instances"),
            };
            return self.fail(
                Diagnostic::error(codes::TOO_LARGE, span, message)
                    .at(format!("here, of `{}`", declared.name.text))
                    .help("if a module instantiates itself, end the recursion earlier"),
            );
        }
        if depth > MAX_LEVELS {
            let span = symbol.map_or(declared.name.span, |symbol| ast[symbol].name.span);
            let message = format!(
                "instances of `{}` nest deeper than {MAX_LEVELS}",
                declared.name.text
            );
            return self.fail(
                Diagnostic::error(codes::RECURSION, span, message)
                    .help("end the recursion by a generate condition"),
            );
        }
        let path = match parent {
            None => String::new(),
            Some(parent) => match &*self.instances[parent.index()].path {
                "" => name.clone(),
                path => format!("{path}.{name}"),
            },
        };
        self.name_bytes += path.len();
        let instance = InstanceId(self.instances.len() as u32);
        self.instances.push(Instance {
            name,
            path,
            module,
            parent,
            symbol,
            in_generate_loop,
            place: GeneratePlace::default(),
            parameters: IndexMap::new(),
        });
        let file = ast[declared.scope].parent.map(|parent| self.global(parent));
        let scope = self.new_scope(file, declared.scope, instance, None);
        self.scope_mut(scope).in_generate_loop = in_generate_loop;
        self.scope_mut(scope).outermost = true;
        for &port in &declared.ports {
            self.declare_symbol(scope, port);
        }
        for &parameter in &declared.parameters {
            self.declare_symbol(scope, parameter);
        }
        self.declare(scope);
        for (symbol, value) in overrides {
            self.override_parameter(scope, symbol, value)?;
        }
        for &parameter in &declared.parameters {
            if let SymbolKind::Parameter { is_type: true, .. } = ast[parameter].kind {
                continue;
            }
            let name = &ast[parameter].name.text;
            if let Some(Entity::Constant(value)) = self.lookup_here(scope, name)? {
                self.instances[instance.index()]
                    .parameters
                    .insert(name.to_string(), value.bits.clone());
            }
        }
        let opaque = self.is_black_box(declared) || self.clock_gate_cell(declared).is_some();
        if parent.is_some() && opaque {
            return Ok(scope);
        }
        self.expand(scope)?;
        self.gather_defparams(scope);
        self.body(scope);
        Ok(scope)
    }

    /// Gives a parameter the value of an override.
    fn override_parameter(
        &mut self,
        scope: ScopeIdx,
        symbol: ast::SymbolId,
        value: Override,
    ) -> Res<()> {
        let ast = self.ast;
        let SymbolKind::Parameter { ty, is_type, .. } = &ast[symbol].kind else {
            if let Override::Given(interface) = value {
                self.bind_interface(scope, symbol, interface);
            }
            return Ok(());
        };
        let span = ast[symbol].name.span;
        let value = match value {
            Override::Given(value) => value,
            Override::Pattern(outside, pattern) => {
                let ty = self.type_of(scope, ty, span)?;
                let value = Constant {
                    bits: self.constant_of_type(outside, pattern, &ty)?,
                    signed: ty.signed,
                    z: None,
                    text: None,
                    real: None,
                    ty: Some(Rc::new(ty)),
                };
                Entity::Constant(Rc::new(value))
            }
        };
        let value = match value {
            Entity::Constant(value) if !is_type => (*value).clone(),
            Entity::Type(_) if *is_type => {
                let name = &ast[symbol].name.text;
                self.scope_mut(scope).names.insert(name, value);
                return Ok(());
            }
            _ => {
                let (wanted, help) = match is_type {
                    true => ("a type", "give a type"),
                    false => ("a value", "give a value"),
                };
                let message = format!("the parameter `{}` is {wanted}", ast[symbol].name.text);
                return self
                    .fail(Diagnostic::error(codes::BAD_CONNECTION, span, message).help(help));
            }
        };
        let bare =
            matches!(ty.kind, TypeKind::Bits { .. } | TypeKind::String) && ty.dims.is_empty();
        let value = match &ty.kind {
            TypeKind::Real => {
                let value = self.constant_as_real(value, span)?;
                Constant::of_real(value)
            }
            TypeKind::Bits { signed: true, .. } if bare && value.real.is_some() => {
                return self.real_as_bits(span);
            }
            TypeKind::Bits { signed: true, .. } if bare => Constant {
                signed: true,
                ..value
            },
            TypeKind::Bits { written: false, .. } | TypeKind::String if bare => value,
            _ => {
                let ty = self.type_of(scope, ty, span)?;
                self.fit(value, &ty, span)?
            }
        };
        let entity = Entity::Constant(Rc::new(value));
        self.scope_mut(scope)
            .names
            .insert(&ast[symbol].name.text, entity);
        Ok(())
    }

    /// Declares the nets of a scope, then executes what stands in it. Errors
    /// in one member do not hide those in others.
    fn body(&mut self, scope: ScopeIdx) {
        let ast = self.ast;
        let members = &ast[self.scope(scope).ast].members;
        for member in members {
            if let Member::Declare(symbol) = member {
                let _ = self.declare_net(scope, *symbol);
            }
        }
        // Interfaces first: anything may name their signals.
        for member in members {
            if let Member::Declare(symbol) = member
                && self.is_interface_instance(*symbol)
            {
                let _ = self.declared(scope, *symbol);
            }
        }
        for member in members {
            let _ = self.implied_by(scope, member);
        }
        for member in members {
            if let Member::Declare(symbol) = member
                && let SymbolKind::Instance(_) = ast[*symbol].kind
            {
                let made = self.made.entry((scope, *symbol));
                made.or_insert(super::reach::Made::Not);
            }
        }
        let generated = self.scope(scope).generated.clone();
        let mut next = generated.iter().peekable();
        for (at, member) in members.iter().enumerate() {
            let _ = match member {
                Member::Declare(symbol) if self.is_interface_instance(*symbol) => Ok(()),
                Member::Declare(symbol) => self.declared(scope, *symbol),
                Member::Assign(list) => list
                    .iter()
                    .try_for_each(|&assign| self.continuous(scope, assign)),
                Member::Process(process) if process.kind == ProcessKind::Initial => {
                    self.initial(scope, process)
                }
                Member::Process(process) => self.process(scope, process),
                Member::Ignored(span) => {
                    self.pass_over("an assertion, a `specify` block or the like", *span);
                    Ok(())
                }
                Member::Refused(span) => {
                    let text = self.sources.text(*span);
                    let said = text.split('"').nth(1).unwrap_or(text);
                    self.fail(
                        Diagnostic::error(
                            codes::BAD_CONNECTION,
                            *span,
                            format!("the design does not take its parameters: {said}"),
                        )
                        .help("give others, `-P NAME=VALUE` for those of the top module"),
                    )
                }
                Member::Unsupported(what) => {
                    let (span, what) = (what.span, what.what.to_string());
                    self.unsupported(span, &what, "remove it, or express it by other means")
                }
                _ => Ok(()),
            };
            while let Some((_, inner)) = next.next_if(|(member, _)| *member == at) {
                self.body(*inner);
            }
        }
    }

    /// Declares the nets that assignments and connections imply. Synthesis tools
    /// take them for declared from the beginning of the module on.
    fn implied_by(&mut self, scope: ScopeIdx, member: &Member) -> Res<()> {
        let ast = self.ast;
        match member {
            Member::Assign(list) => {
                for &assign in list {
                    if let ExprKind::Assign { lhs, .. } = ast[assign].kind {
                        self.implicit_nets(scope, lhs)?;
                    }
                }
            }
            Member::Declare(symbol) => {
                if let SymbolKind::Instance(instance) = &ast[*symbol].kind {
                    for arg in &instance.connections {
                        if let Arg::Positional(Some(expr))
                        | Arg::Named {
                            value: Some(expr), ..
                        } = arg
                        {
                            self.implicit_nets(scope, *expr)?;
                        }
                    }
                }
            }
            _ => {}
        }
        Ok(())
    }

    /// Looks at the declaration of a net or variable.
    fn declare_net(&mut self, scope: ScopeIdx, symbol: ast::SymbolId) -> Res<()> {
        let ast = self.ast;
        let usable = |ty: &Type| {
            !matches!(
                ty.kind,
                TypeKind::Unsupported(_) | TypeKind::String | TypeKind::Real
            )
        };
        let look = match &ast[symbol].kind {
            SymbolKind::Port(_) => true,
            SymbolKind::Net { ty, .. } | SymbolKind::Variable { ty, .. } => usable(ty),
            _ => false,
        };
        if look {
            if let Some(Entity::Net(net)) = self.lookup_here(scope, &ast[symbol].name.text)? {
                self.net_type(net, symbol)?;
            }
            self.declared_init(scope, symbol)?;
        }
        Ok(())
    }

    /// Notes how a net that is no plain wire resolves its drivers.
    fn net_type(&mut self, net: NetIdx, symbol: ast::SymbolId) -> Res<()> {
        let kind = match &self.ast[symbol].kind {
            SymbolKind::Port(port) => port.net,
            SymbolKind::Net { net, .. } => *net,
            _ => NetKind::Wire,
        };
        let resolution = match kind {
            NetKind::Wire | NetKind::Supply0 | NetKind::Supply1 => return Ok(()),
            NetKind::And => Resolution::And,
            NetKind::Or => Resolution::Or,
            NetKind::Tri0 => Resolution::Pulled(false),
            NetKind::Tri1 => Resolution::Pulled(true),
            NetKind::Trireg => {
                return self.unsupported(
                    self.ast[symbol].name.span,
                    "a `trireg` net, which keeps its last value",
                    "keep the value in a register",
                );
            }
        };
        self.resolutions.insert(net, resolution);
        Ok(())
    }

    /// What a declaration does: an instance, or a net with a value.
    fn declared(&mut self, scope: ScopeIdx, symbol: ast::SymbolId) -> Res<()> {
        let ast = self.ast;
        let name = &ast[symbol].name;
        match &ast[symbol].kind {
            SymbolKind::Instance(_) => self.instance_once(scope, symbol),
            SymbolKind::Net { net, init, .. } => {
                let Some(Entity::Net(index)) = self.lookup_here(scope, &name.text)? else {
                    return Ok(());
                };
                let ty = self.net(index).ty.clone();
                let Storage::Slots(first) = self.net(index).storage else {
                    return Ok(());
                };
                let supply = match net {
                    NetKind::Supply0 => Some(Bits::zero(ty.width)),
                    NetKind::Supply1 => Some(Bits::ones(ty.width)),
                    _ => None,
                };
                if let Some(bits) = supply {
                    let value = self.exprs.constant(bits);
                    for slot in first..first + ty.elements() {
                        self.drive(slot, 0, ty.width, Driver::Value(value), name.span);
                    }
                }
                if let Some(init) = *init {
                    self.env = Env::default();
                    let value = self.assigned_to(scope, init, &ty)?;
                    let span = name.span.to(ast[init].span);
                    let target = Target::Part(self.whole(index, span));
                    self.drive_target(&target, value, span)?;
                }
                Ok(())
            }
            _ => Ok(()),
        }
    }

    /// `assign lhs = rhs`
    fn continuous(&mut self, scope: ScopeIdx, assign: ast::ExprId) -> Res<()> {
        let ast = self.ast;
        let span = ast[assign].span;
        let ExprKind::Assign { lhs, rhs, .. } = ast[assign].kind else {
            return self.unsupported(span, "this assignment", "write `assign net = value`");
        };
        self.env = Env::default();
        self.implicit_nets(scope, lhs)?;
        let target = self.target(scope, lhs)?;
        let value = self.assigned_value(scope, rhs, &target)?;
        self.drive_target(&target, value, span)
    }

    /// Drives the nets of a target.
    pub fn drive_target(&mut self, target: &Target, value: ExprId, span: Span) -> Res<()> {
        let part = match target {
            Target::Part(part) => part,
            Target::Concat(parts) => {
                let mut low = 0;
                for part in parts.iter().rev() {
                    let width = part.width() as u32;
                    let slice = self.exprs.slice(value, low, width);
                    self.drive_target(part, slice, span)?;
                    low += width;
                }
                return Ok(());
            }
            Target::Stream(target, size) => {
                let value = match *size {
                    Some(size) => self.reversed_blocks(value, size),
                    None => value,
                };
                return self.drive_target(target, value, span);
            }
        };
        if !part.ty.unpacked.is_empty() {
            let width = part.ty.width;
            for (at, element) in self.elements_of(part).into_iter().enumerate() {
                let slice = self.exprs.slice(value, at as u32 * width, width);
                self.drive_target(&Target::Part(element), slice, span)?;
            }
            return Ok(());
        }
        let storage = self.net(part.net).storage;
        let whole = i64::from(self.net(part.net).ty.width);
        let (Storage::Slots(first), Element::At(at), true) =
            (storage, part.element, part.bits.terms.is_empty())
        else {
            if matches!(part.element, Element::Outside) {
                return Ok(());
            }
            return self.fail(
                Diagnostic::error(
                    codes::NOT_CONSTANT,
                    part.span,
                    "a continuous assignment to a part that signals select",
                )
                .help("use `always @*`, or assign every part"),
            );
        };
        let low = part.bits.constant;
        // What reaches out of a field is dropped.
        let (bottom, top) = match part.window {
            Some((low, width)) => (i64::from(low), i64::from(low) + i64::from(width)),
            None => (0, whole),
        };
        let (from, to) = (
            low.clamp(bottom, top),
            (low + i64::from(part.ty.width)).clamp(bottom, top),
        );
        if from < to {
            let width = (to - from) as u32;
            let value = self.exprs.slice(value, (from - low) as u32, width);
            self.drive(first + at, from as u32, width, Driver::Value(value), span);
        }
        Ok(())
    }
}
