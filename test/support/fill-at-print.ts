import type { Decimal } from '../../shared/domain/decimal.ts';
import { UNFLAGGED } from '../../shared/domain/market-data/quality-flags.ts';
import { meetMarketOrder, type FillOutcome } from '../../shared/domain/orders/market-fill.ts';
import type { Order } from '../../shared/domain/orders/order.ts';

/** A market order meets this print, whenever that is. */
export function fillAtPrint(
  order: Order,
  print: { readonly price: Decimal; readonly tradeId: string; readonly timeMs: number },
): FillOutcome {
  const step = { kind: 'trade', quality: UNFLAGGED, quantity: null, takerSide: null, ...print } as const;
  return meetMarketOrder(order, step, print.timeMs)!;
}
