# Dockerfile. To build it:      docker build --tag sockspec .
# To judge what is in a folder: docker run --rm --volume "$PWD:/work" sockspec sh -c 'cc -o server server.c && sockspec check ./server'
FROM rust:1-bookworm AS build
RUN cargo install --locked sockspec --version VERSION --bin sockspec --root /opt

FROM debian:bookworm-slim
RUN apt-get update && apt-get install -y --no-install-recommends gcc libc6-dev && rm -rf /var/lib/apt/lists/*
COPY --from=build /opt/bin/sockspec /usr/local/bin/sockspec
WORKDIR /work
CMD ["sockspec"]
