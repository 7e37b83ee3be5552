#!/bin/sh
# Docker's init folder runs this once, after 01 and 02: gives each role the password from its environment variable.
# A role without one cannot log in by password. docs/deployment.md names the variables.
set -eu
for role in migrator app worker readonly backup; do
  name="PLINTH_$(echo "$role" | tr '[:lower:]' '[:upper:]')_PASSWORD"
  eval "password=\${$name:-}"
  [ -n "$password" ] || continue
  # Passed through the environment (\getenv), so that it shows in no process list.
  PLINTH_PASSWORD="$password" psql -v ON_ERROR_STOP=1 -v role="plinth_$role" --no-psqlrc -q \
    --username "$POSTGRES_USER" --dbname "$POSTGRES_DB" <<'SQL'
\getenv password PLINTH_PASSWORD
SET log_statement = 'none';
ALTER ROLE :"role" PASSWORD :'password';
SQL
done
