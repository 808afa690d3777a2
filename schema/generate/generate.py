#!/usr/bin/env python3
"""Writes the static tables of `infra-schema` from a Kubernetes API server's own documents.

    schema/generate/generate.py FOLDER

FOLDER holds `discovery.json` (aggregated discovery) and `openapi/*.json` (OpenAPI v3, one file for
a group and version). Where they come from stands in README.md beside this file. The result,
`schema/src/table/{names,types,kinds}.rs`, is committed; nothing is parsed when the program starts.
"""

import glob
import json
import os
import sys

SOURCE = "// Written by schema/generate/generate.py from Kubernetes 1.36. Do not edit.\n\n"

# Order of versions within a group: the newest stable one first.
SCALARS = {
    "Quantity": "Quantity",
    "IntOrString": "IntOrString",
    "Time": "Time",
    "MicroTime": "MicroTime",
}
UNTYPED = {
    "FieldsV1",
    "Patch",
    "JSON",
    "JSONSchemaPropsOrArray",
    "JSONSchemaPropsOrBool",
    "JSONSchemaPropsOrStringArray",
}
# Fixed numbers of the nodes that are known from the start; `ty` relies on ANY.
FIRST = ["Any"] + [
    f"S({s})"
    for s in ["String", "Bytes", "Integer", "Number", "Boolean", "Quantity", "IntOrString", "Time", "MicroTime"]
]
RELATION = {"atomic": 0, "set": 1, "map": 2}


class Interner:
    """Gives every distinct text one number."""

    def __init__(self, first=()):
        self.items, self.index = [], {}
        for item in first:
            self.add(item)

    def add(self, item):
        if item not in self.index:
            self.index[item] = len(self.items)
            self.items.append(item)
        return self.index[item]


def load(folder):
    schemas, versions = {}, {}
    for path in sorted(glob.glob(os.path.join(folder, "openapi", "*.json"))):
        with open(path) as file:
            document = json.load(file)
        for name, schema in document["schemas"].items():
            kinds = schema.get("x-kubernetes-group-version-kind", [])
            if name not in schemas or kinds:
                schemas[name] = schema
            if len(kinds) == 1:
                gvk = kinds[0]
                versions[(gvk["group"], gvk["version"], gvk["kind"])] = name
    with open(os.path.join(folder, "discovery.json")) as file:
        discovery = json.load(file)
    return schemas, versions, discovery


def quote(text):
    return json.dumps(text)


class Types:
    def __init__(self, schemas):
        self.schemas = schemas
        self.names = sorted({k for s in schemas.values() for k in s.get("properties", {})})
        self.name = {n: i for i, n in enumerate(self.names)}
        self.nodes = list(FIRST)
        self.shared = {text: i for i, text in enumerate(FIRST)}
        self.structs = {}
        self.fields = []
        self.keys = Interner(["&[]"])
        self.enums = Interner(["&[]"])
        self.patches = Interner(['("", "")'])
        self.defaults = Interner(["Nothing", "EmptyStruct", "EmptyText", "Zero", "False"])

    def share(self, text):
        if text not in self.shared:
            self.shared[text] = len(self.nodes)
            self.nodes.append(text)
        return self.shared[text]

    def reference(self, name, atomic=None):
        short = name.rsplit(".", 1)[-1]
        schema = self.schemas[name]
        if short in UNTYPED and "properties" not in schema:
            return 0
        if short == "RawExtension":
            # Whatever stands in it is one value, with one owner.
            return self.share("M(0, true)")
        if short in SCALARS and "properties" not in schema:
            return self.share(f"S({SCALARS[short]})")
        own = schema.get("x-kubernetes-map-type") == "atomic"
        atomic = own if atomic is None else atomic
        key = (name, atomic)
        if key not in self.structs:
            self.structs[key] = len(self.nodes)
            self.nodes.append(None)
            properties = schema.get("properties", {})
            required = set(schema.get("required", []))
            rows = [
                self.field(n, properties[n], n in required) for n in sorted(properties)
            ]
            # Rows are complete only now: describing one may have added other structs.
            first = len(self.fields)
            self.fields.extend(rows)
            flag = "true" if atomic else "false"
            self.nodes[self.structs[key]] = f"T({first}, {len(rows)}, {flag})"
        return self.structs[key]

    def node(self, schema):
        reference = schema.get("$ref") or next(
            (a["$ref"] for a in schema.get("allOf", []) if "$ref" in a), None
        )
        map_type = schema.get("x-kubernetes-map-type")
        if reference:
            atomic = None if map_type is None else map_type == "atomic"
            return self.reference(reference.rsplit("/", 1)[-1], atomic)
        kind, form = schema.get("type"), schema.get("format")
        if kind == "array":
            relation = RELATION[schema.get("x-kubernetes-list-type", "atomic")]
            names = schema.get("x-kubernetes-list-map-keys", [])
            keys = self.keys.add("&[" + ", ".join(quote(n) for n in sorted(names)) + "]")
            return self.share(f"L({self.node(schema['items'])}, {relation}, {keys})")
        if kind == "object" and isinstance(schema.get("additionalProperties"), dict):
            flag = "true" if map_type == "atomic" else "false"
            return self.share(f"M({self.node(schema['additionalProperties'])}, {flag})")
        scalar = {
            "string": "Bytes" if form == "byte" else "Time" if form == "date-time" else "String",
            "integer": "Integer",
            "number": "Number",
            "boolean": "Boolean",
        }.get(kind)
        return self.share(f"S({scalar})") if scalar else 0

    def default(self, schema):
        if "default" not in schema:
            return 0
        value = schema["default"]
        known = {"{}": 1, '""': 2, "0": 3, "false": 4}
        text = json.dumps(value)
        if text in known:
            return known[text]
        return self.defaults.add(f"Text({quote(value)})" if isinstance(value, str) else f"Int({value})")

    def field(self, name, schema, required):
        patch = (
            schema.get("x-kubernetes-patch-strategy", ""),
            schema.get("x-kubernetes-patch-merge-key", ""),
        )
        enum = "&[" + ", ".join(quote(v) for v in schema.get("enum", [])) + "]"
        return "F({}, {}, {}, {}, {}, {})".format(
            self.name[name],
            self.node(schema),
            self.default(schema),
            "true" if required else "false",
            self.enums.add(enum),
            self.patches.add(f"({quote(patch[0])}, {quote(patch[1])})"),
        )


