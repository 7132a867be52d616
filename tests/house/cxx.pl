#!/usr/bin/perl
# SPDX-License-Identifier: GPL-3.0-or-later
# cxx.pl strings|code|bare [--unless MARK] FILE…: C++ as the lints want to see it, as FILE:LINE:TEXT.
#   strings  each string literal (neighbours joined, raw ones too); its line ends are \x1e     code  without comments
#   bare     without comments and without what stands inside literals
# Lines that carry MARK in the source are left out.
use strict;
use warnings;

my $mode = shift @ARGV;
my $mark;
if (@ARGV && $ARGV[0] eq '--unless') { shift @ARGV; $mark = shift @ARGV; }

for my $file (@ARGV) {
    open(my $in, '<', $file) or die "$file: $!\n";
    my $text = do { local $/; <$in> };
    close $in;
    my @source = split /\n/, $text, -1;
    my $line = 1;
    my ($out, @strings, $joins) = ('');
    while ($text =~ /\G(?:
          (?<comment>\/\/(?:\\\n|[^\n])*|\/\*.*?(?:\*\/|\z))
        | (?<raw>(?:u8|u|U|L)?R"(?<delim>[^\s()\\"]{0,16})\((?<rawbody>.*?)\)\k<delim>")
        | (?<include>(?<![^\n])[ \t]*\#[ \t]*include[^\n]*)
        | (?<string>(?:u8|u|U|L)?"(?<body>(?:\\.|[^"\\\n])*)")
        | (?<char>(?<![0-9A-Za-z_])(?:u8|u|U|L)?'(?:\\.[^'\n]*|[^'\\\n])')
        | (?<word>[0-9A-Za-z_](?:[0-9A-Za-z_]|'(?=[0-9A-Za-z_]))*)
        | (?<other>.)
        )/gsx) {
        my $token = $&;
        my $lines = ($token =~ tr/\n//);
        if (defined $+{comment}) {
            $out .= ' ' . "\n" x $lines;
        } elsif (defined $+{include}) {
            (my $kept = $token) =~ s{//.*|/\*.*}{};
            $out .= $kept;
            $joins = 0;
        } elsif (defined $+{raw} || defined $+{string}) {
            my $body = defined $+{raw} ? $+{rawbody} : $+{body};
            if ($joins) { $strings[-1][1] .= $body; push @{$strings[-1][2]}, $line .. $line + $lines; }
            else { push @strings, [$line, $body, [$line .. $line + $lines]]; }
            $joins = 1;
            $out .= $mode eq 'bare' ? '""' . "\n" x $lines : $token;
        } elsif (defined $+{char}) {
            $out .= $mode eq 'bare' ? "' '" : $token;
            $joins = 0;
        } else {
            $joins = 0 if $token !~ /^\s$/;
            $out .= $token;
        }
        $line += $lines;
    }
    if ($mode eq 'strings') {
        for my $s (@strings) {
            my ($at, $body, $on) = @$s;
            next if defined $mark && grep { index($source[$_ - 1] // '', $mark) >= 0 } @$on;
            $body =~ s/\n|\\n/\x1e/g;
            print "$file:$at:$body\n";
        }
    } else {
        my $n = 0;
        for my $l (split /\n/, $out) {
            $n++;
            next if $l !~ /\S/ || (defined $mark && index($source[$n - 1] // '', $mark) >= 0);
            print "$file:$n:$l\n";
        }
    }
}
