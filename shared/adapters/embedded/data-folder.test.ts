import { spawn } from 'node:child_process';
import { once } from 'node:events';
import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { CorruptDataFolder } from './corrupt-data-folder.ts';
import { MARKETS, type Market } from '../../domain/market-data/market.ts';
import { assertDataFolder, DataFolderBusy, openDataFolder, OtherMarket } from './data-folder.ts';
import { SmallDisk } from '../../../test/support/small-disk.ts';
import { temporaryFolder } from '../../../test/support/temporary-folder.ts';

const dataFolderModule = new URL('./data-folder.ts', import.meta.url).href;

describe('openDataFolder', () => {
  const parent = temporaryFolder();
  const pathOf = (name: string) => join(parent, name);

  it('makes a folder that only its owner can read, and takes it again after closing', () => {
    const folder = openDataFolder(pathOf('new/deep'), { market: 'simulated' });
    expect(statSync(folder.path).mode & 0o777).toBe(0o700);
    expect(folder.stateDatabase).toBe(pathOf('new/deep/state.db'));
    folder.close();
    openDataFolder(pathOf('new/deep'), { mustExist: true }).close();
  });

  it('is had by one at a time, and says by whom', () => {
    const folder = openDataFolder(pathOf('busy'), { market: 'simulated' });
    expect(() => openDataFolder(pathOf('busy'), { market: 'simulated' })).toThrow(DataFolderBusy);
    expect(() => openDataFolder(pathOf('busy'), { market: 'simulated' })).toThrow(
      `busy is in use by process ${process.pid}`,
    );
    folder.close();
  });

  it('is refused to us while another process has it, and is ours once that process was killed', async () => {
    const path = pathOf('killed');
    const script = `import { openDataFolder } from ${JSON.stringify(dataFolderModule)};
      openDataFolder(${JSON.stringify(path)}, { market: 'simulated' }); console.log('open'); setInterval(() => {}, 1000);`;
    const owner = spawn(process.execPath, ['--input-type=module', '--eval', script], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    try {
      await once(owner.stdout, 'data');
      expect(() => openDataFolder(path, { market: 'simulated' })).toThrow(`in use by process ${owner.pid}`);
    } finally {
      owner.kill('SIGKILL');
    }
    const folder = openDataFolder(path, { market: 'simulated' });
    expect(folder.path).toBe(path);
    folder.close();
  });

  it('refuses a folder that holds something else, and leaves it as it is', () => {
    mkdirSync(pathOf('photos'));
    writeFileSync(join(pathOf('photos'), 'cat.jpg'), '');
    expect(() => openDataFolder(pathOf('photos'), { market: 'simulated' })).toThrow(
      /photos is not a data folder: expected an empty folder/,
    );
    expect(readdirSync(pathOf('photos'))).toEqual(['cat.jpg']);
  });

  it('refuses a file', () => {
    writeFileSync(pathOf('file'), '');
    expect(() => openDataFolder(pathOf('file'), { market: 'simulated' })).toThrow(/file is not a folder/);
  });

  it.each([
    ['another format', '{"format":2}', /has format 2, this version reads format 1/],
    ['a format file that is no JSON', '{"for', /format\.json cannot be read/],
    ['a format file that is no object', '7', /format\.json cannot be read \(not a JSON object\)/],
  ])('refuses %s', (_, content, message) => {
    const path = pathOf(`format ${content.length}`);
    mkdirSync(path);
    writeFileSync(join(path, 'format.json'), content);
    expect(() => openDataFolder(path, { market: 'simulated' })).toThrow(CorruptDataFolder);
    expect(() => openDataFolder(path, { market: 'simulated' })).toThrow(message);
    expect(readdirSync(path)).toEqual(['format.json']);
  });

  it('refuses a lock file that is not one', () => {
    openDataFolder(pathOf('lock'), { market: 'simulated' }).close();
    writeFileSync(join(pathOf('lock'), 'lock.db'), 'not a database, by far'.repeat(100));
    expect(() => openDataFolder(pathOf('lock'), { market: 'simulated' })).toThrow(
      /lock\.db cannot be locked \(file is not a database\)/,
    );
  });

  it('refuses a lock that is a folder', () => {
    openDataFolder(pathOf('locked folder'), { market: 'simulated' }).close();
    rmSync(join(pathOf('locked folder'), 'lock.db'));
    mkdirSync(join(pathOf('locked folder'), 'lock.db'));
    expect(() => openDataFolder(pathOf('locked folder'), { market: 'simulated' })).toThrow(CorruptDataFolder);
  });

  it('may be asked whether it holds data while another has it', () => {
    const folder = openDataFolder(pathOf('asked'), { market: 'simulated' });
    expect(() => assertDataFolder(pathOf('asked'))).not.toThrow();
    expect(() => assertDataFolder(pathOf('nowhere'))).toThrow(/nowhere holds no data/);
    folder.close();
  });

  it('takes an empty folder, and one whose first owner was killed before it was done', () => {
    mkdirSync(pathOf('empty'));
    openDataFolder(pathOf('empty'), { market: 'simulated' }).close();
    mkdirSync(pathOf('unfinished'));
    writeFileSync(join(pathOf('unfinished'), 'format.json.4711'), '{"for');
    openDataFolder(pathOf('unfinished'), { market: 'simulated' }).close();
  });

  it('makes nothing where data must exist', () => {
    expect(() => openDataFolder(pathOf('none'), { mustExist: true })).toThrow(/none holds no data/);
    expect(existsSync(pathOf('none'))).toBe(false);
  });

  describe('is of one market', () => {
    const contents = (path: string) =>
      Object.fromEntries(
        readdirSync(path).map((name) => [
          name,
          [statSync(join(path, name)).mtimeMs, readFileSync(join(path, name))],
        ]),
      );
    const oldFolder = (name: string, ...files: string[]): string => {
      mkdirSync(pathOf(name));
      for (const file of ['format.json', ...files]) writeFileSync(join(pathOf(name), file), '{"format":1}');
      return pathOf(name);
    };

    it('that of its first start, for good: the other is refused, and nothing is changed', () => {
      const path = pathOf('simulated');
      openDataFolder(path, { market: 'simulated' }).close();
      const before = contents(path);
      for (const marksOld of [false, true])
        expect(() => openDataFolder(path, { market: 'real', marksOld })).toThrow(
          `data folder: ${path} is of the simulated market, and this is the real one: expected another folder`,
        );
      expect(contents(path)).toEqual(before);
      for (const use of [{ market: 'simulated' }, { mustExist: true }] as const) {
        const folder = openDataFolder(path, use);
        expect(folder.market).toBe('simulated');
        folder.close();
      }
    });

    it('whoever works on it', () => {
      const owner = openDataFolder(pathOf('owned'), { market: 'simulated' });
      expect(() => openDataFolder(pathOf('owned'), { market: 'real' })).toThrow(OtherMarket);
      owner.close();
    });

    it('also through a link', () => {
      openDataFolder(pathOf('target'), { market: 'real' }).close();
      symlinkSync(pathOf('target'), pathOf('link'));
      expect(() => openDataFolder(pathOf('link'), { market: 'simulated' })).toThrow(OtherMarket);
      symlinkSync(pathOf('nowhere at all'), pathOf('dangling'));
      expect(() => openDataFolder(pathOf('dangling'), { market: 'simulated' })).toThrow('EEXIST');
      expect(existsSync(pathOf('nowhere at all'))).toBe(false);
    });

    it('which one from before folders had a market is asked for, once', () => {
      const path = oldFolder('old', 'state.db');
      const before = contents(path);
      expect(() => openDataFolder(path, { market: 'real' })).toThrow(
        `${path} has data of before folders had a market: give --market simulated or --market real once`,
      );
      expect(contents(path)).toEqual(before);
      const looking = openDataFolder(path, { mustExist: true });
      expect(looking.market).toBeNull();
      looking.close();
      openDataFolder(path, { market: 'real', marksOld: true }).close();
      openDataFolder(path, { market: 'real' }).close();
      expect(() => openDataFolder(path, { market: 'simulated', marksOld: true })).toThrow(OtherMarket);
    });

    it('and nothing is asked of one that has no data yet', () => {
      const path = oldFolder('without data', 'lock.db', 'owner.json');
      rmSync(join(path, 'lock.db'));
      openDataFolder(path, { market: 'real' }).close();
      expect(() => openDataFolder(path, { market: 'simulated' })).toThrow(OtherMarket);
    });

    it('of either, where its first owner was killed before it had written down which', () => {
      mkdirSync(pathOf('unmarked'));
      for (const name of ['lock.db', 'owner.json', 'owner.json.4711', 'format.json.4711'])
        writeFileSync(join(pathOf('unmarked'), name), '');
      const folder = openDataFolder(pathOf('unmarked'), { market: 'real' });
      expect(folder.market).toBe('real');
      folder.close();
      expect(() => openDataFolder(pathOf('unmarked'), { market: 'simulated' })).toThrow(OtherMarket);
    });

    it('and one of a market that this version does not know is refused', () => {
      mkdirSync(pathOf('another'));
      writeFileSync(join(pathOf('another'), 'format.json'), '{"format":1,"market":"paper"}');
      expect(() => openDataFolder(pathOf('another'), { market: 'real' })).toThrow(
        'is of the market "paper", this version knows simulated and real',
      );
    });

    it('when two start at once, that of the one which gets it', async () => {
      for (let round = 0; round < 4; round++) {
        const path = pathOf(`raced ${round}`);
        const runs = await Promise.all(MARKETS.map(async (market) => startAtOnce(path, market)));
        const won = runs.filter(({ code }) => code === 0);
        expect(runs.map(({ told }) => told).join('\n')).toMatch(/is of the|in use by/);
        expect(won).toHaveLength(1);
        const folder = openDataFolder(path, { mustExist: true });
        expect(folder.market).toBe(won[0]!.market);
        folder.close();
      }
    }, 60_000);

    it('also when the other one writes it down while this one waits for the folder', async () => {
      const path = pathOf('awaited');
      mkdirSync(path);
      const script = `import { DatabaseSync } from 'node:sqlite'; import { writeFileSync } from 'node:fs';
        const lock = new DatabaseSync(${JSON.stringify(join(path, 'lock.db'))});
        lock.exec('PRAGMA locking_mode = EXCLUSIVE; BEGIN EXCLUSIVE');
        console.log('locked');
        setTimeout(() => {
          writeFileSync(${JSON.stringify(join(path, 'format.json'))}, '{"format":1,"market":"simulated"}');
          lock.close();
        }, 300);`;
      const child = spawn(process.execPath, ['--input-type=module', '--eval', script], {
        stdio: ['ignore', 'pipe', 'inherit'],
      });
      await once(child.stdout, 'data');
      expect(() => openDataFolder(path, { market: 'real' })).toThrow(OtherMarket);
      openDataFolder(path, { market: 'simulated' }).close();
    }, 20_000);

    it('and a disk that cannot be written is named', () => {
      const disk = SmallDisk.mount(1);
      if (disk === null) return;
      try {
        openDataFolder(join(disk.path, 'ours'), { market: 'real' }).close();
        disk.makeReadOnly();
        expect(() => openDataFolder(join(disk.path, 'new'), { market: 'real' })).toThrow(/EROFS.*new'/);
        expect(() => openDataFolder(join(disk.path, 'ours'), { market: 'real' })).toThrow(
          /EROFS.*ours.format.json/,
        );
        expect(() => openDataFolder(join(disk.path, 'ours'), { market: 'simulated' })).toThrow(OtherMarket);
      } finally {
        disk.unmount();
      }
    });
  });
});

/** Opens the folder in a process of its own, and holds it for a while. */
async function startAtOnce(path: string, market: Market) {
  const script = `import { openDataFolder } from ${JSON.stringify(dataFolderModule)};
    try { openDataFolder(${JSON.stringify(path)}, { market: '${market}' }); } catch (error) { console.log(error.message); process.exit(2); }
    setTimeout(() => process.exit(0), 500);`;
  const child = spawn(process.execPath, ['--input-type=module', '--eval', script], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let told = '';
  child.stdout.on('data', (chunk: Buffer) => (told += chunk.toString()));
  const [code] = (await once(child, 'close')) as [number];
  return { market, code, told };
}
