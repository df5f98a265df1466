import { parseArgs } from 'node:util';
import type { StageName } from '../../lib/config/stage.ts';
import { OneLineFailure } from '../emulator/one-line-failure.ts';

/** Those that are on AWS. */
const STAGES = ['dev', 'prod'] as const satisfies readonly StageName[];

export interface DeployRequest {
  readonly stage: (typeof STAGES)[number];
  /** Looks at everything and changes nothing. */
  readonly check: boolean;
  /** What `-c NAME=VALUE` says, by name. */
  readonly context: Readonly<Record<string, string>>;
  readonly parameters: readonly GivenParameter[];
  /** Where CDK writes what it synthesises. */
  readonly outputFolder: string;
}

export interface GivenParameter {
  /** null: of the one stack that asks for it. */
  readonly stack: string | null;
  readonly name: string;
  readonly value: string;
}

/** What `-c` may say: the app would pass over any other name in silence, and a misspelt one with it. */
export const CONTEXT_NAMES = [
  'alarmEmail',
  'alarmUrl',
  'alarmSlack',
  'symbols',
  'pageOrigin',
  'enhancedFanOut',
  'webSocket',
  'dashboard',
  'release',
] as const;

const OUTPUT_FOLDER = 'cdk.out';

const USAGE =
  'npm run deploy -- --stage dev|prod [--check] [-c NAME=VALUE …] [--parameters [STACK:]NAME=VALUE …] [--output FOLDER]';

/** @throws OneLineFailure naming what is wrong. */
export function readOptions(args: readonly string[]): DeployRequest {
  const { stage, check, context, parameters, output } = parse(args);
  const known = STAGES.find((name) => name === stage);
  if (known === undefined)
    throw new OneLineFailure(
      `--stage ${stage ?? 'is missing'}: expected dev or prod; an emulator is deployed to by npm run deploy:local`,
    );
  return {
    stage: known,
    check,
    context: Object.fromEntries(context.map(readContext)),
    parameters: parameters.map(readParameter),
    outputFolder: output,
  };
}

/**
 * The command that says the same again, for the shell. What is often a secret of its own, the address of an on-call
 * service, is left out.
 */
export function commandOf({ stage, check, context, parameters, outputFolder }: DeployRequest): string {
  const words = [
    ...['--stage', stage, ...(check ? ['--check'] : [])],
    ...Object.entries(context).flatMap(([name, value]) => [
      '-c',
      `${name}=${name === 'alarmUrl' ? '…' : value}`,
    ]),
    ...parameters.flatMap(({ stack, name, value }) => [
      '--parameters',
      `${stack === null ? '' : `${stack}:`}${name}=${value}`,
    ]),
    ...(outputFolder === OUTPUT_FOLDER ? [] : ['--output', outputFolder]),
  ];
  return ['npm run deploy --', ...words.map(quoted)].join(' ');
}

function quoted(word: string): string {
  return /^[\w\-=:/.,@]+$/.test(word) ? word : `'${word.replaceAll("'", String.raw`'\''`)}'`;
}

function parse(args: readonly string[]) {
  try {
    return parseArgs({
      args: [...args],
      options: {
        stage: { type: 'string' },
        check: { type: 'boolean', default: false },
        context: { type: 'string', short: 'c', multiple: true, default: [] },
        parameters: { type: 'string', multiple: true, default: [] },
        output: { type: 'string', default: OUTPUT_FOLDER },
      },
    }).values;
  } catch (error) {
    throw new OneLineFailure(`${(error as Error).message.split('\n', 1)[0]}\nusage: ${USAGE}`);
  }
}

function readContext(text: string): [string, string] {
  const [, name, value] = /^([^=]+)=([\s\S]+)$/.exec(text) ?? [];
  if (name === undefined || value === undefined)
    throw new OneLineFailure(`-c ${text}: expected NAME=VALUE, such as -c alarmEmail=you@example.com`);
  if (name === 'stage') throw new OneLineFailure(`-c stage=${value}: expected --stage ${value}`);
  if (!(CONTEXT_NAMES as readonly string[]).includes(name))
    throw new OneLineFailure(`-c ${name}=…: expected one of ${CONTEXT_NAMES.join(', ')}`);
  return [name, value];
}

function readParameter(text: string): GivenParameter {
  // A value may have colons and equals signs of its own: an address, a JWKS.
  const [, stack, name, value] = /^(?:([\w-]+):)?(\w+)=([\s\S]*)$/.exec(text) ?? [];
  if (name === undefined || value === undefined)
    throw new OneLineFailure(
      `--parameters ${text}: expected [STACK:]NAME=VALUE, such as --parameters ClickHouseUrl=https://…`,
    );
  return { stack: stack ?? null, name, value };
}
