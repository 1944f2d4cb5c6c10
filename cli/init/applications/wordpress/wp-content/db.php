<?php
// WordPress loads this file in place of its own connection to the database.

const ACCESS_DENIED = 1045;

class Site_Database extends wpdb
{
    public function db_connect($allow_bail = true)
    {
        if (parent::db_connect(false)) {
            return true;
        }
        if (mysqli_connect_errno() === ACCESS_DENIED) {
            $this->dbpassword = fetched_password();
            if ($this->dbpassword !== '' && parent::db_connect(false)) {
                return true;
            }
        }
        error_log('database: ' . mysqli_connect_error());
        if (!$allow_bail) {
            return false;
        }
        // CloudFront shows the friendly page for this status.
        http_response_code(503);
        header('Retry-After: 30');
        header('Cache-Control: no-store');
        exit('The database is not available.');
    }
}

$wpdb = new Site_Database(DB_USER, DB_PASSWORD, DB_NAME, DB_HOST);
