/** What is stored of the market, asked of ClickHouse. */
import {
  CustomVariableBuilder,
  DashboardBuilder,
  QueryVariableBuilder,
  VariableRefresh,
} from '@grafana/grafana-foundation-sdk/dashboard';
import { INTERVALS } from '../../shared/domain/candles/interval.ts';
import { CLICKHOUSE, sql } from './data-sources.ts';
import { candlesticks, lines, table } from './panels.ts';

/** As one instrument; a candle counts as its latest revision says. */
const LATEST_REVISIONS = 'ORDER BY openTime, revision DESC LIMIT 1 BY instrumentId, openTime';
const CHOSEN = 'instrumentId = ${instrument:sqlstring} AND interval = ${interval:sqlstring}';
const VENUE = "splitByChar(':', instrumentId)[1]";
const SHOWN = '$__timeFilter_ms(openTime)';
/** More than a screen has columns for. */
const MAX_CANDLES = 5000;

export function marketDashboard() {
  // Every Grafana reads this model from a file, the newer one only since its 12th.
  // eslint-disable-next-line @typescript-eslint/no-deprecated
  return new DashboardBuilder('Millrace: market')
    .uid('millrace-market')
    .description('Prices, volume and completeness, as ClickHouse has them.')
    .tags(['millrace'])
    .refresh('5s')
    .time({ from: 'now-15m', to: 'now' })
    .withVariable(
      new QueryVariableBuilder('instrument')
        .label('instrument')
        .datasource(CLICKHOUSE)
        .query('SELECT DISTINCT instrumentId FROM millrace.candles ORDER BY instrumentId LIMIT 1000')
        .refresh(VariableRefresh.OnTimeRangeChanged),
    )
    .withVariable(
      new CustomVariableBuilder('interval')
        .label('interval')
        .values(INTERVALS.join(','))
        .current({ selected: true, text: '1s', value: '1s' }),
    )
    .withPanel(
      candlesticks(
        { title: 'Price', description: 'Closed candles in their latest revision.' },
        CLICKHOUSE,
        sql(
          `SELECT openTime AS time, toFloat64(open) AS open, toFloat64(high) AS high, toFloat64(low) AS low,
             toFloat64(close) AS close, toFloat64(volume) AS volume
           FROM (SELECT * FROM millrace.candles WHERE ${CHOSEN} AND ${SHOWN} ${LATEST_REVISIONS})
           ORDER BY time LIMIT ${MAX_CANDLES}`,
          'table',
        ),
      ),
    )
    .withPanel(
      lines(
        { title: 'Taker buys', description: 'Of what was traded, the share that takers bought.' },
        CLICKHOUSE,
        'percentunit',
        [
          sql(
            `SELECT openTime AS time, toFloat64(takerBuyVolume) / toFloat64(volume) AS share
             FROM (SELECT * FROM millrace.candles WHERE ${CHOSEN} AND ${SHOWN} ${LATEST_REVISIONS})
             WHERE volume > 0 ORDER BY time LIMIT ${MAX_CANDLES}`,
            'timeseries',
          ),
        ],
      ),
    )
    .withPanel(
      lines(
        { title: 'Trades a second by venue', description: 'Stored trades, each once, by their own time.' },
        CLICKHOUSE,
        'cps',
        [
          sql(
            `SELECT $__timeInterval(time) AS at, ${VENUE} AS venue, count() / $__interval_s AS trades
             FROM millrace.trades FINAL WHERE $__timeFilter_ms(time)
             GROUP BY at, venue ORDER BY at, venue`,
            'timeseries',
          ),
        ],
      ),
    )
    .withPanel(
      lines(
        {
          title: 'From venue to receipt',
          description:
            'Half and 99 in a hundred of the trades took no longer from the venue’s stamp until they were received: with the offset of both clocks.',
        },
        CLICKHOUSE,
        'ms',
        [
          sql(
            `SELECT $__timeInterval(time) AS at, ${VENUE} AS venue,
               quantile(0.5)(toUnixTimestamp64Milli(receivedAt) - toUnixTimestamp64Milli(time)) AS p50,
               quantile(0.99)(toUnixTimestamp64Milli(receivedAt) - toUnixTimestamp64Milli(time)) AS p99
             FROM millrace.trades WHERE $__timeFilter_ms(time)
             GROUP BY at, venue ORDER BY at, venue`,
            'timeseries',
          ),
        ],
      ),
    )
    .withPanel(
      lines(
        {
          title: 'Incomplete candles by venue',
          description:
            'The share of 1s candles of which some trade may be missing, or that were not watched from their open.',
        },
        CLICKHOUSE,
        'percentunit',
        [
          sql(
            `SELECT $__timeInterval(openTime) AS at, ${VENUE} AS venue, countIf(NOT complete) / count() AS incomplete
             FROM (SELECT * FROM millrace.candles WHERE interval = '1s' AND ${SHOWN} ${LATEST_REVISIONS})
             GROUP BY at, venue ORDER BY at, venue`,
            'timeseries',
          ),
        ],
      ),
    )
    .withPanel(
      lines(
        {
          title: 'Revised candles by venue',
          description: 'Revisions that late trades made, of all intervals.',
        },
        CLICKHOUSE,
        'short',
        [
          sql(
            `SELECT $__timeInterval(openTime) AS at, ${VENUE} AS venue, countIf(revision > 0) AS revisions
             FROM millrace.candles FINAL WHERE ${SHOWN}
             GROUP BY at, venue ORDER BY at, venue`,
            'timeseries',
          ),
        ],
      ),
    )
    .withPanel(
      lines(
        {
          title: 'Said against data by venue',
          description: 'Entries of the log of quality: one a second of each flag of an instrument.',
        },
        CLICKHOUSE,
        'short',
        [
          sql(
            `SELECT $__timeInterval(time) AS at, concat(venue, ' ', flag) AS said, uniqExact(id) AS entries
             FROM millrace.quality WHERE $__timeFilter_ms(time)
             GROUP BY at, said ORDER BY at, said`,
            'timeseries',
          ),
        ],
      ),
    )
    .withPanel(
      table(
        { title: 'Latest', description: 'The newest trade of each instrument within the time shown.' },
        CLICKHOUSE,
        sql(
          `SELECT instrumentId, max(time) AS latest, toFloat64(argMax(price, (time, tradeId))) AS price, count() AS trades
           FROM millrace.trades FINAL WHERE $__timeFilter_ms(time)
           GROUP BY instrumentId ORDER BY instrumentId LIMIT 1000`,
          'table',
        ),
      ),
    );
}
