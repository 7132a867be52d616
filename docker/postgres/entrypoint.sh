#!/bin/bash
# SPDX-License-Identifier: GPL-3.0-or-later
# howdah-entrypoint: makes the cluster in a child of its own, then becomes the base image's entrypoint. So the
# bootstrap password is in no process that lives on, and a first start that was cut short begins again instead of
# leaving half a database.
set -euo pipefail
if [[ ${1-} != postgres ]]; then exec "$@"; fi

cd /
mark=${PGDATA%/*}/.howdah-initialising
note() { echo "howdah-entrypoint: $*"; }

major=$(cat "$PGDATA/PG_VERSION" 2> /dev/null || :)
if [[ -n $major && $major != "$PG_MAJOR" ]]; then
  note "the data volume is of PostgreSQL $major, this server is $PG_MAJOR: nothing was changed" >&2
  exit 65
fi
if [[ ! -r /etc/howdah/tls/server.key ]]; then
  note 'no TLS key: run the seed service first (docker compose run --rm -T seed < tar)' >&2
  exit 66
fi
if [[ -e $mark && -n $major ]]; then
  # Never opened to a client: the mark goes away before the real server starts.
  note 'the first start was interrupted: beginning again'
  rm -rf "$PGDATA"
  major=''
fi
if [[ -z $major ]]; then
  if [[ ! -s /etc/howdah/tls/bootstrap ]]; then
    note 'no bootstrap password: run the seed service again' >&2
    exit 66
  fi
  mkdir -p "${mark%/*}"
  : > "$mark"
  # Init's own WAL is not archived: the first base backup comes after it, and a start that is cut short would leave
  # files that the next one may not overwrite. Its DDL is in the repository and need not fill the log.
  docker-ensure-initdb.sh "$@" -c archive_mode=off -c pgaudit.log=none
  # Another cluster's WAL has the same names as ours will have. It is kept, out of the way.
  shopt -s nullglob
  old=(/archive/0*)
  if [[ ${#old[@]} -gt 0 ]]; then
    aside=/archive/before-$(date -u +%Y%m%dT%H%M%SZ)
    note "the archive holds WAL of another cluster: moved to $aside"
    mkdir "$aside"
    mv "${old[@]}" "$aside/"
  fi
  sync -f "$PGDATA"
  rm "$mark"
  sync -f "${mark%/*}"
fi
unset POSTGRES_PASSWORD POSTGRES_PASSWORD_FILE
exec docker-entrypoint.sh "$@"
