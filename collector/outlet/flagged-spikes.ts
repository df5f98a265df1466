import { isTradeTime, type ToldTrade } from '../../shared/contracts/lane-rows.ts';
import { flaggedWith, qualityOf, UNFLAGGED } from '../../shared/domain/market-data/quality-flags.ts';
import { SpikeWatch } from '../../shared/domain/market-data/spike-watch.ts';
import { parseTradeId } from '../../shared/domain/market-data/trade.ts';

const SPIKE = qualityOf('spike');

/**
 * Flags the trades of an exchange whose price lies far outside of what was traded, in the order in which they are sent and
 * archived: so a replay flags the same ones. Each unbroken observation begins with nothing known, live and replayed.
 */
export class FlaggedSpikes {
  #watch = new SpikeWatch();
  #session: string | undefined;

  /** @param session which the next trades belong to; left out: nobody said so. */
  enterSession(session: string | undefined): void {
    if (session === this.#session) return;
    this.#session = session;
    this.#watch = new SpikeWatch();
  }

  /** A price that is none is for the reader to refuse; of a time that is not believed nothing follows. */
  flagged<Told extends ToldTrade>(trade: Told): Told {
    const { instrumentId, price, timeMs, receivedAtMs, isAnswer, quality = UNFLAGGED } = trade;
    if (quality !== UNFLAGGED || !isTradeTime(timeMs, receivedAtMs, isAnswer)) return trade;
    const tradeId = parseTradeId(trade.tradeId);
    if (tradeId === null || typeof price !== 'string') return trade;
    const isSpike = this.#watch.isSpike(instrumentId, { tradeId, timeMs, price });
    return isSpike ? flaggedWith(trade, SPIKE) : trade;
  }
}
