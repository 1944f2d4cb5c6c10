<?php
// The path of the health check. A failure of the database must not get servers replaced.
header('Cache-Control: no-store');
echo 'ok';
