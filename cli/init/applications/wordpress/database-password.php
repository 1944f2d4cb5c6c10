<?php
// The password of the database, during a rotation too: the server's file is up to three minutes behind the secret.

// Written by this application when a login has failed.
define('FETCHED_PASSWORD', getenv('STATE_DIRECTORY') . '/database-password');
const FETCHED_SECONDS = 5; // during which other requests use it, rather than ask Secrets Manager too

// Returns the newer one of the two.
function database_password(): string
{
    clearstatcache();
    $file = getenv('DATABASE_PASSWORD_FILE');
    $fetched = is_file(FETCHED_PASSWORD) && filemtime(FETCHED_PASSWORD) > filemtime($file);
    return file_get_contents($fetched ? FETCHED_PASSWORD : $file);
}

// Reads the secret, and returns the password; an empty text if it can't be read. One request at a time asks for it.
function fetched_password(): string
{
    $lock = fopen(FETCHED_PASSWORD . '.lock', 'c');
    flock($lock, LOCK_EX);
    clearstatcache();
    if (is_file(FETCHED_PASSWORD) && filemtime(FETCHED_PASSWORD) > time() - FETCHED_SECONDS) {
        return file_get_contents(FETCHED_PASSWORD);
    }
    $arn = getenv('DATABASE_SECRET_ARN');
    $words = ['timeout', '10', 'aws', 'secretsmanager', 'get-secret-value', '--secret-id', $arn,
        '--region', explode(':', $arn)[3], '--query', 'SecretString', '--output', 'json'];
    $text = shell_exec(implode(' ', array_map('escapeshellarg', $words)));
    $password = json_decode(json_decode($text ?: '""'), true)['password'] ?? '';
    if ($password !== '') {
        $new = FETCHED_PASSWORD . '.new';
        file_put_contents($new, $password);
        chmod($new, 0600);
        rename($new, FETCHED_PASSWORD);
    }
    return $password;
}
