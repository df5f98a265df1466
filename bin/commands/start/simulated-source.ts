/** The simulated market: three venues that are listened to as the real ones are, or a tape of it. */
import { syntheticInThread } from '../../../embedded/synthetic-in-thread.ts';
import type { Platform } from '../../../embedded/platform.ts';
import { inProcessEndpoints, inProcessTransport } from '../../../simulator/venues/in-process-transport.ts';
import { simulatedVenues } from '../../../simulator/venues/simulated-venues.ts';
import { systemTime } from '../../../shared/ports/time.ts';
import { SyntheticMarket } from '../../../simulator/synthetic-market.ts';
import type { CommandIo } from '../../command-line/command.ts';
import { collectAll } from './live-source.ts';
import { accountOf, strategyOf, tapePorts, type MarketSource } from './market-source-parts.ts';
import { DEFAULTS, type StartValues } from './start-options.ts';

const STRATEGY = {
  name: 'ma-crossover',
  params: { fastPeriod: 5, slowPeriod: 20 },
  interval: '1s',
} as const;

/** 2026-01-01T00:00:00Z: a run with --once is the same whenever it is made. */
const START_MS = 1_767_225_600_000;
/** What the venues know of before they were there: a collector that was away for less is whole again. */
const HISTORY_MS = 600_000;

/** Who asks for another speed, or for the end, has a tape: only a tape can be waited for, second by second. */
export function simulatedSource(values: StartValues): MarketSource {
  return values.once || values.speed !== null ? tapeOf(values) : venuesOf(values);
}

interface Shape {
  readonly seed: number;
  readonly instruments: number;
  readonly tradesPerSecond: number;
}

function shapeOf(values: StartValues): Shape {
  return {
    seed: values.seed ?? DEFAULTS.seed,
    instruments: values.instruments ?? DEFAULTS.instruments,
    tradesPerSecond: values.tradesPerSecond ?? DEFAULTS.tradesPerSecond,
  };
}

function venuesOf(values: StartValues): MarketSource {
  const shape = shapeOf(values);
  const venues = simulatedVenues({ ...shape, time: systemTime, random: Math.random, historyMs: HISTORY_MS });
  const instruments = venues.flatMap(({ listings }) => listings.map(({ instrumentId }) => instrumentId));
  const names = venues.map(({ exchange }) => exchange).join(', ');
  const asked = strategyOf(values, null);
  return {
    note: null,
    description: `a simulated market (seed ${shape.seed}) at ${names}: nobody trades there but a random generator`,
    instruments,
    market: 'simulated',
    strategy: asked ?? { ...accountOf(values), ...STRATEGY, latencyMs: null },
    time: 'wall',
    run: async (platform, io) => {
      for (const venue of venues) venue.open();
      const transport = inProcessTransport({ venues, time: systemTime, random: Math.random });
      const listened = venues.map((venue) => ({
        exchange: venue.exchange,
        instrumentIds: venue.listings.map(({ instrumentId }) => instrumentId),
        endpoints: inProcessEndpoints(venue),
        transport,
      }));
      try {
        await collectAll(platform, listened, io, endOf(values.seconds, io.signal));
      } finally {
        for (const venue of venues) venue.close();
      }
    },
  };
}

function endOf(seconds: number | null, signal: AbortSignal): AbortSignal {
  return seconds === null ? signal : AbortSignal.any([signal, AbortSignal.timeout(seconds * 1000)]);
}

function tapeOf(values: StartValues): MarketSource {
  const market = shapeOf(values);
  const seconds = values.seconds ?? (values.once ? DEFAULTS.secondsOnce : null);
  const asked = strategyOf(values, 0);
  return {
    note: null,
    description: `a simulated market (seed ${market.seed}): nobody trades there but a random generator`,
    instruments: new SyntheticMarket(market).instrumentIds,
    market: 'simulated',
    strategy: asked ?? { ...accountOf(values), ...STRATEGY, latencyMs: 0 },
    time: 'tape',
    run: async (platform: Platform, io: CommandIo) => {
      await syntheticInThread({
        ...tapePorts(platform, values, io),
        market,
        startTimeMs: values.once ? START_MS : 'now',
        ...(seconds === null ? {} : { seconds }),
      });
    },
  };
}
