#!/bin/sh
# Docker's init folder runs this once, last: a second database for tests, when PLINTH_TEST_DATABASE names one.
# Its owner is the migrator's role, so that tests may be pointed at it like at the first.
set -eu
[ -n "${PLINTH_TEST_DATABASE:-}" ] || exit 0
here=$(dirname "$0")
createdb --username "$POSTGRES_USER" --template template0 --encoding UTF8 "$PLINTH_TEST_DATABASE"
psql -v ON_ERROR_STOP=1 --no-psqlrc -q --username "$POSTGRES_USER" --dbname "$PLINTH_TEST_DATABASE" -f "$here/02-database.sql"
