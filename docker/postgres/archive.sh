#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# howdah-archive %p %f: archive_command. Exit 0 only when the file is durable in the archive under its name.
# The same file again (the server archives twice after a crash) is success; another file of that name is not, and
# nothing is ever overwritten. Exit codes stay under 126, or the server would restart the archiver without counting.
set -u
from=${1:?path} name=${2:?name} dir=${HOWDAH_ARCHIVE:-/archive}
complain() { echo "howdah-archive: $name: $*" >&2; exit 1; }

[ -d "$dir" ] || complain "$dir is missing"
if [ -e "$dir/$name" ]; then
  cmp -s -- "$from" "$dir/$name" || complain "another file of that name is in $dir; not overwritten"
  sync -- "$dir/$name" "$dir" || complain 'cannot sync'
  exit 0
fi
# One archiver runs at a time, so any other temporary file is left from a crash.
rm -f -- "$dir"/.howdah-archive.*
tmp=$dir/.howdah-archive.$name.$$
trap 'rm -f -- "$tmp"' EXIT
# A segment switched by archive_timeout is mostly zeros: as holes they cost no disk.
cp --sparse=always -- "$from" "$tmp" || complain "cannot copy to $dir (disk full?)"
chmod 0600 -- "$tmp" || complain 'cannot set the mode'
sync -- "$tmp" || complain 'cannot sync the file'
# ln fails where mv would replace: whoever put a file of that name there meanwhile wins.
ln -- "$tmp" "$dir/$name" || complain "cannot name the file in $dir"
rm -f -- "$tmp"
sync -- "$dir" || complain 'cannot sync the directory'
