/** How often everything happens in a month: the template's settings under the load that is asked for. */
import { LANES_PER_EXCHANGE } from '../../shared/domain/market-data/lane.ts';
import { topology } from '../../shared/topology.ts';
import type { LoadProfile, PriceList } from './inputs.ts';
import type { Resource } from './template.ts';

export interface Load {
  readonly tradesPerSecond: number;
  /** Of each venue. */
  readonly instruments: number;
  readonly venues: number;
}

/** A function of the template, by its name in the map. */
export interface TemplateFunction {
  readonly name: string;
  readonly memoryMb: number;
  readonly arm: boolean;
  readonly logsSystemLines: boolean;
}

export interface Month {
  readonly resources: readonly Resource[];
  readonly load: Load;
  readonly profile: LoadProfile;
  readonly prices: PriceList['prices'];
  readonly lanes: number;
  readonly instrumentsALane: number;
  readonly functions: readonly TemplateFunction[];
  /** Invocations a second, by function. */
  readonly invocations: ReadonlyMap<string, number>;
  /** Records a second, by stream. */
  readonly records: ReadonlyMap<string, number>;
  readonly seconds: number;
}

export function ofType(resources: readonly Resource[], type: string): readonly Resource[] {
  return resources.filter((resource) => resource.type === type);
}

/** The value at the end of a path of keys. */
export function at(value: unknown, ...keys: readonly string[]): unknown {
  return keys.reduce<unknown>(
    (inner, key) => (typeof inner === 'object' && inner !== null ? (inner as never)[key] : undefined),
    value,
  );
}

export function monthOf(
  resources: readonly Resource[],
  load: Load,
  profile: LoadProfile,
  { prices }: PriceList,
): Month {
  const lanes = LANES_PER_EXCHANGE * load.venues;
  const records = new Map([
    // A lane has a record a second even when nothing is traded.
    [
      'trades',
      lanes * Math.min(profile.collector.appendsPerSecond, Math.max(1, load.tradesPerSecond / lanes)),
    ],
    ['raw', rawChunks(load, profile)],
  ]);
  const functions = functionsOf(resources);
  return {
    resources,
    load,
    profile,
    prices,
    lanes,
    instrumentsALane: load.instruments / LANES_PER_EXCHANGE,
    functions: functions.map(({ entry }) => entry),
    invocations: invocationsOf(resources, functions, records, profile, lanes),
    records,
    seconds: profile.hoursAMonth * 3600,
  };
}

/** Books that are followed. */
export function booksOf({ instruments, venues }: Load): number {
  return instruments * venues;
}

/** What goes into the archive in a second, compressed. */
export function archivedBytes(load: Load, { archive, books }: LoadProfile): number {
  return load.tradesPerSecond * archive.bytesAMessage + booksOf(load) * books.messages * books.bytesArchived;
}

/** What goes into the lanes in a second, beside what each record has around it. */
export function laneBytes(load: Load, { collector, books }: LoadProfile): number {
  return load.tradesPerSecond * collector.bytesATrade + booksOf(load) * books.bytesOfRows;
}

/** A chunk ends when it is full or old. */
function rawChunks(load: Load, { archive, books }: LoadProfile): number {
  const messages = load.tradesPerSecond + booksOf(load) * books.messages;
  return Math.max(messages / archive.messagesAChunk, load.venues / archive.secondsAChunk);
}

interface Found {
  readonly part: string;
  readonly id: string;
  readonly entry: TemplateFunction;
}

const FUNCTION_PARAMETER = /^\/millrace\/[^/]+\/functions\/(.+)$/;

