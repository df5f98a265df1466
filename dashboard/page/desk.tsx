/** The desk: everything that is read for more than one panel is read here, once. */
import { useEffect } from 'preact/hooks';
import { useReading } from '../api/use-reading.ts';
import { partsOf, quoteCurrencyOf, type Instrument, type Price } from '../api/views.ts';
import { BacktestsPanel } from '../backtests/backtests-panel.tsx';
import { CHART_INTERVALS, type Candles, type ChartInterval } from '../market/candle-series.ts';
import { ChartPanel } from '../market/chart-panel.tsx';
import { useCandles, usePrice } from '../market/use-market.ts';
import { formatPrice, pricePlaces } from '../numbers/format-number.ts';
import { OperationsPanel } from '../operations/operations-panel.tsx';
import { OrdersPanel } from '../orders/orders-panel.tsx';
import { useOrders } from '../orders/use-orders.ts';
import { PortfolioPanel } from '../portfolio/portfolio-panel.tsx';
import { useLedger } from '../portfolio/use-ledger.ts';
import { KillSwitchBanner } from '../risk/kill-switch.tsx';
import { StrategiesPanel, type StrategiesReading } from '../strategies/strategies-panel.tsx';
import { Header, type PriceReference } from './header.tsx';
import { usePlatform } from './platform-access.ts';
import { useRemembered } from './remembered.ts';
import { Waiting } from './waiting.tsx';

const HEALTH_EVERY_MS = 4000;
const KILL_SWITCH_EVERY_MS = 4000;
const STRATEGIES_EVERY_MS = 10_000;
/** New ones are rare, but for the first. */
const INSTRUMENTS_EVERY_MS = 20_000;
const FIRST_INSTRUMENT_EVERY_MS = 1000;

const isChartInterval = (text: string): text is ChartInterval =>
  (CHART_INTERVALS as readonly string[]).includes(text);
const isAnyText = (text: string): text is string => text !== '';

export function Desk() {
  const { api } = usePlatform();
  const reading = useReading(async () => api.call('GET /v1/instruments', { query: { limit: 1000 } }), {
    everyMs: INSTRUMENTS_EVERY_MS,
  });
  const instruments = reading.value?.items ?? [];
  const strategies = useReading(async () => api.call('GET /v1/strategies', { query: { limit: 200 } }), {
    everyMs: STRATEGIES_EVERY_MS,
  });
  const [remembered, choose] = useRemembered('instrument', '', isAnyText);
  const hasInstruments = instruments.length > 0;
  useEffect(() => {
    if (hasInstruments) return undefined;
    const timer = setInterval(reading.refresh, FIRST_INSTRUMENT_EVERY_MS);
    return () => clearInterval(timer);
  }, [hasInstruments]);
  // What is at work decides what is shown first, so that is waited for.
  const isReady = hasInstruments && (strategies.value !== null || strategies.failure !== null);
  if (!isReady)
    return <Waiting failure={reading.failure} isRead={reading.value !== null && !hasInstruments} />;
  const atWork = strategies.value?.items[0]?.instrumentId;
  const instrumentId =
    [remembered, atWork].find((id) => instruments.some((instrument) => instrument.instrumentId === id)) ??
    instruments[0]!.instrumentId;
  return (
    <Panels
      instruments={instruments}
      strategies={strategies}
      instrumentId={instrumentId}
      onInstrument={choose}
    />
  );
}

interface PanelsProps {
  readonly instruments: readonly Instrument[];
  readonly strategies: StrategiesReading;
  readonly instrumentId: string;
  onInstrument(instrumentId: string): void;
}

function Panels({ instruments, strategies, instrumentId, onInstrument }: PanelsProps) {
  const { api } = usePlatform();
  const [interval, setInterval] = useRemembered<ChartInterval>('interval', '1s', isChartInterval);
  const price = usePrice(instrumentId);
  const candles = useCandles(instrumentId, interval, price.value);
  const orders = useOrders();
  const quoteCurrency = quoteCurrencyOf(instrumentId);
  const ledger = useLedger(quoteCurrency);
  const health = useReading(async () => api.call('GET /v1/status'), { everyMs: HEALTH_EVERY_MS });
  const killSwitch = useReading(async () => api.call('GET /v1/risk/kill-switch'), {
    everyMs: KILL_SWITCH_EVERY_MS,
  });
  const reference = referenceOf(candles.candles);
  const places = pricePlaces([price.value?.price ?? '0', reference?.price ?? '0']);
  useTitle(instrumentId, price.value, places);

  return (
    <>
      <Header
        health={health.value}
        instruments={instruments}
        instrumentId={instrumentId}
        price={price}
        reference={reference}
        places={places}
        killSwitch={killSwitch}
        onInstrument={onInstrument}
      />
      <KillSwitchBanner killSwitch={killSwitch} />
      <main class="desk">
        <ChartPanel
          instrumentId={instrumentId}
          interval={interval}
          view={candles}
          fills={ledger.fills ?? []}
          onInterval={setInterval}
        />
        <PortfolioPanel view={ledger} quoteCurrency={quoteCurrency} />
        <OrdersPanel view={orders} fills={ledger.fills} fillsFailure={ledger.failure} />
        <StrategiesPanel
          strategies={strategies}
          portfolio={ledger.portfolio}
          instruments={instruments}
          instrumentId={instrumentId}
          onChanged={() => {
            strategies.refresh();
            ledger.refresh();
          }}
        />
        <BacktestsPanel instruments={instruments} instrumentId={instrumentId} />
        <OperationsPanel health={health} />
      </main>
      <Foot version={health.value?.version ?? ''} />
    </>
  );
}

/** The oldest candle of the chart: the change is that of what is seen. */
function referenceOf(candles: Candles | null): PriceReference | null {
  const oldest = candles?.[0];
  return oldest === undefined ? null : { price: oldest.open, timeMs: oldest.openTimeMs };
}

function useTitle(instrumentId: string, price: Price | null, places: number): void {
  const { pair } = partsOf(instrumentId);
  const text = price === null ? 'Millrace' : `${formatPrice(price.price, places)} ${pair} · Millrace`;
  useEffect(() => {
    document.title = text;
  }, [text]);
}

function Foot({ version }: { readonly version: string }) {
  return (
    <footer class="foot">
      <span>Millrace {version}</span>
      <span>All times are UTC</span>
      <a href="/openapi.json">API</a>
      <span>
        Charts: TradingView Lightweight Charts™, © 2026{' '}
        <a href="https://www.tradingview.com/">TradingView, Inc.</a>
      </span>
    </footer>
  );
}
