/** What runs on AWS, bundled by esbuild on this machine: no Docker, no build step of its own. */
import { buildSync, type BuildOptions } from 'esbuild';
import { copyFileSync, existsSync } from 'node:fs';
import { join } from 'node:path';
import { topology, type FunctionName } from '../../shared/topology.ts';

const ROOT = join(import.meta.dirname, '../..');

/**
 * ESM loads about twice as fast as CommonJS; its banner makes the `require` that some packages still call for Node's
 * own modules. The SDK is inside, so that what was tested is what runs. Identifiers are kept: a stack trace then names
 * the functions that it went through.
 */
const COMMON: BuildOptions = {
  absWorkingDir: ROOT,
  outExtension: { '.js': '.mjs' },
  bundle: true,
  minifyWhitespace: true,
  minifySyntax: true,
  platform: 'node',
  target: 'node24',
  format: 'esm',
  mainFields: ['module', 'main'],
  banner: {
    js: "import { createRequire } from 'node:module'; const require = createRequire(import.meta.url);",
  },
  legalComments: 'none',
  logLevel: 'warning',
};

/**
 * Sources of credentials that the SDK would load after a function's environment, which always has some. Without them a
 * bundle is a third smaller and loads a third faster.
 */
const NEVER_LOADED_IN_LAMBDA = [
  '@aws-sdk/credential-provider-http',
  '@aws-sdk/credential-provider-ini',
  '@aws-sdk/credential-provider-login',
  '@aws-sdk/credential-provider-process',
  '@aws-sdk/credential-provider-sso',
  '@aws-sdk/credential-provider-web-identity',
  '@smithy/credential-provider-imds',
];

/** How each function is bundled. */
export const FUNCTION_BUNDLE_OPTIONS: BuildOptions = { ...COMMON, external: NEVER_LOADED_IN_LAMBDA };

/** The folder of a function's bundle. */
export type FunctionBundles = (name: FunctionName) => string;

/**
 * Bundles all functions in one run of esbuild.
 * @throws Error naming a function whose entry is missing.
 */
export function bundleFunctions(outputFolder: string): FunctionBundles {
  const names = Object.keys(topology.functions) as FunctionName[];
  const missing = names.find((name) => !existsSync(join(ROOT, entryOf(name))));
  if (missing !== undefined)
    throw new Error(`function ${missing}: expected its entry at ${entryOf(missing)}`);
  buildSync({
    ...FUNCTION_BUNDLE_OPTIONS,
    entryPoints: names.map((name) => ({ in: entryOf(name), out: `${name}/index` })),
    outdir: outputFolder,
  });
  return (name) => join(outputFolder, name);
}

/** Bundles the collector beside its Dockerfile. @returns the folder, which is the context of the image. */
export function bundleCollector(outputFolder: string): string {
  const folder = join(outputFolder, 'collector');
  buildSync({ ...COMMON, entryPoints: [{ in: 'collector/index.ts', out: 'index' }], outdir: folder });
  copyFileSync(join(ROOT, 'collector/Dockerfile'), join(folder, 'Dockerfile'));
  return folder;
}

/** Where a function begins on AWS, from the repository's root. */
export function entryOf(name: FunctionName): string {
  return `lambdas/${topology.functions[name].context}/${name}/index.ts`;
}
