// What ClickHouse's grants cannot forbid, the kernel does: a function and some settings of clickhouse-local read any
// file and reach any server, whoever asks. Linux's Landlock takes both from this thread and all that it starts, for good.
// Plain JavaScript, as the child is.
import { Buffer } from 'node:buffer';
import { closeSync, existsSync, fstatSync, openSync, realpathSync } from 'node:fs';
import { DataType, load, open } from 'ffi-rs';

// System calls, the same on x64 and arm64.
const CREATE_RULESET = 444;
const ADD_RULE = 445;
const RESTRICT_SELF = 446;
const ASK_VERSION = 1;
const RULE_PATH = 1;
const RULE_PORT = 2;
const PR_SET_NO_NEW_PRIVS = 38;
const O_PATH = 0o10000000;

// Bits of the kernel's access masks.
const WRITE_FILE = 2;
const READ_FILE = 4;
const READ_FOLDER = 8;
const BIND_TCP = 1;
const CONNECT_TCP = 2;
/** How many kinds of access to files each version knows. Under the first none may move a file to another folder. */
const KINDS_OF_ACCESS = [0, 13, 14, 15, 15, 16];
const FIRST_VERSION = 2;
const FIRST_VERSION_WITH_PORTS = 4;

/** What the engine reads beside its own folder: its machine, the time zones, and what the C library loads late. */
const SYSTEM_PATHS = [
  ...[
    '/usr/lib',
    '/lib',
    '/lib64',
    '/usr/share/zoneinfo',
    '/etc/localtime',
    '/etc/timezone',
    '/etc/ld.so.cache',
  ],
  ...['/etc/hosts', '/etc/host.conf', '/etc/nsswitch.conf', '/etc/resolv.conf', '/etc/gai.conf'],
  ...['/proc/self', '/proc/meminfo', '/proc/cpuinfo', '/proc/stat', '/proc/loadavg', '/proc/uptime'],
  ...['/proc/sys', '/sys/fs/cgroup', '/sys/devices/system', '/dev/urandom', '/dev/random'],
];

/**
 * Call it when every library is loaded and no thread of the engine is started yet.
 * @param {{ folder: string, files: readonly string[], port: number }} allowed the folder to write to, the files to read
 *   beside it, and the one port to open
 * @returns {boolean} false: this system has no Landlock, and the grants stand alone
 */
export function confine({ folder, files, port }) {
  if (process.platform !== 'linux') return false;
  open({ library: 'c', path: 'libc.so.6' });
  const version = systemCall(CREATE_RULESET, null, 0, ASK_VERSION);
  if (version < FIRST_VERSION) return false;
  const everything = 2 ** KINDS_OF_ACCESS[Math.min(version, KINDS_OF_ACCESS.length - 1)] - 1;
  const hasPorts = version >= FIRST_VERSION_WITH_PORTS;
  const handled = words(everything, ...(hasPorts ? [BIND_TCP + CONNECT_TCP] : []));
  const ruleset = done(systemCall(CREATE_RULESET, handled, handled.length, 0));
  allow(ruleset, folder, everything);
  allow(ruleset, '/dev/null', READ_FILE + WRITE_FILE);
  for (const path of [...files, ...SYSTEM_PATHS])
    if (existsSync(path)) allow(ruleset, path, READ_FILE + READ_FOLDER);
  if (hasPorts) done(systemCall(ADD_RULE, ruleset, RULE_PORT, words(BIND_TCP, port), 0));
  done(call('prctl', DataType.I32, [PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0]));
  done(systemCall(RESTRICT_SELF, ruleset, 0));
  closeSync(ruleset);
  return true;
}

/** Of a file the kernel takes no access that only folders know. */
function allow(ruleset, path, access) {
  const file = openSync(realpathSync(path), O_PATH);
  const rule = Buffer.alloc(12);
  words(fstatSync(file).isDirectory() ? access : access & (READ_FILE + WRITE_FILE)).copy(rule);
  rule.writeInt32LE(file, 8);
  done(systemCall(ADD_RULE, ruleset, RULE_PATH, rule, 0));
  closeSync(file);
}

function words(...values) {
  return Buffer.from(BigUint64Array.from(values, BigInt).buffer);
}

function systemCall(number, ...values) {
  return call('syscall', DataType.I64, [number, ...values]);
}

function call(funcName, retType, values) {
  const paramsType = values.map((value) => (value instanceof Buffer ? DataType.U8Array : DataType.I64));
  return load({
    library: 'c',
    funcName,
    retType,
    paramsType,
    paramsValue: values.map((value) => value ?? 0),
  });
}

function done(result) {
  if (result >= 0) return result;
  throw new Error('Landlock refuses a rule: is this process in a sandbox that is not complete?');
}
