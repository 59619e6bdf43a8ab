// SPDX-License-Identifier: GPL-3.0-or-later
#include "common/package/language.h"

#include <stdbool.h>
#include <stddef.h>
#include <string.h>

struct code {
    char tag[3];           /* ISO 639-1 */
    char terminology[4];   /* ISO 639-2/T */
    char bibliographic[4]; /* ISO 639-2/B, empty where it is the same */
};

/* BCP 47 takes the shortest code that there is. */
/* clang-format off */
static const struct code CODES[] = {
    {"aa", "aar", ""}, {"ab", "abk", ""}, {"ae", "ave", ""}, {"af", "afr", ""}, {"ak", "aka", ""},
    {"am", "amh", ""}, {"an", "arg", ""}, {"ar", "ara", ""}, {"as", "asm", ""}, {"av", "ava", ""},
    {"ay", "aym", ""}, {"az", "aze", ""}, {"ba", "bak", ""}, {"be", "bel", ""}, {"bg", "bul", ""},
    {"bh", "bih", ""}, {"bi", "bis", ""}, {"bm", "bam", ""}, {"bn", "ben", ""},
    {"bo", "bod", "tib"}, {"br", "bre", ""}, {"bs", "bos", ""}, {"ca", "cat", ""},
    {"ce", "che", ""}, {"ch", "cha", ""}, {"co", "cos", ""}, {"cr", "cre", ""},
    {"cs", "ces", "cze"}, {"cu", "chu", ""}, {"cv", "chv", ""}, {"cy", "cym", "wel"},
    {"da", "dan", ""}, {"de", "deu", "ger"}, {"dv", "div", ""}, {"dz", "dzo", ""},
    {"ee", "ewe", ""}, {"el", "ell", "gre"}, {"en", "eng", ""}, {"eo", "epo", ""},
    {"es", "spa", ""}, {"et", "est", ""}, {"eu", "eus", "baq"}, {"fa", "fas", "per"},
    {"ff", "ful", ""}, {"fi", "fin", ""}, {"fj", "fij", ""}, {"fo", "fao", ""},
    {"fr", "fra", "fre"}, {"fy", "fry", ""}, {"ga", "gle", ""}, {"gd", "gla", ""},
    {"gl", "glg", ""}, {"gn", "grn", ""}, {"gu", "guj", ""}, {"gv", "glv", ""}, {"ha", "hau", ""},
    {"he", "heb", ""}, {"hi", "hin", ""}, {"ho", "hmo", ""}, {"hr", "hrv", ""}, {"ht", "hat", ""},
    {"hu", "hun", ""}, {"hy", "hye", "arm"}, {"hz", "her", ""}, {"ia", "ina", ""},
    {"id", "ind", ""}, {"ie", "ile", ""}, {"ig", "ibo", ""}, {"ii", "iii", ""}, {"ik", "ipk", ""},
    {"io", "ido", ""}, {"is", "isl", "ice"}, {"it", "ita", ""}, {"iu", "iku", ""},
    {"ja", "jpn", ""}, {"jv", "jav", ""}, {"ka", "kat", "geo"}, {"kg", "kon", ""},
    {"ki", "kik", ""}, {"kj", "kua", ""}, {"kk", "kaz", ""}, {"kl", "kal", ""}, {"km", "khm", ""},
    {"kn", "kan", ""}, {"ko", "kor", ""}, {"kr", "kau", ""}, {"ks", "kas", ""}, {"ku", "kur", ""},
    {"kv", "kom", ""}, {"kw", "cor", ""}, {"ky", "kir", ""}, {"la", "lat", ""}, {"lb", "ltz", ""},
    {"lg", "lug", ""}, {"li", "lim", ""}, {"ln", "lin", ""}, {"lo", "lao", ""}, {"lt", "lit", ""},
    {"lu", "lub", ""}, {"lv", "lav", ""}, {"mg", "mlg", ""}, {"mh", "mah", ""},
    {"mi", "mri", "mao"}, {"mk", "mkd", "mac"}, {"ml", "mal", ""}, {"mn", "mon", ""},
    {"mr", "mar", ""}, {"ms", "msa", "may"}, {"mt", "mlt", ""}, {"my", "mya", "bur"},
    {"na", "nau", ""}, {"nb", "nob", ""}, {"nd", "nde", ""}, {"ne", "nep", ""}, {"ng", "ndo", ""},
    {"nl", "nld", "dut"}, {"nn", "nno", ""}, {"no", "nor", ""}, {"nr", "nbl", ""},
    {"nv", "nav", ""}, {"ny", "nya", ""}, {"oc", "oci", ""}, {"oj", "oji", ""}, {"om", "orm", ""},
    {"or", "ori", ""}, {"os", "oss", ""}, {"pa", "pan", ""}, {"pi", "pli", ""}, {"pl", "pol", ""},
    {"ps", "pus", ""}, {"pt", "por", ""}, {"qu", "que", ""}, {"rm", "roh", ""}, {"rn", "run", ""},
    {"ro", "ron", "rum"}, {"ru", "rus", ""}, {"rw", "kin", ""}, {"sa", "san", ""},
    {"sc", "srd", ""}, {"sd", "snd", ""}, {"se", "sme", ""}, {"sg", "sag", ""}, {"si", "sin", ""},
    {"sk", "slk", "slo"}, {"sl", "slv", ""}, {"sm", "smo", ""}, {"sn", "sna", ""},
    {"so", "som", ""}, {"sq", "sqi", "alb"}, {"sr", "srp", ""}, {"ss", "ssw", ""},
    {"st", "sot", ""}, {"su", "sun", ""}, {"sv", "swe", ""}, {"sw", "swa", ""}, {"ta", "tam", ""},
    {"te", "tel", ""}, {"tg", "tgk", ""}, {"th", "tha", ""}, {"ti", "tir", ""}, {"tk", "tuk", ""},
    {"tl", "tgl", ""}, {"tn", "tsn", ""}, {"to", "ton", ""}, {"tr", "tur", ""}, {"ts", "tso", ""},
    {"tt", "tat", ""}, {"tw", "twi", ""}, {"ty", "tah", ""}, {"ug", "uig", ""}, {"uk", "ukr", ""},
    {"ur", "urd", ""}, {"uz", "uzb", ""}, {"ve", "ven", ""}, {"vi", "vie", ""}, {"vo", "vol", ""},
    {"wa", "wln", ""}, {"wo", "wol", ""}, {"xh", "xho", ""}, {"yi", "yid", ""}, {"yo", "yor", ""},
    {"za", "zha", ""}, {"zh", "zho", "chi"}, {"zu", "zul", ""},
};
/* clang-format on */

