#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
# From a bare Debian 12 to a lecture that plays: installs packages (as root, where any is missing),
# builds, starts the server, makes accounts, publishes recordings, and says where to look.
#
#   deploy/quickstart.sh [--listen ADDR:PORT] [FILE...]
#
# Without a FILE it makes a sample lecture. Ctrl-C stops everything that it started. Run again, it
# goes on with what is there. All state is in $BANMAI_DATA; without that, in /var/lib/banmai for root
# and in ~/.local/share/banmai for others: a place that no `rm -rf build` reaches. For root the server
# runs as the system user banmai, which this makes, and to which the data belongs.
set -euo pipefail

readonly default_address=127.0.0.1:8080
readonly course="Bài giảng mẫu"
readonly sample_title="Dùng điện thoại an toàn"
readonly roles=(admin instructor learner)

root=$(dirname "$(dirname "$(readlink -f "$0")")")
banmai=$root/build/release/server/banmai
log=$root/build/quickstart.log
server=    # process ids of what runs
publisher=
address=

if [ "$(id -u)" -eq 0 ]; then
  data=${BANMAI_DATA:-/var/lib/banmai}
else
  data=${BANMAI_DATA:-${XDG_DATA_HOME:-$HOME/.local/share}/banmai}
fi
published=$data/quickstart.published # what earlier runs published

# shellcheck source=/dev/null
source "$root/deploy/quickstart-user.sh"

say() { printf '%s\n' "$*"; }
die() {
  printf 'quickstart: %s\n' "$*" >&2
  exit 1
}

# Runs a step that says much; shows what it said only when it fails.
quietly() {
  local what=$1 out
  shift
  say "$what"
  out=$(mktemp)
  if ! "$@" >"$out" 2>&1; then
    tail -n 30 "$out" >&2
    rm -f "$out"
    die "$what: failed, see above"
  fi
  rm -f "$out"
}

build() {
  quietly "building the server" cmake --preset release -S "$root"
  quietly "building the server (a few minutes the first time)" \
    cmake --build "$root/build/release" -j "$(nproc)"
  quietly "building the pages" "$root/deploy/build-web"
}

is_taken() { (exec 3<>"/dev/tcp/${1%:*}/${1##*:}") 2>/dev/null; }

# The address that was asked for, or the first free port from 8080 on.
choose_address() {
  if [ -n "$address" ]; then
    if is_taken "$address"; then die "$address is taken by another program: choose another one with --listen"; fi
    return
  fi
  local port
  for port in {8080..8099}; do
    address=${default_address%:*}:$port
    if ! is_taken "$address"; then
      [ "$address" = "$default_address" ] || say "port 8080 is taken by another program: using $port"
      return
    fi
  done
  die "the ports 8080 to 8099 are all taken: choose an address with --listen"
}

# Ends what this script started. Safe to call at any time.
stop_all() {
  local pid
  for pid in "$publisher" "$server"; do
    [ -n "$pid" ] || continue
    if [ "$pid" = "$server" ]; then say "stopping the server"; fi
    kill -TERM "$pid" 2>/dev/null || true
    wait "$pid" 2>/dev/null || true
  done
  publisher=
  server=
}

is_ready() { curl -fs -o /dev/null --max-time 2 "http://$address/readyz"; }

start_server() {
  if curl -fs -o /dev/null --max-time 2 --unix-socket "$data/control.sock" http://banmai/healthz; then
    die "a server runs on $data already: stop it, or set BANMAI_DATA to another folder"
  fi
  local run_as=()
  if is_root; then
    become_ready_for_user
    run_as=(--user "$user")
  fi
  say "starting the server (log: $log)"
  "$banmai" serve "${run_as[@]}" --data "$data" --listen "$address" >"$log" 2>&1 &
  server=$!
  local try
  for try in {1..300}; do
    if is_ready; then return; fi
    if ! kill -0 "$server" 2>/dev/null; then
      server=
      tail -n 10 "$log" >&2
      die "the server did not start, see above"
    fi
    sleep 0.2
  done
  curl -s "http://$address/readyz" >&2 || true
  die "the server is not ready after $((try / 5)) s, see above and $log"
}

# 14 characters that nobody mistakes for each other: 81 bits.
make_password() {
  local characters
  characters=$(LC_ALL=C tr -dc 'abcdefghijkmnpqrstuvwxyzABCDEFGHJKLMNPQRSTUVWXYZ23456789' \
    < <(head -c 4096 /dev/urandom))
  printf '%s' "${characters:0:14}"
}

