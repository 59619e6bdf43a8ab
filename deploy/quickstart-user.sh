# SPDX-License-Identifier: GPL-3.0-or-later
# shellcheck shell=bash
# The part of quickstart.sh that root needs, which reads it: a system user that the server runs as, and
# what that user has to reach. It uses $data, $root, $banmai, say and die of that script.

readonly user=banmai                # who the server runs as when root starts it
readonly programs=/usr/local/lib/banmai # where it finds them when it cannot reach the build
readonly ours='lock|control\.sock|banmai\.sqlite3(-wal|-shm)?|playback\.key|uploads|media|redis|quickstart.*'

is_root() { [ "$(id -u)" -eq 0 ]; }

# Runs something as the user that the data belongs to: root writes nothing into a folder of others.
as_user() {
  if is_root; then
    setpriv --reuid "$user" --regid "$user" --init-groups "$@"
  else
    "$@"
  fi
}

make_user() {
  if ! id -u "$user" >/dev/null 2>&1; then
    say "making the system user $user"
    useradd --system --user-group --no-create-home --home-dir /nonexistent \
      --shell /usr/sbin/nologin "$user"
  fi
}

# A checkout in /root, say, is closed to others: the server gets copies that it can read.
place_programs() {
  local build=$root/build/release pages=$root/player-web/dist
  if as_user test -x "$banmai" && as_user test -x "$build/transcoder/banmai-transcode" &&
    as_user test -r "$pages/index.html"; then return; fi
  say "copying the programs to $programs: the user $user cannot reach $root"
  install -D -m 755 -t "$programs/bin" "$banmai" "$build/transcoder/banmai-transcode"
  rm -rf "$programs/share/banmai/web"
  mkdir -p "$programs/share/banmai"
  cp -r "$pages" "$programs/share/banmai/web"
  chmod -R u=rwX,go=rX "$programs"
  banmai=$programs/bin/banmai
}

# The folders above the data have to let the user pass, and no one else: only closed ones of root's
# are changed.
open_the_way() {
  local folder=$data
  while [ "$folder" != / ]; do
    folder=$(dirname "$folder")
    if as_user test -x "$folder"; then continue; fi
    case $(stat -c '%u %a' "$folder") in
    "0 "?0? | "0 "0) ;;
    *) die "the user $user cannot pass through $folder: choose another folder with BANMAI_DATA" ;;
    esac
    say "letting the user $user pass through $folder"
    chgrp "$user" "$folder"
    chmod g+x "$folder"
  done
}

# The data folder is the server's user's, also when an earlier version ran as root on it.
own_data() {
  local other
  other=$(find "$data" -mindepth 1 -maxdepth 1 -printf '%f\n' | { grep -vxE "$ours" || true; } | head -n 1)
  if [ -n "$other" ]; then
    die "$data holds $other, which is not Banmai's: choose a folder of its own with BANMAI_DATA"
  fi
  if [ -n "$(find "$data" -xdev ! -user "$user" -print -quit)" ]; then
    chown -hR "$user:$user" "$data"
  fi
  chmod u+rwx,o-rwx "$data"
  open_the_way
}

# All of it, before the server starts. Changes $banmai.
become_ready_for_user() {
  make_user
  place_programs
  own_data
}
