#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
# Builds howdah-base:18 (see Dockerfile) from Debian packages: debootstrap, docker import, docker build.
# The mirror is the one this machine's own apt uses (HOWDAH_DEBIAN_MIRROR overrides it).
# Exit: 0 built or already there, 2 usage, 10 no docker engine, 11 no permission, 12 cannot be built, 14 disk full.
set -Eeuo pipefail

TAG=howdah-base:18
SUITE=${HOWDAH_BASE_SUITE:-forky} # the Debian release that carries PostgreSQL 18
HERE=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
ROOTFS_TAG=howdah-rootfs:build-$$
STARTED=$SECONDS
WORK=''
CHILD=''

step() { printf '[%4d s] %s\n' "$((SECONDS - STARTED))" "$*"; }
fail() { local code=$1; shift; printf 'base/build.sh: %s\n' "$*" >&2; exit "$code"; }

usage() { echo 'usage: docker/base/build.sh [--force]'; }

cleanup() {
  local code=$?
  trap - EXIT INT TERM HUP
  # The child leads a process group of its own (setsid), so that an interrupt leaves no debootstrap or apt behind.
  if [[ -n $CHILD ]]; then kill -TERM -- "-$CHILD" 2> /dev/null || :; wait "$CHILD" 2> /dev/null || :; fi
  if [[ -n $WORK ]]; then rm -rf --one-file-system "$WORK" || :; fi
  docker image rm -f "$ROOTFS_TAG" > /dev/null 2>&1 || :
  # The steps of a build that did not end are untagged images; the label keeps this from touching anybody else's.
  docker image prune -f --filter label=howdah.rootfs=1 > /dev/null 2>&1 || :
  exit "$code"
}

# In the background, since bash runs a trap only between foreground commands.
run() {
  setsid --wait "$@" > "$WORK/log" 2>&1 < /dev/null 9>&- &
  CHILD=$!
  local code=0
  wait "$CHILD" || code=$?
  CHILD=''
  if [[ $code -ne 0 ]]; then
    tail -n 25 "$WORK/log" >&2
    if grep -qi 'no space left on device' "$WORK/log"; then fail 14 "the disk is full (step: $1)"; fi
  fi
  return "$code"
}

