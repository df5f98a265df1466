/** The command line, on Node 24. Its launcher is millrace.js, which an older Node can read. */
import { fileErrorReason } from '../shared/adapters/files/file-error.ts';
import { EXIT_INTERRUPTED } from './command-line/command.ts';
import { COMMANDS } from './command-line/command-table.ts';
import { listenForInterruption, type Interruption } from './command-line/interruption.ts';
import { findLauncher, watchLauncher } from './command-line/launcher-watch.ts';
import { reportError, runCommandLine } from './command-line/run-command-line.ts';

const launcher = findLauncher(process.env);
const { stdout, stderr } = process;
const showStacks = process.env['MILLRACE_LOG_LEVEL'] === 'debug';

/** Ends the process once stdout has taken everything, whatever a command may have left open. */
function exitWith(code: number): void {
  stdout.write('', () => process.exit(stdout.errored === null ? code : codeOf(stdout.errored)));
}

/** `millrace … | head` closes the pipe, which is no error. */
function codeOf(error: NodeJS.ErrnoException): number {
  if (error.code === 'EPIPE') return 0;
  const reason = fileErrorReason(error) ?? error.message;
  return reportError(new Error(`the result cannot be written: ${reason}`), { stderr, showStacks });
}
stdout.on('error', (error: NodeJS.ErrnoException) => process.exit(codeOf(error)));
/** Whoever read the log has gone, and the command with it, though not in the middle of anything. */
stderr.on('error', () => interruption?.interrupt());
const reportAndExit = (error: unknown): void => exitWith(reportError(error, { stderr, showStacks }));
process.on('uncaughtException', reportAndExit);
process.on('unhandledRejection', reportAndExit);

/** Whoever killed npm may start it again at once, on the same data folder. A kill loses nothing. */
const ORPHAN_GRACE_MS = 500;

let interruption: Interruption | null = null;
function listen(): Interruption {
  const listening = listenForInterruption(
    process,
    (line) => stderr.write(`${line}\n`),
    () => performance.now(),
  );
  if (launcher !== null) {
    watchLauncher(launcher, () => {
      listening.interrupt();
      setTimeout(() => process.exit(EXIT_INTERRUPTED), ORPHAN_GRACE_MS);
    });
  }
  return listening;
}

const terminal = {
  stdout,
  stderr,
  showStacks,
  get signal() {
    return (interruption ??= listen()).signal;
  },
};
exitWith(await runCommandLine(process.argv.slice(2), COMMANDS, terminal));
