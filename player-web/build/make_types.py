#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Makes the pages' types from docs/openapi.yaml: a schema of the document is a type of the same name.

    player-web/build/make_types.py            writes TYPES (below)
    player-web/build/make_types.py --check    ends with status 1 when TYPES is not what it would write
"""
import json
import os
import sys

import yaml

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.realpath(__file__))))
DOCUMENT = os.path.join(ROOT, "docs", "openapi.yaml")
TYPES = os.path.join(ROOT, "player-web", "src", "app", "types.ts")
HEAD = """// SPDX-License-Identifier: GPL-3.0-or-later
/* What the server says. Made from docs/openapi.yaml: change that, then `npm run types`.
 * allow(length): made by a program, and as long as the document is. */
"""
PLAIN = {"string": "string", "integer": "number", "number": "number", "boolean": "boolean", "null": "null"}


def type_of(schema):
    """The TypeScript type of a schema, in one line."""
    if "$ref" in schema:
        return schema["$ref"].rsplit("/", 1)[1]
    if "oneOf" in schema:
        return " | ".join(type_of(one) for one in schema["oneOf"])
    if "const" in schema or "enum" in schema:
        values = schema["enum"] if "enum" in schema else [schema["const"]]
        return " | ".join("null" if v is None else literal(v) for v in values)
    if "prefixItems" in schema:
        return f"[{', '.join(type_of(item) for item in schema['prefixItems'])}]"
    kind = schema["type"]
    if isinstance(kind, list):
        return " | ".join(PLAIN[one] for one in kind)
    if kind == "array":
        item = type_of(schema["items"])
        return f"({item})[]" if " | " in item else f"{item}[]"
    return PLAIN[kind]


def literal(value):
    return "'" + value + "'" if isinstance(value, str) else json.dumps(value)


def comment(schema, indent=""):
    text = " ".join(schema.get("description", "").split())
    return f"{indent}/** {text[0].upper()}{text[1:]}. */\n" if text else ""


def member(name, schema, is_required):
    key = name if name.isidentifier() else literal(name)
    return f"{comment(schema, '  ')}  {key}{'' if is_required else '?'}: {type_of(schema)};\n"


def declaration(name, schema):
    if schema.get("type") != "object":
        return f"{comment(schema)}export type {name} = {type_of(schema)};\n"
    required = schema.get("required", [])
    members = "".join(member(key, one, key in required) for key, one in schema["properties"].items())
    return f"{comment(schema)}export interface {name} {{\n{members}}}\n"


def make():
    with open(DOCUMENT, encoding="utf-8") as file:
        schemas = yaml.safe_load(file)["components"]["schemas"]
    return HEAD + "".join("\n" + declaration(name, schema) for name, schema in schemas.items())


def main():
    made = make()
    if sys.argv[1:] == ["--check"]:
        with open(TYPES, encoding="utf-8") as file:
            if file.read() == made:
                return 0
        print(f"{os.path.relpath(TYPES, ROOT)} is not what docs/openapi.yaml says: run `npm run types`")
        return 1
    with open(TYPES, "w", encoding="utf-8") as file:
        file.write(made)
    return 0


if __name__ == "__main__":
    sys.exit(main())
