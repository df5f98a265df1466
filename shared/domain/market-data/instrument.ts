/** `exchange:BASE-QUOTE` in common codes, for example `binance:BTC-USDT`. */
export type InstrumentId = string;

export const INSTRUMENT_ID = /^[a-z][a-z0-9]{1,15}:[A-Z0-9]{1,15}-[A-Z0-9]{1,15}$/;

export function isInstrumentId(text: string): boolean {
  return INSTRUMENT_ID.test(text);
}

export function exchangeOf(instrumentId: InstrumentId): string {
  return instrumentId.slice(0, instrumentId.indexOf(':'));
}

/** The `BASE-QUOTE` part. */
export function pairOf(instrumentId: InstrumentId): string {
  return instrumentId.slice(instrumentId.indexOf(':') + 1);
}
