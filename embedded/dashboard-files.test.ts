import { afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { cp, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { dashboardFiles } from './dashboard-files.ts';
import type { StaticFiles } from './http-server/static-files.ts';

const text = async (files: StaticFiles, path: string): Promise<string> => {
  const file = await files.get(path);
  if (file === null) throw new Error(`expected ${path}`);
  return Buffer.from(file.body).toString('utf8');
};
const loadedBy = (html: string): string[] =>
  [...html.matchAll(/(?:src|href)="([^"]+)"/g)].map((match) => match[1]!);

describe('the files of the page', () => {
  let files: StaticFiles;
  beforeAll(() => {
    files = dashboardFiles();
  });

  it('are all there that the page loads, each as what it is', async () => {
    const paths = loadedBy(await text(files, '/'));
    const types = await Promise.all(paths.map(async (path) => (await files.get(path))?.contentType));
    expect(types).toEqual([
      'image/svg+xml; charset=utf-8',
      'text/css; charset=utf-8',
      'text/javascript; charset=utf-8',
    ]);
    expect(await text(files, '/index.html')).toBe(await text(files, '/'));
  });

  it('carry the page without a platform in it: no schema, no ledger', async () => {
    const script = loadedBy(await text(files, '/')).find((path) => path.endsWith('.js'))!;
    const source = await text(files, script);
    expect(source).toContain('npx millrace token');
    expect(source).not.toContain('ZodError');
    expect(source.length).toBeLessThan(400_000);
  });

  it('keep to the policy of the page: no script and no style in the document', async () => {
    const html = await text(files, '/');
    expect(html).not.toMatch(/<script(?![^>]*src=)|<style|style=|\son[a-z]+=/);
  });

  it('are no others', async () => {
    expect(await files.get('/main.tsx')).toBeNull();
    expect(await files.get('/dashboard.js')).toBeNull();
    expect(await files.get('/../package.json')).toBeNull();
  });
});

describe('the files of a changed page', () => {
  let folder: string;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'millrace-page-'));
    await cp(new URL('../dashboard/', import.meta.url), join(folder, 'dashboard'), { recursive: true });
    await symlink(fileURLToPath(new URL('../node_modules/', import.meta.url)), join(folder, 'node_modules'));
  });
  afterEach(async () => rm(folder, { recursive: true, force: true }));
  const filesOf = (): StaticFiles => dashboardFiles(pathToFileURL(`${join(folder, 'dashboard')}/`));

  it('have other names, so that no cache mixes two versions', async () => {
    const before = loadedBy(await text(filesOf(), '/'));
    await writeFile(join(folder, 'dashboard', 'style', 'dashboard.css'), 'body { color: red }');
    const after = loadedBy(await text(filesOf(), '/'));
    expect(after[1]).not.toBe(before[1]);
    expect([after[0], after[2]]).toEqual([before[0], before[2]]);
  });

  it('that cannot be bundled fail the requests for them, and say where', async () => {
    await writeFile(join(folder, 'dashboard', 'main.tsx'), 'const = 1;');
    await expect(filesOf().get('/')).rejects.toThrow(/main\.tsx:1:6/);
  });
});
