import { openPlatform, type Platform } from '../../embedded/platform.ts';
import { PortTaken } from '../../embedded/http-server/port-taken.ts';
import { instancesOf } from '../../embedded/strategy-requests.ts';
import { storageTotals } from '../../embedded/totals.ts';
import { LIVE_INTERVALS } from '../../shared/domain/candles/interval.ts';
import type { StrategyInstance } from '../../shared/domain/strategies/strategy.ts';
import { createStrategy } from '../../shared/runtime/create-strategy.ts';
import { BadInput } from '../command-line/bad-input.ts';
import { defineCommand, EXIT_DONE, EXIT_INTERRUPTED, type CommandIo } from '../command-line/command.ts';
import { dataFolderErrors } from '../command-line/data-folder-errors.ts';
import {
  amount,
  choice,
  commaSeparated,
  existingFile,
  folder,
  integer,
  jsonObject,
  port,
  text,
  type ValueKind,
} from '../command-line/option-values.ts';
import { flag, optional, repeated, withDefault, type ValuesOf } from '../command-line/options.ts';
import { chooseSource, type MarketSource } from './start/market-source.ts';

/** As fast as everything settles, or so many times as fast as it was received. */
const speed: ValueKind<'max' | number> = {
  valueName: 'max|N',
  read: (given) => {
    if (given === 'max') return { kind: 'value', value: 'max' };
    const number = /^\d{1,6}(\.\d{1,3})?$/.test(given) ? Number(given) : 0;
    return number > 0
      ? { kind: 'value', value: number }
      : { kind: 'unexpected', expected: 'max or a number above zero' };
  },
};

const options = {
  replay: repeated(existingFile, 'captures to replay; several make one tape'),
  live: optional(choice(['binance']), 'an exchange to listen to'),
  symbols: optional(commaSeparated(text('SYMBOL')), 'what to listen to there: BTCUSDT, BTC-USDT'),
  speed: optional(speed, 'of a replay or the simulated market (max with --once, else 1)'),
  once: flag('opens no port, ends when the input does and all has settled, and prints the totals'),
  port: withDefault(port, '8080', 'of the dashboard and the API, on 127.0.0.1'),
  dataDir: withDefault(
    folder,
    './.millrace',
    'where everything is kept; started again, it goes on where it was',
  ),
  strategy: optional(text('NAME'), 'a strategy to run on every instrument'),
  params: withDefault(jsonObject, '{}', 'its parameters'),
  strategyInterval: withDefault(choice(LIVE_INTERVALS), '1m', 'the candles that it is shown'),
  capital: withDefault(amount, '10000', 'cash of the account, divided among the instruments'),
  fee: withDefault(amount, '0.001', 'taker fee of the paper venue, a fraction of the notional'),
  slippage: withDefault(amount, '0', 'fraction by which a fill is worse than the print that it met'),
  seed: withDefault(integer(0, 2 ** 31), '1', 'of the simulated market'),
  instruments: withDefault(integer(1, 100), '3', 'of the simulated market'),
  tradesPerSecond: withDefault(integer(1, 100_000), '8', 'of each simulated instrument'),
  seconds: optional(integer(1, 1_000_000), 'event time after which the simulated market ends'),
};

export type StartValues = ValuesOf<typeof options>;

export const command = defineCommand({
  description:
    'With nothing to replay and no --live: a simulated market with ma-crossover 5/20 on 1s, so there is something\n' +
    'to see. Otherwise only the strategies asked for run, one instance per instrument, created once.',
  options,
  examples: [
    { line: 'millrace start', what: 'a simulated market and the dashboard' },
    {
      line: `millrace start --replay day.ndjson.gz --strategy ma-crossover --params '{"fastPeriod":5,"slowPeriod":20}' --strategy-interval 1s`,
      what: 'a recorded market at the speed it was recorded',
    },
    {
      line: 'millrace start --replay day.ndjson.gz --speed max --once --data-dir ./run-1',
      what: 'the same in seconds, and its totals',
    },
    {
      line: 'millrace start --live binance --symbols BTCUSDT,ETHUSDT',
      what: 'the exchange itself, on paper',
    },
  ],
  run: async (values, io) =>
    dataFolderErrors(async () => {
      const source = await chooseSource(values);
      const instances = source.strategy === null ? [] : instancesOf(source.strategy, source.instruments);
      if ('error' in instances) throw new BadInput(instances.error);
      const platform = await openPlatform({ dataDir: values.dataDir, time: source.time });
      try {
        await createInstances(platform, instances);
        const run = values.once ? runOnce(platform, source, io) : serve(platform, source, values.port, io);
        return await Promise.race([run, platform.broken]);
      } finally {
        await platform.close();
      }
    }),
});

async function createInstances(platform: Platform, instances: readonly StrategyInstance[]): Promise<void> {
  for (const instance of instances) await createStrategy(platform.storage.state, instance, Date.now());
}

async function runOnce(platform: Platform, source: MarketSource, io: CommandIo): Promise<number> {
  await source.run(platform, io);
  if (io.signal.aborted) return EXIT_INTERRUPTED;
  await platform.runtime.drained();
  io.print(await storageTotals(platform.storage));
  return EXIT_DONE;
}

const DASHBOARD_TOKEN_SECONDS = 7 * 86_400;

async function serve(platform: Platform, source: MarketSource, port: number, io: CommandIo): Promise<number> {
  const server = await platform.listen(port).catch((error: unknown) => {
    throw error instanceof PortTaken ? new BadInput(error.message, { cause: error }) : error;
  });
  const token = await platform.issuer.mint({ subject: 'owner', ttlSeconds: DASHBOARD_TOKEN_SECONDS });
  io.tell(
    `${source.description}\ndashboard: ${server.url}/#token=${token}\nCtrl-C stops; starting again goes on where it was.`,
  );
  await source.run(platform, io);
  if (!io.signal.aborted) {
    await platform.runtime.drained();
    io.tell('the input has ended and all has settled; the dashboard stays. Ctrl-C stops.');
    await new Promise<void>((resolve) =>
      io.signal.addEventListener('abort', () => resolve(), { once: true }),
    );
  }
  return EXIT_DONE;
}
