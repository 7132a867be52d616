# SPDX-License-Identifier: GPL-3.0-or-later
# shellcheck shell=bash
# The Docker engine answering, and compose v2. Sourced after say.sh, packages.sh and suite.sh.

DOCKERD_LOG=/var/log/howdah-dockerd.log
COMPOSE_PLUGIN=/usr/libexec/docker/cli-plugins/docker-compose

docker_answers() { timeout 10 docker info >/dev/null 2>&1; }

# Debian 12 has only compose v1: Debian 13's package holds one program that needs no more than libc, so that one file is taken.
bring_compose() {
    local dir deb
    scratch dir compose
    step "Debian 13's package index read" trixie_state "$dir" || return 1
    step "docker-compose of Debian 13 fetched" trixie "$dir" apt-get -qq download docker-compose >&2 || return 1
    deb=$(find "$dir" -maxdepth 1 -name 'docker-compose_*.deb')
    dpkg-deb -x "$deb" "$dir/unpacked" || return 1
    "$dir/unpacked$COMPOSE_PLUGIN" version >/dev/null || { say "Debian 13's docker-compose does not run here"; return 1; }
    as_root install -D -m 0755 "$dir/unpacked$COMPOSE_PLUGIN" "$COMPOSE_PLUGIN.new" || return 1
    as_root mv -f "$COMPOSE_PLUGIN.new" "$COMPOSE_PLUGIN"
}

ensure_compose() {
    if ! have compose; then
        if [ "$(distro)" = debian12 ]; then
            bring_compose || { say "No compose v2: the stack will run without Docker"; return 1; }
        fi
        have compose || { say "No compose v2 beside this Docker: install its compose plugin"; return 1; }
    fi
    # The owner's lines say docker-compose with the hyphen.
    if ! command -v docker-compose >/dev/null 2>&1 && [ -x "$COMPOSE_PLUGIN" ]; then
        as_root ln -sf "$COMPOSE_PLUGIN" /usr/local/bin/docker-compose
    fi
}

# start_dockerd: through systemd where that is the init; else in the background, in a session of its own, and left up.
start_dockerd() {
    local waited=0 pid=''
    if [ -d /run/systemd/system ]; then
        as_root systemctl start docker || return 1
    elif ! pgrep -x dockerd >/dev/null 2>&1; then
        # shellcheck disable=SC2016 # the inner shell expands
        as_root bash -c 'umask 077; exec setsid -f bash -c "$2" dockerd dockerd >>"$1" 2>&1 </dev/null' start "$DOCKERD_LOG" "$DETACHED" || return 1
        say "Docker's engine started in the background; its log is $DOCKERD_LOG"
    fi
    while ! docker_answers; do
        if [ "$waited" -ge 60 ]; then
            say "Docker's engine gave no answer within 60 s"
            return 1
        fi
        sleep 1
        waited=$((waited + 1))
        pid=$(pgrep -x dockerd || true)
        if [ -z "$pid" ] && [ "$waited" -ge 3 ]; then
            say "Docker's engine ended by itself:"
            as_root tail -n 5 "$DOCKERD_LOG" >&2 || true
            return 1
        fi
    done
}

# ensure_docker: 0 when the engine answers this user and compose v2 is there; else says why not.
ensure_docker() {
    have docker || { say "No docker command"; return 1; }
    if ! docker_answers; then
        if [ "$(id -u)" -ne 0 ] && [ -S /var/run/docker.sock ] && ! [ -w /var/run/docker.sock ]; then
            say "This user may not speak to Docker. Who may is as good as root here; to allow it: sudo usermod -aG docker $(id -un), then log in again."
            return 1
        fi
        have dockerd || { say "No Docker engine"; return 1; }
        step "Docker's engine answers" start_dockerd || return 1
    fi
    ensure_compose
}
