# Prepares WordPress, and runs it by nginx and PHP-FPM.
set -euo pipefail

mkdir -p "$FILES_FOLDER/uploads"
# PHP verifies the database's certificate with this file, and other sites' certificates where it opens an address.
cat wordpress/wp-includes/certificates/ca-bundle.crt "$DATABASE_CA_FILE" > "$STATE_DIRECTORY/ca.pem"
# In addition to the system's folder.
export PHP_INI_SCAN_DIR=":$PWD/php.d"
exec bash start.sh
