/**
 * The paper venue of a lane as it is stored: plain JSON with decimal texts. Whose orders they are and which paper models they meet stands
 * once for all of them, since a lane has to fit one item of its table.
 */
import type { PaperModel } from '../accounts/paper-model.ts';
import { readPaperModel, writePaperModel, type WrittenPaperModel } from '../accounts/written-paper-model.ts';
import { decimal, formatDecimal, type Decimal } from '../decimal.ts';
import type { InstrumentId } from '../market-data/instrument.ts';
import { UNFLAGGED } from '../market-data/quality-flags.ts';
import type { LinkedOrder } from './command.ts';
import type { LastTrade, PaperVenue } from './paper-venue.ts';
import { linksOf, writtenLinks, type WrittenLinks } from './written-command.ts';
import { workingOrder, type Progress, type QueuePlace } from './working-order.ts';
import { termsOf, writtenTerms, type WrittenTerms } from './written-terms.ts';

/** What is empty is left out, as nearly all of it nearly always is: a lane is written with each batch. */
export interface WrittenVenue {
  /** In order of arrival. */
  readonly orders?: Readonly<Record<InstrumentId, readonly WrittenWorkingOrder[]>>;
  readonly holders?: readonly WrittenHolder[];
  readonly papers?: readonly WrittenPaperModel[];
  /** By account, strategy and instrument, with a stroke between them. */
  readonly positions?: Readonly<Record<string, string>>;
  readonly recentOrders: Readonly<Record<string, number>>;
  readonly lastTrades: Readonly<Record<InstrumentId, LastTrade>>;
  readonly lastQuotes?: Readonly<Record<InstrumentId, number>>;
  readonly watermarkMs?: number;
}

export type WrittenHolder = readonly [accountId: string, strategyId: string];

/** What says nothing is left out. */
export interface WrittenWorkingOrder extends WrittenLinks {
  readonly clientOrderId: string;
  /** Which of the holders. */
  readonly holder: number;
  /** Which of the paper models. */
  readonly paper: number;
  readonly terms: WrittenTerms;
  readonly effectiveTimeMs: number;
  readonly quality?: number;
  readonly progress?: WrittenProgress;
}

interface WrittenProgress {
  readonly filledQuantity?: string;
  readonly spent?: string;
  readonly reports?: number;
  readonly fills?: number;
  readonly isAccepted?: true;
  readonly isResting?: true;
  readonly isTriggered?: true;
  readonly bestPrice?: string;
  readonly queue?: readonly [ahead: string, shown: string, traded: string];
}

/** @returns null: the venue has not heard of it, or long ago. */
export function findOrder(
  { orders = {}, recentOrders }: Pick<WrittenVenue, 'orders' | 'recentOrders'>,
  clientOrderId: string,
): { readonly isOpen: boolean } | null {
  const isOpen = Object.values(orders).some((all) => all.some((one) => one.clientOrderId === clientOrderId));
  return isOpen || Object.hasOwn(recentOrders, clientOrderId) ? { isOpen } : null;
}

export function writeVenue(venue: PaperVenue): WrittenVenue {
  const { recentOrders, lastTrades, lastQuotes, watermarkMs } = venue;
  const holders = new Listed<WrittenHolder>();
  const papers = new Listed<WrittenPaperModel>();
  const writeOrder = (linked: LinkedOrder): WrittenWorkingOrder => {
    const { clientOrderId, accountId, strategyId } = linked.order;
    const model = writtenModel(venue.papers.get(clientOrderId)!);
    return {
      clientOrderId,
      holder: holders.indexOf(`${accountId}/${strategyId}`, [accountId, strategyId]),
      paper: papers.indexOf(model.text, model.written),
      ...bodyOf(linked),
    };
  };
  const orders = Object.fromEntries([...venue.orders].map(([id, all]) => [id, all.map(writeOrder)]));
  const positions = [...venue.positions].map(([id, value]) => [id, formatDecimal(value)] as const);
  return {
    ...(venue.orders.size === 0 ? {} : { orders, holders: holders.all, papers: papers.all }),
    ...(positions.length === 0 ? {} : { positions: Object.fromEntries(positions) }),
    recentOrders,
    lastTrades,
    ...(Object.keys(lastQuotes).length === 0 ? {} : { lastQuotes }),
    ...(watermarkMs === undefined ? {} : { watermarkMs }),
  };
}

/** Each thing once, in the order in which it came. */
class Listed<Thing> {
  readonly all: Thing[] = [];
  readonly #places = new Map<string, number>();

  indexOf(key: string, thing: Thing): number {
    const known = this.#places.get(key);
    if (known !== undefined) return known;
    this.#places.set(key, this.all.length);
    return this.all.push(thing) - 1;
  }
}