struct name {
    char tag[4];
    const char *text;
};

/* What is taught in and spoken where we are, and what lectures come in. */
static const struct name NAMES[] = {
    {"vi", "Tiếng Việt"},    {"en", "English"},     {"fr", "Français"},
    {"hmn", "Hmoob"},        {"mww", "Hmoob Dawb"}, {"hnj", "Hmoob Ntsuab"},
    {"blt", "Tiếng Thái"},   {"tyz", "Tiếng Tày"},  {"mtq", "Tiếng Mường"},
    {"kjg", "Khơ Mú"},       {"hni", "Hà Nhì"},     {"ium", "Dao"},
    {"nut", "Nùng"},         {"lo", "ລາວ"},         {"km", "ខ្មែរ"},
    {"th", "ไทย"},           {"zh", "中文"},        {"ja", "日本語"},
    {"ko", "한국어"},        {"ru", "Русский"},     {"de", "Deutsch"},
    {"es", "Español"},       {"pt", "Português"},   {"it", "Italiano"},
    {"nl", "Nederlands"},    {"pl", "Polski"},      {"id", "Bahasa Indonesia"},
    {"ms", "Bahasa Melayu"}, {"hi", "हिन्दी"},       {"ar", "العربية"},
};

static char lower(char c)
{
    return c >= 'A' && c <= 'Z' ? (char)(c - 'A' + 'a') : c;
}