def packed(rows, width=150):
    """Several short rows on a line: the tables are for the compiler, not for reading."""
    lines, line = [], ""
    for row in rows:
        if line and len(line) + len(row) > width:
            lines.append(line)
            line = ""
        line += row + ", "
    return "\n".join("    " + l.rstrip() for l in lines + [line] if l) + "\n"


def array(name, item, rows):
    return f"pub(crate) static {name}: [{item}; {len(rows)}] = [\n{packed(rows)}];\n\n"


def write(path, text):
    with open(path, "w") as file:
        file.write(SOURCE + text.rstrip() + "\n")


def cows(words):
    return "&[" + ", ".join(f"B({quote(w)})" for w in words) + "]"


def kind_rows(discovery, versions, types):
    rows = []
    groups = discovery["api"]["items"] + discovery["apis"]["items"]
    for group in groups:
        for rank, version in enumerate(group["versions"]):
            for resource in version["resources"]:
                name, number = group["metadata"].get("name", ""), version["version"]
                kind = resource["responseKind"]["kind"]
                subresources = []
                for sub in resource.get("subresources", []):
                    answer = sub["responseKind"]
                    same = not answer["group"] and not answer["version"]
                    subresources.append(
                        "Subresource { name: B(%s), group: B(%s), version: B(%s), kind: B(%s), verbs: C(&[%s]) }"
                        % (
                            quote(sub["subresource"]),
                            quote(name if same else answer["group"]),
                            quote(number if same else answer["version"]),
                            quote(answer["kind"]),
                            ", ".join(f"B({quote(v)})" for v in sub["verbs"]),
                        )
                    )
                row = "Kind { group: B(%s), version: B(%s), kind: B(%s), plural: B(%s), singular: B(%s), short_names: C(%s), categories: C(%s), namespaced: %s, verbs: C(%s), subresources: C(&[%s]), ty: node(%d) }" % (
                    quote(name),
                    quote(number),
                    quote(kind),
                    quote(resource["resource"]),
                    quote(resource["singularResource"]),
                    cows(resource.get("shortNames", [])),
                    cows(resource.get("categories", [])),
                    "true" if resource["scope"] == "Namespaced" else "false",
                    cows(resource["verbs"]),
                    ", ".join(subresources),
                    types.reference(versions[(name, number, kind)]),
                )
                rows.append(((name, kind, rank), row))
    return [row for _, row in sorted(rows)]


def main():
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    schemas, versions, discovery = load(sys.argv[1])
    types = Types(schemas)
    target = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "src", "table")
    kinds = kind_rows(discovery, versions, types)
    bodies = [
        f"({quote(group)}, {quote(version)}, {quote(kind)}, {types.reference(name)})"
        for (group, version, kind), name in sorted(versions.items())
    ]
    meta = types.reference("io.k8s.apimachinery.pkg.apis.meta.v1.ObjectMeta")

    write(
        os.path.join(target, "names.rs"),
        array("NAMES", "&str", [quote(n) for n in types.names]),
    )
    write(
        os.path.join(target, "types.rs"),
        "use super::Default::{EmptyStruct, EmptyText, False, Int, Nothing, Text, Zero};\n"
        "use super::Field as F;\n"
        "use super::Node::{self, Any, List as L, Map as M, Scalar as S, Struct as T};\n"
        "use crate::ty::Scalar::{\n"
        "    Boolean, Bytes, IntOrString, Integer, MicroTime, Number, Quantity, String, Time,\n};\n\n"
        + f"pub(crate) const OBJECT_META: u16 = {meta};\n\n"
        + array("NODES", "Node", types.nodes)
        + array("FIELDS", "F", types.fields)
        + array("KEYS", "&[&str]", types.keys.items)
        + array("ENUMS", "&[&str]", types.enums.items)
        + array("PATCHES", "(&str, &str)", types.patches.items)
        + array("DEFAULTS", "super::Default", types.defaults.items)
        + array("BODIES", "(&str, &str, &str, u16)", bodies),
    )
    write(
        os.path.join(target, "kinds.rs"),
        "use crate::kind::{Kind, Subresource};\nuse crate::ty::node;\n"
        "use std::borrow::Cow::Borrowed as B;\nuse std::borrow::Cow::Borrowed as C;\n\n"
        + f"pub(crate) static KINDS: [Kind; {len(kinds)}] = [\n"
        + "".join(f"    {row},\n" for row in kinds)
        + "];\n",
    )
    assert len(types.nodes) < 65535 and len(types.fields) < 65535
    assert max(map(len, [types.keys.items, types.enums.items, types.patches.items, types.defaults.items])) < 256


if __name__ == "__main__":
    main()
