import { Runtime } from '../../embedded/runtime/runtime.ts';
import type { AnyHandler, FunctionModules } from '../../embedded/runtime/functions.ts';
import { MemoryEventBus } from '../../shared/adapters/memory/memory-event-bus.ts';
import { MemoryQueues } from '../../shared/adapters/memory/memory-queues.ts';
import { MemoryStreamLog } from '../../shared/adapters/memory/memory-stream-log.ts';
import type { Ports } from '../../shared/ports/index.ts';
import { topology, type FunctionName } from '../../shared/topology.ts';
import type { Chance } from '../time/chance.ts';
import { faultyPorts, takeTurn, type Surroundings } from '../faults/faulty-ports.ts';
import { idle } from './modules.ts';
import type { DurableStores } from './durable.ts';
import type { Watch } from './watch.ts';
import { watchedBus, watchedQueues, watchedState, watchedStreams } from './watched-ports.ts';

/** What a planted fault puts in the place of a function's ports, to see that the laws tell. */
export type Plant = (ports: Ports, functionName: FunctionName) => Ports;

export interface PlatformOptions {
  readonly stores: DurableStores;
  readonly watch: Watch;
  readonly surroundings: Surroundings;
  readonly modules: FunctionModules;
  readonly plant: Plant | null;
  /** How many of a function work side by side. */
  readonly eventsAtOnce: number;
}

/** The embedded platform in one life of its process: the very runtime and handlers, over stores in memory. */
export class SimulatedPlatform {
  readonly runtime: Runtime;
  readonly streamLog: MemoryStreamLog;
  readonly queues: MemoryQueues;
  readonly bus: MemoryEventBus;

  constructor({ stores, watch, surroundings, modules, plant, eventsAtOnce }: PlatformOptions) {
    const { life, plan, chance } = surroundings;
    const now = (): number => life.nowMs();
    this.streamLog = new MemoryStreamLog(stores.streams, now);
    this.queues = new MemoryQueues(topology.queues, stores.queues, now);
    this.bus = new MemoryEventBus(topology.rules, stores.deliveries, now);
    const fabric: Ports = {
      ...({} as Ports),
      clock: life,
      state: stores.state,
      streams: watchedStreams(this.streamLog, watch),
      bus: watchedBus(this.bus, watch),
      queues: watchedQueues(this.queues, watch),
      objects: stores.objects,
      trades: stores.trades,
      candles: stores.candles,
      quotes: stores.quotes,
      quality: stores.quality,
      tokens: {
        issuer: '',
        audiences: [],
        rules: {},
        keys: async () => ({ keys: [] }),
      } as unknown as Ports['tokens'],
    };
    const portsFor = (name: FunctionName, around: Surroundings): Ports => {
      const ports = { ...fabric, state: watchedState(stores.state, watch, name) };
      const faulty = faultyPorts(ports, name, around);
      return plant === null ? faulty : plant(faulty, name);
    };
    const straggling: Surroundings = { ...surroundings, stallMs: () => stallOf(chance) };
    this.runtime = new Runtime({
      portsFor: (name) => portsFor(name, surroundings),
      streamLog: this.streamLog,
      queues: this.queues,
      bus: this.bus,
      time: life,
      eventsAtOnce,
      faults: {
        failsBefore: (name) => plan.happens('not-started', name),
        failsAfter: (name) => plan.happens('result-lost', name),
        // At once, and as another machine would: see below.
        repeats: () => false,
        pick: (waiting) => chance.below(waiting),
      },
      modules: withTurns(modules, surroundings, (name) => portsFor(name, straggling)),
    });
  }
}

/** The other machine that a delivery is made to is slow at times: what it does comes when all is long over. */
const STALLS = 0.2;
const LONGEST_STALL_MS = 6000;

function stallOf(chance: Chance): number {
  return chance.happens(STALLS) ? chance.below(LONGEST_STALL_MS) : 0;
}

/** A function may be killed before its first call and behind its last. */
function withTurns(
  modules: FunctionModules,
  surroundings: Surroundings,
  straggling: (name: FunctionName) => Ports,
): FunctionModules {
  const { plan } = surroundings;
  const entries = (Object.keys(modules) as FunctionName[]).map((name) => [
    name,
    async () => {
      const { createHandler } = await modules[name]();
      return {
        createHandler: (ports: Ports): AnyHandler => {
          const handler = createHandler(ports);
          if (handler === idle) return idle;
          return async (event, context) => {
            await takeTurn(surroundings, `${name} begins`, 0);
            if (plan.happens('started-twice', name))
              void beside(createHandler(straggling(name)), event, context);
            const result = await handler(event, context);
            await takeTurn(surroundings, `${name} is done`, 0);
            return failingInPart(event as Batch, result, () => plan.happens('partial-batch', name));
          };
        },
      };
    },
  ]);
  return Object.fromEntries(entries) as FunctionModules;
}

/** The same delivery is made to another machine, and nobody waits for what that says. */
async function beside(handler: AnyHandler, ...[event, context]: Parameters<AnyHandler>): Promise<void> {
  try {
    await handler(event, context);
  } catch {
    // It has been logged, and the delivery that counts is the other one.
  }
}

interface Batch {
  readonly Records?: readonly { readonly messageId?: string }[];
}
interface BatchResult {
  readonly batchItemFailures: readonly { readonly itemIdentifier: string }[];
}

/** Some messages of a queue's batch are said to have failed, with all that follow: they come again. */
function failingInPart(event: Batch, result: unknown, happens: () => boolean): unknown {
  const failures = (result as BatchResult | undefined)?.batchItemFailures;
  if (failures === undefined || event.Records === undefined) return result;
  const from = event.Records.findIndex(happens);
  if (from < 0) return result;
  const more = event.Records.slice(from).map(({ messageId }) => ({ itemIdentifier: messageId! }));
  return { batchItemFailures: [...failures, ...more] };
}
