// Runs ClickHouse's server inside this process until standard input closes. The arguments are the files that it reads
// (the first), where it writes, the port that it opens, and then its own command line.
// Plain JavaScript, so that it runs from an installed package as well, where Node strips no types.
import { existsSync, mkdirSync } from 'node:fs';
import { DataType, load, open } from 'ffi-rs';
import { libchdbPath } from 'chdb/libchdb';
import { confine } from './confinement.js';

const [filesText, folder, portText, ...commandLine] = process.argv.slice(2);
open({ library: 'chdb', path: libchdbPath() });
if (!existsSync(folder)) mkdirSync(folder, { mode: 0o700 });
confine({ files: JSON.parse(filesText), folder, port: Number(portText) });
load({
  library: 'chdb',
  funcName: 'chdb_query_cmdline',
  retType: DataType.I64,
  paramsType: [DataType.I32, DataType.StringArray],
  paramsValue: [commandLine.length, commandLine],
});
