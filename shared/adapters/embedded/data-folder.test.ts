import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { CorruptDataFolder } from './corrupt-data-folder.ts';
import { assertDataFolder, DataFolderBusy, openDataFolder } from './data-folder.ts';
import { temporaryFolder } from '../../../test/support/temporary-folder.ts';

const dataFolderModule = new URL('./data-folder.ts', import.meta.url).href;

describe('openDataFolder', () => {
  const parent = temporaryFolder();
  const pathOf = (name: string) => join(parent, name);

  it('makes a folder that only its owner can read, and takes it again after closing', () => {
    const folder = openDataFolder(pathOf('new/deep'));
    expect(statSync(folder.path).mode & 0o777).toBe(0o700);
    expect(folder.stateDatabase).toBe(pathOf('new/deep/state.db'));
    folder.close();
    openDataFolder(pathOf('new/deep'), { mustExist: true }).close();
  });

  it('is had by one at a time, and says by whom', () => {
    const folder = openDataFolder(pathOf('busy'));
    expect(() => openDataFolder(pathOf('busy'))).toThrow(DataFolderBusy);
    expect(() => openDataFolder(pathOf('busy'))).toThrow(`busy is in use by process ${process.pid}`);
    folder.close();
  });

  it('is refused to us while another process has it, and is ours once that process was killed', async () => {
    const path = pathOf('killed');
    const script = `import { openDataFolder } from ${JSON.stringify(dataFolderModule)};
      openDataFolder(${JSON.stringify(path)}); console.log('open'); setInterval(() => {}, 1000);`;
    const owner = spawn(process.execPath, ['--input-type=module', '--eval', script], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    try {
      await once(owner.stdout, 'data');
      expect(() => openDataFolder(path)).toThrow(`in use by process ${owner.pid}`);
    } finally {
      owner.kill('SIGKILL');
    }
    const folder = openDataFolder(path);
    expect(folder.path).toBe(path);
    folder.close();
  });

  it('refuses a folder that holds something else, and leaves it as it is', () => {
    mkdirSync(pathOf('photos'));
    writeFileSync(join(pathOf('photos'), 'cat.jpg'), '');
    expect(() => openDataFolder(pathOf('photos'))).toThrow(
      /photos is not a data folder: expected an empty folder/,
    );
    expect(readdirSync(pathOf('photos'))).toEqual(['cat.jpg']);
  });

  it('refuses a file', () => {
    writeFileSync(pathOf('file'), '');
    expect(() => openDataFolder(pathOf('file'))).toThrow(/file is not a folder/);
  });

  it.each([
    ['another format', '{"format":2}', /has format 2, this version reads format 1/],
    ['a format file that is no JSON', '{"for', /format\.json cannot be read/],
    ['a format file that is no object', '7', /format\.json cannot be read \(not a JSON object\)/],
  ])('refuses %s', (_, content, message) => {
    const path = pathOf(`format ${content.length}`);
    mkdirSync(path);
    writeFileSync(join(path, 'format.json'), content);
    expect(() => openDataFolder(path)).toThrow(CorruptDataFolder);
    expect(() => openDataFolder(path)).toThrow(message);
    expect(readdirSync(path)).toEqual(['format.json']);
  });

  it('refuses a lock file that is not one', () => {
    openDataFolder(pathOf('lock')).close();
    writeFileSync(join(pathOf('lock'), 'lock.db'), 'not a database, by far'.repeat(100));
    expect(() => openDataFolder(pathOf('lock'))).toThrow(
      /lock\.db cannot be locked \(file is not a database\)/,
    );
  });

  it('refuses a lock that is a folder', () => {
    openDataFolder(pathOf('locked folder')).close();
    rmSync(join(pathOf('locked folder'), 'lock.db'));
    mkdirSync(join(pathOf('locked folder'), 'lock.db'));
    expect(() => openDataFolder(pathOf('locked folder'))).toThrow(CorruptDataFolder);
  });

  it('may be asked whether it holds data while another has it', () => {
    const folder = openDataFolder(pathOf('asked'));
    expect(() => assertDataFolder(pathOf('asked'))).not.toThrow();
    expect(() => assertDataFolder(pathOf('nowhere'))).toThrow(/nowhere holds no data/);
    folder.close();
  });

  it('takes an empty folder, and one whose first owner was killed before it was done', () => {
    mkdirSync(pathOf('empty'));
    openDataFolder(pathOf('empty')).close();
    mkdirSync(pathOf('unfinished'));
    writeFileSync(join(pathOf('unfinished'), 'format.json.4711'), '{"for');
    openDataFolder(pathOf('unfinished')).close();
  });

  it('makes nothing where data must exist', () => {
    expect(() => openDataFolder(pathOf('none'), { mustExist: true })).toThrow(/none holds no data/);
    expect(existsSync(pathOf('none'))).toBe(false);
  });
});
