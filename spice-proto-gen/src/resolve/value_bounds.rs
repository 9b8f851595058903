//! Computes upper bounds on decoded values: their size in memory, and how deeply their types nest.
//!
//! Backends that limit values compare these bounds with their limits. Sums and products saturate: a small file can
//! describe a value of any size.

use crate::model::{Array, Field, Member, Role, Type, TypeDef, struct_of, type_size};

/// The memory of an array whose length is sent, without its elements.
const ARRAY_HANDLE_BYTES: u64 = 48;

/// The memory of a descriptor.
const FD_BYTES: u64 = 16;

/// The memory that tells one variant from another or null from a pointee, and of a count that a variant carries.
const TAG_BYTES: u64 = 16;

/// The levels of nested types between an array whose length is sent and its elements.
const ARRAY_LEVELS: u32 = 4;

/// Upper bound on the memory of a value with these members, in bytes.
pub(super) fn memory(types: &[TypeDef], members: &[Member]) -> u64 {
    // Members without memory count too: otherwise nested empty structs could multiply without limit.
    let members = members
        .iter()
        .map(|member| member_memory(types, member).max(1));
    aligned(members.fold(0, u64::saturating_add))
}

fn member_memory(types: &[TypeDef], member: &Member) -> u64 {
    match member {
        Member::Field(field) => field_memory(types, field),
        Member::Switch(_) => {
            let fields = member.fields().map(|field| field_memory(types, field));
            fields.max().unwrap_or(0).saturating_add(TAG_BYTES)
        }
    }
}

fn field_memory(types: &[TypeDef], field: &Field) -> u64 {
    if matches!(field.role, Role::Virtual(_) | Role::Zero) {
        return 0;
    }
    let element = match field.ty.ty {
        Type::Fd => FD_BYTES,
        Type::Struct(id) => struct_of(types, id).memory,
        ty @ (Type::Int(_) | Type::Enum(_)) => type_size(types, ty).min(),
    };
    let value = match field.array {
        None => element,
        Some(Array::Fixed(length)) => element.saturating_mul(length),
        Some(_) => ARRAY_HANDLE_BYTES,
    };
    match field.pointer {
        Some(_) => value.saturating_add(TAG_BYTES),
        None => value,
    }
}

/// Rounds up to the largest alignment that a value of this size can have.
fn aligned(bytes: u64) -> u64 {
    match bytes {
        1..8 => bytes.next_power_of_two(),
        _ => bytes.checked_next_multiple_of(8).unwrap_or(u64::MAX),
    }
}

/// Upper bound on the levels of nested types in a value with these members.
pub(super) fn nesting(types: &[TypeDef], members: &[Member]) -> u32 {
    let members = members.iter().map(|member| {
        let fields = member.fields().map(|field| field_nesting(types, field));
        let switch = u32::from(matches!(member, Member::Switch(_)));
        fields.max().unwrap_or(0).saturating_add(switch)
    });
    members.max().unwrap_or(0)
}

fn field_nesting(types: &[TypeDef], field: &Field) -> u32 {
    let element = match field.ty.ty {
        Type::Struct(id) => struct_of(types, id).nesting.saturating_add(1),
        Type::Int(_) | Type::Fd | Type::Enum(_) => 0,
    };
    let array = match field.array {
        None => 0,
        Some(Array::Fixed(_)) => 1,
        Some(_) => ARRAY_LEVELS,
    };
    let pointer = u32::from(field.pointer.is_some());
    element.saturating_add(array).saturating_add(pointer)
}
