#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
# Builds the stack's image on postgres:18 where that can be pulled, else on docker/base's howdah-base:18.
# Skips what is up to date. Last line of stdout: image=TAG base=BASE.
# HOWDAH_BASE_IMAGE names another base. Exit: 0, 2 usage, 10 no docker engine, 11 no permission, 12 the base cannot be
# built, 13 the image cannot be built, 14 disk full.
set -Eeuo pipefail

HERE=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
PULL_TIMEOUT=${HOWDAH_PULL_TIMEOUT:-600} # for the download; an unreachable registry answers (or not) much sooner
STARTED=$SECONDS
TAG=howdah-postgres:18
FORCE=no
CHILD=''
LOG=''

step() { printf '[%4d s] %s\n' "$((SECONDS - STARTED))" "$*"; }
fail() { local code=$1; shift; printf 'build.sh: %s\n' "$*" >&2; exit "$code"; }
usage() { echo 'usage: docker/build.sh [--tag IMAGE:TAG] [--force]'; }

cleanup() {
  local code=$?
  trap - EXIT INT TERM HUP
  if [[ -n $CHILD ]]; then kill -TERM -- "-$CHILD" 2> /dev/null || :; wait "$CHILD" 2> /dev/null || :; fi
  if [[ -n $LOG ]]; then rm -f "$LOG"; fi
  exit "$code"
}

# In the background and a process group of its own: bash runs a trap only between foreground commands.
run() {
  setsid --wait "$@" < /dev/null &
  CHILD=$!
  local code=0
  wait "$CHILD" || code=$?
  CHILD=''
  return "$code"
}

while [[ $# -gt 0 ]]; do
  case $1 in
    --tag) [[ -n ${2-} ]] || { usage >&2; exit 2; }; TAG=$2; shift 2 ;;
    --force) FORCE=yes; shift ;;
    -h | --help) usage; exit 0 ;;
    *) usage >&2; exit 2 ;;
  esac
done

command -v docker > /dev/null || fail 10 'no docker command: install docker.io'
if ! reply=$(docker version --format '{{.Server.Version}}' 2>&1); then
  case $reply in
    *'permission denied'*) fail 11 'no permission to use the Docker engine: join the group docker or use sudo' ;;
    *) fail 10 "no Docker engine answers: $reply" ;;
  esac
fi

# Names and contents of everything that goes into the image.
context_sha=$(cd "$HERE" && find base postgres migrations demo .dockerignore -type f -print0 | LC_ALL=C sort -z | xargs -0 sha256sum | sha256sum | cut -d' ' -f1)
label() { docker image inspect -f "{{index .Config.Labels \"$1\"}}" "$TAG" 2> /dev/null || :; }
if [[ $FORCE == no && $(label howdah.context_sha) == "$context_sha" ]]; then
  base=$(label howdah.base_image)
  if [[ -z ${HOWDAH_BASE_IMAGE-} || $base == "$HOWDAH_BASE_IMAGE" ]]; then
    step "$TAG is up to date"
    echo "image=$TAG base=$base"
    exit 0
  fi
fi

trap cleanup EXIT
trap 'exit 130' INT
trap 'exit 143' TERM HUP
LOG=$(mktemp)

have() { docker image inspect "$1" > /dev/null 2>&1; }
full() { grep -qi 'no space left on device' "$LOG"; }

base=${HOWDAH_BASE_IMAGE-}
if [[ -n $base ]]; then
  have "$base" || run docker pull -q "$base" > "$LOG" 2>&1 || fail 12 "HOWDAH_BASE_IMAGE=$base is neither here nor can it be pulled: $(tail -n 1 "$LOG")"
elif have postgres:18; then
  base=postgres:18
else
  # With our own base at hand a registry gets only seconds to answer.
  limit=$PULL_TIMEOUT
  if have howdah-base:18; then limit=15; fi
  step 'pulling postgres:18'
  if run timeout "$limit" docker pull -q postgres:18 > "$LOG" 2>&1; then
    base=postgres:18
  elif full; then
    fail 14 'the disk is full (pulling postgres:18)'
  else
    step "postgres:18 cannot be pulled ($(tail -n 1 "$LOG" | cut -c 1-120)): using Debian's packages"
    base=howdah-base:18
    code=0
    run "$HERE/base/build.sh" || code=$?
    case $code in
      0) ;;
      10 | 11 | 12 | 14) exit "$code" ;;
      *) fail 12 "the base image could not be built (exit $code)" ;;
    esac
  fi
fi

step "building $TAG on $base"
before=$(docker image inspect -f '{{.Id}}' "$TAG" 2> /dev/null || :)
# --force-rm: an interrupted build leaves no container behind.
if ! run docker build --force-rm --network host -f "$HERE/postgres/Dockerfile" --build-arg "BASE_IMAGE=$base" \
  --label "howdah.base_image=$base" --label "howdah.context_sha=$context_sha" -t "$TAG" "$HERE" > "$LOG" 2>&1; then
  tail -n 25 "$LOG" >&2
  if full; then fail 14 "the disk is full (building $TAG)"; fi
  fail 13 "$TAG could not be built"
fi
# The image that had the tag would stay as <none>. In use by a running stack it cannot be removed, and stays for now.
if [[ -n $before && $before != "$(docker image inspect -f '{{.Id}}' "$TAG")" ]]; then docker image rm "$before" > /dev/null 2>&1 || :; fi
step "done: $TAG"
echo "image=$TAG base=$base"
