/** What a program of a benchmark is made of, in its own process. */

/** What a program is started with, and what it tells. */
export interface ProgramContract {
  readonly request: object;
  readonly message: { readonly kind: string };
}

export interface ProgramTools<Message> {
  /** Tells the benchmark. */
  readonly report: (message: Message) => void;
  /** Aborted when the benchmark is over or was interrupted. */
  readonly signal: AbortSignal;
}

/**
 * Runs the program with the request that it was started with, and ends the process when that is done. Ctrl-C reaches
 * every process of the terminal at once; the program leaves it to the benchmark, which lets go of it when its time
 * has come.
 */
export async function runProgram<Contract extends ProgramContract>(
  program: (request: Contract['request'], tools: ProgramTools<Contract['message']>) => Promise<void>,
): Promise<void> {
  const abandoned = new AbortController();
  process.once('disconnect', () => abandoned.abort());
  process.on('SIGINT', () => undefined);
  const request = JSON.parse(process.argv[2] ?? '{}') as Contract['request'];
  const report = (message: Contract['message']): void => {
    if (process.connected) process.send!(message);
  };
  try {
    await program(request, { report, signal: abandoned.signal });
  } catch (error) {
    // What fails because it was interrupted is of no interest.
    if (!abandoned.signal.aborted) throw error;
  }
  // What was reported is on its way when the channel has closed.
  if (process.connected) process.disconnect();
}
