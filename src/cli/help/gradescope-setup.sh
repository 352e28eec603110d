#!/bin/sh
# setup.sh: Gradescope runs it once, when it makes the image. The zip holds three files: this one, run_autograder, and sockspec itself,
# which needs nothing of the image if you build it so:
#   RUSTFLAGS='-C target-feature=+crt-static' cargo install --locked sockspec --version VERSION --bin sockspec \
#       --target x86_64-unknown-linux-gnu --root . && mv bin/sockspec .
set -e
apt-get update
apt-get install -y gcc libc6-dev
install /autograder/source/sockspec /usr/local/bin/sockspec
