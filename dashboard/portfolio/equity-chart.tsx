import {
  BaselineSeries,
  createChart,
  type BaselineData,
  type IChartApi,
  type ISeriesApi,
  type UTCTimestamp,
} from 'lightweight-charts';
import { useEffect, useRef } from 'preact/hooks';
import { chartOptions } from '../market/chart-options.ts';
import { currencyPlaces, formatCash } from '../numbers/format-number.ts';
import { useTheme } from '../page/theme.ts';
import type { EquityCurve } from './use-ledger.ts';

interface Drawn {
  readonly chart: IChartApi;
  readonly series: ISeriesApi<'Baseline'>;
}

/** Within it, minutes alone would label several places the same. */
const SHORT_SPAN_MS = 15 * 60_000;

interface EquityChartProps {
  readonly curve: EquityCurve;
  readonly currency: string;
}

/** Equity over time, above and below where it began. It only shows: the page scrolls past it. */
export function EquityChart({ curve, currency }: EquityChartProps) {
  const container = useRef<HTMLDivElement>(null);
  const drawn = useRef<Drawn | null>(null);
  const theme = useTheme();

  useEffect(() => {
    const chart = createChart(container.current!, {
      autoSize: true,
      ...chartOptions(theme),
      handleScroll: false,
      handleScale: false,
    });
    const series = chart.addSeries(BaselineSeries, {
      lineWidth: 2,
      priceLineVisible: false,
      lastValueVisible: false,
    });
    drawn.current = { chart, series };
    return () => {
      drawn.current = null;
      chart.remove();
    };
  }, []);

  useEffect(() => {
    const places = currencyPlaces(currency);
    const formatter = (value: number): string => formatCash(value.toFixed(places), currency);
    drawn.current?.series.applyOptions({
      priceFormat: { type: 'custom', minMove: 10 ** -places, formatter },
    });
  }, [currency]);

  useEffect(() => {
    if (drawn.current === null) return;
    const { chart, series } = drawn.current;
    const { up, down, upFaint, downFaint, upClear, downClear, line } = theme;
    chart.applyOptions({
      ...chartOptions(theme),
      grid: { vertLines: { visible: false }, horzLines: { color: line } },
      // Labels at the edges are pushed inwards, which takes half of one.
      timeScale: { borderColor: line, timeVisible: true, tickMarkMaxCharacterLength: 12 },
    });
    series.applyOptions({ topLineColor: up, topFillColor1: upFaint, topFillColor2: upClear });
    series.applyOptions({ bottomLineColor: down, bottomFillColor1: downClear, bottomFillColor2: downFaint });
  }, [theme]);

  useEffect(() => {
    if (drawn.current === null) return;
    const { chart, series } = drawn.current;
    series.applyOptions({ baseValue: { type: 'price', price: Number(curve.startEquity) } });
    series.setData(pointsOf(curve));
    const [first, last] = [curve.points[0], curve.points.at(-1)];
    const spanMs = (last?.timeMs ?? 0) - (first?.timeMs ?? 0);
    chart.timeScale().applyOptions({ secondsVisible: spanMs < SHORT_SPAN_MS });
    chart.timeScale().fitContent();
  }, [curve]);

  return <div ref={container} class="equity-chart" role="img" aria-label="Equity over time" />;
}

/** A chart has seconds: of several points in one, the last. */
function pointsOf({ points }: EquityCurve): BaselineData[] {
  const bySecond = new Map(points.map(({ timeMs, equity }) => [Math.floor(timeMs / 1000), Number(equity)]));
  return [...bySecond].map(([time, value]) => ({ time: time as UTCTimestamp, value }));
}
