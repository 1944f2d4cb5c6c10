# Downloads WordPress into app/wordpress, from which a release takes it. Run it again after a change of the version.
#
# https://wordpress.org/download/releases/ lists the versions. For another one, replace both lines: `sha256sum` prints
# the checksum of an archive, whose SHA-1 checksum wordpress.org has under the same address with `.sha1` at its end.
set -euo pipefail
VERSION=7.0.1
SHA256=dc10592da9b580c7525632850e0cced371b13081853ac29afe93b5d5bb00db98

archive=$(mktemp)
trap 'rm -f "$archive"' EXIT
curl --fail --location --silent --show-error --output "$archive" "${SOURCE:-https://wordpress.org}/wordpress-$VERSION.tar.gz"
found=$(sha256sum < "$archive")
found=${found%% *}
[ "$found" = "$SHA256" ] || {
  echo "get_wordpress.sh: found the checksum $found, but SHA256 is $SHA256: this is not the expected archive" >&2
  exit 1
}
rm -rf app/wordpress
tar --extract --gzip --no-same-owner --file "$archive" --directory app
echo "app/wordpress: WordPress $VERSION"
