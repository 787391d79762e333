# Waits `seconds`, prints {"text": its text in upper case, "runtime": its runtime}, and exits with `code`. Parameters:
# dotenv on stdin (text, seconds, code); the values contain no quotes.
use strict;
use warnings;

my %given = map { /^(\w+)='(.*)'$/ ? ($1 => $2) : () } <STDIN>;
sleep($given{seconds} // 0);
printf qq({"text":"%s","runtime":"perl"}\n), uc $given{text};
exit($given{code} // 0);
