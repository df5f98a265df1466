import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { VenueConsensus } from './venue-consensus.ts';

const START_MS = 1_772_323_200_000;
const [BINANCE, COINBASE, KRAKEN] = ['binance:BTC-USDT', 'coinbase:BTC-USD', 'kraken:BTC-USD'];

/** A trade at this price, a quote of these, or nothing. */
type Said = number | readonly [bid: number, ask: number] | null;
type Prices = Readonly<Record<string, Said>>;

/** Venues that tell something each second. */
class Market {
  readonly #consensus = new VenueConsensus();
  #second = 0;
  /** What was said of venues when it changed, as `second: instruments`. */
  readonly told: string[] = [];

  run(seconds: number, pricesOf: Prices | ((second: number) => Prices)): this {
    for (let n = 0; n < seconds; n++) {
      const atMs = START_MS + this.#second++ * 1000;
      for (const [id, said] of Object.entries(typeof pricesOf === 'function' ? pricesOf(n) : pricesOf)) {
        this.#hear(atMs);
        if (typeof said === 'number') this.#consensus.trade(id, String(said), atMs);
        else if (said !== null) this.#consensus.quote(id, String(said[0]), String(said[1]), atMs);
      }
    }
    this.#hear(START_MS + this.#second * 1000);
    return this;
  }

  #hear(atMs: number): void {
    if (this.#consensus.pass(atMs).length > 0) this.told.push(`${this.#second - 1}: ${this.disagreeing}`);
  }

