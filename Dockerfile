# Two images of one build: `server` faces the network and may do nothing else, `runner` makes the learners' machines.
# docs/containers.md says how they are built and run, and what an operator should know.
#
# A build of an image cannot mount, so the learners' root filesystem is made beforehand:
#   npm run tatami -- image --archive .cache/learner.tar.zst

ARG NODE_IMAGE=node:22-bookworm-slim

FROM ${NODE_IMAGE} AS base
# The same numbers in both images, for they own files in the volumes that both mount. A new volume begins as these folders.
RUN groupadd --gid 842 tatami \
  && useradd --uid 842 --gid tatami --no-create-home --home-dir /nonexistent --shell /usr/sbin/nologin tatami \
  && install --directory --mode=0711 /run/tatami \
  && install --directory --mode=0755 /var/lib/tatami \
  && install --directory --mode=0700 /var/lib/tatami/runner \
  && install --directory --mode=0700 --owner=tatami --group=tatami /var/lib/tatami/server

FROM base AS build
RUN apt-get update \
  && apt-get install --yes --no-install-recommends clang gcc libbpf-dev libc6-dev \
  && rm -rf /var/lib/apt/lists/*
WORKDIR /src
COPY package.json package-lock.json tsconfig.json tsconfig.base.json ./
COPY e2e/package.json e2e/
COPY packages packages/
COPY apps apps/
COPY labs labs/
# Without the kernel's part of it a runner works and is blind to short commands: an image must have it.
RUN node apps/cli/bin/tatami.mjs install --program \
  && test -x /opt/tatami/current/native/tatami-events

FROM base AS server
COPY --from=build /opt/tatami /opt/tatami
COPY packaging/containers/health.mjs /opt/tatami/
ENV NODE_ENV=production \
  TATAMI_HOST=0.0.0.0 \
  TATAMI_HANDOFF=/opt/tatami/current/native/tatami-handoff \
  TATAMI_LABS_DIR=/opt/tatami/current/labs \
  TATAMI_WEB_DIR=/opt/tatami/current/web
USER tatami
CMD ["node", "/opt/tatami/current/server.mjs"]

FROM base AS runner
RUN apt-get update \
  && apt-get install --yes --no-install-recommends mount runc zstd \
  && rm -rf /var/lib/apt/lists/*
COPY .cache/learner.tar.zst /opt/tatami-learner/root.tar.zst
RUN sha256sum /opt/tatami-learner/root.tar.zst | cut -c 1-16 > /opt/tatami-learner/id
COPY --from=build /opt/tatami /opt/tatami
COPY packaging/containers/ /opt/tatami/
ENV NODE_ENV=production \
  TATAMI_SOCKET_GROUP=tatami \
  TATAMI_STATE_DIR=/run/machines \
  TATAMI_NATIVE_BIN=/opt/tatami/current/native/tatami-native \
  TATAMI_NATIVE_INIT=/opt/tatami/current/native/tatami-init \
  TATAMI_HANDOFF=/opt/tatami/current/native/tatami-handoff \
  TATAMI_EVENTS_LOADER=/opt/tatami/current/native/tatami-events \
  TATAMI_EVENTS_OBJECT=/opt/tatami/current/native/events.bpf.o
ENTRYPOINT ["/opt/tatami/runner-entrypoint.sh"]
CMD ["node", "/opt/tatami/current/runner.mjs"]
