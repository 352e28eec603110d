#!/bin/sh
# A wrapper around a right program. It first starts many other programs, as version managers do. Between two of them, all processes sleep.
i=0
while [ $i -lt 10 ]; do
    i=$((i + 1))
    x=$(true) y=$(echo a | cat)
done
exec "$@"
