#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Each rule finds what it is there to find: a violation is seeded in a tree of its own, which is
clean without it."""
import json
import os
import subprocess
import sys
import tempfile
import unittest

HERE = os.path.dirname(os.path.realpath(__file__))
SPDX = "// SPDX-License-Identifier: GPL-3.0-or-later\n"
HEADER = SPDX + "#ifndef COMMON_A_H\n#define COMMON_A_H\n\nint a_count(int from);\n\n#endif\n"
SOURCE = (SPDX + '#include "common/a.h"\n\n#include <stdlib.h>\n\n'
          "int a_count(int from)\n{\n    return abs(from);\n}\n")


class Tree:
    """A small tree in a temporary folder."""

    def __init__(self, case):
        folder = tempfile.TemporaryDirectory(prefix="rules-")
        case.addCleanup(folder.cleanup)
        self.root = folder.name
        self.write("common/a.h", HEADER)
        self.write("common/a.c", SOURCE)

    def write(self, path, text):
        full = os.path.join(self.root, path)
        os.makedirs(os.path.dirname(full), exist_ok=True)
        with open(full, "w", encoding="utf-8") as file:
            file.write(text)

    def remove(self, path):
        os.remove(os.path.join(self.root, path))

    def git(self, *words):
        identity = ["-c", "user.name=t", "-c", "user.email=t@t", "-c", "commit.gpgsign=false",
                    "-c", "core.hooksPath=/dev/null"]
        subprocess.run(["git", "-C", self.root, *identity, *words], check=True, capture_output=True)


class RuleCase(unittest.TestCase):
    def setUp(self):
        self.tree = Tree(self)

    def run_rule(self, rule):
        return subprocess.run([sys.executable, os.path.join(HERE, rule), "--root", self.tree.root],
                              capture_output=True, text=True, timeout=60)

    def assert_clean(self, rule):
        done = self.run_rule(rule)
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)

    def assert_found(self, rule, *texts):
        done = self.run_rule(rule)
        self.assertEqual(done.returncode, 1, done.stdout + done.stderr)
        for text in texts:
            self.assertIn(text, done.stdout)


class Includes(RuleCase):
    def seed(self, path, *includes):
        self.tree.write(path, SPDX + "".join(f"#include {i}\n" for i in includes))

    def test_a_clean_tree_passes(self):
        self.assert_clean("includes")

    def test_an_include_against_the_direction_is_found(self):
        self.seed("storage/sqlite/db.h")
        self.seed("common/b.c", '"storage/sqlite/db.h"')
        self.assert_found("includes", "common/b.c:2: common must not include storage")

    def test_common_does_not_see_the_package_either(self):
        self.seed("common/package/package.h", "<stdint.h>")
        self.seed("common/b.c", '"common/package/package.h"')
        self.assert_found("includes", "common must not include common/package")

    def test_a_library_of_another_layer_is_found(self):
        for path, header in (("server/features/r.c", "<sqlite3.h>"),
                             ("server/features/s.c", "<event2/event.h>"),
                             ("storage/t.c", "<event2/event.h>"),
                             ("server/http/u.c", "<hiredis/hiredis.h>"),
                             ("transcoder/v.c", "<openssl/ssl.h>")):
            self.seed(path, header)
            self.assert_found("includes", f"{path}:2: ")

    def test_only_roles_and_main_join_objects(self):
        self.seed("server/http/server.h", "<stdint.h>")
        self.seed("storage/sqlite/db.h", "<stdint.h>")
        self.seed("server/main.c", '"server/http/server.h"', '"storage/sqlite/db.h"')
        self.assert_clean("includes")
        self.seed("server/config.c", '"storage/sqlite/db.h"')
        self.assert_found("includes", "server/config.c:2: server must not include storage")

    def test_a_feature_sees_another_through_its_face_alone(self):
        for path in ("server/features/b/b.h", "server/features/b/b_json.h", "storage/sqlite/db_query.h"):
            self.seed(path, "<stdint.h>")
        self.seed("server/features/a/a_routes.c", '"server/features/b/b.h"')
        self.seed("server/features/b/b_routes.c", '"server/features/b/b_json.h"')
        self.seed("server/features/a/a_store.c", '"storage/sqlite/db_query.h"')
        self.assert_clean("includes")
        self.seed("server/features/a/a_json.c", '"server/features/b/b_json.h"')
        self.assert_found("includes", "another feature is seen through server/features/b/b.h")
        self.seed("server/features/a/a_json.c", '"storage/sqlite/db_query.h"')
        self.assert_found("includes", "SQL stands in the feature's *_store.c")
        self.seed("server/features/a/a_json.c")
        self.seed("server/features/a/a_rules.c", '"storage/sqlite/db_query.h"')
        self.assert_found("includes", "rules are pure")

    def test_an_unknown_library_is_found(self):
        self.seed("common/b.c", "<gtk/gtk.h>")
        self.assert_found("includes", "neither the C library nor a library of the table")

    def test_a_folder_outside_the_table_is_found(self):
        self.seed("plugins/b.c", "<stdint.h>")
        self.assert_clean("includes")  # not a folder of ours
        self.seed("server/plugins/b.c", "<openssl/ssl.h>")
        self.assert_found("includes", "server must not include openssl")

    def test_a_path_that_is_not_from_the_root_is_found(self):
        self.seed("common/b.c", '"a.h"')
        self.assert_found("includes", "is not a path from the root")

    def test_a_source_that_does_not_include_its_own_header_first_is_found(self):
        self.tree.write("common/a.c", SPDX + '#include <stdlib.h>\n#include "common/a.h"\n')
        self.assert_found("includes", 'the first include has to be "common/a.h"')

    def test_a_system_header_after_ours_is_found(self):
        self.seed("common/b.c", "<errno.h>", '"common/a.h"', "<stdlib.h>")
        self.assert_found("includes", "<stdlib.h> stands after headers of ours")

    def test_a_reason_beside_the_include_allows_it(self):
        self.seed("common/b.c", "<curl/curl.h> /* allow(includes): a measured reason */")
        self.assert_clean("includes")
        self.seed("common/b.c", "<curl/curl.h> /* allow(includes): no */")
        self.assert_found("includes", "common/b.c:2")


class Rooms(RuleCase):
    ROOMS = ("message", "loop", "socket", "exchange", "h1", "h2")

    def test_a_room_of_the_engine_does_not_see_those_above_it(self):
        for i, upper in enumerate(self.ROOMS):
            self.tree.write(f"server/http/{upper}/{upper}.h", SPDX)
            for lower in self.ROOMS[:i]:
                self.tree.write(f"server/http/{lower}/see.c", f'#include "server/http/{upper}/{upper}.h"\n')
                self.assert_found("includes", f"server/http/{lower} must not include server/http/{upper}")

    def test_http_2_does_not_see_http_1(self):
        self.tree.write("server/http/h1/h1.h", SPDX)
        self.tree.write("server/http/h2/see.c", '#include "server/http/h1/h1.h"\n')
        self.assert_found("includes", "server/http/h2 must not include server/http/h1")


class Lengths(RuleCase):
    def seed(self, lines, comment=""):
        body = "    (void)0;\n" * (lines - 2)
        self.tree.write("common/b.c", f"{SPDX}\n{comment}int b_long(void)\n{{\n{body}}}\n")

    def test_a_function_at_the_limit_passes(self):
        self.seed(80)
        self.assert_clean("lengths")

    def test_a_function_above_the_limit_is_found(self):
        self.seed(81)
        self.assert_found("lengths", "common/b.c:3: b_long has 81 lines, the limit is 80")

    def test_a_reason_above_the_function_allows_it(self):
        self.seed(90, "/* allow(length): one state per case, read side by side */\n")
        self.assert_clean("lengths")

    def test_a_brace_in_a_comment_or_string_ends_nothing(self):
        body = "    (void)0;\n" * 79 + '    /*\n}\n    */\n    (void)"}";\n'
        self.tree.write("common/b.c", f"{SPDX}\nint b_long(void)\n{{\n{body}}}\n")
        self.assert_found("lengths", "b_long has 85 lines")

    def test_long_files_are_found(self):
        for path, limit in (("common/c.c", 600), ("common/c.h", 150), ("player-web/src/c.ts", 300)):
            self.tree.write(path, "\n" * limit)
            self.assert_clean("lengths")
            self.tree.write(path, "\n" * (limit + 1))
            self.assert_found("lengths", f"{path}: {limit + 1} lines, the limit is {limit}")
            self.tree.remove(path)

    def test_the_figures_are_told(self):
        self.assertIn("1 functions, median 3 lines", self.run_rule("lengths").stdout)


class Banned(RuleCase):
    def seed(self, statement):
        self.tree.write("common/b.c", f"{SPDX}\nvoid b(void)\n{{\n    {statement}\n}}\n")

    def test_a_clean_tree_passes(self):
        self.assert_clean("banned")

    def test_banned_calls_are_found(self):
        for call in ("strcpy(a, b);", "sprintf (a, b);", "n = atoi(text);", "system(line);",
                     "p = strtok(a, b);", "popen(a, b);", "char *p = alloca(n);", "x = gets(b);",
                     "signal(SIGINT, on_signal);"):
            self.seed(call)
            self.assert_found("banned", "common/b.c:5: ", "is banned: use ")

    def test_names_that_only_contain_a_banned_one_pass(self):
        for call in ("my_system(line);", "file->system(1);", "snprintf(a, n, b);",
                     '/* strcpy(a, b) */ log("strcpy(a, b)");', "signal(SIGPIPE, SIG_IGN);"):
            self.seed(call)
            self.assert_clean("banned")

    def test_a_typedef_for_a_struct_is_found(self):
        self.seed("typedef struct b b_t;")
        self.assert_found("banned", "no typedef for a struct")

    def test_an_assertion_with_a_side_effect_is_found(self):
        for statement in ("assert(n++ < 3);", "assert((n = f()) > 0);"):
            self.seed(statement)
            self.assert_found("banned", "an assertion with a side effect")
        self.seed("assert(a == b && c <= d && e != f);")
        self.assert_clean("banned")

    def test_a_goto_backwards_is_found(self):
        self.seed("again:\n    goto again;")
        self.assert_found("banned", "goto again goes backwards")
        self.seed("goto end;\nend:\n    return;")
        self.assert_clean("banned")

    def test_words_of_unfinished_work_are_found_in_any_text(self):
        for word in ("TO" "DO", "FIX" "ME", "for" " now"):
            self.tree.write("docs/guide.md", f"This works, {word}.\n")
            self.assert_found("banned", "docs/guide.md:1: ")


class BuiltCase(RuleCase):
    """With a compile database for common/a.c."""

    def setUp(self):
        super().setUp()
        root = self.tree.root
        command = (f"gcc -std=c17 -I{root} -Wall -Werror -Wmissing-prototypes -o a.o "
                   f"-c {root}/common/a.c")
        entry = {"directory": root, "file": f"{root}/common/a.c", "command": command}
        self.tree.write("build/dev/compile_commands.json", json.dumps([entry]))

    def seed(self, body):
        self.tree.write("common/a.c", SOURCE.replace("    return abs(from);\n", body))


class HeadersAlone(BuiltCase):

    def test_a_clean_tree_passes(self):
        self.assert_clean("headers_alone")

    def test_a_header_that_needs_another_before_it_is_found(self):
        self.tree.write("common/a.h", HEADER.replace("int from", "uint8_t from"))
        self.assert_found("headers_alone", "does not compile alone", "uint8_t")

    def test_a_warning_counts(self):
        self.tree.write("common/a.h", HEADER.replace("a_count(int from);", "a_count(){return 1;}"))
        self.assert_found("headers_alone", "does not compile alone")

    def test_a_guard_of_another_file_is_found(self):
        self.tree.write("common/b.h", HEADER)
        self.assert_found("headers_alone", "common/b.h: its include guard")

    def test_without_a_build_it_says_that_it_could_not_look(self):
        self.tree.remove("build/dev/compile_commands.json")
        self.assertEqual(self.run_rule("headers_alone").returncode, 2)


class Tidy(BuiltCase):
    def setUp(self):
        super().setUp()
        with open(os.path.join(HERE, "..", "..", ".clang-tidy"), encoding="utf-8") as checks:
            self.tree.write(".clang-tidy", checks.read())

    def test_a_clean_source_is_looked_at_once(self):
        self.assertIn("1 looked at now", self.run_rule("tidy").stdout)
        self.assertIn("0 looked at now", self.run_rule("tidy").stdout)

    def test_a_finding_is_told_each_time(self):
        self.seed("    int *at = NULL;\n    return from ? *at : 0;\n")
        for _ in range(2):
            self.assert_found("tidy", "common/a.c:9: ", "clang-analyzer-core.NullDereference")

    def test_a_change_in_a_header_or_in_the_checks_is_seen(self):
        self.assert_clean("tidy")
        self.tree.write("common/a.h", HEADER.replace("#endif", "#define A_TWICE(n) n * 2\n#endif"))
        self.assert_found("tidy", "common/a.h:7: ", "bugprone-macro-parentheses")
        self.tree.write(".clang-tidy", "Checks: '-*,misc-static-assert'\n")
        self.assert_clean("tidy")


class Analyzer(BuiltCase):
    def test_a_clean_source_passes(self):
        self.seed("    __attribute__((cleanup(a_release))) char *p = malloc(4);\n"
                  "    return p ? from : 0;\n")
        with open(os.path.join(self.tree.root, "common/a.c"), encoding="utf-8") as file:
            text = file.read()
        self.tree.write("common/a.c", text.replace(
            "int a_count", "static void a_release(char **p)\n{\n    free(*p);\n}\n\nint a_count"))
        self.assert_clean("analyzer")

    def test_a_leak_and_a_use_after_free_are_found(self):
        self.seed("    char *p = malloc(4);\n    return p ? from : 0;\n")
        self.assert_found("analyzer", "common/a.c:9: leak of")
        self.seed("    char *p = malloc(4);\n"
                  "    return p ? from : 0; /* allow(analyzer): what it cannot know */\n")
        self.assert_clean("analyzer")
        self.seed("    int *p = calloc(4, 4);\n    free(p);\n    return p ? p[from] : 0;\n")
        self.assert_found("analyzer", "used after")


class Cppcheck(BuiltCase):
    def test_a_clean_source_passes(self):
        self.assert_clean("cppcheck")

    def test_a_finding_is_told(self):
        self.seed("    int a[2] = {1, 2};\n    return a[2] + from;\n")
        self.assert_found("cppcheck", "common/a.c:9: ", "[arrayIndexOutOfBounds]")


class DeadCode(RuleCase):
    """A library that two programs share, built for real."""

    CMAKE = ("cmake_minimum_required(VERSION 3.25)\nproject(t C)\ninclude_directories(.)\n"
             "add_compile_options(-ffunction-sections)\nadd_library(a common/a.c)\n"
             "set_target_properties(a PROPERTIES ARCHIVE_OUTPUT_DIRECTORY common)\n"
             "foreach(p banmai banmai-transcode)\n  add_executable(${p} ${p}.c)\n"
             "  target_link_libraries(${p} a)\nendforeach()\n"
             "set_target_properties(banmai PROPERTIES RUNTIME_OUTPUT_DIRECTORY server)\n"
             "set_target_properties(banmai-transcode PROPERTIES RUNTIME_OUTPUT_DIRECTORY transcoder)\n")
    ORPHAN = "int a_orphan(int n);\n\nint a_orphan(int n)\n{\n    return a_count(n);\n}\n"

    def build(self, source, *callers):
        self.tree.write("CMakeLists.txt", self.CMAKE)
        self.tree.write("common/a.c", source)
        for program in ("banmai", "banmai-transcode"):
            call = "a_count(1)" if program in callers else "0"
            self.tree.write(f"{program}.c",
                            f'#include "common/a.h"\nint main(void)\n{{\n    return {call};\n}}\n')
        build = os.path.join(self.tree.root, "build", "dev")
        for command in (["cmake", "-G", "Ninja", "-S", self.tree.root, "-B", build],
                        ["cmake", "--build", build]):
            subprocess.run(command, check=True, capture_output=True)

    def test_what_one_program_calls_is_alive(self):
        self.build(SOURCE, "banmai")
        self.assert_clean("dead_code")

    def test_what_nobody_calls_is_found(self):
        self.build(SOURCE + self.ORPHAN, "banmai")
        self.assert_found("dead_code", "common/a.c:12: no program calls a_orphan()")

    def test_what_only_the_dead_call_is_dead(self):
        self.build(SOURCE + self.ORPHAN)
        self.assert_found("dead_code", "no program calls a_orphan()", "no program calls a_count()")

    def test_a_reason_allows_it(self):
        reason = "/* allow(dead_code): what the tests look at */\nint a_orphan(int n)\n{"
        self.build(SOURCE + self.ORPHAN.replace("int a_orphan(int n)\n{", reason), "banmai")
        self.assert_clean("dead_code")


class Spdx(RuleCase):
    def test_a_clean_tree_passes(self):
        self.tree.write("tests/run.sh", "#!/bin/sh\n# SPDX-License-Identifier: GPL-3.0-or-later\n")
        self.tree.write("README.md", "# No licence line needed\n")
        self.assert_clean("spdx")

    def test_a_missing_or_wrong_line_is_found(self):
        for path, text in (("common/a.h", HEADER.replace(SPDX, "")),
                           ("common/a.h", HEADER.replace("-or-later", "-only")),
                           ("tests/tool", "#!/bin/sh\necho\n"),
                           ("player-web/src/a.ts", "export const a = 1;\n"),
                           ("player-web/src/a.css", "a { color: red; }\n")):
            self.tree.write(path, text)
            self.assert_found("spdx", f"{path}:1: the licence line is missing")


class Format(RuleCase):
    def setUp(self):
        super().setUp()
        with open(os.path.join(HERE, "..", "..", ".clang-format"), encoding="utf-8") as style:
            self.tree.write(".clang-format", style.read())

    def test_a_clean_tree_passes(self):
        self.assert_clean("format")

    def test_a_difference_is_found(self):
        self.tree.write("common/a.c", SOURCE.replace("return abs", "return  abs"))
        self.assert_found("format", "common/a.c:8: run clang-format")


class Circles(RuleCase):
    def ring(self, n):
        for i in range(n):
            self.tree.write(f"common/r{i}.h", SPDX)
            self.tree.write(f"common/r{i}.c", f'#include "common/r{i}.h"\n'
                            f'#include "common/r{(i + 1) % n}.h"\n')

    def test_four_files_may_hang_together(self):
        self.ring(4)
        self.assert_clean("circles")

    def test_a_circle_of_five_is_found_and_told(self):
        self.ring(5)
        self.assert_found("circles", "circle of 5 files",
                          "common/r0 common/r1 common/r2 common/r3 common/r4")

    def test_a_shared_core_header_hides_no_circle(self):
        self.tree.write("common/x_core.h", "".join(f"void x_{n}(int to);\n" for n in "abcd"))
        for n in "abcd":
            self.tree.write(f"common/x_{n}.c", f'#include "common/x_core.h"\n\nvoid x_{n}(int to)\n{{\n}}\n')
        self.assert_found("circles", "circle of 5 files")


class Mirror(RuleCase):
    def test_a_source_without_a_test_is_found(self):
        self.assert_found("mirror", "common/a.c: has no unit test")

    def test_a_test_file_or_a_folder_of_tests_satisfies_it(self):
        self.tree.write("tests/unit/common/a_test.c", SPDX)
        self.assert_clean("mirror")
        self.tree.remove("tests/unit/common/a_test.c")
        self.tree.write("tests/unit/common/a/counting_test.c", SPDX)
        self.assert_clean("mirror")

    def test_a_listed_reason_satisfies_it(self):
        for pattern in ("common/a.c", "common/*.c"):
            self.tree.write("tests/rules/without_unit_test.txt", f"{pattern}: only joins objects\n")
            self.assert_clean("mirror")

    def test_a_list_that_is_out_of_date_is_found(self):
        listing = "tests/rules/without_unit_test.txt"
        self.tree.write("tests/unit/common/a_test.c", SPDX)
        for entry, told in (("common/gone.c: only joins objects", "nothing without a test"),
                            ("common/a.c: only joins objects", "nothing without a test"),
                            ("common/*.c: only joins objects", "nothing without a test"),
                            ("common/a.c", "has to read")):
            self.tree.write(listing, entry + "\n")
            self.assert_found("mirror", told)

    def test_a_test_without_a_source_is_found(self):
        self.tree.write("tests/unit/common/a_test.c", SPDX)
        self.tree.write("tests/unit/common/z_test.c", SPDX)
        self.assert_found("mirror", "tests/unit/common/z_test.c: no source of that name")


class Links(RuleCase):
    def test_links_that_lead_somewhere_pass(self):
        self.tree.write("docs/a.md", "# A tour\n\n[x](../common/a.c) [y](#a-tour) [z](b.md#two)\n"
                                     "[w](https://example.org)\n```\n[no](link)\n```\n")
        self.tree.write("docs/b.md", "## Two\n")
        self.assert_clean("links")

    def test_dead_links_are_found(self):
        for target, told in (("gone.md", "leads nowhere"), ("#gone", "no such heading"),
                             ("../../etc/passwd", "leads out of the tree")):
            self.tree.write("docs/a.md", f"# A\n\nSee [it]({target}).\n")
            self.assert_found("links", f"docs/a.md:3: {target}", told)


class OpenApi(RuleCase):
    SERVER = """#!/bin/sh
