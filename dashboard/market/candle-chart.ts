/** The chart of candles on its canvas: it is told all candles each time, and draws what has changed. */
import {
  CandlestickSeries,
  createChart,
  createSeriesMarkers,
  CrosshairMode,
  HistogramSeries,
  type CandlestickData,
  type HistogramData,
  type IChartApi,
  type ISeriesApi,
  type ISeriesMarkersPluginApi,
  type SeriesMarker,
  type Time,
  type UTCTimestamp,
} from 'lightweight-charts';
import type { Candle } from '../api/views.ts';
import { formatPrice } from '../numbers/format-number.ts';
import type { Theme } from '../page/theme.ts';
import { chartOptions } from './chart-options.ts';
import { firstChange, type Candles } from './candle-series.ts';
import type { FillMark } from './fill-marks.ts';
import type { QualityMark } from './quality-marks.ts';

export interface CandleChartListeners {
  /** Somebody looks at the oldest candles. */
  onNearStart(): void;
  /** The candle under the pointer; null: none. */
  onPoint(openTimeMs: number | null): void;
}

export interface ChartContent {
  readonly candles: Candles;
  readonly marks: readonly FillMark[];
  /** What is said against the data. */
  readonly doubts: readonly QualityMark[];
  /** Behind the point of a price. */
  readonly places: number;
}

/** So much of the chart's height belongs to volume. */
const VOLUME_SHARE = 0.18;
const NEAR_START_CANDLES = 20;
/** Places for candles at first sight: as many as can still be told apart, and so many that a few do not look like walls. */
const MOST_AT_FIRST_SIGHT = 120;
const LEAST_AT_FIRST_SIGHT = 60;

export class CandleChart {
  readonly #chart: IChartApi;
  readonly #prices: ISeriesApi<'Candlestick'>;
  readonly #volumes: ISeriesApi<'Histogram'>;
  readonly #markers: ISeriesMarkersPluginApi<Time>;
  #theme: Theme;
  #shown: Candles = [];
  #marks: readonly FillMark[] = [];
  #doubts: readonly QualityMark[] = [];
  #places = -1;

  constructor(container: HTMLElement, theme: Theme, listeners: CandleChartListeners) {
    this.#theme = theme;
    this.#chart = createChart(container, { autoSize: true, ...chartOptions(theme) });
    this.#prices = this.#chart.addSeries(CandlestickSeries, { borderVisible: false });
    this.#volumes = this.#chart.addSeries(HistogramSeries, {
      priceScaleId: '',
      priceFormat: { type: 'volume' },
      lastValueVisible: false,
      priceLineVisible: false,
    });
    this.#prices.priceScale().applyOptions({ scaleMargins: { top: 0.12, bottom: VOLUME_SHARE + 0.04 } });
    this.#volumes.priceScale().applyOptions({ scaleMargins: { top: 1 - VOLUME_SHARE, bottom: 0 } });
    this.#markers = createSeriesMarkers(this.#prices, []);
    this.#chart.timeScale().subscribeVisibleLogicalRangeChange((range) => {
      if (range !== null && range.from < NEAR_START_CANDLES && this.#shown.length > 0)
        listeners.onNearStart();
    });
    this.#chart.subscribeCrosshairMove(({ time }) => {
      listeners.onPoint(time === undefined ? null : Number(time) * 1000);
    });
    this.setTheme(theme);
  }

  setTheme(theme: Theme): void {
    this.#theme = theme;
    this.#chart.applyOptions({
      ...chartOptions(theme),
      crosshair: { mode: CrosshairMode.Normal },
      timeScale: {
        borderColor: theme.line,
        timeVisible: true,
        secondsVisible: true,
        rightOffset: 4,
        minBarSpacing: 1,
      },
    });
    const { up, down } = theme;
    this.#prices.applyOptions({ upColor: up, downColor: down, wickUpColor: up, wickDownColor: down });
    this.#volumes.setData(this.#shown.map((candle) => volumeOf(candle, theme)));
    this.#showMarks();
  }

  show({ candles, marks, doubts, places }: ChartContent): void {
    if (places !== this.#places) {
      this.#places = places;
      const formatter = (price: number): string => formatPrice(price.toFixed(places), places);
      this.#prices.applyOptions({ priceFormat: { type: 'custom', minMove: 10 ** -places, formatter } });
    }
    this.#showCandles(candles);
    if (!sameMarks(marks, this.#marks) || !sameDoubts(doubts, this.#doubts)) {
      this.#marks = marks;
      this.#doubts = doubts;
      this.#showMarks();
    }
  }

  destroy(): void {
    this.#chart.remove();
  }

  #showCandles(candles: Candles): void {
    if (candles === this.#shown) return;
    const from = firstChange(this.#shown, candles);
    const isOther = this.#shown[0] === undefined || !isSameSeries(this.#shown[0], candles[0]);
    this.#shown = candles;
    if (from >= 0) {
      for (const candle of candles.slice(from)) {
        this.#prices.update(pricesOf(candle));
        this.#volumes.update(volumeOf(candle, this.#theme));
      }
      return;
    }
    this.#prices.setData(candles.map(pricesOf));
    this.#volumes.setData(candles.map((candle) => volumeOf(candle, this.#theme)));
    if (!isOther) return;
    const to = candles.length + 3;
    const places = Math.min(Math.max(to, LEAST_AT_FIRST_SIGHT), MOST_AT_FIRST_SIGHT);
    this.#chart.timeScale().setVisibleLogicalRange({ from: to - places, to });
  }

  #showMarks(): void {
    // They are drawn in order of time.
    const markers = [
      ...this.#marks.map((mark) => markerOf(mark, this.#theme)),
      ...this.#doubts.map((doubt) => doubtOf(doubt, this.#theme)),
    ].sort((a, b) => Number(a.time) - Number(b.time));
    this.#markers.setMarkers(markers);
  }
}

