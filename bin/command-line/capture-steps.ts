import { noteOfCaptures } from '../../collector/tape/note-of-captures.ts';
import { tapeOfCapture } from '../../collector/tape/tape-of-capture.ts';
import { BadCapture, refuseUnreadable, verifyCapture } from '../../shared/adapters/exchanges/capture-file.ts';
import type { TapeStep } from '../../shared/engine/tape-folds.ts';
import { BadInput } from './bad-input.ts';
import type { CommandIo } from './command.ts';

/** Gives the steps of a tape in order, from its begin each time that it is called. */
export type EachStep = (take: (step: TapeStep) => void) => Promise<void>;

/**
 * Reads a capture once, and says what is read of it and what is not.
 * @throws BadInput where it is damaged or nothing of it can be read
 */
export async function openCaptureSteps(path: string, io: CommandIo): Promise<EachStep> {
  let exchanges: readonly string[];
  try {
    const capture = await verifyCapture(path);
    refuseUnreadable(capture);
    ({ exchanges } = capture);
    io.tell(noteOfCaptures([capture]));
  } catch (error) {
    if (error instanceof BadCapture) throw new BadInput(error.message);
    throw error;
  }
  return async (take) => {
    for await (const steps of tapeOfCapture(path, exchanges)) {
      io.signal.throwIfAborted();
      for (const step of steps) take(step);
    }
  };
}