  get disagreeing(): string {
    return ['binance', 'coinbase', 'kraken']
      .flatMap((exchange) => this.#consensus.disagreeing(exchange))
      .join(' ');
  }
}

/** Their books are a ten-thousandth wide. */
const around = (price: number): Said => [price * 0.99995, price * 1.00005];
const all = (binance: Said, coinbase: Said, kraken: Said): Prices => ({
  [BINANCE]: binance,
  [COINBASE]: coinbase,
  [KRAKEN]: kraken,
});
const agreed = all(around(60_000), around(60_010), around(60_020));

const after = (seconds: number, prices: Prices): string =>
  new Market().run(10, agreed).run(seconds, prices).disagreeing;

describe('three venues', () => {
  it('agree while their prices are what arbitrage leaves', () => {
    expect(after(30, all(around(60_000), around(60_300), around(59_800)))).toBe('');
  });

  it.each([
    [COINBASE, all(around(60_000), around(61_000), around(60_020))],
    [KRAKEN, all(around(60_000), around(60_010), around(59_000))],
    [BINANCE, all(around(64_000), around(60_010), around(60_020))],
  ])('disagree with %s, which is alone with its price', (alone, prices) => {
    expect(after(10, prices)).toBe(alone);
  });

  it('are compared by their last trades where no book is known', () => {
    expect(new Market().run(10, all(60_000, 62_000, 60_020)).disagreeing).toBe(COINBASE);
    expect(new Market().run(10, all(60_000, 60_700, 60_020)).disagreeing).toBe('');
  });

  it('are compared by their books before their trades, for as long as these are told', () => {
    const both = (second: number): Prices => (second % 2 === 0 ? all(60_000, 62_000, 60_020) : agreed);
    expect(new Market().run(30, both).disagreeing).toBe('');
    expect(after(8, all(60_000, 62_000, 60_020))).toBe('');
    expect(after(11, all(60_000, 62_000, 60_020))).toBe(COINBASE);
  });

  it('do not disagree before it has lasted for five seconds, and agree with the first second in which they do', () => {
    const off = all(around(60_000), around(62_000), around(60_020));
    const market = new Market().run(10, agreed).run(20, off).run(10, agreed);
    expect(market.told).toEqual([`16: ${COINBASE}`, '31: ']);
    expect(after(5, off)).toBe('');
  });

  it('do not come and go at the border: who disagrees does so down to half of the distance', () => {
    const near = all(around(60_000), around(60_450), around(60_020));
    expect(after(30, near)).toBe('');
    const far = all(around(60_000), around(61_000), around(60_020));
    expect(new Market().run(10, far).run(10, near).disagreeing).toBe(COINBASE);
  });

  it('do not disagree by wild prices here and there', () => {
    const wild = (second: number): Prices =>
      all(
        60_000 * (second % 3 === 0 ? 5 : 1),
        60_010 * (second % 4 === 0 ? 0.2 : 1),
        60_020 * (second % 5 < 3 ? 1 : 5),
      );
    const market = new Market().run(300, wild);
    expect(market.told).toEqual([]);
  });

  it('do not disagree by a wide spread: a thin market has hardly a price', () => {
    expect(after(30, all([59_000, 61_000], around(60_010), [57_000, 60_500]))).toBe('');
  });

  it('of which no two agree are all said to disagree', () => {
    expect(after(10, all(around(70_000), around(60_010), around(50_000)))).toBe(
      `${BINANCE} ${COINBASE} ${KRAKEN}`,
    );
  });

  it('do not disagree with one that is silent, however far the market goes without it', () => {
    const gone = (second: number): Prices => {
      const price = around(60_000 * 1.004 ** second);
      return all(price, null, price);
    };
    const market = new Market().run(10, agreed).run(30, gone);
    expect(market.told).toEqual([]);
  });

  it('keep to what was said of one that falls silent, for a minute', () => {
    const off = all(around(60_000), around(62_000), around(60_020));
    const market = new Market().run(10, off).run(50, { ...agreed, [COINBASE]: null });
    expect(market.disagreeing).toBe(COINBASE);
    expect(market.run(30, { ...agreed, [COINBASE]: null }).disagreeing).toBe('');
  });

  it('are the same in whichever order within a second they tell it', () => {
    const off = all(around(60_000), around(62_000), around(60_020));
    const toldIn = (order: readonly number[]): readonly string[] => {
      const inOrder = (prices: Prices): Prices => {
        const entries = Object.entries(prices);
        return Object.fromEntries(order.map((n) => entries[n]!));
      };
      return new Market().run(10, inOrder(agreed)).run(10, inOrder(off)).run(10, inOrder(agreed)).told;
    };
    fc.assert(
      fc.property(fc.shuffledSubarray([0, 1, 2], { minLength: 3 }), (order) => {
        expect(toldIn(order)).toEqual(toldIn([0, 1, 2]));
      }),
    );
  });
});

describe('two venues that disagree', () => {
  const two = (coinbase: number, kraken: number): Prices => ({
    [COINBASE]: around(coinbase),
    [KRAKEN]: around(kraken),
  });

  it('are both said to, since nobody knows who is wrong', () => {
    expect(new Market().run(10, two(60_000, 61_000)).disagreeing).toBe(`${COINBASE} ${KRAKEN}`);
    expect(new Market().run(10, two(60_000, 60_500)).disagreeing).toBe('');
  });

  it('are not for one of several that a venue lists: that one is', () => {
    for (const ratio of [0.9, 1.1]) {
      const prices = { ...two(60_000, 60_010), 'kraken:BTC-USDC': around(60_000 * ratio) };
      expect(new Market().run(10, prices).disagreeing).toBe('kraken:BTC-USDC');
    }
  });

  it('are not where a third said before who is', () => {
    const market = new Market().run(10, all(around(60_000), around(62_000), around(60_020)));
    expect(market.run(20, two(62_000, 60_020)).disagreeing).toBe(COINBASE);
  });
});

describe('a venue by itself', () => {
  it('disagrees with nobody, whatever it lists', () => {
    const prices = { 'binance:BTC-USDT': around(60_000), 'binance:BTC-USDC': around(70_000) };
    expect(new Market().run(20, prices).disagreeing).toBe('');
  });
});

describe('prices in other currencies', () => {
  const premium = (ratio: number, others: Prices = {}): Prices => ({
    [BINANCE]: around(60_000 * ratio),
    [COINBASE]: around(60_000),
    [KRAKEN]: around(60_000),
    ...others,
  });

  it('do not blame a venue for what a coin that stands for a dollar is worth', () => {
    for (const ratio of [0.97, 1.01, 1.03]) expect(new Market().run(20, premium(ratio)).disagreeing).toBe('');
  });

  it('nor the others, where more venues have that coin than have dollars', () => {
    const prices = {
      'binance:BTC-USDT': around(61_500),
      'kraken:BTC-USDT': around(61_500),
      'coinbase:BTC-USD': around(60_000),
    };
    expect(new Market().run(20, prices).disagreeing).toBe('');
  });

  it('do where another venue has another price in the same coin', () => {
    const prices = {
      'binance:BTC-USDT': around(61_500),
      'kraken:BTC-USDT': around(60_000),
      'coinbase:BTC-USD': around(60_000),
    };
    expect(new Market().run(20, prices).disagreeing).toBe('binance:BTC-USDT');
  });

  it('follow a coin that has lost its dollar, where a market says so', () => {
    const lost = 1 / 0.88;
    expect(new Market().run(20, premium(lost)).disagreeing).toBe(BINANCE);
    expect(new Market().run(20, premium(lost, { 'kraken:USDT-USD': around(0.88) })).disagreeing).toBe('');
    // That market may be the one that is wrong.
    expect(new Market().run(20, premium(1, { 'kraken:USDT-USD': around(0.88) })).disagreeing).toBe('');
  });

  it('are not compared where they do not stand for one another', () => {
    const prices = {
      'binance:BTC-EUR': around(55_000),
      'coinbase:BTC-USD': around(60_000),
      'kraken:BTC-GBP': around(48_000),
      'kraken:XRP-ETH': around(0.0003),
    };
    expect(new Market().run(20, prices).disagreeing).toBe('');
  });

  it('speak for their venue once: a second listing is no second venue', () => {
    const prices = {
      'kraken:BTC-USD': around(66_000),
      'kraken:BTC-USDT': around(66_000),
      'coinbase:BTC-USD': around(60_000),
      'binance:BTC-USDT': around(60_000),
    };
    expect(new Market().run(20, prices).disagreeing).toBe('kraken:BTC-USD kraken:BTC-USDT');
    const one = { ...prices, 'kraken:BTC-USD': around(60_000) };
    expect(new Market().run(20, one).disagreeing).toBe('kraken:BTC-USDT');
  });
});

describe('a book that is lost', () => {
  it('has no vote: the trades of its instrument have', () => {
    const consensus = new VenueConsensus();
    const told: string[] = [];
    for (let second = 0; second < 20; second++) {
      const atMs = START_MS + second * 1000;
      if (consensus.pass(atMs).length > 0) told.push(`${second}`);
      for (const id of [COINBASE, KRAKEN, BINANCE]) consensus.trade(id, '60000', atMs);
      consensus.quote(KRAKEN, '70000', '70001', atMs);
      consensus.loseBook(KRAKEN);
    }
    expect(told).toEqual([]);
  });
});

describe('a clock of ours that is set back', () => {
  it('ends nothing: what is told from then on counts', () => {
    const consensus = new VenueConsensus();
    for (const startMs of [START_MS, START_MS - 3_600_000])
      for (let second = 0; second < 10; second++) {
        const atMs = startMs + second * 1000;
        consensus.pass(atMs);
        consensus.trade(BINANCE, '60000', atMs);
        consensus.trade(COINBASE, startMs === START_MS ? '60000' : '64000', atMs);
        consensus.trade(KRAKEN, '60000', atMs);
      }
    expect(consensus.disagreeing('coinbase')).toEqual([COINBASE]);
  });
});

describe('an exchange that nobody listens to any more', () => {
  it('is forgotten', () => {
    const consensus = new VenueConsensus();
    for (let second = 0; second < 10; second++) {
      const atMs = START_MS + second * 1000;
      consensus.pass(atMs);
      for (const [id, price] of [
        [BINANCE, '60000'] as const,
        [COINBASE, '60000'] as const,
        [KRAKEN, '64000'] as const,
      ])
        consensus.trade(id, price, atMs);
    }
    expect(consensus.disagreeing('kraken')).toEqual([KRAKEN]);
    consensus.forget('kraken');
    expect(consensus.disagreeing('kraken')).toEqual([]);
    consensus.trade(KRAKEN, '60000', START_MS + 10_000);
    consensus.pass(START_MS + 11_000);
    expect(consensus.disagreeing('kraken')).toEqual([]);
  });
});
