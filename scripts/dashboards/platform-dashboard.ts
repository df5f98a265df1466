/** How the platform is doing, asked of Prometheus. */
import { DashboardBuilder, RowBuilder } from '@grafana/grafana-foundation-sdk/dashboard';
import { named, PROMETHEUS, promql, rateOf } from './data-sources.ts';
import { lines, type PanelText } from './panels.ts';

const QUANTILES = [0.5, 0.99] as const;

export function platformDashboard() {
  // Every Grafana reads this model from a file, the newer one only since its 12th.
  // eslint-disable-next-line @typescript-eslint/no-deprecated
  return new DashboardBuilder('Millrace: platform')
    .uid('millrace-platform')
    .description('Throughput, latency, gaps and failures, as the platform counts them.')
    .tags(['millrace'])
    .refresh('5s')
    .time({ from: 'now-15m', to: 'now' })
    .withRow(new RowBuilder('Throughput and latency'))
    .withPanel(
      byVenue(
        { title: 'Trades stored', description: 'Trades a second that were written to ClickHouse.' },
        'cps',
        rateOf('tradesStored', 'venue'),
      ),
    )
    .withPanel(queryable())
    .withPanel(
      lines(
        { title: 'Candles', description: 'Candles a second that closed or were revised.' },
        PROMETHEUS,
        'cps',
        [
          promql(`sum (rate(${named('candlesClosed')}[$__rate_interval]))`, 'closed', 'A'),
          promql(`sum (rate(${named('candlesRevised')}[$__rate_interval]))`, 'revised', 'B'),
        ],
      ),
    )
    .withPanel(
      byFunction(
        { title: 'Age of what waits', description: 'Of the oldest record that waits for a function.' },
        's',
        `max by (function) (${named('functionLagMs')})`,
      ),
    )
    .withRow(new RowBuilder('Gaps and quality by venue'))
    .withPanel(
      byVenue(
        { title: 'Silence', description: 'Since the last message of the venue.' },
        's',
        `max by (venue) (${named('venueSilenceMs')})`,
      ),
    )
    .withPanel(
      byVenue(
        { title: 'Quietest instrument', description: 'Since its last trade.' },
        's',
        `max by (venue) (${named('quietestInstrumentMs')})`,
      ),
    )
    .withPanel(
      byVenue(
        { title: 'Clock', description: 'How far the clock of the venue and ours are apart.' },
        's',
        `max by (venue) (${named('venueClockOffsetMs')})`,
      ),
    )
    .withPanel(
      lines(
        {
          title: 'Gaps',
          description:
            'Within five minutes: what was missed, fetched, and is missing for good; and ids that began anew.',
        },
        PROMETHEUS,
        'short',
        [
          promql(`sum by (venue) (increase(${named('sequenceGaps')}[5m]))`, '{{venue}} gaps in numbers', 'A'),
          promql(`sum by (venue) (increase(${named('tradesFetched')}[5m]))`, '{{venue}} trades fetched', 'B'),
          promql(`sum by (venue) (increase(${named('tradesMissing')}[5m]))`, '{{venue}} trades missing', 'C'),
          promql(`sum by (venue) (increase(${named('tradeIdResets')}[5m]))`, '{{venue}} ids begun anew', 'D'),
        ],
      ),
    )
    .withPanel(
      lines(
        {
          title: 'Connections and messages',
          description: 'Within five minutes: lost, renewed before they were cut, not read, and not heard.',
        },
        PROMETHEUS,
        'short',
        [
          promql(
            `sum by (venue) (increase(${named('connectionsLost')}[5m]))`,
            '{{venue}} connections lost',
            'A',
          ),
          promql(
            `sum by (venue) (increase(${named('messagesSetAside')}[5m]))`,
            '{{venue}} messages set aside',
            'B',
          ),
          promql(
            `sum by (venue) (increase(${named('connectionsRenewed')}[5m]))`,
            '{{venue}} connections renewed',
            'C',
          ),
          promql(
            `sum by (venue) (increase(${named('deafInstruments')}[5m]))`,
            '{{venue}} instruments not heard',
            'D',
          ),
        ],
      ),
    )
    .withPanel(
      lines(
        { title: 'Set aside and repeated', description: 'Within five minutes, of all venues.' },
        PROMETHEUS,
        'short',
        [
          promql(`increase(${named('quarantined')}[5m])`, 'quarantined', 'A'),
          promql(`sum (increase(${named('tradesRepeated')}[5m]))`, 'trades repeated', 'B'),
          promql(`sum (increase(${named('recordsFenced')}[5m]))`, 'records fenced', 'C'),
        ],
      ),
    )
    .withPanel(
      lines({ title: 'Trading', description: 'Within five minutes.' }, PROMETHEUS, 'short', [
        promql(`sum (increase(${named('signalsRaised')}[5m]))`, 'signals', 'A'),
        promql(`sum (increase(${named('ordersApproved')}[5m]))`, 'orders approved', 'B'),
        promql(`sum (increase(${named('ordersDenied')}[5m]))`, 'orders denied', 'C'),
        promql(`sum (increase(${named('fillsBooked')}[5m]))`, 'fills', 'D'),
      ]),
    )
    .withRow(new RowBuilder('Functions and queues'))
    .withPanel(
      byFunction(
        { title: 'Invocations', description: 'A second.' },
        'cps',
        rateOf('functionInvocations', 'function'),
      ),
    )
    .withPanel(
      byFunction(
        { title: 'Failures', description: 'A second.' },
        'cps',
        rateOf('functionErrors', 'function'),
      ),
    )
    .withPanel(
      byFunction(
        { title: 'Duration, p99', description: 'Of the last 512 invocations.' },
        's',
        named('functionDurationMsP99'),
      ),
    )
    .withPanel(
      lines({ title: 'Waiting and given up', description: 'How it stands.' }, PROMETHEUS, 'short', [
        promql(named('deadLetters'), 'dead letters of {{queue}}', 'A'),
        promql(named('itemsGivenUp'), 'given up', 'B'),
        promql(named('functionsWaiting'), 'waiting for a store', 'C'),
      ]),
    );
}

function byVenue(text: PanelText, unit: string, expression: string) {
  return lines(text, PROMETHEUS, unit, [promql(expression, '{{venue}}')]);
}

function byFunction(text: PanelText, unit: string, expression: string) {
  return lines(text, PROMETHEUS, unit, [promql(expression, '{{function}}')]);
}

function queryable() {
  const buckets = `sum by (venue, le) (rate(${named('tradeToQueryableMs')}_bucket[$__rate_interval]))`;
  const queries = QUANTILES.map((quantile, n) =>
    promql(`histogram_quantile(${quantile}, ${buckets})`, `{{venue}} p${quantile * 100}`, 'AB'.charAt(n)),
  );
  const description =
    'From the receipt of a trade until ClickHouse has it, of a sample of each batch that has its slowest.';
  return lines({ title: 'Received to queryable', description }, PROMETHEUS, 's', queries);
}
