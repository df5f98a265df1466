import { useEffect, useMemo, useRef, useState } from 'preact/hooks';
import { nameOf, type Candle, type Fill } from '../api/views.ts';
import { signOf, subtract } from '../numbers/exact-decimal.ts';
import { formatPrice, formatQuantity, pricePlaces } from '../numbers/format-number.ts';
import { formatMoment } from '../numbers/format-time.ts';
import { InstrumentName } from '../page/instrument-name.tsx';
import { Empty, Panel } from '../page/panel.tsx';
import { Tabs } from '../page/tabs.tsx';
import { useTheme } from '../page/theme.ts';
import { CandleChart } from './candle-chart.ts';
import { CHART_INTERVALS, INTERVAL_MS, type Candles, type ChartInterval } from './candle-series.ts';
import { fillMarks } from './fill-marks.ts';
import { qualityMarks, type QualityMark } from './quality-marks.ts';
import type { CandlesView } from './use-market.ts';
import { useQuality } from './use-quality.ts';

interface ChartPanelProps {
  readonly instrumentId: string;
  readonly interval: ChartInterval;
  readonly view: CandlesView;
  /** Of any instrument. */
  readonly fills: readonly Fill[];
  onInterval(interval: ChartInterval): void;
}

/** So many of the newest candles tell how many places the prices need. */
const PLACES_FROM = 50;

export function ChartPanel({ instrumentId, interval, view, fills, onInterval }: ChartPanelProps) {
  const { candles } = view;
  const [pointedMs, setPointedMs] = useState<number | null>(null);
  const places = useMemo(
    () => pricePlaces((candles ?? []).slice(-PLACES_FROM).map(({ close }) => close)),
    [candles],
  );
  const marks = useMemo(() => {
    const ours = fills.filter((fill) => fill.instrumentId === instrumentId);
    return fillMarks(ours, candles ?? [], INTERVAL_MS[interval]);
  }, [fills, candles, instrumentId, interval]);
  const quality = useQuality(instrumentId).value;
  const doubts = useMemo(
    () => qualityMarks(quality ?? [], candles ?? [], INTERVAL_MS[interval]),
    [quality, candles, interval],
  );
  const told = candles?.find(({ openTimeMs }) => openTimeMs === pointedMs) ?? candles?.at(-1);
  const doubt = doubts.find(({ openTimeMs }) => openTimeMs === told?.openTimeMs);
  const intervals = CHART_INTERVALS.map((id) => ({ id, title: id }));
  return (
    <Panel
      title={<InstrumentName instrumentId={instrumentId} />}
      place="chart"
      failure={view.failure}
      aside={
        <Tabs label="Interval of the candles" tabs={intervals} chosen={interval} onChoose={onInterval} />
      }
    >
      <div class="chart">
        {told !== undefined && <Legend candle={told} places={places} doubts={doubt?.flags ?? []} />}
        <ChartCanvas
          label={labelOf(instrumentId, interval, candles)}
          content={{ candles: candles ?? [], marks, doubts, places }}
          onNearStart={view.readOlder}
          onPoint={setPointedMs}
        />
        {candles === null && view.failure === null && <Empty>Reading candles…</Empty>}
        {candles?.length === 0 && (
          <Empty>No {interval} candle yet: the first one shows when its interval has passed.</Empty>
        )}
      </div>
    </Panel>
  );
}

function labelOf(instrumentId: string, interval: ChartInterval, candles: Candles | null): string {
  const last = candles?.at(-1);
  const close = last === undefined ? '' : `, last close ${formatPrice(last.close)}`;
  return `${interval} candles of ${nameOf(instrumentId)} with our fills${close}`;
}

interface LegendProps {
  readonly candle: Candle;
  readonly places: number;
  /** What the log says against data of its time, that of books among them. */
  readonly doubts: QualityMark['flags'];
}

/** The figures of the candle under the pointer, or of the last one. */
function Legend({ candle, places, doubts }: LegendProps) {
  const { open, high, low, close, volume, openTimeMs, closed, complete, flags = [] } = candle;
  const said = [...new Set([...flags, ...doubts])].sort();
  const tone = signOf(subtract(close, open)) < 0 ? 'down' : 'up';
  const figures = [
    ['O', open],
    ['H', high],
    ['L', low],
    ['C', close],
  ] as const;
  return (
    <p class="legend" aria-hidden="true">
      <span class="legend-time">{formatMoment(openTimeMs, Date.now())}</span>
      {figures.map(([name, price]) => (
        <span key={name}>
          <b>{name}</b> <span class={tone}>{formatPrice(price, places)}</span>
        </span>
      ))}
      <span>
        <b>Vol</b> {formatQuantity(volume)}
      </span>
      {said.length > 0 && <span class="legend-flags">{said.join(', ')}</span>}
      {!closed && <span class="legend-open">under way</span>}
      {closed && !complete && <span class="legend-flags">not known to be complete</span>}
    </p>
  );
}

interface ChartCanvasProps {
  readonly label: string;
  readonly content: Parameters<CandleChart['show']>[0];
  onNearStart(): void;
  onPoint(openTimeMs: number | null): void;
}

function ChartCanvas({ label, content, onNearStart, onPoint }: ChartCanvasProps) {
  const container = useRef<HTMLDivElement>(null);
  const chart = useRef<CandleChart | null>(null);
  const listeners = useRef({ onNearStart, onPoint });
  listeners.current = { onNearStart, onPoint };
  const theme = useTheme();

  useEffect(() => {
    const created = new CandleChart(container.current!, theme, {
      onNearStart: () => listeners.current.onNearStart(),
      onPoint: (openTimeMs) => listeners.current.onPoint(openTimeMs),
    });
    chart.current = created;
    return () => {
      chart.current = null;
      created.destroy();
    };
  }, []);
  useEffect(() => chart.current?.setTheme(theme), [theme]);
  useEffect(
    () => chart.current?.show(content),
    [content.candles, content.marks, content.doubts, content.places],
  );
  return <div ref={container} class="chart-canvas" role="img" aria-label={label} />;
}
