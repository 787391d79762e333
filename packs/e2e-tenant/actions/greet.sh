#!/bin/sh
# Prints hello.
echo hello
