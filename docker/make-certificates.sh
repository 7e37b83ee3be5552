#!/bin/sh
# Makes a certificate authority and a server certificate for the database of docker-compose.yml, once.
#   make-certificates.sh <folder> <host name> [owner of the key, such as postgres]
# The application trusts ca.crt (DB_SSL_CA) and checks the host name (DB_SSL=verify-full). The authority's key is
# deleted at once: nobody can sign a second server. Delete the folder's content to make new ones.
set -eu
folder=$1
host=$2
owner=${3:-}
if [ -f "$folder/ca.crt" ] && [ -f "$folder/server.crt" ] && [ -f "$folder/server.key" ]; then
  exit 0
fi
umask 077
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
openssl req -x509 -newkey rsa:3072 -nodes -sha256 -days 3650 -subj "/CN=plinth database authority" \
  -addext "basicConstraints=critical,CA:TRUE" -addext "keyUsage=critical,keyCertSign" \
  -keyout "$work/ca.key" -out "$work/ca.crt" 2>/dev/null
openssl req -new -newkey rsa:3072 -nodes -sha256 -subj "/CN=$host" \
  -keyout "$work/server.key" -out "$work/server.csr" 2>/dev/null
printf 'subjectAltName=DNS:%s\nextendedKeyUsage=serverAuth\nbasicConstraints=CA:FALSE\n' "$host" > "$work/extensions"
openssl x509 -req -in "$work/server.csr" -CA "$work/ca.crt" -CAkey "$work/ca.key" -CAcreateserial -days 3650 -sha256 \
  -extfile "$work/extensions" -out "$work/server.crt" 2>/dev/null
mkdir -p "$folder"
chmod 755 "$folder"
cp "$work/ca.crt" "$work/server.crt" "$work/server.key" "$folder/"
chmod 644 "$folder/ca.crt" "$folder/server.crt"
chmod 600 "$folder/server.key"
if [ -n "$owner" ]; then chown "$owner" "$folder/server.key"; fi
