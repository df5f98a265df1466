import { tapeInThread } from '../collector/thread/tape-in-thread.ts';
import { collectSynthetic } from './synthetic-source.ts';

/** Makes up a market, and feeds it to the platform, in a thread of its own. */
export const syntheticInThread = tapeInThread(import.meta.url, collectSynthetic);