# First URI of an apt source that serves the running Debian release itself (not -security, not a third party's).
apt_mirror() {
  local codename
  # shellcheck source=/dev/null
  codename=$(. /etc/os-release && [[ ${ID-} == debian ]] && echo "${VERSION_CODENAME-}") || return 1
  {
    cat /etc/apt/sources.list.d/*.sources 2> /dev/null | awk -v want="$codename" '
      function flush(   i, n, s) {
        n = split(suites, s, " ")
        for (i = 1; i <= n; i++) if (s[i] == want && types ~ /deb/ && enabled != "no") { split(uris, u, " "); print u[1]; break }
        types = uris = suites = enabled = ""
      }
      /^[ \t]*$/ { flush(); next }
      /^Types:/ { types = substr($0, 7) }
      /^URIs:/ { uris = substr($0, 6) }
      /^Suites:/ { suites = substr($0, 8) }
      /^Enabled:/ { enabled = $2 }
      END { flush() }'
    cat /etc/apt/sources.list /etc/apt/sources.list.d/*.list 2> /dev/null | sed -E 's/^deb +\[[^]]*\]/deb/' |
      awk -v want="$codename" '$1 == "deb" && $3 == want { print $2 }'
  } | grep -E '^(https?|ftp|file|copy):' | sed 's,/*$,,' | awk 'NR == 1'
}

force=no
case ${1-} in
  '') ;;
  --force) force=yes ;;
  -h | --help) usage; exit 0 ;;
  *) usage >&2; exit 2 ;;
esac

command -v docker > /dev/null || fail 10 'no docker command: install docker.io'
if ! reply=$(docker version --format '{{.Server.Version}}' 2>&1); then
  case $reply in
    *'permission denied'*) fail 11 'no permission to use the Docker engine: join the group docker or use sudo' ;;
    *) fail 10 "no Docker engine answers: $reply" ;;
  esac
fi
# What the image is made from, this script too: a change builds it again.
context_sha=$(cd "$HERE" && sha256sum Dockerfile build.sh docker-entrypoint.sh | sha256sum | cut -d' ' -f1)
built() {
  [[ $(docker image inspect -f '{{index .Config.Labels "howdah.base_context_sha"}}' "$TAG" 2> /dev/null || :) == "$context_sha" ]]
}
if [[ $force == no ]] && built; then
  step "$TAG is already built"
  exit 0
fi
[[ $(id -u) -eq 0 ]] || fail 11 "building $TAG needs root (debootstrap makes a file system with its owners): sudo $0"
command -v debootstrap > /dev/null || fail 12 'debootstrap is not installed: apt-get install debootstrap'
mirror=${HOWDAH_DEBIAN_MIRROR:-$(apt_mirror || :)}
[[ -n $mirror ]] || fail 12 'no Debian mirror in the apt sources of this machine: set HOWDAH_DEBIAN_MIRROR'
keyring=/usr/share/keyrings/debian-archive-keyring.gpg
[[ -r $keyring ]] || fail 12 "$keyring is missing: apt-get install debian-archive-keyring"

# One at a time: cleanup removes the untagged steps of a build that did not end.
exec 9> /run/lock/howdah-base.lock
if ! flock -n 9; then
  step 'another build of the base is running: waiting for it'
  flock 9
  if [[ $force == no ]] && built; then
    step "$TAG is built"
    exit 0
  fi
fi
trap cleanup EXIT
trap 'exit 130' INT
trap 'exit 143' TERM HUP
WORK=$(mktemp -d "${TMPDIR:-/var/tmp}/howdah-base.XXXXXX")

step "debootstrap: a minimal Debian $SUITE"
# A mount namespace of its own: what debootstrap mounts inside (proc) is gone with it, however it ends.
# The script is named: older debootstrap knows newer releases only as "sid".
run unshare --mount --propagation private -- debootstrap --variant=minbase --keyring="$keyring" "$SUITE" "$WORK/root" "$mirror" \
  /usr/share/debootstrap/scripts/sid || fail 12 "debootstrap failed"
# A snapshot of a testing release outlives its Release file's Valid-Until; the signature is still checked.
printf '// A snapshot mirror serves Release files past their Valid-Until; signatures are still checked.\nAcquire::Check-Valid-Until "false";\n' \
  > "$WORK/root/etc/apt/apt.conf.d/90howdah-snapshot"
# The image is built once and thrown away on failure, so dpkg need not fsync each file.
echo force-unsafe-io > "$WORK/root/etc/dpkg/dpkg.cfg.d/90howdah-speed"
rm -rf "$WORK/root/var/lib/apt/lists/"* "$WORK/root/var/cache/apt/archives/"*.deb
run unshare --mount --propagation private -- chroot "$WORK/root" apt-get update -q || fail 12 'apt-get update failed in the new root'
version=$(chroot "$WORK/root" apt-cache show --no-all-versions postgresql-18 2> /dev/null | sed -n 's/^Version: //p')
rm -rf "$WORK/root/var/lib/apt/lists/"*
[[ -n $version ]] || fail 12 "Debian $SUITE has no postgresql-18"

step "docker import: $(du -sh --one-file-system "$WORK/root" | cut -f1)"
# shellcheck disable=SC2016
run bash -o pipefail -c 'tar --numeric-owner --one-file-system -C "$1" -c . | docker import -c "LABEL howdah.rootfs=1" - "$2"' import "$WORK/root" "$ROOTFS_TAG" ||
  fail 12 'docker import failed'
rm -rf --one-file-system "$WORK/root"

step "docker build: PostgreSQL $version"
# --network host: the mirror may be reachable only through this machine's own loopback or resolver.
# --force-rm: an interrupted build leaves no container either.
run docker build --force-rm --network host --build-arg "ROOTFS=$ROOTFS_TAG" --build-arg "PG_VERSION=$version" \
  --label "howdah.base_context_sha=$context_sha" -t "$TAG" "$HERE" ||
  fail 12 'docker build of the base failed'
step "done: $TAG ($(($(docker image inspect -f '{{.Size}}' "$TAG") / 1000000)) MB)"
