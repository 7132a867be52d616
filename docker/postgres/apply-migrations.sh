#!/bin/bash
# SPDX-License-Identifier: GPL-3.0-or-later
# howdah-apply-migrations [--dir DIR] [--role ROLE] [--down COUNT] [--status] [-- PSQL ARGUMENTS]
# Applies dbmate-format files in the order of their names, each in one transaction with its schema_migrations row.
# Takes psql from PATH and the server from PG* variables or the arguments after "--". Two runs at once are safe: each
# transaction takes a lock and looks again. Exit: 0 done, 1 a migration failed (nothing of it stays), 2 usage.
set -euo pipefail
dir=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)/migrations
if [[ ! -d $dir ]]; then dir=/usr/share/howdah/migrations; fi
role='' down=0 status=no psql_args=()
usage() { sed -n 's/^# \(howdah-apply.*\)/usage: \1/p' "${BASH_SOURCE[0]}"; }

while [[ $# -gt 0 ]]; do
  case $1 in
    --dir) dir=${2:?}; shift 2 ;;
    --role) role=${2:?}; shift 2 ;;
    --down) down=${2:?}; shift 2 ;;
    --status) status=yes; shift ;;
    --) shift; psql_args=("$@"); break ;;
    -h | --help) usage; exit 0 ;;
    *) usage >&2; exit 2 ;;
  esac
done
[[ -d $dir ]] || { echo "no directory $dir" >&2; exit 2; }
[[ $down =~ ^[0-9]+$ ]] || { usage >&2; exit 2; }

sql() { psql -X -q -v ON_ERROR_STOP=1 --no-password "${psql_args[@]}" "$@"; }

# The text of one direction: from its directive to the other directive or the end.
block() {
  awk -v want="$1" '
    /^--[ \t]*migrate:up([ \t]|$)/ { now = "up"; next }
    /^--[ \t]*migrate:down([ \t]|$)/ { now = "down"; next }
    now == want' "$2"
}

as_role=''
if [[ -n $role ]]; then as_role="SET LOCAL ROLE \"$role\";"; fi
# The table is dbmate's. Its lock key is ours: dbmate has none.
lock="SELECT pg_advisory_xact_lock(hashtext('schema_migrations')) \\g /dev/null"
sql << SQL
BEGIN;
SET LOCAL client_min_messages = warning;
$lock
$as_role
CREATE TABLE IF NOT EXISTS public.schema_migrations (version varchar PRIMARY KEY);
COMMIT;
SQL

shopt -s nullglob
files=()
for file in "$dir"/*.sql; do
  if [[ ${file##*/} =~ ^[0-9]+ ]]; then files+=("$file"); fi
done

if [[ $status == yes ]]; then
  applied=$(sql -tA -c 'SELECT version FROM public.schema_migrations')
  for file in "${files[@]}"; do
    name=${file##*/}
    if grep -qxF "${name%%[!0-9]*}" <<< "$applied"; then echo "[X] $name"; else echo "[ ] $name"; fi
  done
  exit 0
fi

# Runs one direction of one file if it is still due.
migrate() {
  local direction=$1 file=$2 name version condition row body
  name=${file##*/} version=${name%%[!0-9]*}
  body=$(block "$direction" "$file")
  if [[ -z ${body//[[:space:]]/} ]]; then echo "$name has no migrate:$direction block" >&2; exit 1; fi
  if grep -Eq "^--[ \t]*migrate:${direction}[ \t].*transaction:false" "$file"; then
    echo "$name: transaction:false is not for this script; use Howdah or dbmate" >&2
    exit 1
  fi
  if [[ $direction == up ]]; then
    condition="NOT EXISTS (SELECT FROM public.schema_migrations WHERE version = '$version')"
    row="INSERT INTO public.schema_migrations (version) VALUES ('$version');"
  else
    condition="EXISTS (SELECT FROM public.schema_migrations WHERE version = '$version')"
    row="DELETE FROM public.schema_migrations WHERE version = '$version';"
  fi
  # The block goes in as psql reads a file: \if skips it when another run was faster.
  sql << SQL || { echo "FAILED $direction $name: rolled back" >&2; exit 1; }
BEGIN;
SET LOCAL client_min_messages = warning;
$lock
SELECT $condition AS due \\gset
\\if :due
$as_role
$body
$row
\\echo $direction $name
\\endif
COMMIT;
SQL
}

if [[ $down -gt 0 ]]; then
  applied=$(sql -tA -c "SELECT version FROM public.schema_migrations ORDER BY version DESC LIMIT $down")
  for version in $applied; do
    found=''
    for file in "${files[@]}"; do
      name=${file##*/}
      if [[ ${name%%[!0-9]*} == "$version" ]]; then found=$file; fi
    done
    [[ -n $found ]] || { echo "no file for version $version" >&2; exit 1; }
    migrate down "$found"
  done
else
  for file in "${files[@]}"; do migrate up "$file"; done
fi