echo 'route GET /api/v1/me signed-in'
echo 'problem 401 sign-in-required'
echo 'problem 405 method-not-allowed'
echo 'problem 500 internal'
"""
    DOCUMENT = """
paths:
  /api/v1/me:
    get:
      x-policy: signed-in
      x-problems: { 401: [sign-in-required] }
      responses:
        "200": { description: "it", content: { application/json: { schema: { $ref: "#/components/schemas/User" } } } }
        "401": { $ref: "#/components/responses/Problem" }
        default: { $ref: "#/components/responses/Unusual" }
components:
  responses:
    Problem: { content: { application/problem+json: {} } }
    Unusual: { x-problems: { 500: [internal] }, content: { application/problem+json: {} } }
  schemas:
    User:
      type: object
      additionalProperties: false
      required: [id]
      properties: { id: { type: string } }
"""

    MAKE_TYPES = "player-web/build/make_types.py"

    def setUp(self):
        super().setUp()
        self.seed()

    def seed(self, document=DOCUMENT, server=SERVER):
        self.tree.write("docs/openapi.yaml", document)
        program = "build/dev/tests/tools/print-routes"
        self.tree.write(program, server)
        os.chmod(os.path.join(self.tree.root, program), 0o755)
        with open(os.path.join(HERE, "..", "..", self.MAKE_TYPES), encoding="utf-8") as file:
            self.tree.write(self.MAKE_TYPES, file.read())
        self.tree.write("player-web/src/app/types.ts", "")
        subprocess.run([sys.executable, os.path.join(self.tree.root, self.MAKE_TYPES)], check=True)

    def test_a_document_that_says_what_the_server_does_passes(self):
        self.assert_clean("openapi")

    def test_a_route_of_one_side_alone_is_found(self):
        self.seed(server=self.SERVER + "echo 'route POST /api/v1/wishes anyone'\n")
        self.assert_found("openapi", "POST /api/v1/wishes is a route of the server and is missing here")
        self.seed(self.DOCUMENT.replace("/api/v1/me:", "/api/v1/you:"))
        self.assert_found("openapi", "GET /api/v1/you is no route of the server", "GET /api/v1/me is a route")

    def test_another_policy_is_found(self):
        self.seed(self.DOCUMENT.replace("x-policy: signed-in", "x-policy: anyone"))
        self.assert_found("openapi", "has x-policy anyone, its route has signed-in")
        self.seed(self.DOCUMENT.replace("x-policy: signed-in", "x-policy: neighbours"))
        self.assert_found("openapi", "does not know what neighbours refuses with")

    def test_a_problem_of_one_side_alone_is_found(self):
        self.seed(server=self.SERVER + "echo 'problem 409 conflict'\n")
        self.assert_found("openapi", "no operation lists the server's problem conflict of status 409")
        self.seed(self.DOCUMENT.replace("[internal]", "[internal, eternal]"))
        self.assert_found("openapi", "the server has no problem eternal of status 500")

    def test_a_status_without_names_and_a_policy_without_its_refusal_are_found(self):
        self.seed(self.DOCUMENT.replace("x-problems: { 401: [sign-in-required] }", "x-problems: {}"))
        self.assert_found("openapi", "401 stands in only one of responses and x-problems")
        self.seed(self.DOCUMENT.replace('        "401": { $ref: "#/components/responses/Problem" }\n', ""))
        self.assert_found("openapi", "its policy refuses with 401, which is not listed")

    def test_an_open_object_is_found(self):
        self.seed(self.DOCUMENT.replace("      additionalProperties: false\n", ""))
        self.assert_found("openapi", "schemas/User is open")
        self.seed(self.DOCUMENT.replace("required: [id]", "required: [id, name]"))
        self.assert_found("openapi", "schemas/User requires name")

    def test_types_of_the_pages_that_are_not_made_from_it_are_found(self):
        self.tree.write("player-web/src/app/types.ts", "export type Id = number;\n")
        self.assert_found("openapi", "player-web/src/app/types.ts is not what docs/openapi.yaml says")

    def test_a_server_that_was_not_built_is_no_pass(self):
        self.tree.remove("build/dev/tests/tools/print-routes")
        self.assertEqual(self.run_rule("openapi").returncode, 2)


class MachinePaths(RuleCase):
    def test_a_clean_tree_passes(self):
        self.tree.write("docs/a.md", "See /var/lib/banmai, /home/banmai and lib/work/pool.\n")
        self.assert_clean("machine_paths")

    def test_a_path_of_a_developer_is_found(self):
        for path in ("/wo" "rk/x", "/ro" "ot/x", "/ho" "me/alice/x"):
            self.tree.write("docs/a.md", f"Built in {path}.\n")
            self.assert_found("machine_paths", "docs/a.md:1: a path of one machine")

    def test_a_download_address_in_a_lock_file_is_found(self):
        self.tree.write("player-web/package-lock.json", '{\n"resol' 'ved": "htt' 'ps://r/x.tgz"}\n')
        self.assert_found("machine_paths", "package-lock.json:2: a download address")


class Commits(RuleCase):
    def commit(self, subject):
        self.tree.git("add", "-A")
        self.tree.git("commit", "--allow-empty", "-m", subject)

    def setUp(self):
        super().setUp()
        self.tree.git("init", "-q")

    def test_good_subjects_pass(self):
        for subject in ("http: answer ranges", "common, storage: keep the first error",
                        "server/http: speak HTTP/2", "tests: HTTP/2 frames as literal bytes"):
            self.commit(subject)
        self.assert_clean("commits")

    def test_verbs_that_end_like_participles_are_none(self):
        for subject in ("transcoder: heed what the analysers say", "storage: seed the clock"):
            self.commit(subject)
            self.assert_clean("commits")

    def test_bad_subjects_are_found(self):
        for subject, told in (("answer ranges", "has to read"),
                              ("Http: answer ranges", "has to read"),
                              ("http: answer ranges.", "full stop"),
                              ("http: Answer ranges", "capital"),
                              ("http: answered ranges", "not an imperative"),
                              ("http: adds ranges", "not an imperative"),
                              ("http: " + "a" * 67, "73 columns")):
            self.commit(subject)
            self.assert_found("commits", told)
            self.tree.git("commit", "--amend", "--allow-empty", "-m", "http: answer ranges")


if __name__ == "__main__":
    unittest.main()
