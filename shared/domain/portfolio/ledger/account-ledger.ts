import type { Fill } from '../../orders/order.ts';
import { imbalancesOf, listed, NO_BALANCES, posted, type Balances } from './balances.ts';
import { capitalEntry, OWN_SUB_LEDGER, type Budget, type Entry } from './entry.ts';
import { currenciesOf } from '../../market-data/instrument.ts';
import { enterFill, openSubLedger, type Entered, type SubLedger } from './sub-ledger.ts';

/**
 * The ledger of an account: its own sub-ledger and those of its instances, which add up to it. What an account is opened
 * with is what its instances were given, since nobody is told of more.
 */
export class AccountLedger {
  #all: Balances = NO_BALANCES;
  #own: Balances = NO_BALANCES;
  /** Of instances that are removed. */
  #former: Balances = NO_BALANCES;
  readonly #subLedgers = new Map<string, SubLedger>();

  open(budget: Budget): void {
    const { strategyId, capital, instrumentId } = budget;
    if (this.#subLedgers.has(strategyId)) throw new Error(`instance ${strategyId} has a sub-ledger`);
    this.#post(capitalEntry(currenciesOf(instrumentId).quote, capital));
    const { entry, ledger } = openSubLedger(budget);
    this.#post(entry);
    this.#subLedgers.set(strategyId, ledger);
  }

  /** @param fill of an instance that has a sub-ledger, in the order of `compareFills` */
  enter(fill: Fill): Entered {
    const outcome = enterFill(this.of(fill.strategyId), fill);
    if (outcome.kind === 'entered') {
      this.#post(outcome.entry);
      this.#subLedgers.set(fill.strategyId, outcome.ledger);
    }
    return outcome;
  }

  /** The instance is removed, and what it made stays. Another of the same id may be opened. */
  close(strategyId: string): void {
    this.#former = posted(this.#former, listed(this.of(strategyId).balances));
    this.#subLedgers.delete(strategyId);
  }

  of(strategyId: string): SubLedger {
    const ledger = this.#subLedgers.get(strategyId);
    if (ledger === undefined) throw new Error(`instance ${strategyId} has no sub-ledger`);
    return ledger;
  }

  /** Of all postings. */
  get balances(): Balances {
    return this.#all;
  }

  /** The same by another way: what the sub-ledgers come to. */
  get sumOfSubLedgers(): Balances {
    return [...this.#subLedgers.values()].reduce(
      (sum, { balances }) => posted(sum, listed(balances)),
      posted(this.#own, listed(this.#former)),
    );
  }

  #post({ postings }: Entry): void {
    const [wrong] = imbalancesOf(postings).keys();
    if (wrong !== undefined) throw new Error(`an entry does not balance in ${wrong}`);
    this.#all = posted(this.#all, postings);
    const own = postings.filter(({ subLedger }) => subLedger === OWN_SUB_LEDGER);
    if (own.length > 0) this.#own = posted(this.#own, own);
  }
}
