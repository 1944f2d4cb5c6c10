<?php
// The configuration of WordPress, which finds this file in the folder above its own: it is the same on all servers, and
// has no secret. docs/wordpress.md of ResilientWebsite describes it.

require_once __DIR__ . '/database-password.php';

// The site redirects visitors to HTTPS. Without a domain name, CloudFront itself asks the load balancer by HTTP, so that
// X-Forwarded-Proto would lead to redirects without end.
$_SERVER['HTTPS'] = 'on';

// The visitor's address is the last but one: CloudFront adds it, and the load balancer adds CloudFront's.
$addresses = array_map('trim', explode(',', $_SERVER['HTTP_X_FORWARDED_FOR'] ?? ''));
if (count($addresses) > 1) {
    $_SERVER['REMOTE_ADDR'] = $addresses[count($addresses) - 2];
}

// Without it, WordPress keeps the address with which it was installed.
if (getenv('WP_HOME')) {
    define('WP_HOME', getenv('WP_HOME'));
    define('WP_SITEURL', getenv('WP_HOME'));
}

define('DB_NAME', getenv('DATABASE_NAME'));
define('DB_USER', getenv('DATABASE_USER'));
define('DB_PASSWORD', database_password());
define('DB_HOST', getenv('DATABASE_HOST') . ':' . getenv('DATABASE_PORT'));
define('DB_CHARSET', 'utf8mb4');
define('DB_COLLATE', '');
// php.d/wordpress.ini has the certificate authorities. Without the second flag, PHP accepts any certificate.
define('MYSQL_CLIENT_FLAGS', MYSQLI_CLIENT_SSL | MYSQLI_CLIENT_SSL_VERIFY_SERVER_CERT);
$table_prefix = 'wp_';

// How long a page waits for a database that does not answer.
ini_set('default_socket_timeout', '5');

// All servers have the same keys, so that a visitor stays logged in when one is lost.
$names = ['AUTH_KEY', 'SECURE_AUTH_KEY', 'LOGGED_IN_KEY', 'NONCE_KEY', 'AUTH_SALT', 'SECURE_AUTH_SALT',
    'LOGGED_IN_SALT', 'NONCE_SALT'];
foreach ($names as $name) {
    define($name, hash_hmac('sha256', $name, getenv('WORDPRESS_SALT')));
}

// For the plugin "Redis Object Cache".
if (getenv('CACHE_HOST')) {
    define('WP_REDIS_SCHEME', 'tls');
    define('WP_REDIS_HOST', getenv('CACHE_HOST'));
    define('WP_REDIS_PORT', (int) getenv('CACHE_PORT'));
    define('WP_REDIS_CLIENT', 'predis');
    if (getenv('CACHE_TOKEN_FILE')) {
        define('WP_REDIS_PASSWORD', file_get_contents(getenv('CACHE_TOKEN_FILE')));
    }
}

// A plugin or an update would reach one server only: releases bring them to all.
define('DISALLOW_FILE_MODS', true);
// wordpress-cron.timer does its work.
define('DISABLE_WP_CRON', true);

if (!defined('ABSPATH')) {
    define('ABSPATH', __DIR__ . '/wordpress/');
}
require_once ABSPATH . 'wp-settings.php';
