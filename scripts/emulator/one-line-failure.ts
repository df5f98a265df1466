/** Something that a person can put right: printed as its one line, without a stack. */
export class OneLineFailure extends Error {
  override readonly name = 'OneLineFailure';
}

/** Runs a script's main function; the first Ctrl-C or SIGTERM aborts the signal, a failure ends it with code 1. */
export async function runScript(main: (signal: AbortSignal) => Promise<void>): Promise<void> {
  const stopping = new AbortController();
  for (const name of ['SIGINT', 'SIGTERM'] as const) process.on(name, () => stopping.abort());
  try {
    await main(stopping.signal);
    process.exitCode = 0;
  } catch (error) {
    process.stderr.write(`${error instanceof OneLineFailure ? error.message : describe(error)}\n`);
    process.exitCode = 1;
  }
}

function describe(error: unknown): string {
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}
