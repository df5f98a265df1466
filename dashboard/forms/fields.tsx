/** What forms have in common. */
import { partsOf, type Instrument } from '../api/views.ts';
import { CHART_INTERVALS, type ChartInterval } from '../market/candle-series.ts';

/** What stands in a field, without the spaces around it. */
export function textOf(form: FormData, name: string): string {
  const value = form.get(name);
  return typeof value === 'string' ? value.trim() : '';
}

interface InstrumentOptionsProps {
  readonly instruments: readonly Instrument[];
  readonly chosen: string;
}

/** The exchange is named where there are several. */
export function InstrumentOptions({ instruments, chosen }: InstrumentOptionsProps) {
  const hasSeveralExchanges = new Set(instruments.map(({ exchange }) => exchange)).size > 1;
  // By pair: one that several venues list stands together, and typing its first letters finds it.
  const ids = [...instruments]
    .sort((a, b) => compare(a.pair, b.pair) || compare(a.exchange, b.exchange))
    .map(({ instrumentId }) => instrumentId);
  return (
    <>
      {(ids.includes(chosen) || chosen === '' ? ids : [chosen, ...ids]).map((instrumentId) => {
        const { exchange, pair } = partsOf(instrumentId);
        return (
          <option key={instrumentId} value={instrumentId} selected={instrumentId === chosen}>
            {hasSeveralExchanges ? `${pair} · ${exchange}` : pair}
          </option>
        );
      })}
    </>
  );
}

function compare(a: string, b: string): number {
  return a < b ? -1 : Number(a > b);
}

export function IntervalOptions({ chosen }: { readonly chosen: ChartInterval }) {
  return (
    <>
      {CHART_INTERVALS.map((interval) => (
        <option key={interval} value={interval} selected={interval === chosen}>
          {interval}
        </option>
      ))}
    </>
  );
}
