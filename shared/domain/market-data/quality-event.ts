import { deterministicId } from '../ids.ts';
import { exchangeOf, type InstrumentId } from './instrument.ts';
import { flagsOf, type QualityFlag } from './quality-flags.ts';

/** What a flag is said against. */
export const QUALITY_SUBJECTS = ['trade', 'candle', 'book', 'price'] as const;
export type QualitySubject = (typeof QUALITY_SUBJECTS)[number];

/** One flag of one instrument in a span of venue time, most often a second, by which it is known. */
export interface QualityEvent {
  readonly id: string;
  readonly venue: string;
  readonly instrumentId: InstrumentId;
  readonly flag: QualityFlag;
  readonly subject: QualitySubject;
  /** By the venue's clock: where the span begins. */
  readonly atMs: number;
  /** Where it ends; not part of it. */
  readonly toMs: number;
  /** One line for people: what was seen first. */
  readonly what: string;
}

export function qualityEvent(said: Omit<QualityEvent, 'id' | 'venue'>): QualityEvent {
  const { instrumentId, flag, subject, atMs, toMs } = said;
  const id = deterministicId('quality', instrumentId, flag, subject, atMs, toMs);
  return { id, venue: exchangeOf(instrumentId), ...said };
}

const SECOND_MS = 1000;

/** What is said of an instrument's price is one thing, whether a trade shows it or a book. */
const SUBJECT_OF: { readonly [Flag in QualityFlag]?: QualitySubject } = { 'venues-disagree': 'price' };

/** What is said against a moment is said of its second. */
export function qualityEventAt({
  timeMs,
  ...said
}: Pick<QualityEvent, 'instrumentId' | 'flag' | 'subject' | 'what'> & { timeMs: number }): QualityEvent {
  const atMs = timeMs - (timeMs % SECOND_MS);
  return qualityEvent({ ...said, atMs, toMs: atMs + SECOND_MS });
}

/**
 * The log of a batch: of each flag of an instrument one entry a second, however often it was seen, so that a venue that goes wrong
 * makes a line a second and no flood. Told again it is the same entry.
 */
export class QualityLog {
  readonly #events = new Map<string, QualityEvent>();

  /** @param quality bits of flags. */
  noteFlags(
    subject: QualitySubject,
    { instrumentId, timeMs, quality }: { instrumentId: InstrumentId; timeMs: number; quality: number },
    what: () => string,
  ): void {
    for (const flag of flagsOf(quality))
      this.note(
        qualityEventAt({ instrumentId, flag, subject: SUBJECT_OF[flag] ?? subject, timeMs, what: what() }),
      );
  }

  note(event: QualityEvent): void {
    if (!this.#events.has(event.id)) this.#events.set(event.id, event);
  }

  events(): readonly QualityEvent[] {
    return [...this.#events.values()];
  }
}
