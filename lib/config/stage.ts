/** What differs between the places that the platform is deployed to. */
import { RetentionDays } from 'aws-cdk-lib/aws-logs';
import * as z from 'zod';
import { isSymbolOfVenue } from '../../shared/contracts/exchange.ts';
import { tokenRules } from '../../shared/contracts/token-rules.ts';
import type { AlarmReceiver } from './alarm-receivers.ts';

const stageSchema = z
  .strictObject({
    name: z.enum(['localstack', 'dev', 'prod']),
    /** Deployed to an emulator: short-lived, without what emulators refuse. */
    emulated: z.boolean(),
    architecture: z.enum(['arm64', 'x86_64']),
    logRetention: z.enum(RetentionDays),
    /** Tables, archive and secret survive their stack, and can be restored to any point in time. */
    keepsData: z.boolean(),
    /** Logs and dead letters survive their stack, until they are of age: what went wrong is asked after, when it is gone. */
    keepsEvidence: z.boolean(),
    /** A new version of what answers requests is given a tenth of them first, and taken back when an alarm rings. */
    shiftsGradually: z.boolean(),
    /** Those stream consumers that the topology names read over a pipe of their own: 70 ms instead of 200, for some $22 a month each. */
    enhancedFanOut: z.boolean(),
    /** Where a page is served from that may call the API, beside the API's own; null: from nowhere else. */
    pageOrigin: z.httpUrl().nullable(),
    /** Deployed only when somebody is named who hears of its alarms. */
    alarmsMustReachSomebody: z.boolean(),
    /** A stack of its own, because LocalStack's free edition has no WebSocket API. */
    webSocket: z.boolean(),
    /** Likewise: LocalStack's free edition makes none. */
    dashboard: z.boolean(),
    /** Which of the issuer's tokens the REST API believes, and what the issuer's names for rights mean. */
    tokens: tokenRules,
    rest: z.strictObject({ requestsPerSecond: z.int().min(1), burst: z.int().min(1) }),
    /** Concurrency that is kept for a function and that it may not exceed, by function name. */
    reservedConcurrency: z.record(z.string(), z.int().min(1)),
    collector: z
      .strictObject({
        /** The venues' own symbols with the exchange before them, `kraken:BTC/USD`; one process listens to all of them. */
        symbols: z
          .array(z.string().refine(isSymbolOfVenue, { error: 'expected a symbol such as binance:BTCUSDT' }))
          .min(1)
          .max(200),
        cpuUnits: z.literal([256, 512, 1024]),
        memoryMb: z.int().min(512).max(8192),
        /** One listens; a second stands by and takes over within seconds. */
        tasks: z.literal([1, 2]),
      })
      .nullable(),
  })
  // Requests go to the functions themselves there: an emulator has nothing that shifts them from one to another.
  .refine(({ emulated, shiftsGradually }) => !(emulated && shiftsGradually), {
    path: ['shiftsGradually'],
    message: 'expected false where emulated is true',
  });
export type StageSettings = z.infer<typeof stageSchema>;
/** The settings, and what `-c` says beside them. */
export interface Stage extends StageSettings {
  readonly alarmReceivers: readonly AlarmReceiver[];
}
export type StageName = Stage['name'];

/** @throws Error of one line naming the first setting that is wrong. */
export function parseStage(input: unknown): StageSettings {
  const parsed = stageSchema.safeParse(input);
  if (parsed.success) return parsed.data;
  const issue = parsed.error.issues[0]!;
  throw new Error(`stage: ${issue.path.join('.')}: ${issue.message}`);
}
