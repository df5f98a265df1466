/** What is inside the bundles: of the SDK no client but those that the function's capabilities call for. */
import { buildSync } from 'esbuild';
import { beforeAll, describe, expect, it } from '@jest/globals';
import { FUNCTION_BUNDLE_OPTIONS, entryOf } from '../../lib/constructs/bundles.ts';
import type { Capabilities } from '../../shared/topology-schema.ts';
import { topology, type FunctionName } from '../../shared/topology.ts';

const CLIENTS: Readonly<Record<keyof Capabilities, readonly string[]>> = {
  state: ['dynamodb'],
  append: ['kinesis'],
  publish: ['eventbridge'],
  send: ['sqs'],
  objects: ['s3'],
  trades: ['secrets-manager'],
  candles: ['secrets-manager'],
  quotes: ['secrets-manager'],
  quality: ['secrets-manager'],
  push: ['apigatewaymanagementapi'],
  execute: ['sfn'],
  metrics: [],
  functionHealth: ['cloudwatch', 'ssm'],
  deadLetters: ['sqs'],
  givenUp: ['eventbridge', 'kinesis', 's3', 'sqs', 'ssm'],
  verifyTokens: [],
};
const MAX_BYTES = 1024 * 1024;
/** It reads and writes Parquet, on a schedule: nobody waits for it to load. */
const MAX_BYTES_OF_ARCHIVE = 1.25 * MAX_BYTES;

const names = Object.keys(topology.functions) as FunctionName[];

describe('the bundle of', () => {
  const clients = new Map<string, readonly string[]>();
  const bytes = new Map<string, number>();

  beforeAll(() => {
    const { metafile } = buildSync({
      ...FUNCTION_BUNDLE_OPTIONS,
      entryPoints: names.map((name) => ({ in: entryOf(name), out: name })),
      outdir: 'bundles',
      write: false,
      metafile: true,
    });
    for (const [file, { inputs, bytes: size }] of Object.entries(metafile.outputs)) {
      const name = file.replace(/^.*\/|\.mjs$/g, '');
      const inside = Object.keys(inputs).flatMap(
        (path) => /@aws-sdk\/client-([a-z0-9-]+)\//.exec(path)?.[1] ?? [],
      );
      clients.set(name, [...new Set(inside)].sort());
      bytes.set(name, size);
    }
  }, 60_000);

  it.each(names)('%s holds no client that it may not use, and is small', (name) => {
    const capabilities = Object.keys(topology.functions[name].capabilities) as (keyof Capabilities)[];
    const needed = new Set(capabilities.flatMap((capability) => CLIENTS[capability]));
    expect(clients.get(name)!.filter((client) => !needed.has(client))).toEqual([]);
    expect(bytes.get(name)).toBeLessThan(name === 'archive-trades' ? MAX_BYTES_OF_ARCHIVE : MAX_BYTES);
  });
});
