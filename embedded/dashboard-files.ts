/**
 * The page at `/`, bundled in memory from dashboard/ when the platform starts to serve: the repository has no build
 * step, and nothing is written to disk. Scripts and styles carry a hash of their content in their names.
 */
import { readFile } from 'node:fs/promises';
import { basename } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build, stop, type OutputFile } from 'esbuild';
import type { StaticFile, StaticFiles } from './http-server/static-files.ts';

const CONTENT_TYPES: Readonly<Record<string, string>> = {
  html: 'text/html; charset=utf-8',
  js: 'text/javascript; charset=utf-8',
  css: 'text/css; charset=utf-8',
  svg: 'image/svg+xml; charset=utf-8',
};

/** The bundles by the names under which index.html asks for them. */
const BUNDLES = { '/dashboard.js': 'main.tsx', '/dashboard.css': 'style/dashboard.css' } as const;
/** Files that are served as they lie in dashboard/. */
const AS_THEY_ARE = ['favicon.svg'];

/** Begins to bundle at once; the first answers wait for the end of it. Each platform asks for its own. */
export function dashboardFiles(folder: URL = new URL('../dashboard/', import.meta.url)): StaticFiles {
  const files = bundlePage(folder);
  // A page that cannot be built fails the requests for it, with the reason in the log, and not the platform.
  files.catch(() => undefined);
  return { get: async (path) => (await files).get(path) ?? null };
}

async function bundlePage(folder: URL): Promise<ReadonlyMap<string, StaticFile>> {
  const [bundles, html, ...others] = await Promise.all([
    bundle(folder),
    readFile(new URL('index.html', folder), 'utf8'),
    ...AS_THEY_ARE.map(async (name) => readFile(new URL(name, folder))),
  ]);
  const files = new Map(
    bundles.map((file) => [file.path, { body: file.contents, contentType: typeOf(file.path) }]),
  );
  for (const [n, name] of AS_THEY_ARE.entries()) {
    files.set(`/${name}`, { body: new Uint8Array(others[n]!), contentType: typeOf(name) });
  }
  const page = { body: withHashedNames(html, [...files.keys()]), contentType: typeOf('index.html') };
  return new Map<string, StaticFile>([...files, ['/', page], ['/index.html', page]]);
}

async function bundle(folder: URL): Promise<readonly OutputFile[]> {
  try {
    const { outputFiles } = await build({
      absWorkingDir: fileURLToPath(folder),
      entryPoints: Object.values(BUNDLES).map((source) => ({ in: source, out: 'dashboard' })),
      entryNames: '[name]-[hash]',
      outdir: '/',
      bundle: true,
      minify: true,
      write: false,
      format: 'esm',
      platform: 'browser',
      target: 'es2023',
      jsx: 'automatic',
      jsxImportSource: 'preact',
      define: { 'process.env.NODE_ENV': '"production"' },
      logLevel: 'silent',
    });
    // On Windows the output folder `/` becomes one of the current drive.
    return outputFiles.map((file) => ({ ...file, path: `/${basename(file.path)}`, contents: file.contents }));
  } finally {
    // The bundler lives in a child process, which has nothing more to do.
    await stop();
  }
}

/** @throws Error when index.html and the bundles no longer name each other. */
function withHashedNames(html: string, paths: readonly string[]): string {
  return Object.keys(BUNDLES).reduce((text, name) => {
    const [stem = '', extension = ''] = name.split('.');
    const path = paths.find(
      (candidate) => candidate.startsWith(`${stem}-`) && candidate.endsWith(`.${extension}`),
    );
    if (path === undefined || !text.includes(`"${name}"`))
      throw new Error(`index.html: expected it to load ${name}`);
    return text.replaceAll(`"${name}"`, `"${path}"`);
  }, html);
}

function typeOf(path: string): string {
  const extension = path.split('.').at(-1)!;
  const contentType = CONTENT_TYPES[extension];
  if (contentType === undefined)
    throw new Error(`${path}: expected one of ${Object.keys(CONTENT_TYPES).join(', ')}`);
  return contentType;
}
