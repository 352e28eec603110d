#!/bin/sh
# A right program behind a wrapper that starts many others first, as version managers do. Between two of them every process sleeps.
i=0
while [ $i -lt 10 ]; do
    i=$((i + 1))
    x=$(true) y=$(echo a | cat)
done
exec "$@"
