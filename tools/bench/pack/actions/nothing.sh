#!/bin/sh
# Ends at once.
exit 0