type Body = Omit<WrittenWorkingOrder, 'clientOrderId' | 'holder' | 'paper'>;
/** An order that nothing has happened to is the same object as in the batch before. */
const bodies = new WeakMap<LinkedOrder, Body>();

function bodyOf(linked: LinkedOrder): Body {
  let body = bodies.get(linked);
  if (body === undefined) bodies.set(linked, (body = writeBody(linked)));
  return body;
}

function writeBody({ order, ...links }: LinkedOrder): Body {
  const { terms, effectiveTimeMs, quality } = order;
  const progress = writeProgress(order.progress);
  return {
    terms: writtenTerms(terms),
    effectiveTimeMs,
    ...(quality === UNFLAGGED ? {} : { quality }),
    ...(Object.keys(progress).length === 0 ? {} : { progress }),
    ...writtenLinks(links),
  };
}

interface WrittenModel {
  readonly text: string;
  readonly written: WrittenPaperModel;
}
const models = new WeakMap<PaperModel, WrittenModel>();

function writtenModel(paper: PaperModel): WrittenModel {
  let model = models.get(paper);
  if (model === undefined) {
    const written = writePaperModel(paper);
    models.set(paper, (model = { written, text: JSON.stringify(written) }));
  }
  return model;
}

function writeProgress(progress: Progress): WrittenProgress {
  const { filledQuantity, spent, reports, fills, isAccepted, isResting, isTriggered } = progress;
  const { bestPrice, queue } = progress;
  return {
    ...(filledQuantity === 0n ? {} : { filledQuantity: formatDecimal(filledQuantity) }),
    ...(spent === 0n ? {} : { spent: formatDecimal(spent) }),
    ...(reports === 0 ? {} : { reports }),
    ...(fills === 0 ? {} : { fills }),
    ...(isAccepted ? { isAccepted } : {}),
    ...(isResting ? { isResting } : {}),
    ...(isTriggered ? { isTriggered } : {}),
    ...(bestPrice === null ? {} : { bestPrice: formatDecimal(bestPrice) }),
    ...(queue === null ? {} : { queue: writeQueue(queue) }),
  };
}

function writeQueue({ ahead, shown, traded }: QueuePlace): readonly [string, string, string] {
  return [formatDecimal(ahead), formatDecimal(shown), formatDecimal(traded)];
}

/** @param written objects that it may keep */
export function readVenue(written: WrittenVenue): PaperVenue {
  const { recentOrders, lastTrades, watermarkMs, holders = [], lastQuotes = {} } = written;
  const models = (written.papers ?? []).map(readPaperModel);
  const papers = new Map<string, PaperModel>();
  const orders = Object.entries(written.orders ?? {}).map(([instrumentId, all]) => {
    for (const { clientOrderId, paper } of all) papers.set(clientOrderId, models[paper]!);
    return [instrumentId, all.map((one) => readOrder(one, instrumentId, holders))] as const;
  });
  const positions = Object.entries(written.positions ?? {}).map(([id, text]) => [id, decimal(text)] as const);
  return {
    orders: new Map(orders),
    papers,
    positions: new Map(positions),
    recentOrders: { ...recentOrders },
    lastTrades: { ...lastTrades },
    lastQuotes: { ...lastQuotes },
    ...(watermarkMs === undefined ? {} : { watermarkMs }),
  };
}

function readOrder(
  written: WrittenWorkingOrder,
  instrumentId: InstrumentId,
  holders: readonly WrittenHolder[],
): LinkedOrder {
  const { clientOrderId, holder, terms, effectiveTimeMs, quality = UNFLAGGED, progress = {} } = written;
  const [accountId, strategyId] = holders[holder]!;
  const identity = { clientOrderId, accountId, strategyId, instrumentId };
  const order = workingOrder(identity, termsOf(terms), effectiveTimeMs, quality);
  return { order: { ...order, progress: readProgress(progress) }, ...linksOf(written) };
}

function readProgress({ queue, bestPrice, ...rest }: WrittenProgress): Progress {
  return {
    filledQuantity: read(rest.filledQuantity),
    spent: read(rest.spent),
    reports: rest.reports ?? 0,
    fills: rest.fills ?? 0,
    isAccepted: rest.isAccepted === true,
    isResting: rest.isResting === true,
    isTriggered: rest.isTriggered === true,
    bestPrice: bestPrice === undefined ? null : decimal(bestPrice),
    queue: queue === undefined ? null : readQueue(queue),
  };
}

function readQueue([ahead, shown, traded]: readonly [string, string, string]): QueuePlace {
  return { ahead: decimal(ahead), shown: decimal(shown), traded: decimal(traded) };
}

function read(text: string | undefined): Decimal {
  return text === undefined ? 0n : decimal(text);
}
