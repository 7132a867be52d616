#!/bin/bash
# SPDX-License-Identifier: GPL-3.0-or-later
# howdah-seed: reads a tar stream with ca.crt, server.crt and server.key from stdin and puts them into the tls volume
# for uid 999, key 0600. Where there is no database yet it also makes the bootstrap password, which dies with init.
# Runs as root with CHOWN, DAC_OVERRIDE and FOWNER, since a volume may belong to anybody.
set -euo pipefail
TLS=${HOWDAH_TLS:-/etc/howdah/tls}
DATA=${HOWDAH_DATA:-/var/lib/postgresql/18/docker}
fail() { echo "howdah-seed: $*" >&2; exit 1; }

umask 077
new=$(mktemp -d "$TLS/.seed.XXXXXX")
trap 'rm -rf "$new"' EXIT
# Only the three names, and as whoever runs this: an archive must not bring owners, links or paths along.
tar -x -f - -C "$new" --no-same-owner --no-same-permissions ca.crt server.crt server.key || fail 'the tar stream lacks ca.crt, server.crt or server.key'
for file in ca.crt server.crt server.key; do
  [[ -f $new/$file && ! -L $new/$file && -s $new/$file ]] || fail "$file is not a plain file"
done
grep -q 'BEGIN CERTIFICATE' "$new/ca.crt" || fail 'ca.crt is no certificate'
grep -q 'BEGIN CERTIFICATE' "$new/server.crt" || fail 'server.crt is no certificate'
grep -q 'PRIVATE KEY' "$new/server.key" || fail 'server.key is no private key'
if [[ -s $DATA/PG_VERSION && ! -e ${DATA%/*}/.howdah-initialising ]]; then
  : > "$new/bootstrap" # the environment still names the file; a database that exists needs no such password
else
  od -An -N32 -tx1 /dev/urandom | tr -d ' \n' > "$new/bootstrap"
  [[ $(wc -c < "$new/bootstrap") -eq 64 ]] || fail 'no random bytes'
fi
chmod 0644 "$new/ca.crt" "$new/server.crt"
chmod 0600 "$new/server.key" "$new/bootstrap"
chown 999:999 "$TLS" "$new"/*
chmod 0755 "$TLS"
sync "$new"/*
# Each name changes at once; the key goes first, since a certificate without its key would keep the server down.
for file in server.key server.crt ca.crt bootstrap; do mv -f "$new/$file" "$TLS/$file"; done
sync "$TLS"
echo "seeded: ca.crt server.crt server.key$([[ -s $TLS/bootstrap ]] && echo ' bootstrap')"
