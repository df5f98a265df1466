#!/usr/bin/env node
/**
 * Starts the command line on Node 24. This file is plain JavaScript without newer syntax, so that an older Node
 * can still read it and say what is missing; millrace.ts holds the command line itself.
 */
import { spawn } from 'child_process';
import { existsSync } from 'fs';
import { constants } from 'os';
import { dirname, join } from 'path';
import { fileURLToPath } from 'url';

var BAD_INPUT = 2;
var root = dirname(dirname(fileURLToPath(import.meta.url)));
var commandLine = join(root, 'bin', 'millrace.ts');
var node24 = join(root, 'node_modules', '.bin', process.platform === 'win32' ? 'node.cmd' : 'node');

function stop(line) {
  process.stderr.write('millrace: ' + line + '\n');
  process.exitCode = BAD_INPUT;
}

/** Runs the command line in a child, and passes on to it what is asked of this process. */
function spawnCommandLine() {
  var child = spawn(node24, [commandLine].concat(process.argv.slice(2)), {
    stdio: 'inherit',
    env: Object.assign({}, process.env, { MILLRACE_LAUNCHER: String(process.pid) }),
  });
  ['SIGINT', 'SIGTERM', 'SIGHUP'].forEach(function (signal) {
    process.on(signal, function () {
      child.kill(signal);
    });
  });
  child.on('error', function (error) {
    stop('cannot start ' + node24 + ' (' + error.message + '); run `npm ci`');
  });
  child.on('exit', function (code, signal) {
    process.exit(signal === null ? code : 128 + constants.signals[signal]);
  });
}

if (!existsSync(join(root, 'node_modules'))) {
  stop('node_modules is missing; run `npm install` first, or `npm start`');
} else if (Number(process.versions.node.split('.')[0]) >= 24 && process.features.typescript) {
  import('./millrace.ts');
} else if (existsSync(node24)) {
  spawnCommandLine();
} else {
  stop('Node 24 is missing from node_modules, and this is ' + process.version + '; run `npm ci`');
}
