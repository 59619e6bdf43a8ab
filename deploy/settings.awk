# SPDX-License-Identifier: GPL-3.0-or-later
# Puts the settings that `banmai --help` lists into a template, for its line @SETTINGS@:
#
#   banmai --help | awk -f deploy/settings.awk -v form=ini - deploy/banmai.ini.in
#   banmai --help | awk -f deploy/settings.awk -v form=man - docs/man/banmai.ini.5.in

# "  --some-name   what it is [default] (SIGHUP)"
FNR == NR {
  if (!match($0, /^  --[a-z-]+ +/)) next
  name[++n] = substr($0, 5, RLENGTH - 4)
  gsub(/ /, "", name[n])
  gsub(/-/, "_", name[n])
  about[n] = substr($0, RLENGTH + 1)
  reloads[n] = sub(/ \(SIGHUP\)$/, "", about[n])
  if (match(about[n], / \[[^]]*\]$/)) {
    preset[n] = substr(about[n], RSTART + 2, RLENGTH - 3)
    about[n] = substr(about[n], 1, RSTART - 1)
  }
  next
}

$0 == "@SETTINGS@" {
  if (n == 0) exit 1
  for (i = 1; i <= n; i++) {
    if (form == "man") as_man(i)
    else as_ini(i)
  }
  next
}

{ print }

function as_ini(i) {
  printf "\n# %s%s\n", about[i], reloads[i] ? " (SIGHUP)" : ""
  if (name[i] == "data") print "data = /var/lib/banmai"
  else printf "#%s =%s\n", name[i], preset[i] == "" ? "" : " " preset[i]
}

function roff(text) {
  gsub(/\\/, "\\e", text)
  gsub(/-/, "\\-", text)
  return text
}

function as_man(i) {
  printf ".TP\n.B %s\n%s.\n", name[i], roff(about[i])
  if (preset[i] != "") printf "Default: %s.\n", roff(preset[i])
  if (reloads[i]) print "A change counts from SIGHUP on."
}
