import { barViewOf } from '../../shared/contracts/bar-views.ts';
import { parseBarRule, type BarRule } from '../../shared/domain/candles/bar-rule.ts';
import { BadInput } from '../command-line/bad-input.ts';
import { openCaptureSteps, type EachStep } from '../command-line/capture-steps.ts';
import { defineCommand, EXIT_DONE, type CommandIo } from '../command-line/command.ts';
import { rereadableFile, text, type ValueKind } from '../command-line/option-values.ts';
import { optional, repeated, required } from '../command-line/options.ts';
import { readInstrument } from '../command-line/published-files.ts';
import { BarsOfTape } from './bars/bars-of-tape.ts';
import { flaggedSteps } from './bars/flagged-steps.ts';
import { openPublishedSteps } from './bars/published-trades.ts';

const barRule: ValueKind<BarRule> = {
  valueName: 'RULE',
  read: (given) => {
    const rule = parseBarRule(given);
    return rule === null
      ? {
          kind: 'unexpected',
          expected: 'tick:N, volume:N or dollar:N with N above zero, such as tick:100 or volume:2.5',
        }
      : { kind: 'value', value: rule };
  },
};

export const command = defineCommand({
  description:
    'Bars end by what was traded instead of by the clock: with so many trades (tick:100), base units (volume:2.5) or quote\n' +
    'units (dollar:1000000). Each UTC day begins anew, and a trade lies in the bar ⌊what was traded before it ÷ size⌋ of its\n' +
    'day; it is never parted. Trades count once and in order of their times, however they come. A bar is `complete` if by\n' +
    'their ids no trade is missing since the last one of the day before: what begins in the midst of a day does not know the\n' +
    'numbers of its bars.',
  options: {
    capture: optional(rereadableFile, 'gzip NDJSON of received venue messages'),
    file: repeated(rereadableFile, 'trades as a venue publishes them in bulk; several may be given'),
    instrument: optional(
      text('ID'),
      'of the files, such as binance:BTC-USDT',
      'by the file’s name: BTCUSDT-trades-2024-08-09.zip',
    ),
    by: required(barRule, 'when a bar ends: tick:N, volume:N or dollar:N'),
  },
  examples: [
    {
      line: 'npx millrace bars --capture binance-btcusdt.ndjson.gz --by tick:100 --format table',
      what: 'a bar for every hundred trades',
    },
    {
      line: 'npx millrace bars --file BTCUSDT-trades-2024-08-09.zip --by dollar:1000000',
      what: 'a bar for every million that changed hands',
    },
  ],
  run: async ({ capture, file, instrument, by }, io) => {
    const eachStep = await openSteps(capture, file, instrument, io);
    const tape = new BarsOfTape(by);
    await eachStep((step) => tape.take(step));
    if (tape.isUnordered) await eachStep((step) => tape.takeAgain(step));
    const { bars, repeated: again } = tape.bars();
    if (again > 0) io.tell(`note: ${again} trades came again, and count once`);
    io.print(bars.map((bar) => barViewOf(bar, by)));
    return EXIT_DONE;
  },
});

async function openSteps(
  capture: string | null,
  files: readonly string[],
  instrument: string | null,
  io: CommandIo,
): Promise<EachStep> {
  if ((capture === null) === (files.length === 0))
    throw new BadInput(
      'expected --capture with a recorded market, or --file with trades that were published',
    );
  if (capture === null)
    return openPublishedSteps(files, instrument === null ? null : readInstrument(instrument), io);
  if (instrument !== null) throw new BadInput('--instrument: expected with --file, a capture says it itself');
  return flaggedSteps(await openCaptureSteps(capture, io));
}
