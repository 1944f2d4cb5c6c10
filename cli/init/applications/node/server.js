// A page that shows its connections, and the path of the health check. Replace it by your application.
// docs/applications.md of ResilientWebsite describes the environment.
'use strict';

const fs = require('node:fs');
const http = require('node:http');
const tls = require('node:tls');
const mysql = require('mysql2/promise');

const env = process.env;
const MILLISECONDS = 2000; // how long a page waits for a database or a cache that does not answer
let pool;

function escaped(text) {
  return String(text).replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);
}

// Makes the pool again after a failed login: after a rotation, the file has the new password.
async function database() {
  pool ??= mysql.createPool({
    host: env.DATABASE_HOST,
    port: Number(env.DATABASE_PORT),
    database: env.DATABASE_NAME,
    user: env.DATABASE_USER,
    password: fs.readFileSync(env.DATABASE_PASSWORD_FILE, 'utf8'),
    ssl: {ca: fs.readFileSync(env.DATABASE_CA_FILE, 'utf8'), verifyIdentity: true},
    connectTimeout: MILLISECONDS,
  });
  try {
    const [rows] = await pool.query({sql: 'SELECT VERSION() AS version', timeout: MILLISECONDS});
    return `connected, version ${rows[0].version}`;
  } catch (error) {
    if (error.code === 'ER_ACCESS_DENIED_ERROR') pool = undefined;
    throw error;
  }
}

// Your application uses a library instead, such as iovalkey or redis.
function cache() {
  return new Promise((resolve, reject) => {
    const {CACHE_HOST: host, CACHE_PORT: port, CACHE_TOKEN_FILE: file} = env;
    const token = file ? `AUTH ${fs.readFileSync(file, 'utf8')}\r\n` : '';
    const connection = tls.connect({host, port, servername: host}, () => connection.write(`${token}PING\r\nQUIT\r\n`));
    let answer = '';
    connection.setTimeout(MILLISECONDS, () => connection.destroy(new Error('no answer')));
    connection.on('data', (part) => { answer += part; });
    connection.on('end', () => resolve(answer.includes('+PONG') ? 'connected' : 'refuses the connection'));
    connection.on('error', reject);
  });
}

// The reason of a failure is for the log, not for visitors.
async function row(name, ask) {
  try {
    return `<dt>${name}<dd>${escaped(await ask())}`;
  } catch (error) {
    console.error(`${name}: ${error.message}`);
    return `<dt>${name}<dd>unreachable`;
  }
}

async function page() {
  const rows = await Promise.all([
    env.DATABASE_HOST ? row('Database', database) : '',
    env.CACHE_HOST ? row('Cache', cache) : '',
  ]);
  const site = escaped(env.SITE_NAME);
  return `<!doctype html><html lang="en"><meta name="viewport" content="width=device-width">
<title>${site}</title><h1>${site}</h1><p>Node.js made this page.</p><dl>${rows.join('')}</dl></html>`;
}

// The health check needs no database: its failure must not get servers replaced.
async function answer(request, response) {
  const [path] = request.url.split('?');
  const found = {[env.HEALTH_CHECK_PATH]: () => 'ok', '/': page}[path];
  response.writeHead(found ? 200 : 404, {'Content-Type': 'text/html; charset=utf-8', 'Cache-Control': 'no-store'});
  response.end(found ? await found() : 'Not found');
  console.log(`${request.method} ${path} ${response.statusCode}`);
}

const server = http.createServer(answer);
// Longer than the load balancer keeps idle connections (60 seconds): it must be the one that closes them.
server.keepAliveTimeout = 75000;
server.headersTimeout = 80000;
server.listen(Number(env.WEB_PORT), '0.0.0.0');

// Takes no new connections, and ends after the open requests. systemd can send the signal more than once.
process.on('SIGTERM', () => server.close(() => process.exit(0)));
