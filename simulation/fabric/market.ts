import { LanePacker } from '../../collector/outlet/lane-packer.ts';
import { HEARTBEAT_GRACE_MS } from '../../collector/outlet/heartbeat-grace.ts';
import type { ToldTrade } from '../../shared/contracts/lane-rows.ts';
import { exchangeOf, type InstrumentId } from '../../shared/domain/market-data/instrument.ts';
import type { StreamRecord } from '../../shared/ports/stream-writer.ts';
import { chanceOf, type Chance } from '../time/chance.ts';

const SECOND_MS = 1000;
/** A market turns this often in a second, so that a crossover of short averages has something to say. */
const TURNS = 0.35;
const QUIET_SECONDS = 0.15;
const MOST_TRADES_A_SECOND = 3;
const LOWEST_CENTS = 100;
const LARGE = '100000';

interface Instrument {
  readonly id: InstrumentId;
  /** In hundredths. */
  price: number;
  trend: number;
  lastTradeId: number;
}

/** A seeded market of some instruments, a second at a time, as the collector sends it down the lanes. */
export class SimulatedMarket {
  readonly #chance: Chance;
  readonly #instruments: readonly Instrument[];
  readonly #packer = new LanePacker(() => 'simulated');
  #previous: readonly StreamRecord[] = [];

  constructor(seed: number, instrumentIds: readonly InstrumentId[]) {
    this.#chance = chanceOf(seed, 'market');
    this.#instruments = instrumentIds.map((id) => ({
      id,
      price: 5_000 + this.#chance.below(90_000),
      trend: 1,
      lastTradeId: 0,
    }));
  }

  /** What was sent last. */
  get previous(): readonly StreamRecord[] {
    return this.#previous;
  }

  /** The trades of a second, and what the venue's time at its end proves. @param hasPoison whether one row is none */
  second(startMs: number, hasPoison: boolean): readonly StreamRecord[] {
    const trades = this.#instruments.flatMap((instrument) => this.#tradesOf(instrument, startMs));
    trades.sort((a, b) => (a.timeMs as number) - (b.timeMs as number));
    for (const trade of trades) this.#packer.addTrade(trade);
    if (hasPoison && trades[0] !== undefined)
      this.#packer.addTrade({ ...trades[0], tradeId: 'x', price: '-' });
    return this.#sent(startMs + SECOND_MS);
  }

  /** Nobody changes their mind any more: one trade each, at the price of the last, in which every order has room. */
  lull(startMs: number): readonly StreamRecord[] {
    for (const instrument of this.#instruments) {
      const trade = this.#tradeOf(instrument, startMs + SECOND_MS / 2, startMs + SECOND_MS);
      this.#packer.addTrade({ ...trade, quantity: LARGE });
    }
    return this.#sent(startMs + SECOND_MS);
  }

  #sent(venueTimeMs: number): readonly StreamRecord[] {
    for (const exchange of new Set(this.#instruments.map(({ id }) => exchangeOf(id))))
      this.#packer.addLaneWatermarks(exchange, venueTimeMs - HEARTBEAT_GRACE_MS);
    this.#previous = this.#packer.take();
    return this.#previous;
  }

  #tradesOf(instrument: Instrument, startMs: number): ToldTrade[] {
    const chance = this.#chance;
    if (chance.happens(TURNS)) instrument.trend = -instrument.trend;
    if (chance.happens(QUIET_SECONDS)) return [];
    const count = 1 + chance.below(MOST_TRADES_A_SECOND);
    const times = Array.from({ length: count }, () => startMs + chance.below(SECOND_MS)).sort(
      (a, b) => a - b,
    );
    return times.map((timeMs) => {
      const step = instrument.trend * (1 + chance.below(20)) + chance.below(7) - 3;
      instrument.price = Math.max(LOWEST_CENTS, instrument.price + step);
      return this.#tradeOf(instrument, timeMs, startMs + SECOND_MS);
    });
  }

  #tradeOf(instrument: Instrument, timeMs: number, receivedAtMs: number): ToldTrade {
    const chance = this.#chance;
    return {
      instrumentId: instrument.id,
      tradeId: String(++instrument.lastTradeId),
      price: (instrument.price / 100).toFixed(2),
      quantity: String(1 + chance.below(9)),
      takerSide: chance.happens(0.5) ? 'B' : 'S',
      timeMs,
      receivedAtMs,
    };
  }
}
