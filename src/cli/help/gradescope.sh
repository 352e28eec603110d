#!/bin/sh
# run_autograder: Gradescope runs it for each submission.
cd /autograder/submission || exit
if cc -o server server.c; then
    sockspec check --server ./server --exit-zero --report gradescope=/autograder/results/results.json
else
    echo '{"score": 0, "output": "server.c does not compile: try `cc -o server server.c`"}' > /autograder/results/results.json
fi
