/**
 * Who may ask the embedded ClickHouse, and for what. Its port can be reached by every process of the machine and by any
 * page in a browser, so it answers those alone who know a secret that only this user can read; and those, too, can do no
 * more than the platform does: work on its own database, not read files or reach other servers.
 */
import { createHash, randomBytes } from 'node:crypto';
import { chmodSync, existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { ClickHouseCredentials } from '../../shared/adapters/clickhouse/client.ts';

export interface ClickHouseAccess {
  readonly configFile: string;
  readonly usersFile: string;
  readonly credentials: ClickHouseCredentials;
}

const COMMON_CONFIG = fileURLToPath(new URL('./config.xml', import.meta.url));
const SECRET_FILE = 'secret';
const READER_SECRET_FILE = 'reader-secret';
const SECRET = /^[0-9a-f]{64}$/;
const USER = 'millrace';
/** Whoever draws charts of the tables, and changes nothing. */
export const READER = 'reader';

/**
 * Writes the server's configuration into its folder. The secret is made once and kept there: a server that is started
 * again answers the clients of the one before. Delete the file, while no server runs, to have another.
 * @param secret that its clients hold already, whatever became of the file.
 */
export function writeAccess(dataDir: string, secret?: string): ClickHouseAccess {
  const credentials = { username: USER, secret: secretOf(secretFileOf(dataDir), secret) };
  const readerSecret = secretOf(readerSecretFileOf(dataDir));
  const [configFile, usersFile] = [join(dataDir, 'config.xml'), join(dataDir, 'users.xml')];
  writePrivately(usersFile, usersXml(credentials.secret, readerSecret));
  writePrivately(configFile, configXml(credentials.secret, readerSecret, usersFile));
  return { configFile, usersFile, credentials };
}

/** Where the secret of a server lies, for whoever is told the place and not the secret. */
export function secretFileOf(dataDir: string): string {
  return join(dataDir, SECRET_FILE);
}

/** The same of the reader's. */
export function readerSecretFileOf(dataDir: string): string {
  return join(dataDir, READER_SECRET_FILE);
}

function secretOf(path: string, known?: string): string {
  const kept = known ?? textOf(path).trim();
  const secret = SECRET.test(kept) ? kept : randomBytes(32).toString('hex');
  writePrivately(path, `${secret}\n`);
  return secret;
}

function textOf(path: string): string {
  return existsSync(path) ? readFileSync(path, 'utf8') : '';
}

/** Nothing is written where the text is there already: a server must come back while the disk is full, too. */
function writePrivately(path: string, text: string): void {
  if (textOf(path) === text) {
    chmodSync(path, 0o600);
    return;
  }
  const partial = `${path}.${process.pid}`;
  writeFileSync(partial, text, { mode: 0o600 });
  renameSync(partial, path);
}

/**
 * A request without both headers meets no handler, whatever its path. ClickHouse takes a user from one place alone and
 * refuses a second (another header, `?user=`, basic authentication), so whoever has the secret is this user and no other.
 * The reader comes by basic authentication, which is all that Grafana's plugin has over HTTP; a page in a browser that
 * adds that header asks the server first as well.
 */
function configXml(secret: string, readerSecret: string, usersFile: string): string {
  const basic = Buffer.from(`${READER}:${readerSecret}`).toString('base64');
  const own = `
    <users_config>${escapeXml(usersFile)}</users_config>
    <http_handlers>
        <rule>
            <headers>
                <X-ClickHouse-User>${USER}</X-ClickHouse-User>
                <X-ClickHouse-Key>${secret}</X-ClickHouse-Key>
            </headers>
            <handler>
                <type>dynamic_query_handler</type>
                <query_param_name>query</query_param_name>
            </handler>
        </rule>
        <rule>
            <headers>
                <Authorization>Basic ${basic}</Authorization>
            </headers>
            <handler>
                <type>dynamic_query_handler</type>
                <query_param_name>query</query_param_name>
            </handler>
        </rule>
    </http_handlers>
    <access_control_improvements>
        <table_engines_require_grant>true</table_engines_require_grant>
        <select_from_system_db_requires_grant>true</select_from_system_db_requires_grant>
        <select_from_information_schema_requires_grant>true</select_from_information_schema_requires_grant>
    </access_control_improvements>
</clickhouse>`;
  return readFileSync(COMMON_CONFIG, 'utf8').replace('</clickhouse>', () => own);
}

/** No source (file, URL, another server), no dictionary, no temporary table, no SYSTEM, no user and no grant is among them. */
const GRANTS = [
  'SHOW, SELECT, INSERT, ALTER TABLE, ALTER VIEW, CREATE DATABASE, CREATE TABLE, CREATE VIEW, DROP DATABASE, DROP TABLE, DROP VIEW, TRUNCATE, OPTIMIZE ON millrace.*',
  ...['tables', 'columns', 'parts', 'detached_parts', 'server_settings', 'one'].map(
    (table) => `SELECT ON system.${table}`,
  ),
  ...['', 'Replacing', 'Summing', 'Aggregating', 'Collapsing', 'VersionedCollapsing'].map(
    (kind) => `TABLE ENGINE ON ${kind}MergeTree`,
  ),
  'TABLE ENGINE ON Atomic',
];

/** No table of the system's is among them: they tell what others ask. */
const READER_GRANTS = ['SELECT ON millrace.*', 'SELECT ON system.one'];
/** A chart that asks too much must not take the server from the platform. */
const READER_SECONDS = 15;
const READER_BYTES = 1_000_000_000;

/** Settings that name a file or a server, which no grant covers: a query that sets one is refused. */
const FIXED_SETTINGS = [
  ...['format_schema', 'format_schema_source', 'output_format_schema', 'format_avro_schema_registry_url'],
  ...['format_template_row', 'format_template_resultset', 'merge_tree_disk', 'merge_tree_storage_policy'],
];

/** The default user is the one that starts the server: without an empty password it does not. No request can name it. */
function usersXml(secret: string, readerSecret: string): string {
  const constraints = FIXED_SETTINGS.map((name) => `<${name}><readonly/></${name}>`);
  const grants = GRANTS.map((grant) => `<query>GRANT ${grant}</query>`);
  return `<clickhouse>
    <profiles>
        <default/>
        <platform><constraints>${constraints.join('')}</constraints></platform>
        <reader>
            <max_execution_time>${READER_SECONDS}</max_execution_time>
            <max_memory_usage>${READER_BYTES}</max_memory_usage>
            <constraints>
                ${constraints.join('')}
                <max_execution_time><max>${READER_SECONDS}</max></max_execution_time>
                <max_memory_usage><max>${READER_BYTES}</max></max_memory_usage>
            </constraints>
        </reader>
    </profiles>
    <quotas><default/></quotas>
    <users>
        <default>
            <password></password>
            <networks><ip>127.0.0.1</ip></networks>
            <profile>default</profile>
            <quota>default</quota>
        </default>
        <${USER}>
            <password_sha256_hex>${digestOf(secret)}</password_sha256_hex>
            <networks><ip>127.0.0.1</ip></networks>
            <profile>platform</profile>
            <quota>default</quota>
            <grants>
                ${grants.join('\n                ')}
            </grants>
        </${USER}>
        <${READER}>
            <password_sha256_hex>${digestOf(readerSecret)}</password_sha256_hex>
            <networks><ip>127.0.0.1</ip></networks>
            <profile>reader</profile>
            <quota>default</quota>
            <grants>
                ${READER_GRANTS.map((grant) => `<query>GRANT ${grant}</query>`).join('\n                ')}
            </grants>
        </${READER}>
    </users>
</clickhouse>
`;
}

function digestOf(secret: string): string {
  return createHash('sha256').update(secret).digest('hex');
}

function escapeXml(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}
