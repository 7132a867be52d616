#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
# run.sh's look at the pictures: it must notice one that is missing, old, blank, of another size or no picture.
# shellcheck source=tests/house/expect.sh
. "$(dirname "$0")/expect.sh"
HOWDAH_ROOT=$ROOT
# shellcheck source=installer/say.sh
. "$ROOT/installer/say.sh"
# shellcheck source=installer/screen.sh
. "$ROOT/installer/screen.sh"

# png FILE WIDTH HEIGHT BYTES: what check_pictures reads of a picture, and so many bytes of filling.
png() {
    {
        printf '\x89PNG\r\n\x1a\n\0\0\0\rIHDR'
        # shellcheck disable=SC2059
        printf "$(printf '\\x%02x' $(($2 >> 24)) $(($2 >> 16 & 255)) $(($2 >> 8 & 255)) $(($2 & 255)) $(($3 >> 24)) $(($3 >> 16 & 255)) $(($3 >> 8 & 255)) $(($3 & 255)))"
        head -c "$4" /dev/zero
    } >"$1"
}
fill() {
    rm -rf "$TMP/out"
    mkdir "$TMP/out"
    for pane in overview schema; do
        for theme in light dark; do
            png "$TMP/out/$pane-$theme-1600x1000.png" 1600 1000 9000
            png "$TMP/out/$pane-$theme-1100x700.png" 1100 700 9000
        done
    done
}
look() { check_pictures "$TMP/out" "$TMP/stamp" "$@" 2>"$TMP/words"; }

touch -d '1 hour ago' "$TMP/stamp"
fill
look || fail "all there, yet: $(cat "$TMP/words")"
grep -q '8 pictures' "$TMP/words" || fail "counted: $(cat "$TMP/words")"
fill && rm "$TMP/out/schema-dark-1100x700.png"
! look || fail "a missing picture passed"
fill
look overview schema || fail "the listed panes are there, yet: $(cat "$TMP/words")"
! look overview query || fail "a listed pane without any picture passed"
fill && touch -d '2 hours ago' "$TMP/out/schema-dark-1100x700.png"
! look || fail "an old picture passed"
fill && png "$TMP/out/schema-dark-1100x700.png" 1100 700 100
! look || fail "a blank picture passed"
fill && png "$TMP/out/schema-dark-1100x700.png" 1600 1000 9000
! look || fail "a picture of another size passed"
fill && head -c 9000 /dev/zero >"$TMP/out/schema-dark-1100x700.png"
! look || fail "what is no picture passed"
rm -rf "$TMP/out" && mkdir "$TMP/out"
! look || fail "no picture at all passed"
listed_panes | grep -qx overview || fail "the list of panes is not read"
done_testing
