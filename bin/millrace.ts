/** The command line, on Node 24. Its launcher is millrace.js, which an older Node can read. */
import { COMMANDS } from './command-line/command-table.ts';
import { listenForInterruption } from './command-line/interruption.ts';
import { reportError, runCommandLine } from './command-line/run-command-line.ts';

const { stdout, stderr } = process;
const showStacks = process.env['MILLRACE_LOG_LEVEL'] === 'debug';

/** Ends the process once stdout has taken everything, whatever a command may have left open. */
function exitWith(code: number): void {
  stdout.write('', () => process.exit(code));
}

/** `millrace … | head` closes the pipe, which is no error. */
stdout.on('error', (error: NodeJS.ErrnoException) => {
  process.exit(error.code === 'EPIPE' ? 0 : 1);
});
const reportAndExit = (error: unknown): void => exitWith(reportError(error, { stderr, showStacks }));
process.on('uncaughtException', reportAndExit);
process.on('unhandledRejection', reportAndExit);

const signal = listenForInterruption(
  process,
  (line) => stderr.write(`${line}\n`),
  () => performance.now(),
);
exitWith(await runCommandLine(process.argv.slice(2), COMMANDS, { stdout, stderr, signal, showStacks }));
