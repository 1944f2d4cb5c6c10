# The group of the application's user, which can read the credentials of the database and the cache.

getent group resilient-website > /dev/null || groupadd --system resilient-website
