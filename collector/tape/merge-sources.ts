import type { CaptureMessage } from '../../shared/contracts/capture.ts';

/** Messages of several sources in the order of the tape. */
export interface MergedBatch {
  readonly messages: readonly CaptureMessage[];
  /** Which source each message came from: beside them, since an object for each would cost as much as parsing it. */
  readonly sources: readonly number[];
}

interface Head {
  readonly source: number;
  readonly batches: AsyncIterator<readonly CaptureMessage[]>;
  batch: readonly CaptureMessage[];
  at: number;
}

const BATCH = 256;

/**
 * One tape out of several, in the order in which their messages were received; of those received at the same instant,
 * the earlier source's first. Each source keeps its own order, even where its times do not ascend.
 */
export async function* mergeSources(
  sources: readonly AsyncIterable<readonly CaptureMessage[]>[],
): AsyncGenerator<MergedBatch> {
  const opened = sources.map((source, index) => openHead(source, index));
  try {
    const heads = (
      await Promise.all(opened.map(async (head) => ((await refill(head)) ? head : null)))
    ).filter((head) => head !== null);
    let messages: CaptureMessage[] = [];
    let origins: number[] = [];
    while (heads.length > 0) {
      const head = earliest(heads);
      messages.push(head.batch[head.at]!);
      origins.push(head.source);
      head.at++;
      if (head.at < head.batch.length && messages.length < BATCH) continue;
      if (head.at === head.batch.length && !(await refill(head))) heads.splice(heads.indexOf(head), 1);
      yield { messages, sources: origins };
      messages = [];
      origins = [];
    }
  } finally {
    await Promise.all(opened.map(async ({ batches }) => batches.return?.()));
  }
}

function openHead(source: AsyncIterable<readonly CaptureMessage[]>, index: number): Head {
  return { source: index, batches: source[Symbol.asyncIterator](), batch: [], at: 0 };
}

/** @returns false at the end of the source. */
async function refill(head: Head): Promise<boolean> {
  for (;;) {
    const next = await head.batches.next();
    if (next.done === true) return false;
    if (next.value.length === 0) continue;
    head.batch = next.value;
    head.at = 0;
    return true;
  }
}

function earliest(heads: readonly Head[]): Head {
  let first = heads[0]!;
  for (let i = 1; i < heads.length; i++) {
    const head = heads[i]!;
    if (isEarlier(head.batch[head.at]!.receivedAtNs, first.batch[first.at]!.receivedAtNs)) first = head;
  }
  return first;
}

/** Digits without leading zeros compare by length and then as text, which spares a BigInt a message. */
function isEarlier(a: string, b: string): boolean {
  return a.length === b.length ? a < b : a.length < b.length;
}