function isSameSeries(a: Candle, b: Candle | undefined): boolean {
  return b !== undefined && a.instrumentId === b.instrumentId && a.interval === b.interval;
}

function sameMarks(a: readonly FillMark[], b: readonly FillMark[]): boolean {
  return (
    a.length === b.length &&
    a.every((mark, i) => {
      const other = b[i]!;
      return mark.openTimeMs === other.openTimeMs && mark.side === other.side && mark.count === other.count;
    })
  );
}

function sameDoubts(a: readonly QualityMark[], b: readonly QualityMark[]): boolean {
  return a.length === b.length && a.every((mark, i) => keyOf(mark) === keyOf(b[i]!));
}

function keyOf({ openTimeMs, flags, isTold }: QualityMark): string {
  return `${openTimeMs} ${flags.join()} ${isTold}`;
}

const timeOf = (timeMs: number): UTCTimestamp => (timeMs / 1000) as UTCTimestamp;

function pricesOf({ openTimeMs, open, high, low, close }: Candle): CandlestickData {
  return {
    time: timeOf(openTimeMs),
    open: Number(open),
    high: Number(high),
    low: Number(low),
    close: Number(close),
  };
}

function volumeOf({ openTimeMs, open, close, volume }: Candle, { upFaint, downFaint }: Theme): HistogramData {
  return {
    time: timeOf(openTimeMs),
    value: Number(volume),
    color: Number(close) >= Number(open) ? upFaint : downFaint,
  };
}

function markerOf({ openTimeMs, side, count }: FillMark, { bought, sold }: Theme): SeriesMarker<Time> {
  const text = count > 1 ? { text: `${count}×` } : {};
  return side === 'BUY'
    ? { time: timeOf(openTimeMs), position: 'belowBar', shape: 'arrowUp', color: bought, ...text }
    : { time: timeOf(openTimeMs), position: 'aboveBar', shape: 'arrowDown', color: sold, ...text };
}

function doubtOf({ openTimeMs, flags, isTold }: QualityMark, { doubtful }: Theme): SeriesMarker<Time> {
  const [flag] = flags;
  const text = flags.length === 1 ? flag! : `${flags.length} flags`;
  return {
    time: timeOf(openTimeMs),
    position: 'aboveBar',
    shape: 'circle',
    color: doubtful,
    size: 0.6,
    ...(isTold ? { text } : {}),
  };
}
