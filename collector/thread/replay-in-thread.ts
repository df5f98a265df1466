import { replayCaptures } from '../tape/replay.ts';
import { tapeInThread } from './tape-in-thread.ts';

/** Replays captures in a thread of its own. */
export const replayInThread = tapeInThread(import.meta.url, replayCaptures);
