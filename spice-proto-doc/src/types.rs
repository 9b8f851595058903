//! The pages of types: structs, shared bodies, enums, flags and aliases.

use maud::{Markup, html};
use spice_proto_gen::model::{Alias, Attributes, Docs, Enum, Origin, Struct, TypeDef, TypeId};

use crate::page::Page;
use crate::site::{Site, plural};
use crate::{examples, fields, markdown, picture};

/// A page for each type.
pub fn pages(site: &Site<'_>) -> Vec<Page> {
    let definitions = site.model().types.iter().enumerate();
    let pages = definitions.filter_map(|(index, definition)| {
        let id = TypeId(index);
        let path = site.type_address(id)?.to_owned();
        Some(page(site, id, path, definition))
    });
    pages.collect()
}

fn page(site: &Site<'_>, id: TypeId, path: String, definition: &TypeDef) -> Page {
    let (kind, words) = match definition {
        TypeDef::Alias(found) => ("typedef", words_of(&found.attributes)),
        TypeDef::Enum(found) => {
            let kind = if found.flags { "flags" } else { "enum" };
            let mut words = vec![site.names().enumeration(found)];
            for item in &found.items {
                words.push(site.names().item(found, item));
            }
            (kind, words)
        }
        TypeDef::Struct(found) => {
            let kind = match found.origin {
                Origin::Message => "shared body",
                _ => "struct",
            };
            (kind, vec![site.names().structure(found)])
        }
    };
    let mut page = Page {
        path,
        title: definition.name().to_owned(),
        words,
        kind,
        contents: html! {},
    };
    page.contents = match definition {
        TypeDef::Alias(found) => alias(site, &page, found),
        TypeDef::Enum(found) => enumeration(site, found),
        TypeDef::Struct(found) => structure(site, &page, id, found),
    };
    let users = site.users(id);
    page.contents = html! {
        (page.contents)
        @if !users.is_empty() {
            h2 #users { "Used by" }
            ul.users {
                @for (address, name) in users {
                    li { a href=(page.link(address)) { (name) } }
                }
            }
        }
    };
    page
}

fn words_of(attributes: &Attributes) -> Vec<String> {
    let name = attributes.argument("ctype");
    name.map(str::to_owned).into_iter().collect()
}

fn description(docs: &Docs) -> Markup {
    markdown::docs(docs)
}

fn alias(site: &Site<'_>, page: &Page, found: &Alias) -> Markup {
    let name = site.model().type_name(found.target);
    let target = found.target.definition();
    html! {
        (description(&found.docs))
        p {
            "Another name of "
            @match target.and_then(|id| site.type_address(id)) {
                Some(address) => a href=(page.link(address)) { (name) },
                None => code { (name) },
            }
            "."
        }
    }
}

fn enumeration(site: &Site<'_>, found: &Enum) -> Markup {
    let names = site.names();
    let bits = u32::from(found.bytes).saturating_mul(8);
    html! {
        (description(&found.docs))
        p { (bits) " bits, " code { (names.enumeration(found)) } }
        div.table {
            table {
                thead { tr { th { "Value" } th { "Name" } th { "Meaning" } } }
                tbody {
                    @for item in &found.items {
                        tr {
                            td { @if found.flags { (format!("{:#x}", item.value)) } @else { (item.value) } }
                            td { code { (item.name) } br; small { code { (names.item(found, item)) } } }
                            td { (markdown::docs(&item.docs)) @if item.deprecated { p.note { "Deprecated." } } }
                        }
                    }
                }
            }
        }
    }
}

fn structure(site: &Site<'_>, page: &Page, id: TypeId, found: &Struct) -> Markup {
    html! {
        (description(&found.docs))
        p {
            code { (site.names().structure(found)) }
            @match found.size.exact() {
                Some(size) => { ", " (plural(size, "byte")) },
                None => { ", at least " (plural(found.size.min(), "byte")) },
            }
        }
        h2 #fields { "Fields" }
        (fields::table(site, page, found))
        @if !found.members.is_empty() {
            h2 #bytes { "Bytes" }
            (picture::draw(site.model(), found))
            (picture::legend())
        }
        (examples::example(site.model(), id))
    }
}
