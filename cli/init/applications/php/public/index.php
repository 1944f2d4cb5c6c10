<?php
// A page that shows its connections, and the path of the health check. Replace it by your application.
// docs/applications.md of ResilientWebsite describes the environment.
declare(strict_types=1);

const SECONDS = 2; // how long a page waits for a database or a cache that does not answer

function database(array $env): string
{
    $db = new PDO("mysql:host=$env[DATABASE_HOST];port=$env[DATABASE_PORT];dbname=$env[DATABASE_NAME]",
        $env['DATABASE_USER'], file_get_contents($env['DATABASE_PASSWORD_FILE']),
        [PDO::MYSQL_ATTR_SSL_CA => $env['DATABASE_CA_FILE'], PDO::ATTR_TIMEOUT => SECONDS]);
    return 'connected, version ' . $db->query('SELECT VERSION()')->fetchColumn();
}

// Your application uses a library instead, such as Predis.
function cache(array $env): string
{
    $connection = stream_socket_client("tls://$env[CACHE_HOST]:$env[CACHE_PORT]", $code, $reason, SECONDS);
    if (!$connection) {
        throw new RuntimeException($reason);
    }
    stream_set_timeout($connection, SECONDS);
    $token = isset($env['CACHE_TOKEN_FILE']) ? 'AUTH ' . file_get_contents($env['CACHE_TOKEN_FILE']) . "\r\n" : '';
    fwrite($connection, "{$token}PING\r\nQUIT\r\n");
    return str_contains(stream_get_contents($connection), '+PONG') ? 'connected' : 'refuses the connection';
}

// The reason of a failure is for the log, not for visitors.
function row(string $name, callable $ask): string
{
    try {
        $state = $ask(getenv());
    } catch (Throwable $error) {
        error_log("$name: " . $error->getMessage());
        $state = 'unreachable';
    }
    return "<dt>$name<dd>" . htmlspecialchars($state);
}

$path = parse_url($_SERVER['REQUEST_URI'], PHP_URL_PATH);
header('Cache-Control: no-store');
// The health check needs no database: its failure must not get servers replaced.
if ($path === getenv('HEALTH_CHECK_PATH')) {
    exit('ok');
}
if ($path !== '/') {
    http_response_code(404);
    exit('Not found');
}
$site = htmlspecialchars(getenv('SITE_NAME'));
?>
<!doctype html><html lang="en"><meta name="viewport" content="width=device-width">
<title><?= $site ?></title><h1><?= $site ?></h1><p>PHP made this page.</p>
<dl>
<?= getenv('DATABASE_HOST') ? row('Database', 'database') : '' ?>
<?= getenv('CACHE_HOST') ? row('Cache', 'cache') : '' ?>
</dl></html>
