/** The simulated market that the chain is measured with, and its trades as the stores take them. */
import { CaptureDecoders } from '../shared/adapters/exchanges/capture-decoders.ts';
import { readToldTrade, type ReceivedTrade } from '../shared/contracts/lane-rows.ts';
import { receivedAtMs, type CaptureMessage } from '../shared/contracts/capture.ts';
import { SyntheticMarket, type MarketParameters } from '../simulator/synthetic-market.ts';

/** 10,000 trades in each second of event time. */
const MARKET: MarketParameters = { seed: 1, instruments: 10, tradesPerSecond: 1000 };

/** The instruments of an account that follows many: with so many trades of each in a second, the chain has enough to do. */
const MANY_INSTRUMENTS = 60;
export const SATURATING_MARKET: MarketParameters = {
  seed: 1,
  instruments: MANY_INSTRUMENTS,
  tradesPerSecond: 1667,
};

/** As many as a busy day brings. */
export const BUSY_MARKET: MarketParameters = { seed: 1, instruments: MANY_INSTRUMENTS, tradesPerSecond: 167 };

/** 2026-01-01T00:00:00Z, since the epoch: where the market begins that does not follow the clock. */
export const SIMULATED_SECOND = 1_767_225_600;

/** Trades of one second of event time, in order of time: those that the collector would send of the same market. */
export function tradesOfSecond(second: number, market = tenInstruments): ReceivedTrade[] {
  return market.messagesOf(second).flatMap(tradesOfMessage);
}

/** What the venue says in one second of event time. */
export function messagesOfSecond(second: number): readonly CaptureMessage[] {
  return tenInstruments.messagesOf(second).filter(({ kind }) => kind === 'ws');
}

/** The trades of a message, as the stores take them. */
export function tradesOfMessage(message: CaptureMessage): ReceivedTrade[] {
  if (message.kind !== 'ws') return [];
  const events = decoders.of(message).read(message, receivedAtMs(message.receivedAtNs));
  return events.flatMap((event) => {
    if (event.kind !== 'trade') return [];
    const read = readToldTrade(event);
    if (typeof read === 'string') throw new Error(`${read}: ${message.text}`);
    return [read];
  });
}

const decoders = new CaptureDecoders();
const tenInstruments = new SyntheticMarket(MARKET);
