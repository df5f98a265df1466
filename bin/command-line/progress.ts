import type { CommandIo } from './command.ts';

const TELL_EVERY_MS = 1000;

/** Tells how far something has come, at most once a second. @param nowMs a clock that only goes on */
export function progressTeller(
  { tell }: Pick<CommandIo, 'tell'>,
  nowMs: () => number = () => performance.now(),
): (line: () => string) => void {
  let toldAt = nowMs();
  return (line) => {
    const now = nowMs();
    if (now - toldAt < TELL_EVERY_MS) return;
    toldAt = now;
    tell(line());
  };
}

const WIDTH = 20;

/** `[########------------] 40 %`. @param share from 0 to 1 */
export function bar(share: number): string {
  const done = Math.min(1, Math.max(0, share));
  const filled = Math.round(done * WIDTH);
  return `[${'#'.repeat(filled)}${'-'.repeat(WIDTH - filled)}] ${Math.floor(done * 100)} %`;
}
