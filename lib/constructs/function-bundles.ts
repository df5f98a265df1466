import { buildSync } from 'esbuild';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { topology, type FunctionName } from '../../shared/topology.ts';

const ROOT = join(import.meta.dirname, '../..');

/** ESM has no `require`, which some packages still call for Node's own modules. */
const REQUIRE_BANNER =
  "import { createRequire } from 'node:module'; const require = createRequire(import.meta.url);";

/**
 * Sources of credentials that the SDK would load after a function's environment, which always has some. Without them a
 * bundle is a third smaller and loads a third faster.
 */
const NEVER_LOADED = [
  '@aws-sdk/credential-provider-http',
  '@aws-sdk/credential-provider-ini',
  '@aws-sdk/credential-provider-login',
  '@aws-sdk/credential-provider-process',
  '@aws-sdk/credential-provider-sso',
  '@aws-sdk/credential-provider-web-identity',
  '@smithy/credential-provider-imds',
];

/** Where a function's entry lies, from the repository's root. */
export function entryOf(name: FunctionName): string {
  return `lambdas/${topology.functions[name].context}/${name}/index.ts`;
}

/**
 * Bundles all functions in one run of esbuild, without Docker: ESM, which loads about twice as fast as CommonJS, with
 * the SDK inside, so that what was tested is what runs.
 * @returns the folder of each function, beneath `outputFolder`.
 * @throws Error naming a function whose entry is missing.
 */
export function bundleFunctions(outputFolder: string): (name: FunctionName) => string {
  const names = Object.keys(topology.functions) as FunctionName[];
  for (const name of names) {
    if (!existsSync(join(ROOT, entryOf(name))))
      throw new Error(`function ${name}: expected its entry at ${entryOf(name)}`);
  }
  buildSync({
    absWorkingDir: ROOT,
    entryPoints: names.map((name) => ({ in: entryOf(name), out: `${name}/index` })),
    outdir: outputFolder,
    outExtension: { '.js': '.mjs' },
    bundle: true,
    // Identifiers stay: a stack trace then names the functions that it went through.
    minifyWhitespace: true,
    minifySyntax: true,
    platform: 'node',
    target: 'node24',
    format: 'esm',
    mainFields: ['module', 'main'],
    external: NEVER_LOADED,
    banner: { js: REQUIRE_BANNER },
    legalComments: 'none',
    logLevel: 'warning',
  });
  return (name) => join(outputFolder, name);
}
