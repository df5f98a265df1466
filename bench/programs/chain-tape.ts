/** The tape that the chain is measured with: trades, and order books beside them. */
import { runTape, type TapePorts } from '../../collector/tape/run-tape.ts';
import { tapeInThread } from '../../collector/thread/tape-in-thread.ts';
import { marketTape } from '../../embedded/synthetic-source.ts';
import { symbolOfInstrument } from '../../shared/adapters/exchanges/binance/symbols.ts';
import { SyntheticMarket, type MarketParameters } from '../../simulator/synthetic-market.ts';
import { depthTape } from '../depth-tape.ts';

interface ChainTape extends TapePorts {
  readonly market: MarketParameters;
  /** Second of event time, since the epoch. */
  readonly start: number;
}

export const runChainTape = tapeInThread(import.meta.url, async ({ market, start, ...ports }: ChainTape) => {
  const made = new SyntheticMarket(market);
  const symbols = made.instrumentIds.map(symbolOfInstrument);
  return runTape({
    ...ports,
    tapeId: 'chain',
    sessionId: 'chain',
    sources: [marketTape(made, 'trades', start, Infinity), depthTape(symbols, start)],
    timeBase: ports.speed === 'max' ? 'first-message' : 'wall',
    endsForGood: false,
  });
});
