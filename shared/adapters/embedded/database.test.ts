import { mkdirSync, readFileSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { describe, expect, it } from '@jest/globals';
import { CorruptDataFolder } from './corrupt-data-folder.ts';
import { openDatabase, transaction, type DatabaseSchema } from './database.ts';
import { temporaryFolder } from '../../../test/support/temporary-folder.ts';

const SCHEMA: DatabaseSchema = {
  version: 1,
  sql: 'CREATE TABLE IF NOT EXISTS notes (text TEXT NOT NULL) STRICT',
};

describe('openDatabase', () => {
  const folder = temporaryFolder();
  const pathOf = (name: string) => join(folder, name);
  const filled = (name: string, rows = 1): string => {
    const database = openDatabase(pathOf(name), SCHEMA);
    const insert = database.prepare('INSERT INTO notes (text) VALUES (?)');
    transaction(database, () => {
      for (let i = 0; i < rows; i++) insert.run('x'.repeat(1000));
    });
    database.close();
    return pathOf(name);
  };
  const expectRefusal = (path: string, message: RegExp): void => {
    expect(() => openDatabase(path, SCHEMA)).toThrow(CorruptDataFolder);
    expect(() => openDatabase(path, SCHEMA)).toThrow(message);
    expect(() => openDatabase(path, SCHEMA)).toThrow(/^[^\n]+$/);
  };

  it('keeps what was committed over closing and opening again', () => {
    const database = openDatabase(filled('kept.db'), SCHEMA);
    expect(database.prepare('SELECT count(*) AS rows FROM notes').get()).toEqual({ rows: 1 });
    database.close();
  });

  it('writes ahead, so that readers and the one writer do not wait for the disk', () => {
    const database = openDatabase(pathOf('wal.db'), SCHEMA);
    expect(database.prepare('PRAGMA journal_mode').get()).toEqual({ journal_mode: 'wal' });
    expect(database.prepare('PRAGMA synchronous').get()).toEqual({ synchronous: 1 });
    database.close();
  });

  it('goes on where a process was killed while it made the file', () => {
    const half = new DatabaseSync(pathOf('half.db'));
    half.exec('PRAGMA journal_mode = WAL');
    half.close();
    const database = openDatabase(pathOf('half.db'), SCHEMA);
    expect(database.prepare('SELECT count(*) AS rows FROM notes').get()).toEqual({ rows: 0 });
    database.close();
  });

  it('refuses a file that is no database', () => {
    writeFileSync(pathOf('text.db'), 'open,high,low,close\n'.repeat(500));
    expectRefusal(pathOf('text.db'), /text\.db is damaged \(file is not a database\)/);
  });

  it('refuses another program’s database', () => {
    const foreign = new DatabaseSync(pathOf('foreign.db'));
    foreign.exec('CREATE TABLE users (name TEXT)');
    foreign.close();
    expectRefusal(pathOf('foreign.db'), /foreign\.db is not a Millrace database/);
  });

  it('refuses another version of the schema', () => {
    openDatabase(pathOf('newer.db'), { ...SCHEMA, version: 2 }).close();
    expectRefusal(pathOf('newer.db'), /newer\.db has schema version 2, expected 1/);
  });

  it('refuses a truncated file', () => {
    const path = filled('truncated.db', 100);
    truncateSync(path, readFileSync(path).byteLength / 2);
    expectRefusal(path, /truncated\.db is damaged/);
  });

  it('refuses a file with pages overwritten', () => {
    const path = filled('overwritten.db', 100);
    const bytes = readFileSync(path);
    bytes.fill(0xa5, 4096, 3 * 4096);
    writeFileSync(path, bytes);
    expectRefusal(path, /overwritten\.db is damaged/);
  });

  it('refuses a folder', () => {
    mkdirSync(pathOf('folder.db'));
    expectRefusal(pathOf('folder.db'), /folder\.db cannot be opened \(unable to open database file\)/);
  });
});

describe('transaction', () => {
  it('takes everything back when its body throws', () => {
    const database = openDatabase(':memory:', SCHEMA);
    expect(() =>
      transaction(database, () => {
        database.exec("INSERT INTO notes (text) VALUES ('gone')");
        throw new Error('changed my mind');
      }),
    ).toThrow('changed my mind');
    transaction(database, () => database.exec("INSERT INTO notes (text) VALUES ('stays')"));
    expect(database.prepare('SELECT text FROM notes').all()).toEqual([{ text: 'stays' }]);
    database.close();
  });
});
