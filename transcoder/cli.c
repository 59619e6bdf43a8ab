// SPDX-License-Identifier: GPL-3.0-or-later
#include "transcoder/cli.h"

#include <stddef.h>
#include <string.h>

#include "common/err.h"
#include "common/slice.h"
#include "transcoder/plan/pass_list.h"

struct form {
    const char *name;
    enum command_kind kind;
    bool has_source, has_dir, has_number;
};

static const struct form FORMS[] = {
    {"run", COMMAND_RUN, true, true, false},           {"probe", COMMAND_PROBE, true, false, false},
    {"plan", COMMAND_PLAN, true, true, false},         {"sound", COMMAND_SOUND, true, true, false},
    {"chunk", COMMAND_CHUNK, true, true, true},        {"join", COMMAND_JOIN, false, true, false},
    {"check", COMMAND_CHECK, false, true, false},      {"help", COMMAND_HELP, false, false, false},
    {"version", COMMAND_VERSION, false, false, false},
};

static const char USAGE[] =
    "usage: banmai-transcode run SOURCE OUTDIR [-j N]   all of it: a package that plays from any\n"
    "                                                   static web server\n"
    "       banmai-transcode probe SOURCE               facts about a media file as JSON\n"
    "       banmai-transcode plan SOURCE DIR            decide what to make: DIR/plan.json\n"
    "       banmai-transcode sound SOURCE DIR           make the sound\n"
    "       banmai-transcode chunk SOURCE DIR NUMBER    make one chunk of the picture\n"
    "       banmai-transcode join DIR                   put the parts together\n"
    "       banmai-transcode check DIR                  is the package as players need it? one "
    "line\n"
    "                                                   for each finding, status 1 for an error\n"
    "\n"
    "  -j N                  this many tasks at once (default: one for each processor)\n"
    "  --v1800               a rung of 1800 kbit/s too, for halls and projectors\n"
    "  --codec av1           every rung in AV1 too, made after those in H.264; takes some times "
    "as\n"
    "                        long\n"
    "  --without-sound       leave the sound out, where there is a picture\n"
    "  --unsafe-no-sandbox   go on where the kernel cannot isolate the decoder; only for files\n"
    "                        that you made yourself\n"
    "\n"
    "--v1800, --without-sound and --unsafe-no-sandbox take no value: leave them out for no.\n"
    "\n"
    "Prints one JSON object a line. Exit status: 0 done, 1 failed, 2 bad usage.\n";

const char *cli_usage(void)
{
    return USAGE;
}

static int parse_number(const char *text, uint64_t min, uint64_t max, uint32_t *ret_number)
{
    uint64_t value;

    if (!text || slice_to_u64(slice_from(text), &value) || value < min || value > max)
        return ERR_INVALID;
    *ret_number = (uint32_t)value;
    return 0;
}

/* Takes an option at argv[*at] and moves behind it. */
static int parse_option(char *const argv[], int *at, struct command *command)
{
    static const char CODEC_IS[] = "--codec=";
    const char *option = argv[(*at)++];

    if (strcmp(option, "--unsafe-no-sandbox") == 0)
        command->is_unsafe = true;
    else if (strcmp(option, "--v1800") == 0)
        command->with_v1800 = true;
    else if (strcmp(option, "--without-sound") == 0)
        command->without_sound = true;
    else if (strcmp(option, "-h") == 0 || strcmp(option, "--help") == 0)
        command->kind = COMMAND_HELP;
    else if (strcmp(option, "--version") == 0)
        command->kind = COMMAND_VERSION;
    else if (strncmp(option, CODEC_IS, sizeof CODEC_IS - 1) == 0)
        return video_codec_find(slice_from(option + sizeof CODEC_IS - 1), &command->codec);
    else if (strcmp(option, "--codec") == 0)
        return video_codec_find(slice_from(argv[*at] ? argv[(*at)++] : NULL), &command->codec);
    else if (strcmp(option, "-j") == 0)
        return parse_number(argv[*at] ? argv[(*at)++] : NULL, 1, CLI_MAX_JOBS, &command->n_jobs);
    else if (strncmp(option, "-j", 2) == 0)
        return parse_number(option + 2, 1, CLI_MAX_JOBS, &command->n_jobs);
    else
        return ERR_INVALID;
    return 0;
}

static const struct form *find_form(const char *name)
{
    for (size_t i = 0; i < sizeof FORMS / sizeof FORMS[0]; i++) {
        if (strcmp(FORMS[i].name, name) == 0)
            return &FORMS[i];
    }
    return NULL;
}

static int fill(char *const words[], size_t n_words, struct command *command)
{
    const struct form *form = n_words > 0 ? find_form(words[0]) : NULL;
    size_t at = 1;

    if (!form || n_words != 1U + form->has_source + form->has_dir + form->has_number)
        return ERR_INVALID;
    command->kind = form->kind;
    if (form->has_source)
        command->source = words[at++];
    if (form->has_dir)
        command->dir = words[at++];
    if (form->has_number)
        return parse_number(words[at], 0, PASS_LIST_MAX_TASKS - 1, &command->number);
    return 0;
}

int cli_parse(int argc, char *const argv[], struct command *ret_command, const char **ret_wrong)
{
    enum { MAX_WORDS = 5, NOTHING = -1 };
    struct command command = {.kind = (enum command_kind)NOTHING};
    char *words[MAX_WORDS] = {NULL};
    size_t n_words = 0;
    bool only_words = false;

    *ret_wrong = NULL;
    for (int i = 1; i < argc;) {
        if (!only_words && strcmp(argv[i], "--") == 0) {
            only_words = true;
            i++;
        } else if (!only_words && argv[i][0] == '-' && argv[i][1] != '\0') {
            const char *option = argv[i];
            if (parse_option(argv, &i, &command)) {
                *ret_wrong = option;
                return ERR_INVALID;
            }
        } else if (n_words < MAX_WORDS) {
            words[n_words++] = argv[i++];
        } else {
            return ERR_INVALID;
        }
    }
    if (command.kind == (enum command_kind)NOTHING && fill(words, n_words, &command))
        return ERR_INVALID;
    *ret_command = command;
    return 0;
}