static bool is_letter(char c)
{
    return c >= 'a' && c <= 'z';
}

static bool is_tag_char(char c)
{
    return is_letter(c) || (c >= '0' && c <= '9');
}

/* Length of the subtag at the start of text, up to a dash or the end. */
static size_t subtag_length(const char *text)
{
    size_t n = 0;

    while (is_tag_char(text[n]))
        n++;
    return n;
}

/* Whether a lower-case text is a primary language subtag and others behind it. */
static bool is_well_formed(const char *text)
{
    const size_t primary = subtag_length(text);

    if (primary < 2 || primary > 3 || !is_letter(text[0]) || !is_letter(text[1]) ||
        (primary == 3 && !is_letter(text[2])))
        return false;
    text += primary;
    while (*text == '-') {
        const size_t n = subtag_length(++text);
        if (n < 1 || n > 8)
            return false;
        text += n;
    }
    return *text == '\0';
}

/* The row of a code of two or three letters, or NULL. */
static const struct code *find_code(const char *text, size_t length)
{
    for (size_t i = 0; i < sizeof CODES / sizeof CODES[0]; i++) {
        const struct code *code = &CODES[i];
        const char *const forms[] = {code->tag, code->terminology, code->bibliographic};
        for (size_t k = 0; k < 3; k++) {
            if (strlen(forms[k]) == length && memcmp(forms[k], text, length) == 0)
                return code;
        }
    }
    return NULL;
}

static bool is_unknown(const char *text, size_t primary)
{
    static const char *const NONE[] = {"und", "mis", "mul", "zxx"};

    for (size_t i = 0; i < sizeof NONE / sizeof NONE[0]; i++) {
        if (primary == 3 && memcmp(text, NONE[i], 3) == 0)
            return true;
    }
    return false;
}

/* Appends subtags while they fit whole. */
static void append_subtags(const char *rest, char tag[LANGUAGE_SIZE])
{
    size_t length = strlen(tag);

    while (*rest == '-') {
        const size_t n = 1 + subtag_length(rest + 1);
        if (length + n >= LANGUAGE_SIZE)
            return;
        memcpy(tag + length, rest, n);
        length += n;
        tag[length] = '\0';
        rest += n;
    }
}

void language_tag(struct slice text, char tag[LANGUAGE_SIZE])
{
    char given[64];

    (void)slice_to_cstr(slice_from("und"), tag, LANGUAGE_SIZE);
    if (slice_to_cstr(text, given, sizeof given))
        return;
    for (char *c = given; *c; c++)
        *c = *c == '_' ? '-' : lower(*c);
    const size_t primary = subtag_length(given);
    if (!is_well_formed(given) || is_unknown(given, primary))
        return;
    const struct code *code = find_code(given, primary);
    (void)slice_to_cstr(code ? slice_from(code->tag) : slice_of(given, primary), tag,
                        LANGUAGE_SIZE);
    append_subtags(given + primary, tag);
}

void language_iso_code(const char *tag, char code[LANGUAGE_ISO_SIZE])
{
    const size_t primary = subtag_length(tag);
    const struct code *known = find_code(tag, primary);

    if (known)
        memcpy(code, known->terminology, LANGUAGE_ISO_SIZE);
    else
        (void)slice_to_cstr(primary == 3 ? slice_of(tag, 3) : slice_from("und"), code,
                            LANGUAGE_ISO_SIZE);
}

const char *language_name(const char *tag)
{
    const size_t primary = subtag_length(tag);

    if (is_unknown(tag, primary))
        return "";
    for (size_t i = 0; i < sizeof NAMES / sizeof NAMES[0]; i++) {
        if (strlen(NAMES[i].tag) == primary && memcmp(NAMES[i].tag, tag, primary) == 0)
            return NAMES[i].text;
    }
    return tag;
}
