import { TextWriter } from './text-writer.ts';

/** A trade in whole units, as Binance would print it. */
export interface WireTrade {
  readonly tradeId: number;
  /** Of 0.01. */
  readonly priceTicks: number;
  /** Of 0.00001. */
  readonly quantitySteps: number;
  readonly timeMs: number;
  readonly buyerIsMaker: boolean;
}

const TIME_DIGITS = 13;

/**
 * Prints the trades of one symbol, as `@trade` messages and as the capture lines that hold them. A line is the message
 * again with its quotes escaped: writing it twice costs less than escaping it.
 */
export class BinanceWire {
  readonly #writer = new TextWriter(1024);
  readonly #plain: TradeForm;
  readonly #escaped: TradeForm;
  readonly #lineHead: Uint8Array;
  readonly #lineMiddle: Uint8Array;
  readonly #lineTail = Buffer.from('"}');

  constructor(symbol: string, url: string) {
    this.#plain = tradeForm(symbol, (text) => text);
    this.#escaped = tradeForm(symbol, (text) => text.replaceAll('"', '\\"'));
    this.#lineHead = Buffer.from('{"receivedAtNs":"');
    this.#lineMiddle = Buffer.from(`000000","exchange":"binance","kind":"ws","url":"${url}","message":"`);
  }

  message(trade: WireTrade): string {
    this.#write(this.#plain, trade);
    return this.#writer.take();
  }

  /** The capture line of the message when it is received at its trade time. */
  line(trade: WireTrade): string {
    const writer = this.#writer;
    writer.piece(this.#lineHead);
    writer.digits(trade.timeMs, TIME_DIGITS);
    writer.piece(this.#lineMiddle);
    this.#write(this.#escaped, trade);
    writer.piece(this.#lineTail);
    return writer.take();
  }

  #write(form: TradeForm, { timeMs, tradeId, priceTicks, quantitySteps, buyerIsMaker }: WireTrade): void {
    const writer = this.#writer;
    writer.piece(form.toEventTime);
    writer.digits(timeMs, TIME_DIGITS);
    writer.piece(form.toTradeId);
    writer.whole(tradeId);
    writer.piece(form.toPrice);
    const cents = priceTicks % 100;
    writer.whole((priceTicks - cents) / 100);
    writer.piece(form.point);
    writer.digits(cents * 1_000_000, 8);
    writer.piece(form.toQuantity);
    const part = quantitySteps % 100_000;
    writer.whole((quantitySteps - part) / 100_000);
    writer.piece(form.point);
    writer.digits(part * 1000, 8);
    writer.piece(form.toTradeTime);
    writer.digits(timeMs, TIME_DIGITS);
    writer.piece(buyerIsMaker ? form.tailOfSell : form.tailOfBuy);
  }
}

/** What stands between the blanks. */
interface TradeForm {
  readonly toEventTime: Uint8Array;
  readonly toTradeId: Uint8Array;
  readonly toPrice: Uint8Array;
  readonly point: Uint8Array;
  readonly toQuantity: Uint8Array;
  readonly toTradeTime: Uint8Array;
  readonly tailOfSell: Uint8Array;
  readonly tailOfBuy: Uint8Array;
}

function tradeForm(symbol: string, quote: (text: string) => string): TradeForm {
  const bytes = (text: string): Uint8Array => Buffer.from(quote(text));
  return {
    toEventTime: bytes(`{"stream":"${symbol.toLowerCase()}@trade","data":{"e":"trade","E":`),
    toTradeId: bytes(`,"s":"${symbol}","t":`),
    toPrice: bytes(',"p":"'),
    point: bytes('.'),
    toQuantity: bytes('","q":"'),
    toTradeTime: bytes('","T":'),
    tailOfSell: bytes(',"m":true,"M":true}}'),
    tailOfBuy: bytes(',"m":false,"M":true}}'),
  };
}
