import { openPlatform, type Platform } from '../../embedded/platform.ts';
import { assertPortFree, PortUnavailable } from '../../embedded/http-server/port-unavailable.ts';
import { instancesOf } from '../../embedded/strategy-requests.ts';
import { storageTotals } from '../../embedded/totals.ts';
import { STRATEGIES_PARTITION } from '../../shared/contracts/record-keys.ts';
import type { StrategyRecord } from '../../shared/contracts/records.ts';
import { MAX_STRATEGIES } from '../../shared/contracts/strategy-views.ts';
import type { StrategyInstance } from '../../shared/domain/strategies/strategy.ts';
import { readIndex } from '../../shared/runtime/all-pages.ts';
import { createStrategy } from '../../shared/runtime/create-strategy.ts';
import { BadInput } from '../command-line/bad-input.ts';
import { defineCommand, EXIT_DONE, EXIT_INTERRUPTED, type CommandIo } from '../command-line/command.ts';
import { dataFolderErrors } from '../command-line/data-folder-errors.ts';
import { startFolder } from '../command-line/data-folders.ts';
import { wrongRequest } from '../command-line/wrong-request.ts';
import { refuseOtherTerms } from './start/kept-instances.ts';
import { chooseSource } from './start/market-source.ts';
import type { MarketSource } from './start/market-source-parts.ts';
import { START_OPTIONS } from './start/start-options.ts';

export const command = defineCommand({
  description:
    'With nothing to replay and no --live: a simulated market with ma-crossover 5/20 on 1s, so there is something\n' +
    'to see. Otherwise only the strategies asked for run, one instance per instrument, created once.\n' +
    'A data folder is of one market, simulated or real: a venue’s own addresses, and captures of them, are real.',
  options: START_OPTIONS,
  examples: [
    { line: 'npx millrace start', what: 'a simulated market and the dashboard' },
    {
      line: `npx millrace start --replay day.ndjson.gz --strategy ma-crossover --params '{"fastPeriod":5,"slowPeriod":20}' --strategy-interval 1s`,
      what: 'a recorded market at the speed it was recorded',
    },
    {
      line: 'npx millrace start --replay day.ndjson.gz --speed max --once --data-dir ./run-1',
      what: 'the same in seconds, and its totals',
    },
    {
      line: 'npx millrace start --replay day.ndjson.gz --from 2024-08-09T12:00:00Z --speed 10',
      what: 'from noon, ten times as fast',
    },
    {
      line: 'npx millrace start --live binance --symbols BTCUSDT,ETHUSDT',
      what: 'the exchange itself, on paper',
    },
    {
      line: 'npx millrace start --live coinbase,kraken --symbols BTC-USD,kraken:XMR-USD',
      what: 'several of them',
    },
  ],
  run: async (values, io) =>
    dataFolderErrors(async () => {
      const source = await chooseSource(values);
      if (values.market !== null && values.market !== source.market)
        throw new BadInput(`--market ${values.market}: what was asked for is of the ${source.market} market`);
      const dataDir = startFolder(values.dataDir, source.market);
      const instances = source.strategy === null ? [] : instancesOf(source.strategy, source.instruments);
      if ('error' in instances) throw wrongRequest(instances);
      refuseTooMany(instances);
      if (!values.once) await portErrors(async () => assertPortFree('127.0.0.1', values.port));
      // From here on there is something that must be stopped cleanly.
      const { signal } = io;
      const platform = await openPlatform({
        dataDir,
        use: { market: source.market, marksOld: values.market !== null },
        time: source.time,
        beforeWork: async ({ state }) => {
          if (instances.length === 0) return;
          await refuseOtherTerms(state, instances, values);
          const kept = await readIndex<StrategyRecord>(state, 'signals', STRATEGIES_PARTITION);
          refuseTooMany([...kept, ...instances]);
        },
      });
      try {
        if (signal.aborted) return EXIT_INTERRUPTED;
        for (const instance of instances) await createStrategy(platform.storage.state, instance, Date.now());
        // Whatever is wrong has been said by now, in one line.
        if (source.note !== null) io.tell(source.note);
        const run = values.once ? runOnce(platform, source, io) : serve(platform, source, values.port, io);
        return await Promise.race([run, platform.broken]);
      } finally {
        await platform.close();
      }
    }),
});

/** @throws BadInput when these are more than one candle can be shown to; one that is named twice counts once */
function refuseTooMany(instances: readonly StrategyInstance[]): void {
  const { size } = new Set(instances.map(({ strategyId }) => strategyId));
  if (size > MAX_STRATEGIES)
    throw new BadInput(
      `--strategy: expected at most ${MAX_STRATEGIES} instances in all, one an instrument, got ${size}`,
    );
}

async function runOnce(platform: Platform, source: MarketSource, io: CommandIo): Promise<number> {
  await source.run(platform, io);
  if (io.signal.aborted) return EXIT_INTERRUPTED;
  await platform.runtime.drained();
  const totals = async () => storageTotals(platform.storage);
  io.print(await platform.runtime.patience.until('state', totals, io.signal));
  return EXIT_DONE;
}

async function portErrors<T>(run: () => Promise<T>): Promise<T> {
  try {
    return await run();
  } catch (error) {
    throw error instanceof PortUnavailable ? new BadInput(error.message, { cause: error }) : error;
  }
}

const DASHBOARD_TOKEN_SECONDS = 7 * 86_400;

async function serve(platform: Platform, source: MarketSource, port: number, io: CommandIo): Promise<number> {
  const server = await portErrors(async () => platform.listen(port));
  const token = await platform.issuer.mint({
    subject: 'owner',
    role: 'operator',
    ttlSeconds: DASHBOARD_TOKEN_SECONDS,
  });
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