/** Functions have no physical names: each publishes which one it is. */
function functionsOf(resources: readonly Resource[]): Found[] {
  const byPlace = new Map(resources.map((resource) => [`${resource.part}/${resource.id}`, resource]));
  return ofType(resources, 'AWS::SSM::Parameter').flatMap(({ part, properties }) => {
    const name = FUNCTION_PARAMETER.exec(String(properties['Name']))?.[1];
    const id = at(properties, 'Value', 'Ref');
    if (name === undefined || typeof id !== 'string') return [];
    const own = byPlace.get(`${part}/${id}`)?.properties;
    if (own === undefined) return [];
    const entry = {
      name,
      memoryMb: Number(own['MemorySize'] ?? 128),
      arm: at(own, 'Architectures', '0') === 'arm64',
      logsSystemLines: at(own, 'LoggingConfig', 'SystemLogLevel') !== 'WARN',
    };
    return [{ part, id, entry }];
  });
}

function invocationsOf(
  resources: readonly Resource[],
  functions: readonly Found[],
  records: ReadonlyMap<string, number>,
  profile: LoadProfile,
  lanes: number,
): Map<string, number> {
  const invocations = new Map<string, number>();
  const add = (name: string, perSecond: number): void => {
    invocations.set(name, (invocations.get(name) ?? 0) + perSecond);
  };
  const shards = new Map(shardsOf(resources));
  for (const mapping of ofType(resources, 'AWS::Lambda::EventSourceMapping')) {
    const id = at(mapping.properties, 'FunctionName', 'Ref');
    const name = functions.find((found) => found.part === mapping.part && found.id === id)?.entry.name;
    const consumer = topology.streamConsumers.find((candidate) => candidate.function === name);
    if (name === undefined || consumer === undefined) continue;
    const used = Math.min(shards.get(consumer.stream) ?? 1, lanes);
    add(name, used * passesOf(mapping.properties, (records.get(consumer.stream) ?? 0) / used, profile));
  }
  // A lane closes its candles of a second together, and tells of its books once.
  const closing = Math.min(invocations.get('build-candles') ?? 0, lanes);
  const quoting = Math.min(invocations.get('store-quotes') ?? 0, lanes);
  const orders = profile.ordersADay / 86_400;
  for (const { detailType, functions: called } of topology.rules)
    for (const name of called) {
      const ofMarket = detailType === 'CandlesClosedV1' ? closing : quoting;
      const isOfMarket = detailType === 'CandlesClosedV1' || detailType === 'QuotesChangedV1';
      add(name, isOfMarket ? ofMarket : orders);
    }
  add('submit-order', orders);
  // A desk hears the signal, and that the order was taken and how it ended.
  add('run-desk', 3 * orders);
  for (const { function: name, everyMinutes } of topology.schedules) add(name, 1 / (60 * everyMinutes));
  add('read-market', profile.requestsADay / 86_400);
  add(topology.authorizer, profile.requestsADay / 86_400);
  return invocations;
}

/** Passes a second over one shard. */
function passesOf(mapping: unknown, records: number, { reads }: LoadProfile): number {
  const window = Number(at(mapping, 'MaximumBatchingWindowInSeconds') ?? 0);
  const byTime = window === 0 ? reads.pollsPerSecond : 1 / window;
  const bySize = records / Number(at(mapping, 'BatchSize') ?? 100);
  return Math.min(records, Math.max(byTime, bySize));
}

/** Shards of the template, by the stream's name in the map. */
export function shardsOf(resources: readonly Resource[]): [string, number][] {
  const parameters = ofType(resources, 'AWS::SSM::Parameter');
  return Object.keys(topology.streams).flatMap((name) => {
    const parameter = parameters.find(({ properties }) =>
      String(properties['Name']).endsWith(`/streams/${name}`),
    );
    const id = at(parameter?.properties, 'Value', 'Ref');
    const stream = resources.find((resource) => resource.id === id && resource.part === parameter?.part);
    return stream === undefined ? [] : [[name, Number(stream.properties['ShardCount'] ?? 1)]];
  });
}

/** Bytes of an item that holds so many instruments. */
export function itemBytes(
  { profile }: Pick<Month, 'profile'>,
  item: keyof LoadProfile['items'],
  instruments: number,
): number {
  const { base, perInstrument } = profile.items[item];
  return Math.ceil(base + perInstrument * instruments);
}
