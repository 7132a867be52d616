# SPDX-License-Identifier: GPL-3.0-or-later
# shellcheck shell=bash
# Every file in sql/ opens with what it is: these five lines, in this order, each with something in it (it may go on in further
# comment lines), and no other key.
check() {
    local list
    mapfile -t list < <(files '^sql/.*\.sql$')
    [ "${#list[@]}" -gt 0 ] || return 0
    perl -e '
        for my $file (@ARGV) {
            open(my $in, "<", $file) or die;
            my (@keys, @empty);
            while (<$in>) {
                last unless /^--/;
                next if /SPDX-License-Identifier/;
                if (/^-- ([a-z]+):\s*(.*)$/) { push @keys, $1; push @empty, $1 if $2 eq "" }
            }
            my $have = join " ", @keys;
            print "$file:1:header keys are \"$have\", not \"what since privilege cost columns\"\n" if $have ne "what since privilege cost columns";
            print "$file:1:nothing after \"$_:\"\n" for @empty;
        }' "${list[@]}"
}
plant() {
    local head='-- what: x
-- since: 15
-- privilege: none
-- cost: cheap'
    bad sql/x/a.sql <<<"$head"
    bad sql/x/b.sql <<<"$head
-- columns:"
    bad sql/x/c.sql <<<"$head
-- columns: one int4
-- author: me"
    bad sql/x/d.v17.sql <<<'SELECT 1'
    bad sql/x/e.sql <<<'-- since: 15
-- what: x
-- privilege: none
-- cost: cheap
-- columns: one int4'
    good sql/x/f.sql <<<"-- SPDX-License-Identifier: GPL-3.0-or-later
$head
-- columns: one int4,
--   two int4
SELECT 1 -- note: not a key"
}
