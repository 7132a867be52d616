# SPDX-License-Identifier: GPL-3.0-or-later
# shellcheck shell=bash
# Server text is data: no widget may guess that it is HTML.
#   - nothing that reads markup is called;
#   - each QLabel and QMessageBox made in a file (header and source count as one) has its setTextFormat(Qt::PlainText) there: PlainLabel
#     of ui/widgets has it, and is the way;
#   - tooltips and charts' titles read HTML and can't be told not to: their text is a literal (tr included) or went through tooltipText().
# A line whose text is markup on purpose, and made here, says so: // markup-ok: why
check() {
    local bare
    bare=$(cxx bare --unless markup-ok: -- ui app)
    [ -n "$bare" ] || return 0
    find_in 'Qt::(RichText|AutoText|MarkdownText)|\b(setHtml|insertHtml|appendHtml|setMarkdown|insertMarkdown|mightBeRichText)\s*\(' <<<"$bare"
    find_in 'QMessageBox::(information|warning|critical|question|about|aboutQt)\s*\(' <<<"$bare"
    perl -ne '
        my ($f, $n, $t) = split /:/, $_, 3;
        my $at = "$f:$n:$t"; $f =~ s/\.\w+$//;
        $plain{$f}++ while $t =~ /setTextFormat\s*\(\s*Qt::PlainText/g;
        while ($t =~ /new\s+Q(?:Label|MessageBox)\b|\bmake_unique<Q(?:Label|MessageBox)>|\bQ(?:Label|MessageBox)\s+\w+\s*[;({=]|class\s+\w+\s*(?:final\s*)?:\s*(?:public\s+)?QLabel\b/g) {
            $made{$f}++; $at{$f} //= $at;
        }
        END { for (sort keys %made) { print $at{$_} if $made{$_} > ($plain{$_} // 0) } }' <<<"$bare"
    # The argument up to the statement's end, over lines.
    perl -ne '
        my ($f, $n, $t) = split /:/, $_, 3; chomp $t;
        push @{$lines{$f}}, [$n, $t];
        END { for my $f (sort keys %lines) { my @l = @{$lines{$f}};
            for my $i (0 .. $#l) { my ($n, $t) = @{$l[$i]};
                next unless $t =~ /\b(?:setToolTip|setWhatsThis|setTitleText)\s*\((.*)|[cC]hart\w*(?:\(\))?\s*(?:->|\.)\s*setTitle\s*\((.*)/;
                my $a = $1 // $2; my $j = $i;
                while ($a !~ /;/ && $j < $#l && $j < $i + 12) { $a .= " " . $l[++$j][1]; }
                $a =~ s/;.*//s;
                next if $a =~ /\btooltipText\s*\(/;
                next if $a =~ /^\s*(?:(?:\w+::)*tr|QStringLiteral|u|QCoreApplication::translate)?\s*\(?\s*u?"[^"]*"(?:_s|_L1)?(?:\s*,\s*"[^"]*")?\s*\)*\s*$/;
                next if $a =~ /^\s*(?:(?:\w+::)*tr\s*\([^()]*\)|QString\s*\(\s*\))\s*\)\s*$/;
                print "$f:$n:$t\n";
            } } }' <<<"$bare"
    # A model hands its tooltips to a view that does the same.
    perl -ne '
        my ($f, $n, $t) = split /:/, $_, 3;
        $role{$f} //= "$f:$n:$t" if $t =~ /Qt::ToolTipRole/; $escapes{$f} = 1 if $t =~ /\btooltipText\s*\(/;
        END { for (sort keys %role) { print $role{$_} unless $escapes{$_} } }' <<<"$bare"
}
plant() {
    bad ui/shell/a.cpp <<<'label->setTextFormat(Qt::RichText);'
    bad ui/shell/b.cpp <<<'view->setHtml(text);'
    bad ui/shell/c.cpp <<<'auto* l = new QLabel(server.name, this);'
    bad ui/shell/d.cpp <<'X'
auto* a = new QLabel(this);
a->setTextFormat(Qt::PlainText);
auto* b = new QLabel(name, this);
X
    bad ui/shell/e.h <<<'class Caption : public QLabel {'
    bad ui/shell/f.cpp <<<'widget->setToolTip(error.message);'
    bad ui/shell/g.cpp <<<'widget->setToolTip(tr("on %1").arg(table.name));'
    bad ui/shell/h.cpp <<<'m_chart->setTitle(series.name());'
    bad ui/shell/i.cpp <<<'if (role == Qt::ToolTipRole) return row.name;'
    bad ui/shell/j.cpp <<<'QMessageBox::critical(this, tr("x"), error.message);'
    bad ui/shell/k.cpp <<'X'
widget->setToolTip(
    error.message);
X
    good ui/widgets/m.h <<<'class PlainLabel : public QLabel'
    good ui/widgets/m.cpp <<<'setTextFormat(Qt::PlainText);'
    good ui/shell/l.cpp <<'X'
auto* a = new QLabel(this);
a->setTextFormat(Qt::PlainText);
a->setToolTip(tr("Reload"));
a->setToolTip(tooltipText(table.name));
a->setToolTip(QStringLiteral("Stands still; goes on"));
a->setToolTip(bad ? tooltipText(error.text()) : QString());
m_chart->setTitle(tooltipText(name));
dialog->setWindowTitle(name);
// setHtml( is not for us
if (role == Qt::ToolTipRole) return tooltipText(row.name);
X
}
