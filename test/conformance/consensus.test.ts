/** Recorded captures, in which no venue is wrong. */
import { readdirSync } from 'node:fs';
import { expect, it } from '@jest/globals';
import { TapeBoundaries } from '../../collector/tape/tape-boundaries.ts';
import { TapeBooks } from '../../collector/tape/tape-books.ts';
import { readTapeMessage } from '../../collector/tape/tape-message.ts';
import { TapeCutter } from '../../collector/tape/tape-steps.ts';
import { CaptureDecoders } from '../../shared/adapters/exchanges/capture-decoders.ts';
import { readCapture } from '../../shared/adapters/exchanges/capture-file.ts';
import type { CaptureMessage } from '../../shared/contracts/capture.ts';
import { flagsOf, UNFLAGGED } from '../../shared/domain/market-data/quality-flags.ts';
import { dataFolder, describeConformance } from './recorded-data.ts';

const captures = `${dataFolder}captures/`;

async function messagesOf(file: string): Promise<CaptureMessage[]> {
  const all: CaptureMessage[] = [];
  for await (const messages of readCapture(`${captures}${file}`)) all.push(...messages);
  return all;
}

interface Told {
  readonly rows: number;
  readonly disagreeing: readonly string[];
}

function told(messages: readonly CaptureMessage[]): Told {
  const decoders = new CaptureDecoders();
  const read = messages.map((message) => readTapeMessage(message, decoders));
  const disagreeing = new Set<string>();
  let rows = 0;
  const note = (instrumentId: string, quality = UNFLAGGED): void => {
    rows++;
    if (flagsOf(quality).includes('venues-disagree')) disagreeing.add(instrumentId);
  };
  const cutter = new TapeCutter(new TapeBoundaries(), new TapeBooks());
  for (const step of [...cutter.steps(read), ...cutter.finish()]) {
    if (step.kind === 'trades') for (const trade of step.trades) note(trade.instrumentId, trade.quality);
    else if (step.kind === 'books')
      for (const row of step.rows) {
        const moment = row.kind === 'quote' ? row.quote : row.levels;
        note(moment.instrumentId, moment.quality);
      }
  }
  return { rows, disagreeing: [...disagreeing] };
}

describeConformance('recorded captures', () => {
  it('say of no venue that it disagrees with others', async () => {
    for (const file of readdirSync(captures)) {
      const { rows, disagreeing } = told(await messagesOf(file));
      expect([file, rows > 10, disagreeing]).toEqual([file, true, []]);
    }
  });
});
