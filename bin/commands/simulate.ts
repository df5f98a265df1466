import { systemTime } from '../../shared/ports/time.ts';
import { FAULTS, type FaultKind } from '../../simulator/venues/venue-faults.ts';
import { serveVenues, type ServedVenues } from '../../simulator/venues/serve-venues.ts';
import type { SimulatedVenue } from '../../simulator/venues/simulated-venue.ts';
import { simulatedVenues } from '../../simulator/venues/simulated-venues.ts';
import { assertPortFree, PortUnavailable } from '../../embedded/http-server/port-unavailable.ts';
import { BadInput } from '../command-line/bad-input.ts';
import { defineCommand, EXIT_DONE, type CommandIo } from '../command-line/command.ts';
import { choice, commaSeparated, integer, port } from '../command-line/option-values.ts';
import { optional, withDefault } from '../command-line/options.ts';

const HISTORY_MS = 600_000;
/** A fault begins so often, and goes on for so long. */
const FAULT_EVERY_MS = 20_000;
const FAULT_MS = 4000;
/** Venues are said to disagree once they have done so for some time. */
const DRIFT_MS = 15_000;

export const command = defineCommand({
  description:
    'Binance, Coinbase and Kraken on this machine: one seeded market, spoken by each in its own protocol, WebSocket and REST.\n' +
    'It runs until Ctrl-C, and prints what `millrace start --live` takes from the environment to listen to it.',
  options: {
    port: withDefault(port, '8090', 'of all three, on 127.0.0.1; 0: any free one'),
    seed: withDefault(integer(0, 2 ** 31), '1', 'of the market'),
    instruments: withDefault(integer(1, 100), '20', 'of each venue'),
    tradesPerSecond: withDefault(integer(1, 10_000), '8', 'of each instrument'),
    faults: optional(
      commaSeparated(choice(FAULTS)),
      `what goes wrong: one of these at a venue, every ${FAULT_EVERY_MS / 1000} s and for ${FAULT_MS / 1000} s (drift: ${DRIFT_MS / 1000} s)`,
    ),
  },
  examples: [
    { line: 'npx millrace simulate', what: 'three venues on port 8090' },
    { line: 'npx millrace simulate --faults disconnect,gap,rest-ban', what: 'the same on a bad day' },
  ],
  run: async (values, io) => {
    const { seed, instruments, tradesPerSecond, faults } = values;
    const shape = { seed, instruments, tradesPerSecond };
    const venues = simulatedVenues({
      ...shape,
      time: systemTime,
      random: Math.random,
      historyMs: HISTORY_MS,
    });
    const served = await serve(venues, values.port);
    for (const venue of venues) venue.open();
    const endFaults =
      faults === null ? () => undefined : systemTime.every(FAULT_EVERY_MS, faulty(venues, faults, io));
    io.print(Object.fromEntries(served.endpoints));
    io.tell(environmentOf(served));
    await new Promise<void>((resolve) => {
      if (io.signal.aborted) resolve();
      io.signal.addEventListener('abort', () => resolve(), { once: true });
    });
    endFaults();
    for (const venue of venues) venue.close();
    await served.close();
    return EXIT_DONE;
  },
});

async function serve(venues: readonly SimulatedVenue[], at: number): Promise<ServedVenues> {
  try {
    await assertPortFree('127.0.0.1', at);
    return await serveVenues(venues, at);
  } catch (error) {
    throw error instanceof PortUnavailable ? new BadInput(error.message, { cause: error }) : error;
  }
}

/** One line for a shell. */
function environmentOf({ endpoints }: ServedVenues): string {
  const variables = [...endpoints].flatMap(([exchange, { ws, rest }]) => {
    const name = `MILLRACE_${exchange.toUpperCase()}`;
    return [`${name}_WS=${ws}`, `${name}_REST=${rest}`];
  });
  return `export ${variables.join(' ')}`;
}

/** The kinds in turn, each at the next venue. */
function faulty(
  venues: readonly SimulatedVenue[],
  kinds: readonly FaultKind[],
  io: Pick<CommandIo, 'tell'>,
): () => void {
  let turn = 0;
  return () => {
    const kind = kinds[turn % kinds.length]!;
    const venue = venues[turn++ % venues.length]!;
    const fromMs = Date.now();
    const lastsMs = kind === 'drift' ? DRIFT_MS : FAULT_MS;
    venue.faults.add({ kind, fromMs, untilMs: fromMs + lastsMs });
    io.tell(`${venue.exchange}: ${kind} for ${lastsMs / 1000} s`);
  };
}
