import {
  CandlestickFieldMapBuilder,
  PanelBuilder as CandlestickPanel,
} from '@grafana/grafana-foundation-sdk/candlestick';
import type { Builder, Dataquery } from '@grafana/grafana-foundation-sdk/cog';
import { VizLegendOptionsBuilder, type DataSourceRef } from '@grafana/grafana-foundation-sdk/common';
import { PanelBuilder as TablePanel } from '@grafana/grafana-foundation-sdk/table';
import { PanelBuilder as TimeSeriesPanel } from '@grafana/grafana-foundation-sdk/timeseries';

const WHOLE_WIDTH = 24;
const HALF_WIDTH = 12;

export interface PanelText {
  readonly title: string;
  /** A sentence that Grafana shows beside the title. */
  readonly description: string;
}

/** Lines over time, half as wide as the page. */
export function lines(
  { title, description }: PanelText,
  source: DataSourceRef,
  unit: string,
  queries: readonly Builder<Dataquery>[],
): TimeSeriesPanel {
  return new TimeSeriesPanel()
    .title(title)
    .description(description)
    .datasource(source)
    .unit(unit)
    .min(0)
    .noValue('none')
    .span(HALF_WIDTH)
    .height(8)
    .legend(new VizLegendOptionsBuilder().showLegend(true))
    .targets([...queries]);
}

/** A chart of candles, as wide as the page; the query names its columns as the fields are called here. */
export function candlesticks(
  { title, description }: PanelText,
  source: DataSourceRef,
  query: Builder<Dataquery>,
): CandlestickPanel {
  const fields = new CandlestickFieldMapBuilder().open('open').high('high').low('low').close('close');
  return new CandlestickPanel()
    .title(title)
    .description(description)
    .datasource(source)
    .span(WHOLE_WIDTH)
    .height(12)
    .fields(fields.volume('volume'))
    .targets([query]);
}

export function table(
  { title, description }: PanelText,
  source: DataSourceRef,
  query: Builder<Dataquery>,
): TablePanel {
  return new TablePanel()
    .title(title)
    .description(description)
    .datasource(source)
    .span(HALF_WIDTH)
    .height(8)
    .targets([query]);
}
