/** The collector as a process of its own, as its container runs it. */
import { log } from '../shared/runtime/log.ts';
import { runStandAlone } from './run-stand-alone.ts';

const stop = new AbortController();
for (const signal of ['SIGTERM', 'SIGINT'] as const) process.once(signal, () => stop.abort());
process.exitCode = await runStandAlone(process.env, stop.signal, log);
