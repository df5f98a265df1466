import { quoteCurrencyOf, type Portfolio, type Position } from '../api/views.ts';
import { ratioOf, signOf, subtract } from '../numbers/exact-decimal.ts';
import {
  formatCash,
  formatPrice,
  formatProfit,
  formatQuantity,
  formatRatioChange,
  NO_FIGURE,
  pricePlaces,
} from '../numbers/format-number.ts';
import { dayLabel, formatMoment } from '../numbers/format-time.ts';
import { InstrumentName } from '../page/instrument-name.tsx';
import { Empty, Panel } from '../page/panel.tsx';
import { EquityChart } from './equity-chart.tsx';
import { openPositions } from './read-ledger.ts';
import type { EquityCurve, LedgerView } from './use-ledger.ts';

interface PortfolioPanelProps {
  readonly view: LedgerView;
  /** Whose figures and curve are shown; the others are listed. */
  readonly quoteCurrency: string;
}

export function PortfolioPanel({ view, quoteCurrency }: PortfolioPanelProps) {
  const { portfolio, equity } = view;
  const total = portfolio?.totals.find((candidate) => candidate.quoteCurrency === quoteCurrency);
  return (
    <Panel
      title="Portfolio"
      place="portfolio"
      failure={view.failure}
      aside={<span class="hint">{quoteCurrency}</span>}
    >
      {portfolio === null && <Empty>Reading the portfolio…</Empty>}
      {portfolio !== null && total === undefined && (
        <Empty>No capital at work in {quoteCurrency} yet: create a strategy, and its cash shows here.</Empty>
      )}
      {total !== undefined && <Totals total={total} equity={equity} />}
      {total !== undefined &&
        (equity === null ? (
          <div class="equity-chart" />
        ) : (
          <EquityChart curve={equity} currency={quoteCurrency} />
        ))}
      {portfolio !== null && total !== undefined && (
        <Positions positions={openPositions(portfolio.positions)} />
      )}
      {portfolio !== null && <OtherCurrencies totals={portfolio.totals} quoteCurrency={quoteCurrency} />}
    </Panel>
  );
}

type Total = Portfolio['totals'][number];

function Totals({ total, equity }: { readonly total: Total; readonly equity: EquityCurve | null }) {
  const currency = total.quoteCurrency;
  const change = equity === null ? null : subtract(total.equity, equity.startEquity);
  const ratio = change === null || equity === null ? null : ratioOf(change, equity.startEquity);
  return (
    <dl class="totals">
      <div class="main-total">
        <dt>Equity</dt>
        <dd>{formatCash(total.equity, currency)}</dd>
      </div>
      <div>
        <dt title={changeTitle(equity)}>{changeLabel(equity)}</dt>
        <dd class={change === null ? '' : toneOf(change)}>
          {change === null ? NO_FIGURE : formatProfit(change, currency)}
          {ratio !== null && <small> {formatRatioChange(ratio)}</small>}
        </dd>
      </div>
      <div>
        <dt>Cash</dt>
        <dd>{formatCash(total.cash, currency)}</dd>
      </div>
      <div>
        <dt>Realised</dt>
        <dd class={toneOf(total.realizedProfit)}>{formatProfit(total.realizedProfit, currency)}</dd>
      </div>
      <div>
        <dt>Unrealised</dt>
        <dd class={toneOf(total.unrealizedProfit)}>{formatProfit(total.unrealizedProfit, currency)}</dd>
      </div>
      <div>
        <dt>Fees paid</dt>
        <dd>{formatCash(total.feesPaid, currency)}</dd>
      </div>
    </dl>
  );
}

function toneOf(change: string): string {
  return ['down', '', 'up'][signOf(change) + 1]!;
}

function changeLabel(equity: EquityCurve | null): string {
  if (equity === null) return 'Today (UTC)';
  if (equity.isWholeDay) return dayLabel(equity.sinceMs, Date.now());
  return `Since ${formatMoment(equity.sinceMs, Date.now())}`;
}

function changeTitle(equity: EquityCurve | null): string {
  const basis = 'Rebuilt from fills and one-minute closes; at the market from when this page was opened.';
  if (equity === null || equity.isWholeDay) return basis;
  return `${basis} The day has more fills than the page reads.`;
}

/** The characters of figures that stand beside a name in one line of a narrow panel, and in a smaller print. */
const LINE_CHARACTERS = 32;
const DENSE_LINE_CHARACTERS = 36;

function Positions({ positions }: { readonly positions: readonly Position[] }) {
  if (positions.length === 0) return <Empty>No open position: all of it is cash.</Empty>;
  const rows = positions.map((position) => ({ position, figures: figuresOf(position) }));
  const longest = rows[0]!.figures.map((_, column) =>
    Math.max(...rows.map(({ figures }) => figures[column]!.length)),
  );
  const characters = longest.reduce((sum, length) => sum + length, 0);
  return (
    <div class="scroll" tabIndex={0} role="region" aria-label="Open positions">
      <table class={`positions ${fitOf(characters)}`}>
        <thead>
          <tr>
            <th class="name">Position</th>
            <th class="number quantity">Quantity</th>
            <th class="number entry">Entry</th>
            <th class="number market">Market</th>
            <th class="number profit">Profit</th>
          </tr>
        </thead>
        <tbody>
          {rows.map(({ position, figures: [quantity, entry, market, profit] }) => (
            <tr key={position.strategyId}>
              <td class="name">
                <InstrumentName instrumentId={position.instrumentId} />
              </td>
              <td class="number quantity">{quantity}</td>
              <td class="number entry">{entry}</td>
              <td class="number market">{market}</td>
              <td class={`number profit ${toneOf(position.unrealizedProfit)}`}>{profit}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

function fitOf(characters: number): 'folding' | 'dense' | '' {
  if (characters > DENSE_LINE_CHARACTERS) return 'folding';
  return characters > LINE_CHARACTERS ? 'dense' : '';
}

/** Quantity, entry, market and profit; the two prices of one position stand in line. */
function figuresOf({ instrumentId, quantity, entryPrice, markPrice, unrealizedProfit }: Position) {
  const places = pricePlaces([entryPrice, markPrice].filter((price) => price !== null));
  const priceText = (price: string | null): string =>
    price === null ? NO_FIGURE : formatPrice(price, places);
  return [
    formatQuantity(quantity),
    priceText(entryPrice),
    priceText(markPrice),
    formatProfit(unrealizedProfit, quoteCurrencyOf(instrumentId)),
  ] as const;
}

function OtherCurrencies({
  totals,
  quoteCurrency,
}: {
  readonly totals: readonly Total[];
  readonly quoteCurrency: string;
}) {
  const others = totals.filter((total) => total.quoteCurrency !== quoteCurrency);
  if (others.length === 0) return null;
  return (
    <p class="hint other-currencies">
      Equity in other currencies:{' '}
      {others
        .map((total) => `${formatCash(total.equity, total.quoteCurrency)} ${total.quoteCurrency}`)
        .join(', ')}
    </p>
  );
}