# Makes what is missing of the accounts, and tells.
make_accounts() {
  local role password known earlier=()
  known=$("$banmai" user list --data "$data" | cut -f 1)
  for role in "${roles[@]}"; do
    if grep -qxF "$role" <<<"$known"; then
      earlier+=("$role")
      continue
    fi
    password=$(make_password)
    "$banmai" user add "$role" --role "$role" --password-stdin --data "$data" <<<"$password" ||
      die "cannot make the account $role"
    printf '  login %-12s password %s   (shown this once)\n' "$role" "$password"
  done
  if [ ${#earlier[@]} -gt 0 ]; then
    say "  made earlier: ${earlier[*]}; for a new password:"
    say "  $banmai user password LOGIN --data $data"
  fi
}

title_of() {
  local name=${1##*/}
  name=${name%.*}
  printf '%s' "${name//_/ }"
}

# Publishes a recording and notes in $published that it was: DIGEST ID.
send() {
  local file=$1 title=$2 digest=$3 id
  id=$(mktemp)
  # In the background, so that a signal does not have to wait for its end.
  "$banmai" publish "$file" --title "$title" --course "$course" --wait --data "$data" >"$id" &
  publisher=$!
  if wait "$publisher"; then
    printf '%s %s\n' "$digest" "$(cat "$id")" | as_user tee -a "$published" >/dev/null
  fi
  publisher=
  rm -f "$id"
}

# Publishes a recording, unless an earlier run did.
publish() {
  local file=$1 title=$2 digest id
  digest=$(sha256sum <"$file" | cut -c 1-64)
  if grep -qs "^$digest " "$published"; then
    say "\"$title\" was published earlier"
  else
    say "publishing \"$title\": it can be watched before it is done"
    send "$file" "$title" "$digest"
  fi
  id=$(sed -n "s/^$digest //p" "$published" 2>/dev/null || true)
  if [ -n "$id" ]; then
    say "  watch it at http://$address/lecture/$id"
  else
    say "  \"$title\" was not published, see above"
  fi
}

make_sample() {
  local made
  made=$(mktemp -d)
  quietly "making the sample lecture" "$root/deploy/sample-lecture" "$made/sample.mp4"
  as_user tee "$1" <"$made/sample.mp4" >/dev/null
  rm -rf "$made"
}

publish_all() {
  local file title sample=$data/quickstart-sample.mp4
  if [ $# -eq 0 ]; then
    [ -s "$sample" ] || make_sample "$sample"
    set -- "$sample"
  fi
  for file in "$@"; do
    title=$(title_of "$file")
    if [ "$file" = "$sample" ]; then title=$sample_title; fi
    publish "$file" "$title"
  done
}

welcome() {
  say ""
  say "Banmai is at http://$address (instructors: /studio, admins: /admin)."
  say "Accounts:"
  make_accounts
  say "All data is in $data. Ctrl-C stops the server."
  say ""
}

main() {
  local files=() file
  while [ $# -gt 0 ]; do
    case $1 in
    --listen) address=${2:?--listen needs ADDR:PORT} && shift ;;
    --help | -h) sed -n '3,12s/^# \{0,1\}//p' "$0" && exit ;;
    -*) die "no such option: $1 (see --help)" ;;
    *) files+=("$1") ;;
    esac
    shift
  done
  for file in "${files[@]}"; do
    if ! [ -f "$file" ] || ! [ -r "$file" ]; then die "$file is no file that can be read"; fi
  done
  local groups=(build run)
  [ ${#files[@]} -gt 0 ] || groups+=(sample)
  mkdir -p "$root/build"
  if [ -n "$("$root/deploy/install-packages" --missing "${groups[@]}")" ]; then
    quietly "installing packages" "$root/deploy/install-packages" "${groups[@]}"
  fi
  build
  choose_address
  mkdir -p "$data"
  data=$(readlink -f "$data")
  published=$data/quickstart.published
  trap 'exit 130' INT
  trap 'exit 143' TERM
  trap stop_all EXIT
  start_server
  welcome
  publish_all "${files[@]}"
  # The server ends by itself only when something is wrong.
  wait "$server" || die "the server ended by itself, see $log"
  server=
}

main "$@"
