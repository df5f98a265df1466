/** What templates ask of an account's quotas, against what it has left. */
import type { Template, TemplateResource } from './assembly.ts';

export interface Demand {
  /** Executions that functions reserve. */
  readonly concurrency: number;
  /** Of streams with a provisioned capacity; others have a quota of their own kind. */
  readonly shards: number;
}

export interface AccountQuotas {
  readonly concurrency: {
    /** Executions at once in the account and region. */
    readonly limit: number;
    /** Those that no function of the account has reserved. */
    readonly unreserved: number;
  };
  readonly shards: { readonly limit: number; readonly open: number };
}

export interface QuotaFinding {
  readonly fits: boolean;
  /** One line. */
  readonly line: string;
}

/** AWS refuses a reservation that would leave less than this to the functions without one. */
const KEPT_UNRESERVED = 100;

export function demandOf(templates: readonly Template[]): Demand {
  const resources = templates.flatMap(({ Resources = {} }) => Object.values(Resources));
  return {
    concurrency: sum(resources, 'AWS::Lambda::Function', 'ReservedConcurrentExecutions'),
    shards: sum(resources, 'AWS::Kinesis::Stream', 'ShardCount'),
  };
}

function sum(resources: readonly TemplateResource[], type: string, property: string): number {
  return resources
    .filter(({ Type }) => Type === type)
    .reduce((total, { Properties = {} }) => total + Number(Properties[property] ?? 0), 0);
}

/**
 * @param asked what is to be deployed asks.
 * @param held what of that is up already and counted in the account's figures.
 */
export function compareQuotas(asked: Demand, held: Demand, account: AccountQuotas): QuotaFinding[] {
  return [concurrencyFinding(asked, held, account), shardFinding(asked, held, account)];
}

function concurrencyFinding(asked: Demand, held: Demand, { concurrency }: AccountQuotas): QuotaFinding {
  const more = asked.concurrency - held.concurrency;
  const spare = Math.max(0, concurrency.unreserved - KEPT_UNRESERVED);
  const said =
    `Lambda concurrency: ${asked.concurrency} reserved (${held.concurrency} of them already), ` +
    `of ${concurrency.limit} in the account ${concurrency.unreserved} unreserved, of which AWS keeps ${KEPT_UNRESERVED}`;
  if (more <= spare) return { fits: true, line: said };
  const needed = concurrency.limit + more - (concurrency.unreserved - KEPT_UNRESERVED);
  return {
    fits: false,
    line:
      `${said}: expected a quota of at least ${needed}; ask for it: aws service-quotas request-service-quota-increase ` +
      `--service-code lambda --quota-code L-B99A9384 --desired-value ${needed}`,
  };
}

function shardFinding(asked: Demand, held: Demand, { shards }: AccountQuotas): QuotaFinding {
  const more = asked.shards - held.shards;
  const said =
    `Kinesis shards: ${asked.shards} (${held.shards} of them already), ` +
    `of ${shards.limit} in the account ${shards.open} open`;
  if (more <= Math.max(0, shards.limit - shards.open)) return { fits: true, line: said };
  const needed = shards.open + more;
  return {
    fits: false,
    line: `${said}: expected a quota of at least ${needed}; ask for it in Service Quotas, under Amazon Kinesis Data Streams`,
  };
}
