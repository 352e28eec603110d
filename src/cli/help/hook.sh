#!/bin/sh
# .git/hooks/pre-push, with chmod +x: what does not conform is not pushed.
set -e
cc -o server server.c
sockspec check ./server --quiet
