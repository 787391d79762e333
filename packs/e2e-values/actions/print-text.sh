#!/bin/sh
# Prints a text. Parameters: dotenv on stdin (encoded: the text in base64).
set -eu
sed -n "s/^encoded='\(.*\)'\$/\1/p" | base64 -d
